//! Days as people read them, on pages and in letters.

use super::planning::Room;
use crate::support::{PASSWORD, each_app, proof};
use regie::accounts::NewAccount;
use regie::kernel::INSTALLATION;
use regie::orgs::NewOrg;
use regie::orgs::service::create_org_with_owner;
use serde_json::json;

#[tokio::test]
async fn what_may_be_of_another_year_says_its_year() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let token = test.token(&shop.owner.email).await;
        let karim = test.holder(&shop, "Karim").await;
        let body = json!({ "name": "Paie", "scopes": ["read"], "days": 366, "present_password": PASSWORD });
        assert_eq!(test.api("POST", "/api/v1/auth/tokens", &token, Some(body)).await.status, 201);
        // Who has a passkey would be asked for it.
        let (hers, his) = (test.cookie(&shop.owner.email).await, test.cookie(&karim.email).await);
        let sql = "INSERT INTO passkeys (account_id, credential_id, public_key, sign_count, name, created_at)
          VALUES ($1, 'c', 'k', 0, 'Clé bleue', 0)";
        let mut tx = test.app.db.begin_write().await.unwrap();
        tx.query(sql).bind(shop.owner.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        let base = format!("/o/{}", shop.org.slug);
        let membership = test.number("SELECT max(id) FROM memberships").await;
        for (cookie, path, said) in [
            (&hers, "/me/tokens".to_owned(), "Jusqu’au 22 novembre 2027"),
            (&hers, "/me/security".to_owned(), "Ajoutée le 1er janvier 1970"),
            (&hers, format!("{base}/members/{membership}"), "21 novembre 2026"),
            (&hers, format!("{base}/crew/{}", karim.id), "Enregistré le 21 novembre 2026"),
            (&his, "/me/devices".to_owned(), "Enregistré le 21 novembre 2026"),
            (&his, "/me/devices".to_owned(), "Connecté le 21 novembre 2026"),
            (&his, format!("{base}/devices"), "Enregistré le 21 novembre 2026"),
        ] {
            let page = test.browse("GET", &path, cookie, "").await;
            assert!(page.status == 200 && page.text.contains(said), "{path}: no {said} in {}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_short_date_has_its_year_where_that_is_not_today_s() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let (base, shop) = (format!("/o/{}", room.shop.org.slug), &room.shop);
        let mission = async |starts: &str, ends: &str| {
            let body = json!({ "title": "Bal", "starts_at": starts, "ends_at": ends });
            room.done("POST", "/missions", Some(body)).await["id"].to_string()
        };
        let soon = mission("2026-12-07T09:00", "2026-12-07T17:00").await;
        let night = mission("2026-12-31T22:00", "2027-01-01T06:00").await;
        let (his, hers) = (test.cookie(&shop.email("Karim")).await, test.cookie(&shop.owner.email).await);
        let slot = "kind=unavailable&starts_at=2026-12-31T08:00&ends_at=2027-01-04T18:00&every_weeks=0";
        assert_eq!(test.browse("POST", &format!("{base}/availability"), &his, slot).await.status, 303);
        let own = test.browse("GET", &format!("{base}/availability"), &his, "").await.text;
        assert!(own.contains("jeu. 31 déc., 08:00 – lun. 4 janv. 2027, 18:00"), "{own}");

        test.kiosk(&room.owner, "Quai").await;
        test.change("UPDATE kiosks SET last_seen_at = 0").await;
        let seen =
            "UPDATE sessions SET last_seen_at = 0 WHERE account_id IN (SELECT account_id FROM memberships WHERE role = 'tech')";
        test.change(seen).await;
        for (path, said) in [
            (format!("/missions/{soon}"), "lun. 7 déc., 09:00 – 17:00"),
            (format!("/missions/{night}"), "jeu. 31 déc., 22:00 – ven. 1er janv. 2027, 06:00"),
            ("/kiosks".to_owned(), "Vue jeu. 1er janv. 1970, 01:00"),
            ("/members".to_owned(), "jeu. 1er janv. 1970, 01:00"),
        ] {
            let page = test.browse("GET", &format!("{base}{path}"), &hers, "").await;
            assert!(page.status == 200 && page.text.contains(said), "{path}: no {said} in {}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_says_its_last_day_in_words() {
    each_app(async |test| {
        for (language, until) in
            [("fr", "L’invitation vaut jusqu’au 1er décembre 2026."), ("en", "The invitation works until 1 December 2026.")]
        {
            let email = format!("patron@{language}.example");
            let owner = NewAccount {
                email: email.clone(),
                name: "Claire Vasseur".into(),
                password: PASSWORD.into(),
                language: language.into(),
            };
            let name = format!("Théâtre {language}");
            let org = NewOrg { name, time_zone: "Europe/Paris".into(), language: language.into(), is_demo: false };
            create_org_with_owner(&test.app, proof(INSTALLATION), owner, org).await.unwrap();
            let invited = format!("ines@{language}.example");
            let body = json!({ "email": invited, "role": "tech", "days": 10 });
            let token = test.token(&email).await;
            let made = test.api("POST", "/api/v1/members/invitations", &token, Some(body)).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let mail = test.mail_to(&invited).await;
            assert!(mail.text_body.contains(until), "{}", mail.text_body);
        }
    })
    .await;
}
