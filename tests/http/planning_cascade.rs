//! Places that are offered to the next person.

use super::planning::{Room, hours};
use super::planning_deadlines::{count_events, open, wait_hours};
use crate::support::{TestApp, each_app};
use regie::kernel::Role;
use serde_json::{Value, json};

/// A mission with one place that goes on to the next, and Karim asked for it. Gives the mission and his assignment.
async fn asked(room: &Room, day: u8, cascades: bool) -> (i64, i64) {
    let mut body = hours(day, 8, 12);
    (body["answer_hours"], body["cascades"]) = (10.into(), cascades.into());
    body["needs"] = json!([{ "role": "Son" }]);
    let mission = room.done("POST", "/missions", Some(body)).await;
    let body = json!({ "mission_id": mission["id"], "user_id": room.karim, "need_id": mission["needs"][0]["id"] });
    (mission["id"].as_i64().unwrap(), room.done("POST", "/assignments", Some(body)).await["id"].as_i64().unwrap())
}

/// Who was asked, in order, and how it stands.
async fn asked_of(room: &Room, mission: i64) -> Vec<(i64, String)> {
    let sheet = room.done("GET", &format!("/missions/{mission}"), None).await;
    let mut all: Vec<Value> = sheet["assignments"].as_array().unwrap().clone();
    all.sort_by_key(|assignment| assignment["id"].as_i64());
    all.iter().map(|one| (one["user_id"].as_i64().unwrap(), one["status"].as_str().unwrap().to_owned())).collect()
}

async fn ines(test: &TestApp) -> i64 {
    test.number("SELECT id FROM crew_members WHERE name = 'Ines'").await
}

#[tokio::test]
async fn a_place_goes_on_until_nobody_is_left() {
    each_app(async |test| {
        let room = open(&test).await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let (mission, his) = asked(&room, 1, true).await;
        let declined = test.api("POST", &format!("/api/v1/assignments/{his}/decline"), &room.tech, None).await;
        assert_eq!(declined.status, 200, "{}", declined.text);
        test.run_jobs().await;
        let state = |person: i64, status: &str| (person, status.to_owned());
        let (karim, ines) = (room.karim, ines(&test).await);
        assert_eq!(asked_of(&room, mission).await, [state(karim, "DECLINED"), state(ines, "INVITED")]);
        let sheet = room.done("GET", &format!("/missions/{mission}"), None).await;
        let (left, next) = (&sheet["assignments"][0], &sheet["assignments"][1]);
        assert_eq!((&left["passed_to_id"], next["answer_by_at"].as_str()), (&next["id"], Some("2026-11-21T18:00:00.000Z")));
        assert!(test.mail_to(&room.shop.email("Ines")).await.text_body.contains("Montage 1"));
        // The job once more, as after a server that died in the middle.
        assert_eq!(test.change("UPDATE jobs SET state = 'waiting' WHERE kind = 'planning.offer_next'").await, 1);
        test.run_jobs().await;
        assert_eq!(asked_of(&room, mission).await.len(), 2);

        // The next one lets the time pass.
        wait_hours(&test, 11).await;
        assert_eq!(asked_of(&room, mission).await[1..], [state(ines, "CANCELLED"), state(nora, "INVITED")]);
        let hers = test.number("SELECT max(id) FROM assignments").await;
        let by_phone = json!({ "status": "DECLINED", "reason": "au téléphone" });
        assert_eq!(room.done("POST", &format!("/assignments/{hers}:status"), Some(by_phone)).await["status"], "DECLINED");
        test.run_jobs().await;
        assert_eq!(asked_of(&room, mission).await.len(), 3, "nobody is asked twice");
        assert_eq!(count_events(&test, &room, "assignment.offered").await, 2);
        assert_eq!(count_events(&test, &room, "assignment.unoffered").await, 1);
        let cookie = room.manager_cookie().await;
        let page = test.browse("GET", &format!("/o/{}/missions/{mission}", room.shop.org.slug), &cookie, "").await;
        assert!(
            page.text.contains("Personne d’autre ne peut recevoir") && page.text.contains("Place proposée à Nora"),
            "{}",
            page.text
        );
    })
    .await;
}

#[tokio::test]
async fn only_who_can_is_asked_and_only_when_the_mission_says_so() {
    each_app(async |test| {
        let room = open(&test).await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        // Ines would be first, but works elsewhere then.
        let elsewhere = json!({ "mission_id": room.mission(1, 9, 13).await, "user_id": ines(&test).await });
        let elsewhere = room.done("POST", "/assignments", Some(elsewhere)).await["id"].clone();
        let accepted = json!({ "status": "ACCEPTED" });
        room.done("POST", &format!("/assignments/{elsewhere}:status"), Some(accepted)).await;
        let (going_on, his) = asked(&room, 1, true).await;
        let (staying, too) = asked(&room, 3, false).await;
        for id in [his, too] {
            assert_eq!(test.api("POST", &format!("/api/v1/assignments/{id}/decline"), &room.tech, None).await.status, 200);
        }
        test.run_jobs().await;
        assert_eq!(asked_of(&room, going_on).await[1], (nora, "INVITED".to_owned()));
        assert_eq!(asked_of(&room, staying).await.len(), 1);
        // A place that was filled by hand before the job came is not offered.
        let (filled, his) = asked(&room, 8, true).await;
        assert_eq!(test.api("POST", &format!("/api/v1/assignments/{his}/decline"), &room.tech, None).await.status, 200);
        let need = room.done("GET", &format!("/missions/{filled}"), None).await["needs"][0]["id"].clone();
        let by_hand = json!({ "mission_id": filled, "user_id": nora, "need_id": need, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(by_hand)).await;
        test.run_jobs().await;
        assert_eq!(asked_of(&room, filled).await[1..], [(nora, "DRAFT".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn the_form_of_a_mission_sets_whether_its_places_go_on() {
    each_app(async |test| {
        let room = open(&test).await;
        let cookie = room.manager_cookie().await;
        let base = format!("/o/{}/missions", room.shop.org.slug);
        let form = "title=Montage&starts_at=2026-12-01T08:00&ends_at=2026-12-01T18:00";
        let made = test.browse("POST", &format!("{base}/new"), &cookie, &format!("{form}&cascades=true")).await;
        let path = made.headers["location"].to_str().unwrap().to_owned();
        let page = test.browse("GET", &path, &cookie, "").await;
        assert!(page.text.contains("name=\"cascades\" value=\"true\" checked"), "{}", page.text);
        assert_eq!(test.browse("POST", &path, &cookie, &format!("{form}&version=1")).await.status, 303);
        let page = test.browse("GET", &path, &cookie, "").await;
        assert!(!page.text.contains("name=\"cascades\" value=\"true\" checked"), "{}", page.text);
    })
    .await;
}
