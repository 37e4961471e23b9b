//! Deleting one's account: what goes, what stays, and that no organisation is left without an owner.

use crate::support::{Answer, PASSWORD, TestApp, each_app, escaped, link_of};
use regie::kernel::Role;
use regie::platform::secret::fingerprint;
use serde_json::json;

async fn delete(test: &TestApp, cookie: &str) -> Answer {
    let form = format!("what=delete&present_password={}", escaped(PASSWORD));
    test.browse("POST", "/me/close", cookie, &form).await
}

#[tokio::test]
async fn who_deletes_their_account_stays_in_their_employer_s_records() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let karim = test.holder(&shop, "Karim").await;
        let cookie = test.cookie(&karim.email).await;
        for (language, words) in [
            ("fr", "Votre fiche et vos heures restent chez vos employeurs, à votre nom"),
            ("en", "Your record and your hours stay with your employers, under your name"),
        ] {
            let page = test.browse("GET", "/me", &format!("{cookie}; language={language}"), "").await;
            assert!(page.text.contains(words), "{}", page.text);
        }
        assert_eq!(delete(&test, &cookie).await.status, 303);
        let kept = "SELECT count(*) FROM crew_members WHERE name = 'Karim' AND email IS NOT NULL AND account_id IS NULL";
        let gone = "SELECT count(*) FROM accounts WHERE name = 'Karim' OR email LIKE 'karim@%'";
        assert_eq!((test.number(kept).await, test.number(gone).await), (1, 0));
        let owner = test.cookie(&shop.owner.email).await;
        let hours = test.browse("GET", &format!("/o/{}/crew/{}/hours", shop.org.slug, karim.id), &owner, "").await;
        assert!(hours.status == 200 && hours.text.contains("Karim"), "{}", hours.text);
    })
    .await;
}

#[tokio::test]
async fn of_two_owners_who_go_at_the_same_moment_one_stays() {
    each_app(async |test| {
        for round in 0..4 {
            let shop = test.shop(&format!("Salle {round}")).await;
            test.person(&shop, "Olga", Role::Owner).await;
            let (claire, olga) = (test.cookie(&shop.owner.email).await, test.cookie(&shop.email("Olga")).await);
            let (one, other) = tokio::join!(delete(&test, &claire), delete(&test, &olga));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409], "{} {}", one.text, other.text);
        }
        let ownerless = "SELECT count(*) FROM orgs o WHERE NOT EXISTS
            (SELECT 1 FROM memberships m WHERE m.org_id = o.id AND m.role = 'owner' AND m.state = 'active')";
        assert_eq!(test.number(ownerless).await, 0);
    })
    .await;
}

#[tokio::test]
async fn no_address_and_no_link_of_a_deleted_account_is_left() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let old = test.holder(&shop, "Karim").await.email;
        let cookie = test.cookie(&old).await;
        let named = test.browse("POST", "/me", &cookie, "name=Karim+Nouveau&language=fr&time_zone=Europe%2FParis").await;
        assert_eq!(named.status, 303, "{}", named.text);
        let present = format!("present_password={}", escaped(PASSWORD));
        let change = async |to: &str| {
            let asked = test.browse("POST", "/me/email", &cookie, &format!("email={}&{present}", escaped(to))).await;
            assert_eq!(asked.status, 303, "{}", asked.text);
        };
        change("karim@ailleurs.example").await;
        for email in [old.as_str(), "karim@ailleurs.example"] {
            test.browse("POST", &link_of(&test.mail_to(email).await), &cookie, "").await;
        }
        assert_eq!(test.number("SELECT count(*) FROM accounts WHERE email = 'karim@ailleurs.example'").await, 1);
        let denied = link_of(&test.mail_to(&old).await);
        change("karim@plus-loin.example").await;
        let asked = json!({ "email": "karim@ailleurs.example" });
        assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(asked)).await.status, 200);
        test.run_jobs().await;
        let reset = link_of(&test.mail_to("karim@ailleurs.example").await);
        assert!(denied.starts_with("/not-me/") && reset.starts_with("/reset/"), "{denied} {reset}");

        assert_eq!(delete(&test, &cookie).await.status, 303);
        let left = "SELECT count(*) FROM account_links l JOIN accounts a ON a.id = l.account_id WHERE a.deleted_at IS NOT NULL";
        assert_eq!((test.number(left).await, test.number("SELECT count(*) FROM email_changes").await), (0, 0));
        let told = test.texts("SELECT detail FROM audit_events").await.concat();
        for word in ["Nouveau", "ailleurs.example", "plus-loin.example"] {
            assert!(!told.contains(word), "the audit keeps {word}: {told}");
        }
        // Even if a link had been left.
        let deleted = test.number("SELECT id FROM accounts WHERE deleted_at IS NOT NULL").await;
        for (purpose, link) in [("not_me", &denied), ("reset_password", &reset)] {
            let sql =
                "INSERT INTO account_links (account_id, purpose, token_hash, created_at, expires_at) VALUES ($1, $2, $3, 0, $4)";
            let token = link.rsplit('/').next().unwrap();
            let mut tx = test.app.db.begin_write().await.unwrap();
            let query = tx.query(sql).bind(deleted).bind(purpose).bind(fingerprint(token));
            query.bind(test.app.clock.now().plus_days(1)).execute().await.unwrap();
            tx.commit().await.unwrap();
            let form = format!("password={}", escaped("la lumière s'éteint à minuit"));
            assert_eq!(test.browse("POST", link, "", &form).await.status, 410, "{purpose}");
        }
        let confirm = json!({ "token": reset.rsplit('/').next().unwrap(), "new_password": "la lumière s'éteint à minuit" });
        assert_eq!(test.api("POST", "/api/v1/auth/reset/confirm", "", Some(confirm)).await.status, 410);
        let opened = "SELECT count(*) FROM accounts WHERE deleted_at IS NOT NULL AND password_hash IS NOT NULL";
        assert_eq!(test.number(opened).await, 0);
    })
    .await;
}
