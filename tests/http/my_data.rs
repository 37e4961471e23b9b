//! The file with everything that is known of a person.

use super::planning::Room;
use crate::support::{PASSWORD, each_app, escaped};
use regie::kernel::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn the_file_has_what_the_plan_knows_of_its_person_and_of_nobody_else() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let cookie = test.cookie(&room.shop.email("Karim")).await;
        let plan = async || {
            let file = test.browse("POST", "/me/export", &cookie, &format!("present_password={}", escaped(PASSWORD))).await;
            assert!(!file.text.contains("Nora"), "{}", file.text);
            file.json()["organisations"][0]["plan"].clone()
        };
        let empty = plan().await;
        assert_eq!((&empty["employment"], &empty["missions"], &empty["availabilities"]), (&json!("OTHER"), &json!([]), &json!([])));

        let profile = json!({ "employment_type": "INTERMITTENT", "tags": ["permis B"], "bio": "Régisseur son.",
            "skills": [{ "name": "CACES", "level": 1, "expires_on": "2026-12-10" }, { "name": "son", "level": 3 }],
            "rate_profile": { "day": 250.5, "night_percent": 25 } });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(profile)).await;
        let project = room.project("Tournée").await;
        let mission = json!({ "title": "Montage", "place": "Grande salle", "project_id": project, "break_minutes": 60,
            "starts_at": "2026-12-07T09:00", "ends_at": "2026-12-07T17:00", "needs": [{ "role": "Son" }, { "role": "Plateau" }] });
        let mission = room.done("POST", "/missions", Some(mission)).await;
        let assign = async |mission: &Value, person: i64, need: &Value, status: &str| {
            let body = json!({ "mission_id": mission, "user_id": person, "need_id": need, "status": status });
            room.done("POST", "/assignments", Some(body)).await["id"].clone()
        };
        let asked = assign(&mission["id"], room.karim, &mission["needs"][0]["id"], "INVITED").await;
        assign(&mission["id"], nora, &mission["needs"][1]["id"], "INVITED").await;
        assign(&json!(room.mission(9, 8, 12).await), room.karim, &Value::Null, "DRAFT").await;
        let decline = format!("/api/v1/assignments/{asked}/decline");
        assert_eq!(test.api("POST", &decline, &room.tech, Some(json!({ "reason": "Déjà pris" }))).await.status, 200);
        for (token, person, note) in [(&room.tech, room.karim, "Mariage"), (&room.manager, nora, "Nora déménage")] {
            let off = json!({ "user_id": person, "start_at": "2026-12-20T00:00", "end_at": "2026-12-22T00:00", "note": note });
            assert_eq!(test.api("POST", "/api/v1/availabilities", token, Some(off)).await.status, 200);
        }

        let known = plan().await;
        assert_eq!(
            (&known["employment"], &known["tags"], &known["bio"]),
            (&json!("INTERMITTENT"), &json!(["permis B"]), &json!("Régisseur son."))
        );
        let skills = json!([{ "name": "CACES", "level": 1, "expires_on": "2026-12-10" }, { "name": "son", "level": 3, "expires_on": null }]);
        assert_eq!(known["skills"], skills);
        let rates = json!([{ "from_date": "2026-11-21", "unit": "day", "amount_cents": 25_050, "night_percent": 25,
            "sunday_percent": 0, "holiday_percent": 0 }]);
        assert_eq!(known["rates"], rates);
        let missions = json!([{ "title": "Montage", "project": "Tournée", "role": "Son", "place": "Grande salle", "address": "",
            "starts_at": "2026-12-07T08:00:00.000Z", "ends_at": "2026-12-07T16:00:00.000Z", "break_minutes": 60, "notes": "",
            "called_off_at": null, "status": "declined", "reason": "Déjà pris", "told_at": "2026-11-21T08:00:00.000Z",
            "answer_by_at": null, "answered_at": "2026-11-21T08:00:00.000Z" }]);
        assert_eq!(known["missions"], missions, "a draft is the manager's own");
        let off = json!([{ "kind": "time_off", "status": "pending", "starts_at": "2026-12-19T23:00:00.000Z",
            "ends_at": "2026-12-21T23:00:00.000Z", "every_weeks": 0, "until": null, "note": "Mariage" }]);
        assert_eq!(known["availabilities"], off);
    })
    .await;
}
