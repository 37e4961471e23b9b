//! Members: whose sessions are an organisation's business, who is invited, who may join.

use crate::support::{PASSWORD, Shop, TestApp, each_app, escaped, link_of};
use regie::kernel::Role;
use serde_json::json;

/// The number of a member.
async fn member(test: &TestApp, token: &str, name: &str) -> i64 {
    let found = test.api("GET", &format!("/api/v1/members?search={name}"), token, None).await;
    found.json()[0]["id"].as_i64().unwrap_or_else(|| panic!("{}", found.text))
}

/// An organisation with Karim, and its owner's token and cookie.
async fn house(test: &TestApp) -> (Shop, String, String) {
    let shop = test.shop("Théâtre du Mail").await;
    test.person(&shop, "Karim", Role::Tech).await;
    let (token, cookie) = (test.token(&shop.owner.email).await, test.cookie(&shop.owner.email).await);
    (shop, token, cookie)
}

const SHARED: &str = "Cette personne est aussi membre d’une autre organisation.";

#[tokio::test]
async fn sessions_of_who_belongs_elsewhere_too_are_neither_seen_nor_ended() {
    each_app(async |test| {
        let (shop, owner, cookie) = house(&test).await;
        let neighbour = test.token(&test.shop("Salle voisine").await.owner.email).await;
        let karim = shop.email("Karim");
        let his = test.token(&karim).await;
        let (id, base) = (member(&test, &owner, "Karim").await, format!("/o/{}/members", shop.org.slug));
        let sessions = format!("/api/v1/members/{id}/sessions");
        let page = format!("{base}/{id}");
        let ask = async |method: &str| test.api(method, &sessions, &owner, None).await;
        let shown = async || test.browse("GET", &page, &cookie, "").await.text;
        let last_seen = async || {
            let listed = test.api("GET", "/api/v1/members?search=Karim", &owner, None).await.json();
            let page = test.browse("GET", &base, &cookie, "").await.text;
            let row = page.split("<tr").find(|row| row.contains(">Karim</a>")).unwrap().split("</tr").next().unwrap().to_owned();
            let table = test.browse("GET", &format!("{base}/export.csv"), &cookie, "").await.text;
            let is_in_table = table.lines().any(|line| line.starts_with("Karim;") && line.contains("2026-11-21 09:00"));
            (listed[0]["last_seen_at"].is_string(), row.contains("09:00"), is_in_table, row.contains('–'))
        };
        assert_eq!(ask("GET").await.status, 200);
        assert!(shown().await.contains("/sessions/end"));
        assert_eq!(last_seen().await, (true, true, true, false));

        let invitation = json!({ "email": karim, "role": "tech" });
        assert_eq!(test.api("POST", "/api/v1/members/invitations", &neighbour, Some(invitation)).await.status, 201);
        let link = link_of(&test.mail_to(&karim).await);
        let browser = test.cookie(&karim).await;
        assert_eq!(test.browse("POST", &link, &browser, "").await.status, 303);
        let there = format!("/api/v1/members/{}", member(&test, &neighbour, "Karim").await);
        for suspended in [false, true] {
            let state = Some(json!({ "is_suspended": suspended }));
            assert_eq!(test.api("PATCH", &there, &neighbour, state).await.status, 200);
            for method in ["GET", "DELETE"] {
                let refused = ask(method).await;
                let code = refused.json()["code"].clone();
                assert_eq!((refused.status.as_u16(), code), (403, json!("member.shared_account")), "{method}");
            }
            assert_eq!(last_seen().await, (false, false, false, true), "what he does there is no business of this one");
            let text = shown().await;
            assert!(text.contains(SHARED) && !text.contains("/sessions/end"), "{text}");
            for (path, form) in [(format!("{page}/sessions/end"), ""), (format!("{base}/bulk"), "what=end&ids=")] {
                let form = if form.is_empty() { String::new() } else { format!("{form}{id}") };
                let refused = test.browse("POST", &path, &cookie, &form).await;
                assert!(refused.status == 403 && refused.text.contains(SHARED), "{path}: {} {}", refused.status, refused.text);
            }
            assert_eq!(test.me(&his).await, 200, "nothing has ended");
        }
        let english = test.browse("GET", &page, &format!("{cookie}; language=en"), "").await.text;
        assert!(english.contains("This person also belongs to another organisation."), "{english}");
        // What is this organisation's alone can be done.
        let change = Some(json!({ "role": "manager" }));
        assert_eq!(test.api("PATCH", &format!("/api/v1/members/{id}"), &owner, change).await.status, 200);

        assert_eq!(test.api("DELETE", &there, &neighbour, None).await.status, 204);
        assert_eq!(last_seen().await, (true, true, true, false));
        assert_eq!(ask("GET").await.json().as_array().unwrap().len(), 2, "a token and a browser");
        assert_eq!((ask("DELETE").await.status.as_u16(), test.me(&his).await), (204, 401));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_lives_a_month_at_most_and_says_so() {
    each_app(async |test| {
        let (shop, owner, cookie) = house(&test).await;
        let path = format!("/o/{}/members/invite", shop.org.slug);
        for days in ["60", "31", "0", "", "x"] {
            let form = format!("email=nora%40exemple.fr&role=tech&message=&days={days}");
            for (language, words) in [("fr", "Choisissez une durée de 1 à 30 jours."), ("en", "Choose from 1 to 30 days.")] {
                let refused = test.browse("POST", &path, &format!("{cookie}; language={language}"), &form).await;
                assert!(refused.status == 422 && refused.text.contains(words), "{days}: {}", refused.text);
            }
        }
        let body = json!({ "email": "nora@exemple.fr", "role": "tech", "days": 31 });
        let refused = test.api("POST", "/api/v1/members/invitations", &owner, Some(body)).await;
        let field = json!([{ "field": "days", "code": "invitation.days" }]);
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"]), (422, &field));
        let good = test.browse("POST", &path, &cookie, "email=nora%40exemple.fr&role=tech&message=&days=30").await;
        assert_eq!(good.status, 303, "{}", good.text);
    })
    .await;
}

#[tokio::test]
async fn no_line_of_a_pasted_list_is_lost_in_silence() {
    each_app(async |test| {
        let (shop, _, cookie) = house(&test).await;
        let path = format!("/o/{}/members/import", shop.org.slug);
        let send = async |step: &str, list: &str| {
            test.browse("POST", &path, &cookie, &format!("step={step}&text={}", escaped(list))).await
        };
        let list = "ana.exemple.fr;tech\n\n\nben@exemple.fr;manager\n";
        let page = send("preview", list).await.text;
        // The first line is no title, and blank lines count.
        for said in ["ana.exemple.fr</td>", ">1</th>", ">4</th>", "Une ligne ne donnera pas d’invitation."] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let titled = send("preview", "Courriel;Rôle\nben@exemple.fr;manager\n").await.text;
        assert!(!titled.contains("Courriel</td>") && !titled.contains("ne donnera pas"), "{titled}");
        assert_eq!(send("send", list).await.status, 303);
        assert!(test.mails().await.iter().any(|mail| mail.recipient == "ben@exemple.fr"));
        assert_eq!(test.number("SELECT count(*) FROM invitations").await, 1);

        let long: String = (0..203).map(|n| format!("p{n}@exemple.fr\n")).collect();
        let page = send("preview", &long).await.text;
        assert!(page.contains("3 lignes ne sont pas lues") && !page.contains("p200@exemple.fr</td>"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn what_one_is_suspended_from_is_not_open_to_one() {
    each_app(async |test| {
        let (shop, owner, _) = house(&test).await;
        test.change("UPDATE orgs SET join_domains = 'exemple.fr'").await;
        let new = json!({ "email": "nora@exemple.fr", "password": PASSWORD, "full_name": "Nora" });
        assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(new)).await.status, 201);
        assert_eq!(test.change("UPDATE accounts SET verified_at = 1 WHERE email = 'nora@exemple.fr'").await, 1);
        let nora = test.cookie("nora@exemple.fr").await;
        let join = format!("/orgs/{}/join", shop.org.slug);
        let is_open = async || test.browse("GET", "/me", &nora, "").await.text.contains(&join);
        assert!(is_open().await);
        assert_eq!(test.browse("POST", &join, &nora, "").await.status, 303);
        assert!(!is_open().await);
        let path = format!("/api/v1/members/{}", member(&test, &owner, "Nora").await);
        assert_eq!(test.api("PATCH", &path, &owner, Some(json!({ "is_suspended": true }))).await.status, 200);
        assert!(!is_open().await, "joining would fail");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_acted_on_by_the_role_they_had_before() {
    each_app(async |test| {
        let (shop, owner, _) = house(&test).await;
        test.person(&shop, "Ada", Role::Admin).await;
        let admin = test.token(&shop.email("Ada")).await;
        let path = format!("/api/v1/members/{}", member(&test, &owner, "Karim").await);
        let set =
            async |token: &str, role: &str| test.api("PATCH", &path, token, Some(json!({ "role": role }))).await.status.as_u16();
        for round in 0..8 {
            assert_eq!(set(&owner, "manager").await, 200);
            let (raised, lowered) = tokio::join!(set(&owner, "owner"), set(&admin, "tech"));
            assert!(raised == 200 && [200, 403].contains(&lowered), "{round}: {raised} {lowered}");
            // Whoever was first: an admin makes no owner less.
            let found = test.api("GET", "/api/v1/members?search=Karim", &owner, None).await.json();
            assert_eq!(found[0]["role"], "owner", "{round}: {lowered}");
        }
    })
    .await;
}

#[tokio::test]
async fn joining_and_becoming_somebody_of_the_crew_are_both_in_the_audit() {
    each_app(async |test| {
        let (shop, owner, cookie) = house(&test).await;
        let base = format!("/o/{}", shop.org.slug);
        for name in ["elodie", "nora"] {
            let form = format!("name={name}&email={name}%40exemple.fr&phone=&job=&skills=");
            assert_eq!(test.browse("POST", &format!("{base}/crew/new"), &cookie, &form).await.status, 303);
        }
        let id = test.number("SELECT id FROM crew_members WHERE email = 'elodie@exemple.fr'").await;
        assert_eq!(test.browse("POST", &format!("{base}/crew/{id}/link"), &cookie, "").await.status, 303);
        let invitation = json!({ "email": "nora@exemple.fr", "role": "tech" });
        assert_eq!(test.api("POST", "/api/v1/members/invitations", &owner, Some(invitation)).await.status, 201);
        let count = async |event: &str| test.events(&owner).await.iter().filter(|known| *known == event).count();
        for (number, email) in [(1, "elodie@exemple.fr"), (2, "nora@exemple.fr")] {
            let before = (count("member.joined").await, count("crew.linked").await);
            let form = format!("name=Somebody&password={}", escaped(PASSWORD));
            let joined = test.browse("POST", &link_of(&test.mail_to(email).await), "", &form).await;
            assert_eq!(joined.status, 303, "{}", joined.text);
            let after = (count("member.joined").await, count("crew.linked").await);
            assert_eq!(after, (before.0 + 1, before.1 + 1), "{number}: {email}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_was_removed_finds_no_door_left_open() {
    each_app(async |test| {
        let (shop, owner, _) = house(&test).await;
        let invite = async |token: &str, email: &str| {
            let body = json!({ "email": email, "role": "tech" });
            let made = test.api("POST", "/api/v1/members/invitations", token, Some(body)).await;
            assert_eq!(made.status, 201, "{}", made.text);
            link_of(&test.mail_to(email).await)
        };
        // Marc was invited before he came in another way.
        let own = invite(&owner, &shop.email("Marc")).await;
        test.person(&shop, "Marc", Role::Manager).await;
        let friend = invite(&test.token(&shop.email("Marc")).await, "ami@exemple.fr").await;
        let other = invite(&owner, "zoe@exemple.fr").await;
        let path = format!("/api/v1/members/{}", member(&test, &owner, "Marc").await);
        assert_eq!(test.api("DELETE", &path, &owner, None).await.status, 204);
        for (link, status) in [(own, 410), (friend, 410), (other, 200)] {
            assert_eq!(test.get(&link).await.status, status, "{link}");
        }
        let told = test.texts("SELECT detail FROM audit_events WHERE action = 'member.removed'").await.concat();
        assert!(told.contains("invitations_revoked") && told.contains('2'), "{told}");
    })
    .await;
}
