//! What a tablet at a door is told: it is paired as a browser is, and posts what its page posts.

use crate::support::{Answer, Holder, NOW, Shop, TestApp, between, each_app, each_app_with, escaped, kept_cookie, set_cookie};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How long a code lives where its words are compared: not as long as by default.
const SECONDS: i64 = 120;

/// A title, and what to do.
type Words = (&'static str, &'static [&'static str]);

const AGAIN: [&[&str]; 2] = [
    &["Gardez l’écran Badge ouvert.", "Attendez le nouveau code, 120 secondes au plus.", "Présentez-le ici."],
    &["Keep the Badge screen open.", "Wait for the new code, 120 seconds at most.", "Show it here."],
];
const NO_CODE: [Words; 2] = [
    ("Code inconnu", &["Ouvrez l’écran Badge de Régie sur votre téléphone.", "Présentez-le ici."]),
    ("Unknown code", &["Open the Badge screen of Régie on your phone.", "Show it here."]),
];

/// Each refusal, in the order of [`Door::refusals`]: its kind, its colour, and its words in French and in English.
const REFUSALS: [(&str, &str, [Words; 2]); 10] = [
    ("punch.already_used", "no", [("Code déjà utilisé", AGAIN[0]), ("Code already used", AGAIN[1])]),
    ("punch.too_soon", "warn", [("Déjà badgé", &[]), ("Already recorded", &[])]),
    ("punch.unknown", "no", NO_CODE),
    ("punch.malformed", "no", NO_CODE),
    (
        "punch.other_org",
        "no",
        [
            ("Mauvaise organisation", &["Ouvrez le badge de l’organisation qui vous attend ici."]),
            ("Wrong organisation", &["Open the badge of the organisation that expects you here."]),
        ],
    ),
    (
        "punch.clock_differs",
        "warn",
        [
            (
                "Heure décalée",
                &[
                    "L’heure vient d’être corrigée\u{a0}: présentez votre badge à nouveau.",
                    "Si cela revient, prévenez votre régie\u{a0}: la tablette doit être à l’heure automatique.",
                ],
            ),
            (
                "Clock was wrong",
                &[
                    "The time has just been put right: show your badge again.",
                    "If it happens again, tell your manager: the tablet needs automatic time.",
                ],
            ),
        ],
    ),
    (
        "punch.device_revoked",
        "no",
        [
            ("Téléphone retiré", &["Enregistrez votre téléphone sous Mes appareils."]),
            ("Phone revoked", &["Register your phone under My devices."]),
        ],
    ),
    (
        "punch.archived",
        "no",
        [
            ("Fiche archivée", &["Prévenez votre régie\u{a0}: elle peut sortir votre fiche des archives."]),
            ("Record archived", &["Tell your manager, who can take your record out of the archive."]),
        ],
    ),
    ("punch.expired", "no", [("Code expiré", AGAIN[0]), ("Code expired", AGAIN[1])]),
    ("kiosk.inactive", "no", [("Borne arrêtée", &["Prévenez votre régie."]), ("Kiosk switched off", &["Tell your manager."])]),
];

/// A tablet at the door of an organisation.
struct Door<'t> {
    test: &'t TestApp,
    shop: Shop,
    /// The owner's, as a program and as a browser.
    token: String,
    cookie: String,
    kiosk: i64,
    /// The tablet's cookie.
    tablet: String,
    scans: AtomicUsize,
}

impl<'t> Door<'t> {
    async fn open(test: &'t TestApp, name: &str) -> Self {
        let shop = test.shop(name).await;
        let (token, cookie) = (test.token(&shop.owner.email).await, test.cookie(&shop.owner.email).await);
        let (kiosk, _) = test.kiosk(&token, "Entrée").await;
        let mut door = Self { test, shop, token, cookie, kiosk, tablet: String::new(), scans: AtomicUsize::new(0) };
        door.tablet = door.pair().await;
        door
    }

    /// A page of the organisation.
    fn url(&self, rest: &str) -> String {
        format!("/o/{}{rest}", self.shop.org.slug)
    }

    /// A pairing code, as an admin reads it.
    async fn pairing_code(&self) -> String {
        let path = self.url(&format!("/kiosks/{}/pairing", self.kiosk));
        let page = self.test.browse("POST", &path, &self.cookie, "").await.text;
        between(&page, "class=\"pairing-code\"><code>", "<").unwrap_or_else(|| panic!("{page}")).to_owned()
    }

    /// What a browser that is no kiosk yet gets for a pairing code.
    async fn enter(&self, code: &str) -> Answer {
        self.test.browse("POST", "/kiosk/pair", "", &format!("code={code}")).await
    }

    /// Pairs a tablet and gives its cookie.
    async fn pair(&self) -> String {
        let answer = self.enter(&self.pairing_code().await).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert_eq!(answer.headers["location"], "/kiosk");
        kept_cookie(&answer, "regie_kiosk")
    }

    /// Switches the kiosk on or off.
    async fn switch(&self, is_active: bool) {
        let path = format!("/api/v1/admin/kiosks/{}", self.kiosk);
        let answer = self.test.api("PATCH", &path, &self.token, Some(json!({ "is_active": is_active }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// What the tablet's page says now and then.
    async fn pulse(&self) -> Value {
        let answer = self.test.browse("POST", "/kiosk/pulse", &self.tablet, "version=1").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// A scan with a key of the tablet's page, which shows this time.
    async fn post(&self, code: &str, key: &str, shown_ms: i64) -> Value {
        let form = format!("code={}&key={key}&at={shown_ms}", escaped(code));
        let answer = self.test.browse("POST", "/kiosk/scan", &self.tablet, &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// A scan by a tablet whose clock is as much ahead.
    async fn scan_ahead(&self, code: &str, ahead_ms: i64) -> Value {
        let key = format!("{:032}", self.scans.fetch_add(1, Ordering::Relaxed));
        self.post(code, &key, self.test.app.clock.now().0 + ahead_ms).await
    }

    async fn scan(&self, code: &str) -> Value {
        self.scan_ahead(code, 0).await
    }

    async fn holder(&self, name: &str) -> Holder {
        self.test.holder(&self.shop, name).await
    }

    async fn code(&self, holder: &Holder) -> String {
        self.test.code(&holder.token, holder.phone).await
    }

    async fn revoke(&self, holder: &Holder) {
        let path = format!("/api/v1/devices/{}/revoke", holder.phone);
        assert_eq!(self.test.api("POST", &path, &holder.token, None).await.status, 200);
    }

    async fn archive(&self, holder: &Holder) {
        let path = self.url(&format!("/crew/{}/archive", holder.id));
        assert_eq!(self.test.browse("POST", &path, &self.cookie, "archived=true").await.status, 303);
    }

    /// Every answer but a good one, in the order of [`REFUSALS`].
    async fn refusals(&self, neighbour: &Door<'_>) -> Vec<Value> {
        let mut told = Vec::new();
        let karim = self.holder("Karim Benali").await;
        let code = self.code(&karim).await;
        assert_eq!(self.scan(&code).await["outcome"], "ok");
        told.push(self.scan(&code).await);
        told.push(self.scan(&self.code(&karim).await).await);
        told.push(self.scan(&base45::encode([7; 16])).await);
        told.push(self.scan("NOT-A-BADGE-OF-ANYBODY-1").await);

        let stranger = neighbour.holder("Ana Diaz").await;
        told.push(self.scan(&neighbour.code(&stranger).await).await);

        let zoe = self.holder("Zoé Martin").await;
        let code = self.code(&zoe).await;
        told.push(self.scan_ahead(&code, 600_000).await);
        self.revoke(&zoe).await;
        told.push(self.scan(&code).await);

        let ines = self.holder("Inès Roux").await;
        let code = self.code(&ines).await;
        self.archive(&ines).await;
        told.push(self.scan(&code).await);

        let leo = self.holder("Léo Petit").await;
        let code = self.code(&leo).await;
        self.test.app.clock.advance_seconds(SECONDS);
        told.push(self.scan(&code).await);

        let code = self.code(&leo).await;
        self.switch(false).await;
        told.push(self.scan(&code).await);
        self.switch(true).await;
        assert_eq!(self.scan(&code).await["outcome"], "ok", "it was not used up");
        told
    }
}

#[tokio::test]
async fn each_refusal_has_words_of_its_own() {
    each_app_with(
        |config| config.badge.seconds = SECONDS,
        async |test| {
            for (n, name) in ["Théâtre du Mail", "Playhouse"].into_iter().enumerate() {
                let (door, neighbour) = (Door::open(&test, name).await, Door::open(&test, &format!("Next to {name}")).await);
                if n == 1 {
                    test.change("UPDATE orgs SET language = 'en'").await;
                }
                let told = door.refusals(&neighbour).await;
                assert_eq!(told.len(), REFUSALS.len());
                for (answer, (kind, outcome, words)) in told.iter().zip(REFUSALS) {
                    let (title, steps) = words[n];
                    assert_eq!(
                        (&answer["kind"], &answer["outcome"], &answer["title"], &answer["steps"]),
                        (&json!(kind), &json!(outcome), &json!(title), &json!(steps)),
                        "{answer}"
                    );
                    assert_ne!(answer["line"], "", "it says why");
                    assert_eq!((&answer["time"], &answer["facts"]), (&json!(""), &json!([])), "nothing of anybody");
                }
                let titles: BTreeSet<&str> = REFUSALS.iter().map(|(_, _, words)| words[n].0).collect();
                assert_eq!(titles.len(), REFUSALS.len() - 1, "only a code of nobody reads like what is none");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn who_comes_and_goes_is_greeted() {
    each_app(async |test| {
        let expected = [
            [
                ("in", "Bonjour Karim", "Entrée", "09:00", "Aujourd’hui", "0"),
                ("out", "Au revoir Karim", "Sortie", "09:30", "Aujourd’hui", "30"),
            ],
            [
                ("in", "Hello Karim", "Clocked in", "09:30", "Today", "0"),
                ("out", "Goodbye Karim", "Clocked out", "10:00", "Today", "30"),
            ],
        ];
        for (n, (name, expected)) in ["Théâtre du Mail", "Playhouse"].into_iter().zip(expected).enumerate() {
            let door = Door::open(&test, name).await;
            let karim = door.holder("Karim Benali").await;
            if n == 1 {
                test.change("UPDATE orgs SET language = 'en'").await;
            }
            for (kind, title, line, time, today, minutes) in expected {
                if kind == "out" {
                    test.app.clock.advance_seconds(1800);
                }
                let answer = door.scan(&door.code(&karim).await).await;
                assert_eq!((&answer["outcome"], &answer["kind"]), (&json!("ok"), &json!(kind)), "{answer}");
                assert_eq!((&answer["title"], &answer["line"], &answer["time"]), (&json!(title), &json!(line), &json!(time)));
                let worked = format!("0\u{a0}h\u{a0}{minutes:0>2}");
                assert_eq!((&answer["facts"], &answer["steps"]), (&json!([[today, worked]]), &json!([])));
                assert_eq!(answer["server_ms"], test.app.clock.now().0);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_pairing_code_works_once_and_for_a_quarter_of_an_hour() {
    each_app(async |test| {
        let door = Door::open(&test, "Théâtre du Mail").await;
        let refused = async |code: &str| {
            let answer = door.enter(code).await;
            assert_eq!(answer.status, 410, "{}", answer.text);
            assert!(answer.text.contains("Code inconnu, déjà utilisé ou trop ancien."), "{}", answer.text);
            assert!(set_cookie(&answer, "regie_kiosk").is_none(), "nothing is paired");
            let english = test.browse("POST", "/kiosk/pair", "language=en", &format!("code={code}")).await;
            assert!(english.text.contains("This code is unknown, used or expired."), "{}", english.text);
        };
        let code = door.pairing_code().await;
        assert_eq!(door.enter(&code).await.status, 303);
        refused(&code).await;

        let old = door.pairing_code().await;
        test.app.clock.advance_seconds(15 * 60);
        refused(&old).await;

        let code = door.pairing_code().await;
        test.app.clock.advance_seconds(15 * 60 - 1);
        assert_eq!(door.enter(&code).await.status, 303, "to its last second");

        let (before, after) = (door.pairing_code().await, door.pairing_code().await);
        refused(&before).await;
        assert_eq!(door.enter(&after).await.status, 303);
        refused("AAAA-AAAA").await;
    })
    .await;
}

#[tokio::test]
async fn a_tablet_that_was_replaced_or_removed_is_a_kiosk_no_more() {
    each_app(async |test| {
        let door = Door::open(&test, "Théâtre du Mail").await;
        let page = test.browse("GET", "/kiosk", &door.tablet, "").await.text;
        for word in ["data-unpaired-title=\"Tablette non jumelée\"", "data-inactive-title=\"Borne arrêtée\"", "href=\"/kiosk\""]
        {
            assert!(page.contains(word), "{word}: {page}");
        }
        let statuses = async |tablet: &str| {
            let scan = test.browse("POST", "/kiosk/scan", tablet, "code=nothing").await.status.as_u16();
            (scan, test.browse("POST", "/kiosk/pulse", tablet, "version=1").await.status.as_u16())
        };
        assert_eq!(statuses(&door.tablet).await, (200, 200));
        let other = door.pair().await;
        assert_eq!((statuses(&door.tablet).await, statuses(&other).await), ((401, 401), (200, 200)));
        let removed = test.api("DELETE", &format!("/api/v1/admin/kiosks/{}", door.kiosk), &door.token, None).await;
        assert_eq!((removed.status.as_u16(), statuses(&other).await), (204, (401, 401)));
        let page = test.browse("GET", "/kiosk", &other, "").await;
        assert!(page.status == 200 && page.text.contains("Jumeler cette tablette"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_tablet_learns_that_its_kiosk_is_switched_off_and_on() {
    each_app(async |test| {
        let door = Door::open(&test, "Théâtre du Mail").await;
        for is_active in [true, false, true] {
            door.switch(is_active).await;
            assert_eq!(door.pulse().await, json!({ "server_ms": NOW.0, "is_active": is_active }));
        }
    })
    .await;
}

#[tokio::test]
async fn the_audit_names_whose_code_was_refused_and_the_phone() {
    each_app(async |test| {
        let (door, neighbour) = (Door::open(&test, "Théâtre du Mail").await, Door::open(&test, "Salle voisine").await);
        let (karim, zoe, ana) =
            (door.holder("Karim Benali").await, door.holder("Zoé Martin").await, neighbour.holder("Ana Diaz").await);
        let (code, late, hers) = (door.code(&karim).await, door.code(&karim).await, door.code(&zoe).await);
        let key = "the-key-of-one-scan";
        assert_eq!(door.post(&code, key, NOW.0).await["outcome"], "ok");
        assert_eq!(door.post(&code, key, NOW.0).await["outcome"], "ok", "its answer was lost");
        door.scan(&code).await;
        // Her code is good: it is the key that has its punch.
        assert_eq!(door.post(&hers, key, NOW.0).await["kind"], "punch.already_used");
        door.scan_ahead(&late, 600_000).await;
        door.scan(&neighbour.code(&ana).await).await;
        test.app.clock.advance_seconds(30);
        door.scan(&late).await;
        let (shown, hers) = (door.code(&karim).await, door.code(&zoe).await);
        door.revoke(&karim).await;
        door.scan(&shown).await;
        door.archive(&zoe).await;
        door.scan(&hers).await;
        // Of these nothing is kept.
        door.scan(&base45::encode([7; 16])).await;
        door.scan("hello").await;

        let path = "/api/v1/admin/audit-logs?event_type=punch.refused&limit=100";
        let rows = test.api("GET", path, &door.token, None).await.json();
        let told: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["event_data"]).collect();
        let named = |reason: &str, holder: &Holder| json!({ "reason": reason, "crew_member": holder.id, "device": holder.phone });
        let expected = [
            named("punch.archived", &zoe),
            named("punch.device_revoked", &karim),
            named("punch.expired", &karim),
            // Whose it is, is none of this organisation's business.
            json!({ "reason": "punch.other_org" }),
            named("punch.clock_differs", &karim),
            named("punch.already_used", &zoe),
            named("punch.already_used", &karim),
        ];
        assert_eq!(told, expected.iter().collect::<Vec<_>>());
        for row in rows.as_array().unwrap() {
            assert_eq!((&row["actor"], &row["kiosk_id"]), (&json!("kiosk"), &json!(door.kiosk)));
        }

        // As people read it, and as they search for it.
        for query in ["kind=punches&q=karim".to_owned(), format!("kind=punches&q={}", escaped(&karim.email))] {
            let page = test.browse("GET", &door.url(&format!("/audit?{query}")), &door.cookie, "").await.text;
            let refused: Vec<&str> = page.split("<tr role=\"row\" id=\"e").filter(|row| row.contains("Badge refusé")).collect();
            assert_eq!(refused.len(), 4, "{query}: {page}");
            for row in refused {
                for part in ["Borne Entrée", "Personne · Karim Benali", "Appareil</dt>", "Téléphone de Karim Benali</dd>"] {
                    assert!(row.contains(part), "{part}: {row}");
                }
            }
        }
    })
    .await;
}
