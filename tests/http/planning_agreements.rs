//! Whom the rules of work concern: the organisation's collective agreement, minors, night workers.

use super::planning::{Room, problem};
use crate::support::{Answer, PASSWORD, TestApp, between, each_app, escaped};
use regie::kernel::Role;
use regie::orgs::service as orgs;
use serde_json::{Value, json};

/// What a program is answered that asks a person: the status, and the rules that forbid it or that are open.
async fn ask(room: &Room, mission: i64, person: i64) -> (u16, Vec<String>) {
    let answer = room.ask("POST", "/assignments", Some(json!({ "mission_id": mission, "user_id": person }))).await;
    let body = answer.json();
    let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let forbidden = list("errors").into_iter().map(|error| error["field"].clone());
    let rules = forbidden.chain(list("open_rules")).map(|rule| rule.as_str().unwrap().to_owned());
    (answer.status.as_u16(), rules.collect())
}

/// A mission with an hour's break.
async fn mission(room: &Room, from: &str, to: &str) -> i64 {
    let body = json!({ "title": "Montage", "starts_at": from, "ends_at": to, "break_minutes": 60 });
    room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap()
}

/// Eleven hours of work.
async fn long_day(room: &Room, day: u8) -> i64 {
    mission(room, &format!("2026-12-{day:02}T08:00"), &format!("2026-12-{day:02}T20:00")).await
}

async fn profile(room: &Room, person: i64, facts: Value) -> Answer {
    let mut body = json!({ "employment_type": "CDD" });
    body.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    room.ask("PUT", &format!("/users/{person}/profile"), Some(body)).await
}

/// Changes the organisation's agreement, with a token.
async fn choose(test: &TestApp, room: &Room, token: &str, idcc: Value) -> Answer {
    let mut settings = test.api("GET", "/api/v1/settings", &room.owner, None).await.json();
    settings["idcc"] = idcc;
    test.api("PUT", "/api/v1/settings", token, Some(settings)).await
}

#[tokio::test]
async fn a_minor_is_not_asked_to_work_at_night() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let show = mission(&room, "2026-12-09T18:00", "2026-12-09T23:00").await;
        let written = profile(&room, room.karim, json!({ "born_on": "2010-05-01" })).await;
        assert_eq!((written.status.as_u16(), &written.json()["born_on"]), (200, &json!("2010-05-01")), "{}", written.text);
        assert_eq!(ask(&room, show, room.karim).await, (409, vec!["fr.minor-night".to_owned()]));

        // A program that does not know of dates of birth leaves it; the plan shows what it breaks.
        assert_eq!(profile(&room, room.karim, json!({})).await.json()["born_on"], "2010-05-01");
        let second = mission(&room, "2026-12-10T18:00", "2026-12-10T23:00").await;
        let draft = json!({ "mission_id": second, "user_id": room.karim, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(draft)).await;
        let (org, cookie) = (&room.shop.org.slug, room.manager_cookie().await);
        let conflicts = format!("/o/{org}/conflicts?week=2026-12-07");
        let page = test.browse("GET", &conflicts, &cookie, "").await;
        assert!(page.text.contains("Travail de nuit interdit") && page.text.contains("L3163-1"), "{}", page.text);

        assert_eq!(profile(&room, room.karim, json!({ "born_on": null })).await.json()["born_on"], Value::Null);
        assert_eq!(ask(&room, show, room.karim).await, (200, Vec::new()), "an adult");
    })
    .await;
}

#[tokio::test]
async fn a_date_of_birth_is_one_of_somebody_who_works() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        for wrong in ["2010-02-30", "2012-11-22", "1925-11-21", "2030-01-01", "1er mai 2010"] {
            let answer = profile(&room, room.karim, json!({ "born_on": wrong })).await;
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.text);
            assert_eq!(answer.json()["errors"], json!([{ "field": "born_on", "code": "birth.invalid" }]), "{wrong}");
        }
        let answer = profile(&room, room.karim, json!({ "standings": ["night_worker", "chef"] })).await;
        assert_eq!((answer.status.as_u16(), answer.json()["errors"][0]["field"].as_str()), (422, Some("standings")));
        assert_eq!(test.number("SELECT count(*) FROM crew_members WHERE born_on IS NOT NULL OR standings <> ''").await, 0);

        // The same on the page, which keeps what was typed.
        let (org, cookie) = (&room.shop.org.slug, room.manager_cookie().await);
        let record = format!("/o/{org}/crew/{}", room.karim);
        let page = test.browse("GET", &format!("{record}/profile"), &cookie, "").await;
        let version = between(&page.text, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        let save = async |version: &str, birth: &str, rest: &str| {
            let form = format!("version={version}&employment_type=CDI&tags=&bio=&born_on={birth}{rest}");
            test.browse("POST", &format!("{record}/profile"), &cookie, &form).await
        };
        let wrong = save(&version, "2020-01-01", "").await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        for part in ["id=\"born_on-error\"", "de 14 à 100 ans", "value=\"2020-01-01\""] {
            assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
        }
        let both = "&standings=short_call&standings=night_worker";
        assert_eq!(save(&version, "2010-05-01", both).await.status, 303);
        let stored = "SELECT born_on || ' ' || standings FROM crew_members WHERE born_on IS NOT NULL";
        assert_eq!(test.texts(stored).await, ["2010-05-01 night_worker, short_call"]);
        let late = save(&version, "", "").await;
        assert_eq!(late.status, 409, "{}", late.text);
        assert!(late.text.contains("<dt>Date de naissance (facultatif)</dt><dd>1er mai 2010</dd>"), "{}", late.text);
        let seen = test.browse("GET", &record, &cookie, "").await;
        assert!(seen.text.contains("1er mai 2010") && seen.text.contains("Travail de nuit habituel"), "{}", seen.text);
    })
    .await;
}

#[tokio::test]
async fn a_date_of_birth_is_told_to_who_plans_and_to_its_person() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let facts = json!({ "born_on": "2010-05-01", "standings": ["night_worker"] });
        assert_eq!(profile(&room, room.karim, facts).await.status, 200);
        test.person(&room.shop, "Nora", Role::Tech).await;
        let (nora, hers) = (test.token(&room.shop.email("Nora")).await, test.cookie(&room.shop.email("Nora")).await);
        let path = format!("/api/v1/users/{}/profile", room.karim);
        assert_eq!(test.api("GET", &path, &nora, None).await.status, 403);
        assert!(!test.api("GET", "/api/v1/users", &nora, None).await.text.contains("2010-05-01"));
        let record = test.browse("GET", &format!("/o/{}/crew/{}", room.shop.org.slug, room.karim), &hers, "").await;
        assert!(record.status != 200 && !record.text.contains("mai 2010"), "{}", record.text);
        let body = json!({ "employment_type": "CDD", "born_on": "1980-01-01" });
        assert_eq!(test.api("PUT", &path, &room.tech, Some(body.clone())).await.status, 403, "nor changes it by oneself");
        let elsewhere = Room::open(&test, "Opéra").await;
        assert_eq!(test.api("GET", &path, &elsewhere.manager, None).await.status, 404);
        assert_eq!(test.api("PUT", &path, &elsewhere.manager, Some(body)).await.status, 404);

        assert_eq!(test.api("GET", &path, &room.tech, None).await.json()["born_on"], "2010-05-01");
        let (his, present) = (test.cookie(&room.shop.email("Karim")).await, format!("present_password={}", escaped(PASSWORD)));
        let file = test.browse("POST", "/me/export", &his, &present).await.json();
        let plan = &file["organisations"][0]["plan"];
        assert_eq!((&plan["born_on"], &plan["standings"]), (&json!("2010-05-01"), &json!(["night_worker"])));
        let told = test.api("GET", "/api/v1/admin/audit-logs?event_type=profile.changed", &room.owner, None).await;
        assert!(
            told.text.contains("night_worker") && !told.text.contains("2010-05-01"),
            "the audit forgets nothing: {}",
            told.text
        );
    })
    .await;
}

#[tokio::test]
async fn a_date_of_birth_goes_with_the_contact_details() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        room.done("POST", "/users", Some(json!({ "name": "Awa" }))).await;
        let awa = test.number("SELECT id FROM crew_members WHERE name = 'Awa'").await;
        assert_eq!(profile(&room, awa, json!({ "born_on": "2010-05-01", "standings": ["short_call"] })).await.status, 200);
        let archive = format!("/o/{}/crew/{awa}/archive", room.shop.org.slug);
        assert_eq!(test.browse("POST", &archive, &room.manager_cookie().await, "archived=true").await.status, 303);
        test.change("UPDATE orgs SET retention_months = 1").await;
        assert_eq!(orgs::forget_old_contacts(&test.app).await.unwrap(), 0);
        test.app.clock.advance_seconds(40 * 86_400);
        assert_eq!(orgs::forget_old_contacts(&test.app).await.unwrap(), 1, "she had neither address nor phone");
        assert_eq!(test.number("SELECT count(*) FROM crew_members WHERE born_on IS NOT NULL OR standings <> ''").await, 0);
        assert_eq!(orgs::forget_old_contacts(&test.app).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_night_worker_works_eight_hours_at_night() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let night = mission(&room, "2026-12-09T20:00", "2026-12-10T06:00").await;
        let written = profile(&room, room.karim, json!({ "standings": ["night_worker"] })).await;
        assert_eq!(written.json()["standings"], json!(["night_worker"]), "{}", written.text);
        assert_eq!(ask(&room, night, room.karim).await, (409, vec!["fr.night-work".to_owned()]));
        assert_eq!(profile(&room, room.karim, json!({ "standings": [] })).await.json()["standings"], json!([]));
        assert_eq!(ask(&room, night, room.karim).await, (200, Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn an_agreement_holds_for_the_organisation_that_chose_it() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let elsewhere = Room::open(&test, "Opéra").await;
        assert_eq!(test.api("GET", "/api/v1/settings", &room.owner, None).await.json()["idcc"], Value::Null);
        let chosen = choose(&test, &room, &room.owner, json!(2717)).await;
        assert_eq!((chosen.status.as_u16(), &chosen.json()["idcc"]), (200, &json!(2717)), "{}", chosen.text);
        let told = test.api("GET", "/api/v1/admin/audit-logs?event_type=org.settings_changed", &room.owner, None).await;
        assert!(told.text.contains("2717"), "{}", told.text);

        let (here, there) = (long_day(&room, 9).await, long_day(&elsewhere, 9).await);
        assert_eq!(ask(&room, here, room.karim).await, (409, vec!["2717.daily-work".to_owned()]));
        assert_eq!(ask(&elsewhere, there, elsewhere.karim).await, (200, vec!["fr.daily-work".to_owned()]), "the law alone");
        assert_eq!(profile(&room, room.karim, json!({ "standings": ["uninterruptible"] })).await.status, 200);
        assert_eq!(ask(&room, here, room.karim).await, (200, Vec::new()), "art. 5.5");

        let awa = test.person(&room.shop, "Awa", Role::Tech).await.id.0;
        let draft = json!({ "mission_id": here, "user_id": awa, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(draft)).await;
        let (conflicts, cookie) = (format!("/o/{}/conflicts?week=2026-12-07", room.shop.org.slug), room.manager_cookie().await);
        let see = async || test.browse("GET", &conflicts, &cookie, "").await.text;
        assert!(see().await.contains("IDCC 2717, art. 5.1"), "{}", see().await);
        // IDCC 1285 asks for a reason, up to 12 h: the plan does not know what is a tour.
        assert_eq!(choose(&test, &room, &room.owner, json!(1285)).await.status, 200);
        assert!(see().await.contains("IDCC 1285, art. VI.6"), "{}", see().await);
        let next = long_day(&room, 10).await;
        assert_eq!(ask(&room, next, awa).await, (200, vec!["1285.daily-work".to_owned()]));
        assert_eq!(choose(&test, &room, &room.owner, Value::Null).await.status, 200);
        assert!(see().await.contains("L3121-18"), "{}", see().await);
    })
    .await;
}

#[tokio::test]
async fn an_agreement_is_chosen_by_admins_from_a_list() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        for token in [&room.tech, &room.manager] {
            assert_eq!(choose(&test, &room, token, json!(2717)).await.status, 403);
        }
        for wrong in [3090, 0, -1285, 66_821] {
            let answer = choose(&test, &room, &room.owner, json!(wrong)).await;
            assert_eq!(problem(&answer).0, 422, "{wrong}: {}", answer.text);
            assert_eq!(answer.json()["errors"], json!([{ "field": "idcc", "code": "convention.unknown" }]));
        }
        let (path, cookie) = (format!("/o/{}/settings", room.shop.org.slug), test.cookie(&room.shop.owner.email).await);
        let page = test.browse("GET", &path, &cookie, "").await;
        assert!(page.text.contains("IDCC\u{a0}1285") && page.text.contains("IDCC\u{a0}2717"), "{}", page.text);
        let version = between(&page.text, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        let save = async |idcc: &str| {
            let form =
                "org_name=Rideau&time_zone=Europe%2FParis&language=fr&second_factor_from=&join_domains=&retention_months=24";
            test.browse("POST", &path, &cookie, &format!("{form}&idcc={idcc}&version={version}")).await
        };
        let wrong = save("3090").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"idcc-error\"") && wrong.text.contains("de la liste"), "{}", wrong.text);
        assert_eq!(save("2717").await.status, 303);
        assert_eq!(test.number("SELECT idcc FROM orgs").await, 2717);
        let late = save("").await;
        assert_eq!(late.status, 409);
        assert!(late.text.contains("<dt>Convention collective</dt><dd>IDCC\u{a0}2717, "), "{}", late.text);
    })
    .await;
}
