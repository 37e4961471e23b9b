//! Missions that are pasted from a template.

use super::planning::{Room, hours, problem};
use crate::support::each_app;
use regie::planning::service as planning;
use serde_json::{Value, json};

/// Two days of December with three missions, and a template of them.
async fn template(room: &Room, name: &str) -> Value {
    let mut first = hours(1, 8, 18);
    first["needs"] = json!([{ "role": "Son", "quota": 2 }, { "role": "Lumière", "skill": "consolle", "min_level": 2 }]);
    (first["break_minutes"], first["notes"], first["answer_hours"]) = (60.into(), "Gants".into(), 48.into());
    let night = json!({ "title": "Démontage", "starts_at": "2026-12-02T22:00", "ends_at": "2026-12-03T06:00", "place": "Quai" });
    for body in [first, hours(2, 9, 12), night] {
        room.done("POST", "/missions", Some(body)).await;
    }
    let days = json!({ "name": name, "from": "2026-11-30", "to": "2026-12-02" });
    room.done("POST", "/mission-templates", Some(days)).await
}

#[tokio::test]
async fn days_are_saved_and_pasted_and_undone_in_one_step() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let saved = template(&room, "Montage J-1").await;
        assert_eq!((saved["count"].as_i64(), saved["days"].as_i64()), (Some(3), Some(2)));
        assert_eq!(saved["missions"][0]["needs"], "2 Son, 1 Lumière");
        assert_eq!(
            (saved["missions"][2]["day"].as_i64(), saved["missions"][2]["hours"].as_str()),
            (Some(1), Some("22:00–06:00"))
        );
        assert_eq!(room.done("GET", "/mission-templates", None).await, json!([saved]));
        let path = format!("/mission-templates/{}", saved["id"]);
        assert_eq!(room.done("GET", &path, None).await, saved);

        // Over the night in which clocks go forward: the same times on the wall.
        let project = room.project("Tournée").await;
        let wanted = json!({ "date": "2027-03-26", "project_id": project });
        let pasted = room.done("POST", &format!("{path}:paste"), Some(wanted)).await;
        assert_eq!(pasted["created"], 3);
        let made = room.done("GET", &format!("/missions?project_id={project}"), None).await;
        let told = |n: usize, field: &str| made[n][field].as_str().unwrap_or_default().to_owned();
        assert_eq!([told(0, "starts_at"), told(0, "ends_at")], ["2027-03-26T07:00:00.000Z", "2027-03-26T17:00:00.000Z"]);
        assert_eq!([told(2, "starts_at"), told(2, "place")], ["2027-03-27T21:00:00.000Z".to_owned(), "Quai".to_owned()]);
        assert_eq!(told(2, "ends_at"), "2027-03-28T04:00:00.000Z", "the night is seven hours long");
        assert_eq!((made[0]["break_minutes"].as_i64(), made[0]["answer_hours"].as_i64()), (Some(60), Some(48)));
        assert_eq!(made[0]["needs"][1]["min_level"], 2);

        let cookie = room.manager_cookie().await;
        let plan = format!("/o/{}/plan", room.shop.org.slug);
        let undone = test.browse("POST", &format!("{plan}/undo"), &cookie, "date=2027-03-22&part=board").await;
        assert!(undone.status == 200 && undone.text.contains("3 missions"), "{}", undone.text);
        let count = async || room.done("GET", &format!("/missions?project_id={project}"), None).await.as_array().unwrap().len();
        assert_eq!(count().await, 0);
        assert_eq!(test.browse("POST", &format!("{plan}/redo"), &cookie, "date=2027-03-22&part=board").await.status, 200);
        assert_eq!(count().await, 3);

        assert_eq!(room.done("DELETE", &path, None).await["status"], "ok");
        assert_eq!(room.ask("DELETE", &path, None).await.status, 404);
        assert_eq!(count().await, 3, "what was pasted stays");
        let expected = ["template.saved", "template.pasted", "template.deleted", "mission.created", "plan.undone"];
        test.check_events(&room.owner, &expected).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_said() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let saved = template(&room, "Montage").await;
        for (body, field, code) in [
            (json!({ "name": " ", "from": "2026-12-01" }), "name", "name.invalid"),
            (json!({ "name": "Vide", "from": "2026-12-24" }), "from", "template.empty"),
            (json!({ "name": "Jour", "from": "demain" }), "from", "date.invalid"),
            (json!({ "name": "Jour", "from": "2026-12-02", "to": "2026-12-01" }), "to", "time.order"),
            (json!({ "name": "Mois", "from": "2026-12-01", "to": "2027-01-01" }), "to", "time.too_long"),
            (json!({ "name": "Montage", "from": "2026-12-01" }), "name", "template.taken"),
        ] {
            let refused = room.ask("POST", "/mission-templates", Some(body.clone())).await;
            assert_eq!(
                (refused.json()["errors"][0]["field"].as_str(), refused.json()["errors"][0]["code"].as_str()),
                (Some(field), Some(code)),
                "{body}: {}",
                refused.text
            );
        }
        let path = format!("/mission-templates/{}/paste", saved["id"]);
        let before = test.number("SELECT count(*) FROM missions").await;
        assert_eq!(room.ask("POST", &path, Some(json!({ "date": "2026-13-01" }))).await.status, 422);
        assert_eq!(room.ask("POST", &path, Some(json!({ "date": "2027-01-04", "project_id": 987654 }))).await.status, 422);
        let archived = json!({ "name": "Fini", "status": "ARCHIVED" });
        let archived = room.done("POST", "/projects", Some(archived)).await["id"].clone();
        let refused = room.ask("POST", &path, Some(json!({ "date": "2027-01-04", "project_id": archived }))).await;
        assert_eq!(problem(&refused).1, "project.archived");
        assert_eq!(
            test.api("POST", &format!("/api/v1{path}"), &room.tech, Some(json!({ "date": "2027-01-04" }))).await.status,
            403
        );
        let other = Room::open(&test, "Ailleurs").await;
        assert_eq!(other.ask("POST", &path, Some(json!({ "date": "2027-01-04" }))).await.status, 404);
        assert_eq!(other.done("GET", "/mission-templates", None).await, json!([]));
        assert_eq!(test.number("SELECT count(*) FROM missions").await, before, "all of it or nothing");
    })
    .await;
}

#[tokio::test]
async fn templates_in_the_browser() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let cookie = room.manager_cookie().await;
        let base = format!("/o/{}", room.shop.org.slug);
        let get = async |path: &str| test.browse("GET", &format!("{base}{path}"), &cookie, "").await;
        let post = async |path: &str, form: &str| test.browse("POST", &format!("{base}{path}"), &cookie, form).await;
        let empty = get("/templates").await;
        assert!(empty.text.contains("Aucun modèle") && empty.text.contains("Enregistrez une journée"), "{}", empty.text);
        let project = room.project("Tournée").await;
        for day in [1, 2] {
            let mut body = hours(day, 8, 12);
            body["project_id"] = project.into();
            room.done("POST", "/missions", Some(body)).await;
        }
        room.done("POST", "/missions", Some(hours(2, 14, 18))).await;
        let foot = get("/plan?date=2026-12-01").await;
        assert!(foot.text.contains("/templates?date=2026-11-30") && foot.text.contains("/templates/new?from=2026-11-30"));
        assert!(get(&format!("/projects/{project}")).await.text.contains(&format!("/templates/new?project={project}")));
        let look = get(&format!("/templates/new?from=2026-11-30&to=2026-12-06&project={project}")).await;
        assert!(look.text.contains("Montage 1") && look.text.contains("Enregistrer 2 missions"), "{}", look.text);
        assert!(look.text.contains("mardi 1er décembre") && !look.text.contains("14:00"), "{}", look.text);

        let form = format!("from=2026-11-30&to=2026-12-06&project={project}&name=");
        let nameless = post("/templates/new", &form).await;
        assert!(nameless.status == 422 && nameless.text.contains("Enregistrer 2 missions"), "{}", nameless.text);
        let saved = post("/templates/new", &format!("{form}Montage+J-1")).await;
        assert_eq!(saved.status, 303);
        let path = saved.headers["location"].to_str().unwrap().strip_prefix(base.as_str()).unwrap().to_owned();
        let again = post("/templates/new", &format!("{form}Montage+J-1")).await;
        assert!(again.status == 409 && again.text.contains("Un autre modèle a ce nom"), "{}", again.text);
        assert!(get("/templates?date=2026-12-14").await.text.contains(&format!("{path}?date=2026-12-14")));

        // First a look, then the button with its number.
        let preview = get(&format!("{path}?date=2026-12-14&project={project}")).await;
        assert!(
            preview.text.contains("lundi 14 décembre 2026") && preview.text.contains("Coller 2 missions"),
            "{}",
            preview.text
        );
        assert!(!get(&path).await.text.contains("Coller 2 missions"), "no date, no button");
        let pasted = post(&format!("{path}/paste"), &format!("date=2026-12-14&project={project}")).await;
        assert_eq!(pasted.headers["location"].to_str().unwrap(), format!("{base}/plan?date=2026-12-14"));
        assert_eq!(test.number("SELECT count(*) FROM missions").await, 5);
        let refused = post(&format!("{path}/paste"), "date=bient%C3%B4t").await;
        assert!(refused.status == 422 && refused.text.contains("Date ou heure illisible"), "{}", refused.text);
        assert_eq!(post("/plan/undo", "date=2026-12-14").await.status, 303);
        assert_eq!(test.number("SELECT count(*) FROM missions").await, 3);

        assert_eq!(post(&path, "name=").await.status, 422);
        assert_eq!(post(&path, "name=Veille").await.status, 303);
        assert!(get("/templates").await.text.contains("Veille"));
        assert_eq!(post("/templates/987654", "name=Veille").await.status, 404);
        assert_eq!(post(&format!("{path}/delete"), "").await.status, 303);
        assert_eq!(get(&path).await.status, 404);
        let karim = test.cookie(&room.shop.email("Karim")).await;
        for path in ["/templates", "/templates/new"] {
            assert_eq!(test.browse("GET", &format!("{base}{path}"), &karim, "").await.status, 403);
        }
    })
    .await;
}

#[tokio::test]
async fn templates_can_be_written_without_a_plan() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let mission = regie::planning::NewMission {
            title: "Montage".into(),
            starts_at: "2026-01-05T08:00".into(),
            ends_at: "2026-01-05T18:00".into(),
            ..regie::planning::NewMission::default()
        };
        let define = async |missions: &[regie::planning::NewMission]| {
            planning::define_template(&test.app, crate::support::proof(room.shop.org.id), "Montage J-1", missions).await
        };
        assert!(define(&[]).await.is_err());
        let bad = regie::planning::NewMission { ends_at: "2026-01-05T07:00".into(), ..mission.clone() };
        assert!(define(&[bad]).await.is_err());
        assert_eq!(define(&[mission]).await.unwrap().missions[0].hours(), "08:00–18:00");
        assert_eq!(test.number("SELECT count(*) FROM missions").await, 0);
    })
    .await;
}
