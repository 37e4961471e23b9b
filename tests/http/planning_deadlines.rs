//! Deadlines of answers: told, reminded of once, and the place given back.

use super::planning::{Room, hours, problem};
use crate::support::{TestApp, each_app, link_of};
use regie::kernel::Role;
use regie::planning::service as planning;
use regie::platform::mail::SpooledMail;
use serde_json::{Value, json};

/// A mission of that day of December whose people have so many hours to answer.
async fn mission(room: &Room, day: u8, answer_hours: i64) -> i64 {
    let mut body = hours(day, 8, 12);
    body["answer_hours"] = answer_hours.into();
    room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap()
}

async fn assignment(room: &Room, mission: i64) -> Value {
    room.done("GET", &format!("/missions/{mission}"), None).await["assignments"][0].clone()
}

/// A room whose people ask with tokens that live as long as these stories.
pub async fn open(test: &TestApp) -> Room {
    let mut room = Room::open(test, "Théâtre du Mail").await;
    for token in [&mut room.owner, &mut room.manager, &mut room.tech] {
        *token = test.program_token(token, &["read", "write", "admin"]).await;
    }
    room
}

/// What Karim was mailed of the plan, newest first.
async fn mails(test: &TestApp) -> Vec<SpooledMail> {
    test.mails().await.into_iter().filter(|mail| mail.subject.contains("Théâtre du Mail")).collect()
}

/// Goes on in time, and does what is due by then, as a worker would.
pub async fn wait_hours(test: &TestApp, hours: i64) {
    for _ in 0..hours * 4 {
        test.app.clock.advance_seconds(900);
        test.run_jobs().await;
    }
}

pub async fn count_events(test: &TestApp, room: &Room, name: &str) -> usize {
    test.events(&room.owner).await.iter().filter(|event| *event == name).count()
}

#[tokio::test]
async fn who_does_not_answer_is_reminded_once_and_loses_the_place() {
    each_app(async |test| {
        let room = open(&test).await;
        // Asked on Saturday the 21st at 09:00.
        let day = mission(&room, 1, 48).await;
        let needs = room.done("GET", &format!("/missions/{day}"), None).await["needs"].clone();
        let body = json!({ "mission_id": day, "user_id": room.karim, "need_id": needs[0]["id"] });
        let made = room.done("POST", "/assignments", Some(body)).await;
        let id = made["id"].as_i64().unwrap();
        assert_eq!(made["answer_by_at"], "2026-11-23T08:00:00.000Z");
        test.run_jobs().await;
        let karim = room.shop.email("Karim");
        let asked = mails(&test).await.remove(0);
        assert!(asked.text_body.contains("À répondre avant lundi, 09:00"), "{}", asked.text_body);
        let page = test.browse("GET", &link_of(&asked), "", "").await;
        assert!(page.text.contains("À répondre avant lundi, 09:00"), "{}", page.text);
        let cookie = test.cookie(&karim).await;
        let mine = format!("/o/{}/missions", room.shop.org.slug);
        assert!(test.browse("GET", &mine, &cookie, "").await.text.contains("À répondre avant lundi, 09:00"));
        let desk = room.manager_cookie().await;
        for path in [format!("{mine}/{day}"), format!("/o/{}/plan?date=2026-12-01&on={day}", room.shop.org.slug)] {
            assert!(test.browse("GET", &path, &desk, "").await.text.contains("À répondre avant lundi, 09:00"), "{path}");
        }

        wait_hours(&test, 23).await;
        assert_eq!(mails(&test).await.len(), 1);
        wait_hours(&test, 2).await;
        let reminder = mails(&test).await.remove(0);
        assert!(reminder.subject.starts_with("Rappel"), "{}", reminder.subject);
        assert!(reminder.text_body.contains("À répondre avant lundi, 09:00"), "{}", reminder.text_body);
        wait_hours(&test, 22).await;
        assert_eq!((mails(&test).await.len(), count_events(&test, &room, "assignment.reminded").await), (2, 1), "once");
        assert_eq!(assignment(&room, day).await["status"], "INVITED");

        wait_hours(&test, 2).await;
        let released = assignment(&room, day).await;
        assert_eq!((released["status"].as_str(), released["reason"].as_str()), (Some("CANCELLED"), Some("deadline.passed")));
        assert_eq!(room.done("GET", &format!("/missions/{day}"), None).await["needs"][0]["filled"], 0, "the place is open");
        assert_eq!(count_events(&test, &room, "assignment.released").await, 1);
        assert_eq!(
            test.texts("SELECT after || ' ' || reason FROM assignment_changes ORDER BY id DESC LIMIT 1").await,
            ["cancelled deadline.passed"]
        );
        let told = mails(&test).await;
        assert!(told.len() == 3 && told[0].text_body.contains("Place rendue"), "{}", told[0].text_body);

        let (cookie, desk) = (test.cookie(&karim).await, room.manager_cookie().await);
        // A late answer is told what has happened, by every door.
        let late = test.browse("POST", &format!("{}/{id}", link_of(&asked)), "", "accept=true").await;
        assert!(late.status == 409 && late.text.contains("la place a été rendue"), "{}", late.text);
        let late = test.browse("POST", &format!("{mine}/answers/{id}"), &cookie, "accept=true").await;
        assert!(late.status == 409 && late.text.contains("la place a été rendue"), "{}", late.text);
        let late = test.api("POST", &format!("/api/v1/assignments/{id}/accept"), &room.tech, None).await;
        assert_eq!((problem(&late).0, problem(&late).1), (409, "assignment.released".to_owned()));
        assert!(test.browse("GET", &mine, &cookie, "").await.text.contains("Place rendue"));
        assert!(test.browse("GET", &format!("{mine}/{day}"), &desk, "").await.text.contains("Place rendue"));
        // Asked anew, with time anew.
        let again = room.done("POST", &format!("/assignments/{id}:status"), Some(json!({ "status": "INVITED" }))).await;
        assert_eq!(
            (again["status"].as_str(), again["answer_by_at"].as_str()),
            (Some("INVITED"), Some("2026-11-25T09:00:00.000Z"))
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_in_time_is_neither_reminded_nor_taken_back() {
    each_app(async |test| {
        let room = open(&test).await;
        let (accepted, declined) = (mission(&room, 1, 10).await, mission(&room, 2, 10).await);
        for (mission, answer) in [(accepted, "accept"), (declined, "decline")] {
            let id = room.assign(mission).await;
            let path = format!("/api/v1/assignments/{id}/{answer}");
            assert_eq!(test.api("POST", &path, &room.tech, None).await.status, 200);
        }
        wait_hours(&test, 12).await;
        assert_eq!(assignment(&room, accepted).await["status"], "ACCEPTED");
        assert_eq!(assignment(&room, declined).await["status"], "DECLINED");
        let events = test.events(&room.owner).await;
        assert!(!events.iter().any(|event| event == "assignment.released" || event == "assignment.reminded"), "{events:?}");
        // The jobs once more, as after a server that died between the work and its bookkeeping.
        assert!(test.change("UPDATE jobs SET state = 'waiting' WHERE kind LIKE 'planning.%'").await > 0);
        test.run_jobs().await;
        assert_eq!(test.number("SELECT count(*) FROM jobs WHERE state <> 'done'").await, 0);
        assert_eq!(assignment(&room, accepted).await["status"], "ACCEPTED");
    })
    .await;
}

#[tokio::test]
async fn an_answer_and_the_end_of_its_time_do_not_both_happen() {
    each_app(async |test| {
        let room = open(&test).await;
        for day in 1..=6 {
            let id = room.assign(mission(&room, day, 1).await).await;
            test.app.clock.advance_seconds(3600);
            let twin = test.twin().await;
            let path = format!("/api/v1/assignments/{id}/accept");
            let ((), answer) = tokio::join!(twin.run_jobs(), test.api("POST", &path, &room.tech, None));
            test.run_jobs().await;
            let status = test.texts("SELECT status FROM assignments ORDER BY id DESC LIMIT 1").await;
            let expected = if answer.status == 200 { "accepted" } else { "cancelled" };
            assert_eq!(status, [expected], "{}", answer.text);
            let history = test.number("SELECT count(*) FROM assignment_changes").await;
            assert_eq!(history, 3 * i64::from(day), "draft, invited, and one end");
        }
    })
    .await;
}

#[tokio::test]
async fn a_deadline_is_never_later_than_the_beginning_and_can_be_put_off() {
    each_app(async |test| {
        let room = open(&test).await;
        let soon = mission(&room, 1, 720).await;
        room.assign(soon).await;
        assert_eq!(assignment(&room, soon).await["answer_by_at"], "2026-12-01T07:00:00.000Z", "it begins then");
        let day = mission(&room, 20, 10).await;
        room.assign(day).await;
        let change = async |answer_hours: i64| {
            let version = room.done("GET", &format!("/missions/{day}"), None).await["version"].clone();
            let body = json!({ "version": version, "answer_hours": answer_hours });
            room.ask("PUT", &format!("/missions/{day}"), Some(body)).await
        };
        assert_eq!(change(5).await.status, 200);
        assert_eq!(assignment(&room, day).await["answer_by_at"], "2026-11-21T18:00:00.000Z", "not sooner than was told");
        assert_eq!(change(48).await.status, 200);
        assert_eq!(assignment(&room, day).await["answer_by_at"], "2026-11-23T08:00:00.000Z");
        wait_hours(&test, 20).await;
        assert_eq!(assignment(&room, day).await["status"], "INVITED", "the old deadline means nothing");
        assert_eq!(change(0).await.status, 200);
        assert_eq!(assignment(&room, day).await["answer_by_at"], Value::Null);
        wait_hours(&test, 48).await;
        assert_eq!(assignment(&room, day).await["status"], "INVITED");
        for wrong in [-1, 721] {
            let refused = change(wrong).await;
            assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["code"].as_str()), (422, Some("hours.invalid")));
        }
        assert_eq!(change(24).await.json()["answer_hours"], 24);
    })
    .await;
}

#[tokio::test]
async fn a_published_plan_asks_with_a_deadline_and_copies_keep_it() {
    each_app(async |test| {
        let room = open(&test).await;
        let day = mission(&room, 1, 24).await;
        let copy = room.done("POST", &format!("/missions/{day}:duplicate"), Some(json!({ "days": 1 }))).await;
        assert_eq!(copy["answer_hours"], 24);
        for mission in [day, copy["id"].as_i64().unwrap()] {
            let draft = json!({ "mission_id": mission, "user_id": room.karim, "status": "DRAFT" });
            assert_eq!(room.done("POST", "/assignments", Some(draft)).await["answer_by_at"], Value::Null, "not asked yet");
        }
        let span = json!({ "from": "2026-12-01", "to": "2026-12-03" });
        assert_eq!(room.done("POST", "/publish", Some(span)).await["people"], 1);
        assert_eq!(assignment(&room, day).await["answer_by_at"], "2026-11-22T08:00:00.000Z");
        // Two deadlines at the same moment are one reminder, and one mail that both places are gone.
        test.run_jobs().await;
        wait_hours(&test, 30).await;
        let mails: Vec<String> = mails(&test).await.into_iter().map(|mail| mail.subject).collect();
        assert_eq!(mails.len(), 3, "{mails:?}");
        assert_eq!(count_events(&test, &room, "assignment.released").await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_put_back_after_its_deadline_waits_anew() {
    each_app(async |test| {
        let room = open(&test).await;
        let day = mission(&room, 7, 10).await;
        let id = room.assign(day).await;
        test.run_jobs().await;
        let desk = room.manager_cookie().await;
        let plan = format!("/o/{}/plan", room.shop.org.slug);
        let version = room.done("GET", &format!("/missions/{day}"), None).await["version"].clone();
        let form = format!("do=delete&keys=a{id}:{version}&date=2026-12-07&part=board");
        assert_eq!(test.browse("POST", &format!("{plan}/edit"), &desk, &form).await.status, 200);
        wait_hours(&test, 12).await;
        let desk = room.manager_cookie().await;
        let undone = test.browse("POST", &format!("{plan}/undo"), &desk, "date=2026-12-07&part=board").await;
        assert_eq!(undone.status, 200, "{}", undone.text);
        let back = assignment(&room, day).await;
        assert_eq!((back["status"].as_str(), back["answer_by_at"].as_str()), (Some("INVITED"), Some("2026-11-22T06:00:00.000Z")));
        wait_hours(&test, 11).await;
        assert_eq!(assignment(&room, day).await["reason"], "deadline.passed");
    })
    .await;
}

#[tokio::test]
async fn the_form_of_a_mission_sets_the_time_to_answer() {
    each_app(async |test| {
        let room = open(&test).await;
        test.person(&room.shop, "Nora", Role::Tech).await;
        let desk = room.manager_cookie().await;
        let new = format!("/o/{}/missions/new", room.shop.org.slug);
        assert!(test.browse("GET", &new, &desk, "").await.text.contains("name=\"answer_hours\""));
        let form = "title=Montage&starts_at=2026-12-01T08:00&ends_at=2026-12-01T18:00&answer_hours=";
        for wrong in ["721", "-1", "deux"] {
            let refused = test.browse("POST", &new, &desk, &format!("{form}{wrong}")).await;
            assert!(refused.status == 422 && refused.text.contains("De 0 à 720 heures"), "{wrong}: {}", refused.text);
        }
        assert_eq!(test.browse("POST", &new, &desk, &format!("{form}36")).await.status, 303);
        assert_eq!(test.number("SELECT answer_hours FROM missions").await, 36);
        assert_eq!(planning::read_deadline("12 34").map(|(id, by)| (id.0, by.0)), Some((12, 34)));
        assert_eq!(planning::read_deadline("12"), None);
    })
    .await;
}
