//! The plan where things meet: weeks, mails, two hands at once, the past, a night that has an hour less.

use super::planning::{Room, problem};
use super::planning_deadlines::open;
use crate::support::{TestApp, each_app, proof};
use regie::kernel::{CrewMemberId, Role};
use regie::planning::service as planning;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// A mission from a time to another, with half an hour of break.
async fn mission(room: &Room, from: &str, to: &str) -> i64 {
    let body = json!({ "title": format!("Service {from}"), "starts_at": from, "ends_at": to, "break_minutes": 30 });
    room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap()
}

/// Puts somebody on a mission, as a draft.
async fn draft(room: &Room, mission: i64, person: i64) -> i64 {
    let body = json!({ "mission_id": mission, "user_id": person, "status": "DRAFT" });
    room.done("POST", "/assignments", Some(body)).await["id"].as_i64().unwrap()
}

async fn publish(room: &Room, from: &str, to: &str) -> (i64, i64) {
    let body = room.done("POST", "/publish", Some(json!({ "from": from, "to": to }))).await;
    (body["people"].as_i64().unwrap(), body["held"].as_i64().unwrap())
}

/// Time off of Karim that is agreed to.
async fn time_off(room: &Room, day: u8) {
    let body = json!({ "user_id": room.karim, "start_at": format!("2026-12-{day:02}T00:00"), "end_at": format!("2026-12-{day:02}T23:59") });
    let id = room.done("POST", "/availabilities", Some(body)).await["id"].as_i64().unwrap();
    room.ask("POST", &format!("/availabilities/{id}:approve"), None).await;
}

/// How many mails of the plan there are, and the newest.
async fn plan_mails(test: &TestApp) -> (usize, String) {
    let mails: Vec<_> = test.mails().await.into_iter().filter(|mail| mail.subject.contains("Théâtre du Mail")).collect();
    (mails.len(), mails.first().map(|mail| mail.text_body.clone()).unwrap_or_default())
}

#[tokio::test]
async fn a_skill_is_the_same_however_it_is_written() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let skills = json!([{ "name": "CACES", "level": 2 }, { "name": "Habilitation électrique", "level": 1 }]);
        let body = json!({ "skills": skills, "employment_type": "CDD" });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(body)).await;
        for (day, skill, level) in [(8, "Caces", 2), (9, "habilitation electrique", 1)] {
            let new = json!({ "title": "Quai", "starts_at": format!("2026-12-{day:02}T09:00"), "ends_at": format!("2026-12-{day:02}T13:00"),
                "needs": [{ "role": "Cariste", "skill": skill, "min_level": level }] });
            let made = room.done("POST", "/missions", Some(new)).await;
            let list = room.done("GET", &format!("/missions/{}/candidates", made["id"]), None).await;
            let karim = list.as_array().unwrap().iter().find(|row| row["name"] == "Karim").unwrap();
            let is_skilled = karim["reasons_for"].as_array().unwrap().contains(&json!("skilled"));
            assert!(karim["standing"] == "fits" && is_skilled, "{skill}: {karim}");
            let body = json!({ "mission_id": made["id"], "user_id": room.karim, "need_id": made["needs"][0]["id"] });
            assert_eq!(room.done("POST", "/assignments", Some(body)).await["open_rules"], json!([]), "{skill}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_two_workers_find_unmailed_is_mailed_once() {
    each_app(async |test| {
        let room = open(&test).await;
        let twin = test.twin().await;
        let (org, karim) = (room.shop.org.id, CrewMemberId(room.karim));
        for (before, day) in [1, 2, 3, 4, 8, 9, 10, 11].into_iter().enumerate() {
            room.assign(room.mission(day, 8, 12).await).await;
            let (one, other) =
                tokio::join!(planning::tell(&test.app, proof(org), karim), planning::tell(&twin.app, proof(org), karim));
            assert!(one.is_ok() && other.is_ok());
            let (count, newest) = plan_mails(&test).await;
            assert_eq!(count, before + 1);
            assert!(newest.contains(&format!("Montage {day}")), "{newest}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_answered_before_the_mail_is_not_in_it() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let accepted = room.assign(room.mission(1, 8, 12).await).await;
        test.app.clock.advance_seconds(60);
        let path = format!("/api/v1/assignments/{accepted}/accept");
        assert_eq!(test.api("POST", &path, &room.tech, None).await.status, 200);
        test.run_jobs().await;
        assert_eq!(plan_mails(&test).await.0, 0, "he knows");
        room.assign(room.mission(22, 8, 12).await).await;
        test.run_jobs().await;
        let (count, text) = plan_mails(&test).await;
        assert!(count == 1 && text.contains("À confirmer\u{a0}: Montage 22") && !text.contains("Montage 1 "), "{text}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_over() {
    each_app(async |test| {
        let room = open(&test).await;
        room.assign(room.mission(3, 8, 12).await).await;
        test.run_jobs().await;
        test.app.clock.advance_seconds(14 * 86_400);
        let remind = async |person: i64| {
            let url = format!("/o/{}/crew/{person}/remind", room.shop.org.slug);
            test.browse("POST", &url, &room.manager_cookie().await, "").await
        };
        let refused = remind(room.karim).await;
        assert!(refused.status == 409 && refused.text.contains("Aucune mission à venir"), "{}", refused.text);
        assert_eq!(remind(987_654).await.status, 404);
        room.assign(room.mission(20, 8, 12).await).await;
        test.run_jobs().await;
        assert_eq!(remind(room.karim).await.status, 303);
        test.run_jobs().await;
        let (count, text) = plan_mails(&test).await;
        assert!(count == 3 && text.contains("Montage 20") && !text.contains("Montage 3"), "{count}: {text}");
    })
    .await;
}

#[tokio::test]
async fn rests_over_the_end_of_a_week_are_looked_at_from_both_sides() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        // The Sunday night has ten hours of rest after it.
        let night = mission(&room, "2026-12-06T20:00", "2026-12-07T01:00").await;
        draft(&room, mission(&room, "2026-12-07T11:00", "2026-12-07T15:00").await, room.karim).await;
        let asked = room.done("POST", "/assignments", Some(json!({ "mission_id": night, "user_id": room.karim }))).await;
        assert_eq!(asked["open_rules"], json!(["fr.daily-rest"]));

        // Seven days in a row, and the Monday after them ends the rest of their week.
        for day in 14..=20 {
            draft(&room, room.mission(day, 10, 14).await, room.karim).await;
        }
        let monday = room.mission(21, 9, 12).await;
        let refused = room.ask("POST", "/assignments", Some(json!({ "mission_id": monday, "user_id": room.karim }))).await;
        assert_eq!(problem(&refused).1, "rule.blocked", "{}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], "fr.weekly-rest");
        let list = room.done("GET", &format!("/missions/{monday}/candidates"), None).await;
        let karim = list.as_array().unwrap().iter().find(|row| row["name"] == "Karim").unwrap();
        assert_eq!(
            (&karim["standing"], &karim["week_minutes"]),
            (&json!("blocked"), &json!(180)),
            "the week is the mission's own"
        );
        draft(&room, monday, room.karim).await;
        assert_eq!(publish(&room, "2026-12-21", "2026-12-28").await, (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_publication_is_of_what_begins_in_its_time() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let night = mission(&room, "2026-12-06T20:00", "2026-12-07T01:00").await;
        let id = draft(&room, night, room.karim).await;
        assert_eq!(room.done("GET", "/publish?from=2026-12-07&to=2026-12-14", None).await, json!([]));
        assert_eq!(publish(&room, "2026-12-07", "2026-12-14").await, (0, 0));
        assert_eq!(publish(&room, "2026-12-06", "2026-12-07").await, (1, 0));
        // The same for who is taken off.
        let (plan, cookie) = (format!("/o/{}/plan", room.shop.org.slug), room.manager_cookie().await);
        let version = room.done("GET", &format!("/missions/{night}"), None).await["version"].clone();
        let off = format!("do=delete&keys=a{id}:{version}&date=2026-12-06&part=board");
        assert_eq!(test.browse("POST", &format!("{plan}/edit"), &cookie, &off).await.status, 200);
        assert_eq!(publish(&room, "2026-12-07", "2026-12-14").await, (0, 0));
        assert_eq!(publish(&room, "2026-12-06", "2026-12-07").await, (1, 0));
    })
    .await;
}

#[tokio::test]
async fn no_door_asks_against_a_rule_unseen() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        time_off(&room, 9).await;
        let off = draft(&room, room.mission(9, 9, 12).await, room.karim).await;
        let link = room.ask("POST", "/invitations", Some(json!({ "assignment_id": off }))).await;
        assert_eq!((problem(&link).0, problem(&link).1), (409, "rule.blocked".to_owned()), "{}", link.text);
        assert_eq!(test.number("SELECT count(*) FROM answer_links").await, 0);
        assert_eq!(test.texts("SELECT status FROM assignments").await, ["draft"]);

        // A page that was opened before he said that he cannot.
        let wanted = room.mission(10, 9, 12).await;
        let body =
            json!({ "user_id": room.karim, "kind": "unavailable", "start_at": "2026-12-10T00:00", "end_at": "2026-12-10T23:00" });
        room.done("POST", "/availabilities", Some(body)).await;
        let (url, cookie) = (format!("/o/{}/missions/{wanted}/assign", room.shop.org.slug), room.manager_cookie().await);
        let form = format!("need=&person={}&ask=true", room.karim);
        let refused = test.browse("POST", &url, &cookie, &form).await;
        assert!(refused.status == 409 && refused.text.contains("Une règle demande une raison écrite"), "{}", refused.text);
        assert_eq!(test.number("SELECT count(*) FROM assignments").await, 1);
        let form = format!("need=&person={}", room.karim);
        assert_eq!(test.browse("POST", &url, &cookie, &form).await.status, 303, "as a draft");
    })
    .await;
}

#[tokio::test]
async fn who_is_back_from_a_break_is_not_in_two_places() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let email = room.shop.email("Karim");
        draft(&room, mission(&room, "2026-11-21T09:00", "2026-11-21T18:00").await, room.karim).await;
        let (kiosk, key) = test.kiosk(&room.owner, "Entrée").await;
        let phone = test.phone(&room.tech).await;
        let url = format!("/o/{}/conflicts", room.shop.org.slug);
        for hours in [0, 3, 1] {
            test.app.clock.advance_seconds(hours * 3600);
            let code = test.code(&test.token(&email).await, phone).await;
            let answer = test.scan(&key, json!({ "qr_token": code, "kiosk_id": kiosk })).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let page = test.browse("GET", &url, &room.manager_cookie().await, "").await;
            assert!(page.status == 200 && !page.text.contains("Deux missions en même temps"), "{}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        for day in 1..=8 {
            let mut body = super::planning::hours(day, 8, 12);
            body["needs"] = json!([{ "role": "Son" }]);
            let made = room.done("POST", "/missions", Some(body)).await;
            let mut race = JoinSet::new();
            for person in [room.karim, nora] {
                let body =
                    json!({ "mission_id": made["id"], "user_id": person, "need_id": made["needs"][0]["id"], "status": "DRAFT" });
                let (test, token) = (test.clone(), room.manager.clone());
                race.spawn(async move { test.api("POST", "/api/v1/assignments", &token, Some(body)).await.status.as_u16() });
            }
            let mut answers = race.join_all().await;
            answers.sort_unstable();
            assert_eq!(answers, [200, 409]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_copied_week_leaves_the_archive_alone_and_has_a_history() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let first = room.mission(7, 9, 12).await;
        for person in [room.karim, nora] {
            draft(&room, first, person).await;
        }
        let (org, cookie) = (room.shop.org.slug.clone(), test.cookie(&room.shop.owner.email).await);
        let archived = test.browse("POST", &format!("/o/{org}/crew/{nora}/archive"), &cookie, "archived=true").await;
        assert_eq!(archived.status, 303, "{}", archived.text);
        let copied = test.browse("POST", &format!("/o/{org}/plan/copy"), &cookie, "week=2026-12-07").await;
        assert_eq!(copied.status, 303, "{}", copied.text);
        let who = "SELECT c.name FROM assignments a JOIN crew_members c ON c.id = a.crew_member_id ORDER BY a.id";
        assert_eq!(test.texts(who).await, ["Karim", "Nora", "Karim"]);
        assert_eq!(test.number("SELECT count(*) FROM assignment_changes").await, 3, "each says who put them on");
        let events = test.events(&room.owner).await;
        assert_eq!(events.iter().filter(|event| *event == "assignment.created").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn missions_are_copied_and_moved_onto_the_night_that_has_an_hour_less() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        // Half past two is not there on the 28th of March.
        let night = mission(&room, "2027-03-27T02:30", "2027-03-27T03:15").await;
        let times = |body: &Value| [&body["starts_at"], &body["ends_at"]].map(|at| at.as_str().unwrap().to_owned());
        let expected = ["2027-03-28T01:30:00.000Z", "2027-03-28T02:15:00.000Z"];
        let copy = room.done("POST", &format!("/missions/{night}:duplicate"), Some(json!({ "days": 1 }))).await;
        assert_eq!((times(&copy), copy["break_minutes"].as_i64()), (expected.map(str::to_owned), Some(30)));
        let version = room.done("GET", &format!("/missions/{night}"), None).await["version"].clone();
        let form = format!("do=move&keys=m{night}:{version}&days=1&date=2027-03-28&part=board");
        let url = format!("/o/{}/plan/edit", room.shop.org.slug);
        let moved = test.browse("POST", &url, &room.manager_cookie().await, &form).await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert_eq!(times(&room.done("GET", &format!("/missions/{night}"), None).await), expected);
    })
    .await;
}

#[tokio::test]
async fn a_long_project_costs_all_of_its_days() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let project = room.project("Résidence").await;
        let body = json!({ "skills": [], "employment_type": "CDD", "rate_profile": { "day": 200 } });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(body)).await;
        // Twenty minutes at a time, day and night for two years.
        let missions = "INSERT INTO missions (org_id, project_id, title, time_zone, starts_at, ends_at, created_at)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50100)
            SELECT p.org_id, p.id, 'Veille', 'Europe/Paris', 1796000000000 + CAST(n.i AS BIGINT) * 1200000,
              1796001200000 + CAST(n.i AS BIGINT) * 1200000, 0 FROM n CROSS JOIN projects p";
        assert_eq!(test.change(missions).await, 50_100);
        let people = "INSERT INTO assignments (org_id, mission_id, crew_member_id, status, created_at)
            SELECT m.org_id, m.id, c.id, 'draft', 0 FROM missions m JOIN crew_members c ON c.org_id = m.org_id AND c.name = 'Karim'";
        assert_eq!(test.change(people).await, 50_100);
        let cost = room.done("GET", &format!("/projects/{project}/cost"), None).await;
        assert_eq!((cost["places"].as_i64(), cost["places_without_rate"].as_i64()), (Some(50_100), Some(0)));
        // A day is paid once, also where one month ends and the next begins.
        let days = cost["cents"].as_i64().unwrap() / 20_000;
        assert!(cost["cents"].as_i64().unwrap() % 20_000 == 0 && (695..=698).contains(&days), "{cost}");
    })
    .await;
}

#[tokio::test]
async fn people_answer_until_it_begins_and_who_plans_until_it_ends() {
    each_app(async |test| {
        let room = open(&test).await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let today = mission(&room, "2026-11-21T10:00", "2026-11-21T18:00").await;
        let id = room.assign(today).await;
        let cookie = test.cookie(&room.shop.email("Karim")).await;
        let page = format!("/o/{}/missions", room.shop.org.slug);
        assert!(test.browse("GET", &page, &cookie, "").await.text.contains("card reply"));
        test.app.clock.advance_seconds(2 * 3600);
        let late = test.api("POST", &format!("/api/v1/assignments/{id}/accept"), &room.tech, None).await;
        assert_eq!((problem(&late).0, problem(&late).1), (409, "assignment.state".to_owned()), "{}", late.text);
        let seen = test.browse("GET", &page, &test.cookie(&room.shop.email("Karim")).await, "").await.text;
        assert!(seen.contains("Service 2026-11-21T10:00") && !seen.contains("card reply"), "{seen}");
        room.done("POST", &format!("/assignments/{id}:status"), Some(json!({ "status": "ACCEPTED" }))).await;
        // Who is asked while it is on answers while it is on.
        let hers = room.done("POST", "/assignments", Some(json!({ "mission_id": today, "user_id": nora }))).await["id"].clone();
        let token = test.token(&room.shop.email("Nora")).await;
        let answer = test.api("POST", &format!("/api/v1/assignments/{hers}/accept"), &token, None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    })
    .await;
}
