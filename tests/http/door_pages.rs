//! The pages around the door: punches for managers, one's own day, phones, kiosks.

use crate::support::{self, Answer, Holder, Shop, TestApp, each_app, kept_cookie};
use regie::kernel::Role;
use serde_json::{Value, json};

/// What is read of a piece of a page.
fn plain(html: &str) -> String {
    let texts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// As [`support::between`]; nothing when the first is not there.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    support::between(page, from, to).unwrap_or_default()
}

/// The pieces of a page that begin with a tag, each as it is read.
fn pieces(html: &str, tag: &str) -> Vec<String> {
    html.split(tag).skip(1).map(|piece| plain(&format!("{tag}{piece}"))).collect()
}

/// A stage with two kiosks, a manager, and two people with phones.
struct Stage {
    test: TestApp,
    shop: Shop,
    base: String,
    cour: (i64, String),
    quai: (i64, String),
    karim: Holder,
    lou: Holder,
}

impl Stage {
    async fn open(test: &TestApp) -> Self {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        test.person(&shop, "Ines", Role::Manager).await;
        let (karim, lou) = (test.holder(&shop, "Karim").await, test.holder(&shop, "Lou").await);
        let (quai, cour) = (test.kiosk(&owner, "Quai").await, test.kiosk(&owner, "Cour").await);
        Self { test: test.clone(), base: format!("/o/{}", shop.org.slug), shop, cour, quai, karim, lou }
    }

    /// Shows a badge to a kiosk, now.
    async fn scan(&self, who: &Holder, kiosk: &(i64, String), kind: Option<&str>) -> Value {
        let token = self.test.token(&who.email).await;
        let code = self.test.code(&token, who.phone).await;
        let answer = self.test.scan(&kiosk.1, json!({ "qr_token": code, "punch_type": kind })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn see(&self, cookie: &str, path: &str) -> String {
        let answer = self.test.browse("GET", &format!("{}{path}", self.base), cookie, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    async fn post(&self, cookie: &str, path: &str, form: &str) -> Answer {
        self.test.browse("POST", &format!("{}{path}", self.base), cookie, form).await
    }

    fn wait(&self, minutes: i64) {
        self.test.app.clock.advance_seconds(minutes * 60);
    }
}

#[tokio::test]
async fn a_manager_narrows_the_punches_by_day_person_and_kiosk() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (karim, lou, cour, quai) = (&stage.karim, &stage.lou, &stage.cour, &stage.quai);
        let cookie = test.cookie(&stage.shop.email("Ines")).await;
        stage.scan(karim, cour, None).await;
        stage.wait(60);
        stage.scan(lou, quai, None).await;
        stage.wait(120);
        stage.scan(karim, quai, None).await;
        stage.wait(24 * 60);
        stage.scan(karim, cour, None).await;

        let page = stage.see(&cookie, "/punches").await;
        let kiosks = between(&page, "name=\"kiosk\"", "</select>");
        assert_eq!(pieces(kiosks, "<option"), ["Toutes les bornes", "Cour", "Quai"]);
        let (in_9, in_10, out_12) = ("09:00 Karim Entrée Cour", "10:00 Lou Entrée Quai", "12:00 Karim Sortie Quai");
        let (his, hers) = (karim.id, lou.id);
        let (here, there) = (cour.0, quai.0);
        for (query, expected) in [
            (String::new(), vec!["12:00 Karim Entrée Cour"]),
            ("?day=2026-11-20".to_owned(), vec![]),
            ("?day=2026-11-21".to_owned(), vec![out_12, in_10, in_9]),
            (format!("?day=2026-11-21&person={his}&kiosk="), vec![out_12, in_9]),
            (format!("?day=2026-11-21&person=&kiosk={there}"), vec![out_12, in_10]),
            (format!("?day=2026-11-21&person={his}&kiosk={there}"), vec![out_12]),
            (format!("?day=2026-11-21&person={hers}&kiosk={here}"), vec![]),
            (format!("?person={his}"), vec!["12:00 Karim Entrée Cour"]),
            (format!("?kiosk={there}"), vec![]),
        ] {
            let page = stage.see(&cookie, &format!("/punches{query}")).await;
            assert_eq!(pieces(between(&page, "<tbody", "</tbody>"), "<tr"), expected, "{query}");
        }
        for (query, kept) in [
            (String::new(), String::new()),
            (format!("person={his}&kiosk={there}&"), format!("person={his}&kiosk={there}&")),
            (format!("person=&kiosk={here}&"), format!("kiosk={here}&")),
        ] {
            let page = stage.see(&cookie, &format!("/punches?{query}day=2026-11-21")).await.replace("&amp;", "&");
            let today = format!("/punches?{kept}");
            let links = [format!("/punches?{kept}day=2026-11-20"), format!("/punches?{kept}day=2026-11-22")];
            for link in links.iter().map(String::as_str).chain([today.trim_end_matches(['?', '&'])]) {
                assert!(page.contains(&format!("href=\"{}{link}\"", stage.base)), "{link}: {page}");
            }
        }
        let chosen = stage.see(&cookie, &format!("/punches?kiosk={there}")).await;
        let chosen = between(&chosen, "name=\"kiosk\"", "</select>").split("<option").find(|option| option.contains(" selected"));
        assert_eq!(chosen.map(|option| plain(&format!("<option{option}"))).as_deref(), Some("Quai"));

        // Names are all that a manager is told of kiosks.
        assert_eq!(test.browse("GET", &format!("{}/kiosks", stage.base), &cookie, "").await.status, 403);
        let owner = test.cookie(&stage.shop.owner.email).await;
        assert_eq!(stage.post(&owner, &format!("/kiosks/{there}/remove"), "").await.status, 303);
        let page = stage.see(&cookie, "/punches").await;
        assert_eq!(pieces(between(&page, "name=\"kiosk\"", "</select>"), "<option"), ["Toutes les bornes", "Cour"]);
    })
    .await;
}

#[tokio::test]
async fn a_manager_sees_who_is_in_now() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (karim, lou, cour, quai) = (&stage.karim, &stage.lou, &stage.cour, &stage.quai);
        let cookie = test.cookie(&stage.shop.email("Ines")).await;
        let present = async |query: &str| {
            let page = stage.see(&cookie, &format!("/punches{query}")).await;
            pieces(between(&page, "<ul class=\"list\">", "</ul>"), "<li")
        };
        assert!(present("").await.is_empty() && stage.see(&cookie, "/punches").await.contains("Personne n’est là"));
        stage.scan(karim, cour, None).await;
        stage.wait(60);
        stage.scan(lou, quai, None).await;
        let (his, hers) = ("Karim Entrée des artistes depuis 09:00", "Lou Entrée des artistes depuis 10:00");
        assert_eq!(present("").await, [his, hers]);
        assert_eq!(present("?day=2026-11-01&kiosk=1").await, [his, hers], "now is now, whatever is listed");
        stage.wait(60);
        stage.scan(lou, cour, Some("break_start")).await;
        stage.scan(karim, quai, None).await;
        assert_eq!(present("").await, ["Lou Entrée des artistes En pause depuis 10:00"]);
        stage.wait(30);
        stage.scan(lou, cour, Some("break_end")).await;
        assert_eq!(present("").await, [hers]);
        // She came in sixteen hours before: the exit was forgotten.
        stage.wait(14 * 60 + 29);
        assert_eq!(present("").await, [hers]);
        stage.wait(1);
        assert!(present("").await.is_empty(), "nobody works that long");
    })
    .await;
}

#[tokio::test]
async fn today_is_today_after_a_night_and_beside_another_month() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let cookie = test.cookie(&stage.karim.email).await;
        let tiles = async |query: &str| {
            let page = stage.see(&cookie, &format!("/hours{query}")).await;
            plain(between(&page, "<dl class=\"tiles\">", "</dl>"))
        };
        // From Sunday, 22:00 to Monday, 06:00.
        stage.wait(37 * 60);
        stage.scan(&stage.karim, &stage.cour, None).await;
        assert_eq!(tiles("").await, "Total 0 h 00 Aujourd’hui 0 h 00 en cours depuis 22:00");
        stage.wait(5 * 60);
        for (query, total) in
            [("", "0 h 00"), ("?week=2026-11-16", "5 h 00"), ("?month=2026-11", "5 h 00"), ("?month=2026-10", "0 h 00")]
        {
            assert_eq!(tiles(query).await, format!("Total {total} Aujourd’hui 3 h 00 en cours depuis 22:00"), "{query}");
        }
        stage.wait(3 * 60);
        let out = stage.scan(&stage.karim, &stage.cour, None).await;
        assert_eq!(out["minutes_today"], 360, "what the kiosk says");
        for (query, total) in
            [("", "0 h 00"), ("?week=2026-11-16", "8 h 00"), ("?month=2026-11", "8 h 00"), ("?month=2027-01", "0 h 00")]
        {
            assert_eq!(tiles(query).await, format!("Total {total} Aujourd’hui 6 h 00"), "{query}");
        }
        // More work on the same day, while it is another week that is shown.
        stage.wait(4 * 60);
        stage.scan(&stage.karim, &stage.quai, None).await;
        stage.wait(90);
        assert_eq!(tiles("?week=2026-11-09").await, "Total 0 h 00 Aujourd’hui 7 h 30 en cours depuis 10:00");
        let manager = test.cookie(&stage.shop.email("Ines")).await;
        let page = stage.see(&manager, &format!("/crew/{}/hours?week=2026-11-16", stage.karim.id)).await;
        assert_eq!(plain(between(&page, "<dl class=\"tiles\">", "</dl>")), "Total 8 h 00");
    })
    .await;
}

#[tokio::test]
async fn a_break_of_last_night_is_not_taken_off_today() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let cookie = test.cookie(&stage.karim.email).await;
        // From Sunday, 20:00 to Monday, 4:00, with a break at 22:00.
        stage.wait(35 * 60);
        stage.scan(&stage.karim, &stage.cour, None).await;
        stage.wait(2 * 60);
        stage.scan(&stage.karim, &stage.cour, Some("break_start")).await;
        stage.wait(30);
        stage.scan(&stage.karim, &stage.cour, Some("break_end")).await;
        stage.wait(5 * 60 + 30);
        let out = stage.scan(&stage.karim, &stage.cour, None).await;
        assert_eq!(out["minutes_today"], 240, "what the kiosk says");
        let page = stage.see(&cookie, "/hours").await;
        assert_eq!(plain(between(&page, "<dl class=\"tiles\">", "</dl>")), "Total 0 h 00 Aujourd’hui 4 h 00");
    })
    .await;
}

/// A browser that keeps the cookie of its phone.
struct Browser {
    test: TestApp,
    session: String,
    phone: Option<String>,
}

impl Browser {
    async fn signed_in(test: &TestApp, email: &str) -> Self {
        Self { test: test.clone(), session: test.cookie(email).await, phone: None }
    }

    async fn ask(&self, method: &str, path: &str, form: &str) -> Answer {
        let cookies: Vec<&str> = [Some(self.session.as_str()), self.phone.as_deref()].into_iter().flatten().collect();
        self.test.browse(method, path, &cookies.join("; "), form).await
    }

    /// Registers this phone in an organisation.
    async fn register(&mut self, base: &str) {
        let answer = self.ask("POST", &format!("{base}/devices"), "name=Mon+mobile&next=/badge").await;
        assert_eq!(
            (answer.status.as_u16(), answer.headers["location"].to_str().unwrap()),
            (303, format!("{base}/badge").as_str())
        );
        self.phone = Some(kept_cookie(&answer, "regie_device"));
    }

    /// Whether there is a badge, and new codes for it.
    async fn has_badge(&self, base: &str) -> bool {
        let page = self.ask("GET", &format!("{base}/badge"), "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let shown = page.text.contains("data-island=\"badge\"");
        let renewed = self.ask("POST", &format!("{base}/badge/code"), "").await;
        assert_eq!(renewed.status, if shown { 200 } else { 404 }, "{}", renewed.text);
        shown
    }

    async fn revoke(&self, base: &str, phone: i64) -> u16 {
        self.ask("POST", &format!("{base}/devices/{phone}/revoke"), "").await.status.as_u16()
    }
}

#[tokio::test]
async fn one_browser_is_a_phone_in_two_organisations() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let mut browser = Browser::signed_in(&test, &shop.owner.email).await;
        let made = browser.ask("POST", "/orgs", "org_name=Atelier&org_time_zone=Europe%2FParis").await;
        assert_eq!(made.headers["location"].to_str().unwrap(), "/o/atelier", "{}", made.text);
        let (mail, atelier) = ("/o/theatre-du-mail", "/o/atelier");
        let count = async || test.number("SELECT count(*) FROM devices").await;

        browser.register(mail).await;
        let secret = browser.phone.clone();
        assert!(browser.has_badge(mail).await && !browser.has_badge(atelier).await);
        browser.register(atelier).await;
        assert!(browser.has_badge(mail).await && browser.has_badge(atelier).await, "both go on");
        browser.register(mail).await;
        assert_eq!((browser.phone.clone(), count().await), (secret.clone(), 2), "it was known");

        let first = test.number("SELECT min(id) FROM devices").await;
        assert_eq!(browser.revoke(atelier, first).await, 404, "it is another organisation's");
        assert_eq!(browser.revoke(mail, first).await, 303);
        assert!(!browser.has_badge(mail).await && browser.has_badge(atelier).await, "revoked in one place");
        browser.register(mail).await;
        assert!(browser.has_badge(mail).await && browser.has_badge(atelier).await);
        assert_eq!((browser.phone.clone(), count().await), (secret, 2), "it came back");

        // What we have not made is no secret.
        browser.phone = Some("regie_device=x".to_owned());
        browser.register(mail).await;
        assert_eq!(browser.phone.as_deref().map(str::len), Some("regie_device=".len() + 43));
        assert!(browser.has_badge(mail).await && !browser.has_badge(atelier).await);
    })
    .await;
}

#[tokio::test]
async fn two_people_who_share_a_browser_have_a_phone_each() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let base = format!("/o/{}", shop.org.slug);
        let mut emails = Vec::new();
        for name in ["Karim", "Lou"] {
            emails.push(test.person(&shop, name, Role::Tech).await.email.unwrap());
        }
        let mut karim = Browser::signed_in(&test, &emails[0]).await;
        karim.register(&base).await;
        let his = test.number("SELECT max(id) FROM devices").await;

        let mut lou = Browser { phone: karim.phone.clone(), ..Browser::signed_in(&test, &emails[1]).await };
        assert!(!lou.has_badge(&base).await, "what he registered is not hers");
        assert_eq!(lou.revoke(&base, his).await, 404);
        let token = test.token(&emails[1]).await;
        let code = test.api("POST", "/api/v1/punch/request-token", &token, Some(json!({ "device_id": his }))).await;
        assert_eq!(code.status, 404, "{}", code.text);

        lou.register(&base).await;
        assert_eq!(lou.phone, karim.phone);
        assert!(lou.has_badge(&base).await && karim.has_badge(&base).await, "each has their own");
        let hers = test.number("SELECT max(id) FROM devices").await;
        assert_eq!((lou.revoke(&base, hers).await, test.number("SELECT count(*) FROM devices").await), (303, 2));
        assert!(!lou.has_badge(&base).await && karim.has_badge(&base).await);
    })
    .await;
}

#[tokio::test]
async fn an_admin_revokes_a_phone_that_was_lost() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (karim, page) = (&stage.karim, format!("/crew/{}", stage.karim.id));
        let lost = format!("/devices/{}/lost", karim.phone);
        test.person(&stage.shop, "Ada", Role::Admin).await;
        let admin = test.cookie(&stage.shop.email("Ada")).await;
        let list = async || {
            let html = stage.see(&admin, &page).await;
            pieces(between(between(&html, "<h2 id=\"phones\">", "</section>"), "<ul class=\"list\">", "</ul>"), "<li").join(" / ")
        };

        // Not for others.
        let manager = test.cookie(&stage.shop.email("Ines")).await;
        let seen = stage.see(&manager, &page).await;
        assert!(!seen.contains("id=\"phones\"") && !seen.contains(&lost), "managers have no button");
        let him = test.cookie(&karim.email).await;
        for cookie in [&manager, &him] {
            assert_eq!(stage.post(cookie, &lost, "").await.status, 403);
        }
        let other = test.shop("Salle voisine").await;
        let stranger = test.cookie(&other.owner.email).await;
        for base in [stage.base.clone(), format!("/o/{}", other.org.slug)] {
            assert_eq!(test.browse("POST", &format!("{base}{lost}"), &stranger, "").await.status, 404, "{base}");
        }
        assert_eq!(stage.post(&admin, "/devices/987654/lost", "").await.status, 404);
        let before = list().await;
        assert!(
            before.starts_with("Téléphone Enregistré le 21 novembre 2026") && before.contains("sessions, dans Membres"),
            "{before}"
        );
        assert!(stage.see(&admin, &page).await.contains(&format!("action=\"{}{lost}\"", stage.base)));

        let (his, owner) = (test.token(&karim.email).await, test.token(&stage.shop.owner.email).await);
        let code = test.code(&his, karim.phone).await;
        let revoked = stage.post(&admin, &lost, "").await;
        assert_eq!(
            (revoked.status.as_u16(), revoked.headers["location"].to_str().unwrap()),
            (303, format!("{}{page}", stage.base).as_str())
        );
        assert_eq!(test.events(&owner).await[0], "device.revoked");
        assert!(stage.see(&admin, &page).await.contains("Téléphone retiré."), "it is said once");
        let after = list().await;
        assert!(after.ends_with("Retiré") && !stage.see(&admin, &page).await.contains(&lost), "{after}");
        let refused = test.scan(&stage.cour.1, json!({ "qr_token": code })).await;
        assert_eq!(refused.json()["code"], "punch.device_revoked", "{}", refused.text);

        let again = stage.post(&admin, &lost, "").await;
        assert!(again.status == 400 && again.text.contains("Ce téléphone est déjà retiré."), "{}", again.text);
        // Somebody without a phone.
        let nora = test.person(&stage.shop, "Nora", Role::Tech).await.id;
        assert!(stage.see(&admin, &format!("/crew/{nora}")).await.contains("Aucun téléphone enregistré."));
    })
    .await;
}

#[tokio::test]
async fn a_kiosk_gets_another_name_and_place() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (id, key) = (stage.cour.0, stage.cour.1.as_str());
        let path = format!("/kiosks/{id}");
        let admin = test.cookie(&stage.shop.owner.email).await;
        let token = test.token(&stage.shop.owner.email).await;
        let known = async || {
            let all = test.api("GET", "/api/v1/admin/kiosks", &token, None).await.json();
            let kiosk = all.as_array().unwrap().iter().find(|kiosk| kiosk["id"] == id).unwrap().clone();
            (kiosk["kiosk_name"].clone(), kiosk["location"].clone(), kiosk["is_active"].clone())
        };
        let form = |page: &str| between(page, &format!("id=\"name-{id}\""), "</form>").to_owned();

        let page = stage.see(&admin, "/kiosks").await;
        let fields = form(&page);
        assert!(fields.contains("value=\"Cour\"") && fields.contains("value=\"Entrée des artistes\""), "{page}");
        let saved = stage.post(&admin, &path, "name=Jardin&place=C%C3%B4t%C3%A9+jardin").await;
        assert_eq!(
            (saved.status.as_u16(), saved.headers["location"].to_str().unwrap()),
            (303, format!("{}/kiosks", stage.base).as_str())
        );
        assert_eq!(known().await, (json!("Jardin"), json!("Côté jardin"), json!(true)));
        assert_eq!(test.events(&token).await[0], "kiosk.changed");

        // What only leads on leaves the words to the page that it leads to.
        for on in ["/", stage.base.as_str()] {
            assert_eq!(test.browse("GET", on, &admin, "").await.status, 303);
        }
        let told = |page: &str| page.contains("class=\"note positive\"");
        assert!(told(&stage.see(&admin, "/kiosks").await) && !told(&stage.see(&admin, "/kiosks").await));

        // What is wrong is said where it was typed.
        for (typed, status, kept, said) in [
            ("name=&place=Foyer", 422, ["value=\"\"", "value=\"Foyer\""], "Écrivez un nom"),
            ("name=Quai&place=Loge", 409, ["value=\"Quai\"", "value=\"Loge\""], "Une autre borne a ce nom."),
        ] {
            let answer = stage.post(&admin, &path, typed).await;
            assert_eq!(answer.status, status, "{typed}");
            let fields = form(&answer.text);
            assert!(kept.iter().all(|kept| fields.contains(*kept)) && fields.contains(said), "{typed}: {fields}");
            assert_eq!(answer.text.matches("<details open").count(), 1, "{typed}");
            assert_eq!(answer.text.matches("class=\"error\"").count(), 1, "{typed}");
            assert!(answer.text.contains(&format!("id=\"name-{}\"", stage.quai.0)), "the other one is there, too");
        }
        assert_eq!(known().await, (json!("Jardin"), json!("Côté jardin"), json!(true)), "nothing was changed");

        // Switching off leaves the name alone, also one that the page did not know yet.
        for active in [false, true] {
            assert_eq!(stage.post(&admin, &path, &format!("active={active}")).await.status, 303);
            assert_eq!(known().await, (json!("Jardin"), json!("Côté jardin"), json!(active)));
        }
        assert_eq!(test.kiosk_api("GET", "/api/v1/kiosk/status", key, None).await.json()["kiosk_name"], "Jardin");

        let manager = test.cookie(&stage.shop.email("Ines")).await;
        assert_eq!(stage.post(&manager, &path, "name=A&place=B").await.status, 403);
        let other = test.shop("Salle voisine").await;
        let stranger = test.cookie(&other.owner.email).await;
        for typed in ["name=A&place=B", "name=&place="] {
            assert_eq!(stage.post(&admin, "/kiosks/987654", typed).await.status, 404, "{typed}");
            let answer = test.browse("POST", &format!("/o/{}{path}", other.org.slug), &stranger, typed).await;
            assert_eq!(answer.status, 404, "{typed}");
        }
        assert_eq!(known().await, (json!("Jardin"), json!("Côté jardin"), json!(true)));
    })
    .await;
}
