//! People, their profiles, times and rates through the API.

use super::planning::{Room, problem};
use crate::support::each_app;
use regie::kernel::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn people_are_found_and_added() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let made = room.done("POST", "/users", Some(json!({ "name": "Éléonore Petit" }))).await;
        assert_eq!(made["name"], "Éléonore Petit");
        assert_eq!(room.ask("POST", "/users", Some(json!({ "name": " " }))).await.status, 422);
        let found = test.api("GET", "/api/v1/users?q=eleo", &room.tech, None).await;
        assert_eq!(found.json(), json!([made]), "names are for everybody, and nothing else");
        let page = room.ask("GET", "/users?limit=1", None).await;
        assert!(page.headers["link"].to_str().unwrap().contains("/api/v1/users?limit=1&after="));
        let members = room.done("GET", "/orgs/members", None).await;
        let roles: Vec<_> = members["members"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
        assert_eq!(roles.len(), 3);
        assert!(["owner", "manager", "tech"].iter().all(|role| roles.contains(role)));
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_for_who_plans_and_for_its_person() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let path = format!("/users/{}/profile", room.karim);
        let empty = room.done("GET", &path, None).await;
        assert_eq!((empty["employment_type"].as_str(), &empty["rate_profile"]), (Some("OTHER"), &json!({})));
        let new = json!({ "skills": ["son", { "name": "habilitation électrique", "level": 2, "expires_on": "2027-03-31" }],
            "tags": ["permis B"], "employment_type": "INTERMITTENT", "bio": "Régisseur son.",
            "rate_profile": { "daily": 250.5, "hour": 30, "night_percent": 25 } });
        let written = room.done("PUT", &path, Some(new)).await;
        assert_eq!(
            written["skills"],
            json!([{ "name": "habilitation électrique", "level": 2, "expires_on": "2027-03-31" },
            { "name": "son", "level": 1, "expires_on": null }])
        );
        assert_eq!(written["rate_profile"], json!({ "hour": 30.00, "day": 250.50, "night_percent": 25 }));
        assert_eq!(room.done("GET", &path, None).await, written);
        let own = async |path: &str| test.api("GET", &format!("/api/v1{path}"), &room.tech, None).await;
        assert_eq!(own(&path).await.json(), written);
        for what in ["profile", "calendar"] {
            assert_eq!(own(&format!("/users/{nora}/{what}")).await.status, 403, "{what}");
            assert_eq!(own(&format!("/users/987654/{what}")).await.status, 403, "who is there is not told");
        }
        for what in ["conflicts", "rates"] {
            assert_eq!(own(&format!("/{what}/user/{nora}")).await.status, 403, "{what}");
            assert_eq!(own(&format!("/{what}/user/{}", room.karim)).await.status, 200, "{what}");
        }
        assert_eq!(test.api("PUT", &format!("/api/v1{path}"), &room.tech, Some(json!({}))).await.status, 403);

        let bad = async |body: Value| {
            let answer = room.ask("PUT", &path, Some(body)).await;
            assert_eq!(answer.status, 422, "{}", answer.text);
            answer.json()["errors"][0]["field"].as_str().unwrap().to_owned()
        };
        assert_eq!(bad(json!({ "employment_type": "CDI", "shoe_size": 43 })).await, "shoe_size");
        assert_eq!(bad(json!({ "employment_type": "CDX" })).await, "employment_type");
        assert_eq!(bad(json!({ "employment_type": "CDI", "skills": [{ "name": "son", "level": 9 }] })).await, "skills");
        assert_eq!(bad(json!({ "employment_type": "CDI", "rate_profile": { "weekly": 1 } })).await, "rate_profile");
        assert_eq!(bad(json!({ "employment_type": "CDI", "rate_profile": { "day": -1 } })).await, "rate_profile");
        let missing = room.ask("PUT", "/users/987654/profile", Some(json!({ "employment_type": "CDI" }))).await;
        assert_eq!(problem(&missing), (404, "profile.not_found".into(), "profil introuvable".into()));

        // The form of the crew page leaves skills alone, also when a page from before it did sends some.
        let cookie = test.cookie(&room.shop.owner.email).await;
        let crew = format!("/o/{}/crew/{}", room.shop.org.slug, room.karim);
        let form = "name=Karim&email=&phone=&job=Son&skills=levage&version=2";
        assert_eq!(test.browse("POST", &crew, &cookie, form).await.status, 303);
        assert_eq!(room.done("GET", &path, None).await["skills"], written["skills"]);
    })
    .await;
}

#[tokio::test]
async fn rates_count_from_their_day() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let path = format!("/rates/user/{}", room.karim);
        assert_eq!(room.done("GET", &path, None).await["rate_profile"], Value::Null);
        assert_eq!(room.done("POST", &format!("{path}?daily_eur=250"), None).await["status"], "ok");
        let next_year = json!({ "unit": "day", "amount": 265.25, "from_date": "2027-01-01", "sunday_percent": 100 });
        room.done("POST", &path, Some(next_year.clone())).await;
        let mut mended = next_year;
        mended["amount"] = json!(270);
        room.done("POST", &path, Some(mended)).await;
        let rates = room.done("GET", &path, None).await;
        assert_eq!(rates["rate_profile"], json!({ "day": 250.00 }), "today's");
        let rows: Vec<_> = rates["rates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["from_date"].as_str().unwrap(), r["amount_cents"].as_i64().unwrap()))
            .collect();
        assert_eq!(rows, [("2026-11-21", 25_000), ("2027-01-01", 27_000)]);
        for (query, body) in
            [("?daily_eur=viele", json!({})), ("", json!({ "unit": "week", "amount": 1 })), ("", json!({ "unit": "day" }))]
        {
            assert_eq!(room.ask("POST", &format!("{path}{query}"), Some(body)).await.status, 422, "{query}");
        }
        for method in ["GET", "POST"] {
            assert_eq!(room.ask(method, "/rates/user/987654?daily_eur=1", None).await.status, 404);
        }
        assert_eq!(test.api("POST", &format!("/api/v1{path}?daily_eur=900"), &room.tech, None).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn time_off_is_asked_for_and_agreed_once() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let ask = async |from: &str, to: &str| {
            let body = json!({ "user_id": room.karim, "start_at": from, "end_at": to, "note": "Mariage" });
            test.api("POST", "/api/v1/availabilities", &room.tech, Some(body)).await
        };
        let first = ask("2026-12-10T00:00", "2026-12-12T00:00").await;
        assert_eq!((first.status.as_u16(), first.json()["status"].as_str()), (200, Some("PENDING")), "{}", first.text);
        let second = ask("2026-12-11T00:00:00+01:00", "2026-12-14T00:00:00+01:00").await.json();
        let order = ask("2026-12-12T00:00", "2026-12-10T00:00").await;
        assert_eq!(problem(&order), (400, "availability.order".into(), "end must be after start".into()));
        assert_eq!(ask("demain", "2026-12-10T00:00").await.status, 422);
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let hers = json!({ "user_id": nora, "start_at": "2026-12-10T00:00", "end_at": "2026-12-11T00:00" });
        assert_eq!(test.api("POST", "/api/v1/availabilities", &room.tech, Some(hers.clone())).await.status, 403);
        let mut extra = hers.clone();
        extra["mood"] = json!("bonne");
        assert_eq!(room.ask("POST", "/availabilities", Some(extra)).await.status, 422);
        assert_eq!(room.done("POST", "/availabilities", Some(hers)).await["status"], "PENDING");

        let (first, second) = (first.json()["id"].as_i64().unwrap(), second["id"].as_i64().unwrap());
        let decide = async |id: i64, verb: &str| room.ask("POST", &format!("/availabilities/{id}:{verb}"), None).await;
        assert_eq!(test.api("POST", &format!("/api/v1/availabilities/{first}:approve"), &room.tech, None).await.status, 403);
        assert_eq!(decide(first, "approve").await.json()["status"], "APPROVED");
        let taken = decide(second, "approve").await;
        assert_eq!(problem(&taken), (409, "availability.overlap".into(), "overlap with existing approved slot".into()));
        assert_eq!(decide(second, "reject").await.json()["status"], "REJECTED");
        assert_eq!(problem(&decide(987_654, "approve").await).2, "availability not found");
        assert_eq!(decide(first, "forget").await.status, 404);

        let calendar = format!("/users/{}/calendar?from=2026-12-01&to=2026-12-31", room.karim);
        let slots = room.done("GET", &calendar, None).await;
        assert_eq!((slots.as_array().unwrap().len(), slots[0]["start_at"].as_str()), (1, Some("2026-12-09T23:00:00.000Z")));
        assert_eq!(test.api("GET", &format!("/api/v1{calendar}"), &room.tech, None).await.json(), slots);
        assert_eq!(room.ask("GET", &format!("/users/{}/calendar?from=x", room.karim), None).await.status, 422);
        assert_eq!(room.done("GET", "/availabilities", None).await.as_array().unwrap().len(), 3);
        assert_eq!(room.done("GET", "/availabilities?status=pending", None).await[0]["user_id"], nora);
        let own = test.api("GET", "/api/v1/availabilities", &room.tech, None).await.json();
        assert!(own.as_array().unwrap().iter().all(|slot| slot["user_id"] == room.karim) && own.as_array().unwrap().len() == 2);
        assert_eq!(test.api("GET", &format!("/api/v1/availabilities?user_id={nora}"), &room.tech, None).await.status, 403);

        let old = json!({ "user_id": nora, "start_at": "2026-12-20T08:00", "end_at": "2026-12-20T18:00" });
        let old = room.done("POST", "/availability", Some(old)).await;
        assert_eq!((old["kind"].as_str(), old["status"].as_str()), (Some("AVAILABLE"), Some("APPROVED")));
    })
    .await;
}

#[tokio::test]
async fn time_off_that_was_agreed_to_is_taken_back_while_it_is_ahead() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let ask = async |from: &str, to: &str| {
            let body = json!({ "user_id": room.karim, "start_at": from, "end_at": to, "note": "Mariage" });
            room.done("POST", "/availabilities", Some(body)).await["id"].as_i64().unwrap()
        };
        let decide = async |id: i64, verb: &str| room.ask("POST", &format!("/availabilities/{id}:{verb}"), None).await;
        let (past, ahead) =
            (ask("2026-11-02T00:00", "2026-11-04T00:00").await, ask("2026-12-10T00:00", "2026-12-12T00:00").await);
        for id in [past, ahead] {
            let agreed = decide(id, "approve").await;
            assert_eq!(agreed.status, 200, "{}", agreed.text);
        }
        let (base, cookie) = (format!("/o/{}", room.shop.org.slug), room.manager_cookie().await);
        let page = test.browse("GET", &format!("{base}/time-off"), &cookie, "").await.text;
        assert!(page.contains("Accordés, à venir") && page.contains("Accordé le 21 novembre 2026"), "{page}");
        assert_eq!(page.matches("Retirer ce congé").count(), 1, "what is over stays: {page}");
        assert_eq!(decide(past, "reject").await.status, 409);
        let hers = format!("/api/v1/availabilities/{ahead}:reject");
        assert_eq!(test.api("POST", &hers, &room.tech, None).await.status, 403);

        let url = format!("{base}/time-off/{ahead}");
        assert_eq!(test.browse("POST", &url, &cookie, "approve=false").await.status, 303);
        let own = test.api("GET", "/api/v1/availabilities?from=2026-12-01", &room.tech, None).await.json();
        assert_eq!((own[0]["id"].as_i64(), own[0]["status"].as_str()), (Some(ahead), Some("REJECTED")));
        let page = test.browse("GET", &format!("{base}/availability"), &test.cookie(&room.shop.email("Karim")).await, "").await;
        assert!(page.text.contains("Refusé"), "who asked sees it: {}", page.text);
        assert_eq!(decide(ahead, "reject").await.status, 409, "once");
        assert_eq!(decide(ahead, "approve").await.status, 409);
        test.check_events(&room.owner, &["availability.approved", "availability.revoked"]).await;

        // The days are free again, by the API, too. What somebody says of themselves is theirs.
        let again = ask("2026-12-11T00:00", "2026-12-13T00:00").await;
        assert_eq!(decide(again, "approve").await.status, 200);
        assert_eq!(decide(again, "reject").await.json()["status"], "REJECTED");
        let said = json!({ "user_id": room.karim, "start_at": "2026-12-20T08:00", "end_at": "2026-12-20T18:00" });
        let said = room.done("POST", "/availability", Some(said)).await["id"].as_i64().unwrap();
        assert_eq!(decide(said, "reject").await.status, 409);
    })
    .await;
}
