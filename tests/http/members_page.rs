//! The list of members: what it says of each, and what is done to several.

use crate::support::{between, each_app, proof};
use regie::accounts::service::set_account_active;
use regie::kernel::{AccountId, INSTALLATION, Role};

#[tokio::test]
async fn the_table_calls_a_closed_account_what_the_page_calls_it() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        for name in ["Karim", "Nora", "Zoé"] {
            test.person(&shop, name, Role::Tech).await;
        }
        let cookie = test.cookie(&shop.owner.email).await;
        let base = format!("/o/{}/members", shop.org.slug);
        let karim = AccountId(test.number("SELECT id FROM accounts WHERE name = 'Karim'").await);
        set_account_active(&test.app, proof(INSTALLATION), karim, false).await.unwrap();
        let suspend =
            "UPDATE memberships SET state = 'suspended' WHERE account_id = (SELECT id FROM accounts WHERE name = 'Nora')";
        assert_eq!(test.change(suspend).await, 1);

        let page = test.browse("GET", &base, &cookie, "").await.text;
        let table = test.browse("GET", &format!("{base}/export.csv"), &cookie, "").await.text;
        for (name, state) in [("Karim", "Compte fermé"), ("Nora", "Suspendu"), ("Zoé", "Actif")] {
            let row = page.split("<tr").find(|row| row.contains(&format!(">{name}</a>"))).unwrap();
            let line = table.lines().find(|line| line.starts_with(&format!("{name};"))).unwrap();
            assert!(row.contains(state) && line.contains(&format!(";{state};")), "{row} {line}");
        }
        for (state, listed) in [("", vec!["Karim", "Nora", "Zoé"]), ("active", vec!["Zoé"]), ("suspended", vec!["Nora"])] {
            let page = test.browse("GET", &format!("{base}?state={state}"), &cookie, "").await.text;
            let found: Vec<_> =
                ["Karim", "Nora", "Zoé"].into_iter().filter(|name| page.contains(&format!(">{name}</a>"))).collect();
            assert_eq!(found, listed, "{state}");
        }
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_picked_nothing_is_said_to_be_done() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        test.person(&shop, "Karim", Role::Tech).await;
        let cookie = test.cookie(&shop.owner.email).await;
        let base = format!("/o/{}/members", shop.org.slug);
        for (language, words, done) in
            [("fr", "Cochez au moins une ligne.", "dès maintenant"), ("en", "Tick at least one line.", "from now on")]
        {
            let cookies = format!("{cookie}; language={language}");
            let page = test.browse("POST", &format!("{base}/bulk"), &cookies, "what=suspend").await;
            assert_eq!(page.status, 422, "{}", page.text);
            assert!(page.text.contains(words) && !page.text.contains(done), "{}", page.text);
            assert_eq!(page.text.matches("role=\"alert\"").count(), 1, "not of the invitation: {}", page.text);
            assert!(page.text.contains("name=\"days\"") && page.text.contains("value=\"14\""), "it can be sent as ever");
        }
        let karim = test.number("SELECT id FROM memberships WHERE role = 'tech'").await;
        let picked = test.browse("POST", &format!("{base}/bulk"), &cookie, &format!("what=suspend&ids={karim}")).await;
        assert_eq!(picked.header("location"), Some(base.as_str()), "{}", picked.text);
        assert_eq!(test.texts("SELECT state FROM memberships WHERE role = 'tech'").await, ["suspended"]);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_be_acted_on_stops_nothing_and_is_named() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        for (name, role) in [("Karim", Role::Tech), ("Ada", Role::Admin), ("Zoé", Role::Tech), ("Ida", Role::Admin)] {
            test.person(&shop, name, role).await;
        }
        let base = format!("/o/{}/members", shop.org.slug);
        let cookie = test.cookie(&shop.email("Ada")).await;
        let ids = test.texts("SELECT CAST(id AS TEXT) FROM memberships WHERE role IN ('tech', 'owner') ORDER BY id").await;
        assert_eq!(ids.len(), 3);
        let picked = ids.iter().map(|id| format!("&ids={id}")).collect::<String>();
        let page = test.browse("POST", &format!("{base}/bulk"), &cookie, &format!("what=suspend{picked}")).await;
        assert_eq!(page.status, 403, "{}", page.text);
        let note = between(&page.text, "role=\"alert\"", "</dl>").unwrap_or_else(|| panic!("{}", page.text));
        assert!(note.contains("C’est fait pour 2 personnes"), "{note}");
        assert!(note.contains(&format!("<dt>{}</dt>", shop.owner.name)) && note.matches("<dd>").count() == 1, "{note}");
        assert!(page.text.find("role=\"alert\"") < page.text.find("<table"), "above the table");
        let states = "SELECT state FROM memberships WHERE role IN ('tech', 'owner') ORDER BY id";
        assert_eq!(test.texts(states).await, ["active", "suspended", "suspended"]);

        let english = format!("{cookie}; language=en");
        let page = test.browse("POST", &format!("{base}/bulk"), &english, &format!("what=restore&ids={}", ids[0])).await.text;
        assert!(page.contains("Not done for:") && !page.contains("Done for"), "{page}");
    })
    .await;
}
