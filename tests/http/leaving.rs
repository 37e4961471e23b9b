//! Deleting one's account: what goes, what stays, and that no organisation is left without an owner.

use crate::support::{Answer, PASSWORD, TestApp, each_app, escaped};
use regie::kernel::Role;

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
