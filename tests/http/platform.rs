//! The area of those who run the installation: what it shows, what it does not, and what it leaves behind.

use crate::support::{NOW, PASSWORD, Shop, TestApp, each_app, escaped, link_of, proof};
use regie::accounts::service::{list_accounts, register, set_platform_admin};
use regie::accounts::{AccountFilter, NewAccount};
use regie::audit::{self, ReadAudit, ReadInstallationAudit};
use regie::kernel::{INSTALLATION, Instant, OrgId, Role};
use serde_json::json;

const EMAIL: &str = "exploitant@regie.example";

/// Somebody who runs the installation and belongs to no organisation.
pub async fn admin(test: &TestApp) -> String {
    let new =
        NewAccount { email: EMAIL.into(), name: "Odile Exploitante".into(), password: PASSWORD.into(), language: "fr".into() };
    register(&test.app, proof(INSTALLATION), new).await.unwrap();
    set_platform_admin(&test.app, proof(INSTALLATION), EMAIL, true).await.unwrap();
    test.cookie(EMAIL).await
}

/// An organisation with people, a kiosk and a punch.
async fn filled(test: &TestApp, name: &str, person: &str) -> Shop {
    let shop = test.shop(name).await;
    test.person(&shop, person, Role::Tech).await;
    let (cookie, token) = (test.cookie(&shop.owner.email).await, test.token(&shop.owner.email).await);
    let form = format!("name=Fiche+de+{}&email=&phone=0600000000&job=Cintrier&skills=Rigging", shop.org.id);
    assert_eq!(test.browse("POST", &format!("/o/{}/crew/new", shop.org.slug), &cookie, &form).await.status, 303);
    let (_, key) = test.kiosk(&token, "Quai de chargement").await;
    let hers = test.token(&shop.email(person)).await;
    let phone = test.phone(&hers).await;
    let code = test.code(&hers, phone).await;
    assert_eq!(test.scan(&key, json!({ "qr_token": code })).await.status, 200);
    shop
}

async fn job(test: &TestApp, org: OrgId, state: &'static str, error: Option<&str>) -> i64 {
    let id = test.enqueue_of(org, "mail.send", "1").await;
    let mut tx = test.app.db.begin_write().await.unwrap();
    let query = tx.query("UPDATE jobs SET state = $2, last_error = $3, attempts = 8 WHERE id = $1");
    query.bind(id).bind(state).bind(error).execute_one().await.unwrap();
    tx.commit().await.unwrap();
    id.0
}

const PAGES: [&str; 7] = [
    "/admin/orgs",
    "/admin/accounts",
    "/admin/jobs",
    "/admin/health",
    "/admin/audit",
    "/admin/audit/events.csv",
    "/admin/audit/chain.jsonl",
];

#[tokio::test]
async fn the_area_does_not_exist_for_others() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.cookie(&shop.owner.email).await;
        for page in PAGES.into_iter().chain(["/admin"]) {
            assert_eq!(test.browse("GET", page, &owner, "").await.status, 404, "{page}");
            assert_eq!(test.browse("GET", page, "", "").await.status, 303, "{page}");
        }
        let enter = format!("/admin/orgs/{}/enter", shop.org.id);
        for path in
            [enter.as_str(), "/admin/orgs/1/leave", "/admin/accounts/1/state", "/admin/accounts/1/admin", "/admin/jobs/1/retry"]
        {
            let answer = test.browse("POST", path, &owner, "reason=longtemps+assez&open=true&admin=true").await;
            assert_eq!(answer.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_area_sees_no_organisation_s_data() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let one = filled(&test, "Théâtre du Mail", "Karim Benali").await;
        let two = filled(&test, "Salle voisine", "Inès Moreau").await;
        job(&test, one.org.id, "dead", Some("550 <karim-benali@theatre-du-mail.example>: unknown user")).await;
        assert_eq!(test.browse("GET", "/admin", &cookie, "").await.headers["location"], "/admin/orgs");
        for page in PAGES {
            let answer = test.browse("GET", page, &cookie, "").await;
            assert_eq!(answer.status, 200, "{page}: {}", answer.text);
            let mut private =
                vec!["Fiche de", "Cintrier", "Rigging", "0600000000", "Quai de chargement", "punch.recorded", "Pointage"];
            if matches!(page, "/admin/orgs" | "/admin/jobs" | "/admin/health") {
                private.extend(["Karim", "Inès", "Claire Vasseur", "karim-benali", "patron@"]);
            }
            for word in private {
                assert!(!answer.text.contains(word), "{page} tells {word}");
            }
        }
        let orgs = test.browse("GET", "/admin/orgs", &cookie, "").await.text;
        assert!(orgs.contains("Théâtre du Mail") && orgs.contains("salle-voisine"));
        let accents = test.browse("GET", "/admin/orgs?q=th%C3%A9%C3%A2tre+du", &cookie, "").await.text;
        assert!(accents.contains("Théâtre du Mail") && !accents.contains("Salle voisine"), "with its accents");
        let found = test.browse("GET", "/admin/orgs?q=voisine", &cookie, "").await.text;
        assert!(found.contains("Salle voisine") && !found.contains("Théâtre du Mail"));
        for shop in [one, two] {
            for page in ["punches", "crew", "audit", "kiosks"] {
                let answer = test.browse("GET", &format!("/o/{}/{page}", shop.org.slug), &cookie, "").await;
                assert_eq!(answer.status, 404, "not without entering: {page}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn support_reads_for_a_reason_that_the_organisation_sees() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let shop = filled(&test, "Théâtre du Mail", "Karim Benali").await;
        let base = format!("/o/{}", shop.org.slug);
        let enter = format!("/admin/orgs/{}/enter", shop.org.id);
        let wordless = test.browse("POST", &enter, &cookie, "reason=vite").await;
        assert_eq!(wordless.status, 422);
        assert!(wordless.text.contains("Dites pourquoi") && wordless.text.contains("value=\"vite\""), "{}", wordless.text);
        assert_eq!(test.browse("GET", &format!("{base}/punches"), &cookie, "").await.status, 404);
        assert_eq!(test.browse("POST", "/admin/orgs/987654/enter", &cookie, "reason=longtemps+assez").await.status, 404);

        let entered = test.browse("POST", &enter, &cookie, "reason=Ticket+4711+:+borne+muette").await;
        assert_eq!(entered.headers["location"].to_str().unwrap(), format!("{base}/punches"), "{}", entered.text);
        for page in ["punches", "crew", "kiosks", "audit", "audit/events.csv"] {
            let answer = test.browse("GET", &format!("{base}/{page}"), &cookie, "").await;
            assert_eq!(answer.status, 200, "{page}");
            assert!(page.contains('.') || answer.text.contains("lecture seule jusqu’à 10:00"), "{page}: {}", answer.text);
        }
        assert!(test.browse("GET", "/admin/orgs", &cookie, "").await.text.contains("Vous y êtes jusqu’à 10:00"));

        let form = "name=Nom&email=&phone=&job=&skills=&text=Ana&step=add&place=Lieu&archived=true&version=1&active=true";
        for path in [
            "crew/new",
            "crew/import",
            "crew/1",
            "crew/1/archive",
            "crew/1/link",
            "kiosks",
            "kiosks/1",
            "kiosks/1/pairing",
            "kiosks/1/key",
            "kiosks/1/remove",
            "devices",
            "devices/1/revoke",
            "badge/code",
            "leave",
        ] {
            let answer = test.browse("POST", &format!("{base}/{path}"), &cookie, form).await;
            assert_eq!(answer.status, 403, "{path}: {}", answer.text);
        }

        // The organisation reads who came, and why.
        let owner = test.cookie(&shop.owner.email).await;
        let seen = test.browse("GET", &format!("{base}/audit?kind=support"), &owner, "").await.text;
        for word in ["Entrée de l’assistance", "Odile Exploitante", "Ticket 4711 : borne muette", "Administration"] {
            assert!(seen.contains(word), "{word}: {seen}");
        }
        let left = test.browse("POST", &format!("/admin/orgs/{}/leave", shop.org.id), &cookie, "").await;
        assert_eq!(left.headers["location"], "/admin/orgs");
        assert_eq!(test.browse("GET", &format!("{base}/punches"), &cookie, "").await.status, 404);
        let seen = test.browse("GET", &format!("{base}/audit?q=odile"), &owner, "").await.text;
        assert!(seen.contains("Départ de l’assistance") && seen.contains("Entrée de l’assistance"));

        // An hour is an hour.
        test.browse("POST", &enter, &cookie, "reason=Ticket+4711+encore").await;
        assert_eq!(test.browse("GET", &format!("{base}/punches"), &cookie, "").await.status, 200);
        test.app.clock.advance_seconds(61 * 60);
        assert_eq!(test.browse("GET", &format!("{base}/punches"), &cookie, "").await.status, 404);
        let check = audit::verify_chain::<ReadAudit>(&test.app, proof(shop.org.id)).await.unwrap();
        assert_eq!(check.broken, None);
    })
    .await;
}

#[tokio::test]
async fn accounts_are_closed_opened_and_promoted() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.cookie(&shop.owner.email).await;
        let page = test.browse("GET", "/admin/accounts?q=vasseur", &cookie, "").await.text;
        assert!(page.contains("patron@theatre-du-mail.example") && !page.contains(EMAIL), "searched");
        let base = format!("/admin/accounts/{}", shop.owner.id);
        assert_eq!(test.browse("POST", &format!("{base}/state"), &cookie, "open=false").await.status, 303);
        assert_eq!(test.browse("GET", "/me", &owner, "").await.status, 303, "out at the next request");
        assert!(test.browse("GET", "/admin/accounts", &cookie, "").await.text.contains("Fermé"));
        assert_eq!(test.browse("POST", &format!("{base}/state"), &cookie, "open=true").await.status, 303);
        let owner = test.cookie(&shop.owner.email).await;
        assert_eq!(test.browse("GET", "/admin/jobs", &owner, "").await.status, 404);
        assert_eq!(test.browse("POST", &format!("{base}/admin"), &cookie, "admin=true").await.status, 303);
        assert_eq!(test.browse("GET", "/admin/jobs", &owner, "").await.status, 200);
        assert_eq!(test.browse("POST", &format!("{base}/admin"), &cookie, "admin=false").await.status, 303);
        assert_eq!(test.browse("GET", "/admin/jobs", &owner, "").await.status, 404);
        let filter = AccountFilter { search: Some("exploitante".into()), limit: 2, ..AccountFilter::default() };
        let me = list_accounts(&test.app, proof(INSTALLATION), &filter).await.unwrap()[0].id;
        for (path, form) in [("state", "open=false"), ("admin", "admin=false")] {
            assert_eq!(
                test.browse("POST", &format!("/admin/accounts/{me}/{path}"), &cookie, form).await.status,
                404,
                "not oneself"
            );
        }
        let told = test.browse("GET", "/admin/audit?kind=accounts", &cookie, "").await.text;
        for word in ["Compte fermé", "Compte rouvert", "Droit d’administrer changé", "Odile Exploitante"] {
            assert!(told.contains(word), "{word}");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let mut tx = test.app.db.begin_write().await.unwrap();
        for n in 0..60 {
            let query = tx
                .query("INSERT INTO orgs (slug, name, time_zone, language, created_at) VALUES ($1, $2, 'Europe/Paris', 'fr', 0)");
            query.bind(format!("salle-{n}")).bind(format!("Salle {n}")).execute_one().await.unwrap();
            let query = tx.query("INSERT INTO accounts (email, name, language, created_at, search) VALUES ($1, $2, 'fr', 0, $3)");
            query.bind(format!("p{n}@x.example")).bind(format!("P {n}")).bind("p").execute_one().await.unwrap();
        }
        tx.commit().await.unwrap();
        for n in 0..60 {
            job(&test, INSTALLATION, if n % 2 == 0 { "dead" } else { "waiting" }, None).await;
        }
        // Signing in for the first time has mailed twice.
        for (page, all) in [("/admin/orgs", 60), ("/admin/accounts", 61), ("/admin/jobs", 62)] {
            let first = test.browse("GET", page, &cookie, "").await.text;
            let rows = |text: &str| text.matches("<th scope=\"row\"").count();
            assert_eq!(rows(&first), 50, "{page}");
            let next = first
                .split("href=\"")
                .find(|rest| rest.starts_with(page) && (rest.contains("after=") || rest.contains("before=")));
            let next = next.unwrap().split('"').next().unwrap().replace("&amp;", "&");
            assert_eq!(rows(&test.browse("GET", &next, &cookie, "").await.text), all - 50, "{next}");
        }
        let dead = test.browse("GET", "/admin/jobs?state=dead", &cookie, "").await.text;
        assert_eq!(dead.matches("<th scope=\"row\"").count(), 30);
    })
    .await;
}

#[tokio::test]
async fn jobs_are_tried_again_or_given_up() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let (dead, waiting) =
            (job(&test, INSTALLATION, "dead", Some("boom")).await, job(&test, INSTALLATION, "waiting", Some("bang")).await);
        let running = job(&test, INSTALLATION, "running", None).await;
        let page = test.browse("GET", "/admin/jobs", &cookie, "").await.text;
        for word in ["Envoi d’un e-mail", "boom", "bang", "Mises de côté", "En échec"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        let failing = test.browse("GET", "/admin/jobs?state=failing", &cookie, "").await.text;
        assert!(failing.contains("bang") && !failing.contains("boom"));
        assert_eq!(test.browse("POST", &format!("/admin/jobs/{dead}/retry"), &cookie, "").await.status, 303);
        assert_eq!(test.browse("POST", &format!("/admin/jobs/{waiting}/discard"), &cookie, "").await.status, 303);
        for path in
            [format!("{running}/retry"), format!("{running}/discard"), format!("{waiting}/retry"), "987654/discard".into()]
        {
            assert_eq!(test.browse("POST", &format!("/admin/jobs/{path}"), &cookie, "").await.status, 404, "{path}");
        }
        let mut read = test.app.db.read().await.unwrap();
        let state = async |read: &mut regie::platform::db::ReadTx, id: i64| {
            read.query("SELECT state FROM jobs WHERE id = $1 AND attempts = 0")
                .bind(id)
                .optional_scalar::<String>()
                .await
                .unwrap()
        };
        assert_eq!(state(&mut read, dead).await.as_deref(), Some("waiting"), "with all its attempts");
        let gone = read.query("SELECT count(*) FROM jobs WHERE id = $1").bind(waiting).scalar::<i64>().await.unwrap();
        assert_eq!(gone, 0);
        drop(read);
        let check = audit::verify_chain::<ReadInstallationAudit>(&test.app, proof(INSTALLATION)).await.unwrap();
        assert_eq!(check.broken, None);
        let told = test.browse("GET", "/admin/audit?kind=jobs", &cookie, "").await.text;
        for word in ["Tâche relancée", "Tâche abandonnée", "Envoi d’un e-mail", "Odile Exploitante"] {
            assert!(told.contains(word), "{word}: {told}");
        }
    })
    .await;
}

#[tokio::test]
async fn health_is_shown_without_secrets() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let page = test.browse("GET", "/admin/health", &cookie, "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        for word in [
            env!("CARGO_PKG_VERSION"),
            "Migrations à appliquer",
            "server.public_url",
            "http://127.0.0.1:3000",
            "secret, réglé",
            "rien ne part",
        ] {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        assert!(!page.text.contains(test.app.config.database.url.reveal()), "the database's address is a secret");
        assert!(page.text.contains("Tout marche"));
        test.app.clock.advance_seconds(2 * 3600);
        let stuck = test.browse("GET", "/admin/health", &cookie, "").await.text;
        assert!(stuck.contains("Quelque chose ne marche pas"), "mails have been waiting for two hours");
        assert!(stuck.contains("2 h") || stuck.contains("2\u{202f}h") || stuck.contains("2\u{a0}h"), "up for two hours");
    })
    .await;
}

#[tokio::test]
async fn the_installation_s_own_chain_is_read_and_verified() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let page = test.browse("GET", "/admin/audit", &cookie, "").await.text;
        assert!(page.contains("Connexion") && page.contains("Odile Exploitante"), "{page}");
        let whole = test.browse("POST", "/admin/audit", &cookie, "").await;
        assert!(whole.status == 200 && whole.text.contains("Chaîne intacte"), "{}", whole.text);
        let export = test.browse("GET", "/admin/audit/chain.jsonl", &cookie, "").await.text;
        assert!(audit::verify_export(export.as_bytes()).unwrap() >= 3);
        let table = test.browse("GET", "/admin/audit/events.csv?kind=accounts", &cookie, "").await.text;
        assert!(table.contains("account.signed_in") && table.contains("Odile Exploitante"));
        assert_eq!(test.app.started_at(), Instant(NOW.0));
    })
    .await;
}

#[tokio::test]
async fn who_closed_their_account_can_be_kept_from_opening_it_again() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let owner = test.shop("Théâtre du Mail").await.owner;
        set_platform_admin(&test.app, proof(INSTALLATION), &owner.email, true).await.unwrap();
        let hers = test.cookie(&owner.email).await;
        let close = format!("what=close&present_password={}", escaped(PASSWORD));
        assert_eq!(test.browse("POST", "/me/close", &hers, &close).await.status, 303);
        for (language, words) in [("fr", "Interdire la réouverture"), ("en", "Keep closed")] {
            let page = test.browse("GET", "/admin/accounts", &format!("{cookie}; language={language}"), "").await;
            assert!(page.text.contains(words), "{}", page.text);
        }
        let post = async |what: &str, form: &str| {
            test.browse("POST", &format!("/admin/accounts/{}/{what}", owner.id), &cookie, form).await.status.as_u16()
        };
        assert_eq!(post("admin", "admin=false").await, 303, "what the page offers");
        assert_eq!(test.number("SELECT count(*) FROM accounts WHERE is_platform_admin").await, 1);
        assert_eq!(post("state", "open=true").await, 404, "she opens it herself");

        let asked = json!({ "email": owner.email });
        assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(asked)).await.status, 200);
        test.run_jobs().await;
        let link = link_of(&test.mail_to(&owner.email).await);
        assert_eq!((post("state", "open=false").await, post("state", "open=false").await), (303, 404), "closed once");
        let password = escaped("la lumière s'éteint à minuit");
        test.browse("POST", &link, "", &format!("password={password}")).await;
        let closed = "SELECT count(*) FROM accounts WHERE disabled_by = 'platform' AND NOT is_active";
        assert_eq!(test.number(closed).await, 1, "no link opens it");
        assert_eq!((post("state", "open=true").await, test.number(closed).await), (303, 0));
    })
    .await;
}
