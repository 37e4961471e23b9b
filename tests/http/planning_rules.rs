//! Who can do it, what rules keep back, overruling, costs.

use super::planning::{Room, problem};
use crate::support::{TestApp, each_app, escaped};
use regie::kernel::Role;
use serde_json::{Value, json};

/// A mission of that day of December, with the break that the law asks for.
async fn mission(room: &Room, day: u8, from: u8, to: u8) -> i64 {
    let body = json!({ "title": format!("Montage {day}"), "starts_at": format!("2026-12-{day:02}T{from:02}:00"),
        "ends_at": format!("2026-12-{day:02}T{to:02}:00"), "break_minutes": 60, "needs": [{ "role": "Son", "count": 2, "skill": "son" }] });
    room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap()
}

/// Puts somebody on a mission, as a draft.
async fn draft(room: &Room, mission: i64, person: i64) -> i64 {
    let body = json!({ "mission_id": mission, "user_id": person, "status": "DRAFT" });
    room.done("POST", "/assignments", Some(body)).await["id"].as_i64().unwrap()
}

async fn skilled(room: &Room, person: i64, rate: u32) {
    let body = json!({ "skills": ["son"], "employment_type": "CDD", "rate_profile": { "day": rate } });
    room.done("PUT", &format!("/users/{person}/profile"), Some(body)).await;
}

/// Says for Karim when he cannot, as he would himself.
async fn unavailable(room: &Room, day: u8) {
    let body = json!({ "user_id": room.karim, "kind": "unavailable", "start_at": format!("2026-12-{day:02}T00:00"), "end_at": format!("2026-12-{day:02}T23:00") });
    room.done("POST", "/availabilities", Some(body)).await;
}

async fn publish(room: &Room) -> (i64, i64) {
    let body = room.done("POST", "/publish", Some(json!({ "from": "2026-12-07", "to": "2026-12-14" }))).await;
    (body["people"].as_i64().unwrap(), body["held"].as_i64().unwrap())
}

#[tokio::test]
async fn people_are_ranked_with_reasons() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let others =
            [test.person(&room.shop, "Awa", Role::Tech).await.id.0, test.person(&room.shop, "Bilal", Role::Tech).await.id.0];
        for (person, rate) in [(room.karim, 200), (others[0], 250), (others[1], 180)] {
            skilled(&room, person, rate).await;
        }
        let wanted = mission(&room, 9, 9, 18).await;
        unavailable(&room, 9).await;
        // Bilal has another mission at that time.
        draft(&room, mission(&room, 9, 14, 20).await, others[1]).await;

        let list = room.done("GET", &format!("/missions/{wanted}/candidates"), None).await;
        let rows: Vec<(&str, &str)> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["name"].as_str().unwrap(), row["standing"].as_str().unwrap()))
            .collect();
        assert_eq!(rows[..2], [("Awa", "fits"), ("Karim", "needs_reason")]);
        assert_eq!(rows.last(), Some(&("Bilal", "blocked")));
        let awa = &list[0];
        assert_eq!(
            (awa["rank"].as_i64(), awa["cost_cents"].as_i64(), awa["week_minutes"].as_i64()),
            (Some(1), Some(25_000), Some(480))
        );
        assert_eq!(awa["reasons_for"], json!(["skilled"]));
        assert_eq!(list[1]["broken"][0]["rule"], "plan.unavailable");
        assert_eq!(room.done("GET", &format!("/missions/{wanted}/candidates"), None).await, list, "the same again");
        let page = format!("/o/{}/missions/{wanted}/candidates", room.shop.org.slug);
        let cookie = test.cookie(&room.shop.owner.email).await;
        let seen = test.browse("GET", &page, &cookie, "").await;
        assert!(seen.status == 200 && seen.text.contains("Awa") && seen.text.contains("Indisponible"), "{}", seen.text);

        // One of the two places is given: who has it is no candidate any more.
        draft(&room, wanted, others[0]).await;
        let left = room.done("GET", &format!("/missions/{wanted}/candidates"), None).await;
        assert!(left.as_array().unwrap().iter().all(|row| row["name"] != "Awa"));
        assert_eq!(room.ask("GET", "/missions/987654/candidates", None).await.status, 404);
        assert_eq!(room.ask("GET", &format!("/missions/{wanted}/candidates?need_id=987654"), None).await.status, 404);
        assert_eq!(test.api("GET", &format!("/api/v1/missions/{wanted}/candidates"), &room.tech, None).await.status, 403);
        let elsewhere = Room::open(&test, "Opéra").await;
        assert_eq!(elsewhere.ask("GET", &format!("/missions/{wanted}/candidates"), None).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_told_before_somebody_answers_for_it() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        skilled(&room, room.karim, 200).await;
        unavailable(&room, 9).await;
        let free = draft(&room, mission(&room, 8, 9, 18).await, room.karim).await;
        let against = draft(&room, mission(&room, 9, 9, 18).await, room.karim).await;
        let held = room.done("GET", "/publish/held?from=2026-12-07&to=2026-12-14", None).await;
        assert_eq!(
            (held[0]["assignment_id"].as_i64(), &held[0]["needs_reason_for"]),
            (Some(against), &json!(["plan.unavailable"]))
        );
        assert_eq!(publish(&room).await, (1, 1));
        test.run_jobs().await;
        let status =
            async |id: i64| test.texts("SELECT status FROM assignments ORDER BY id").await[usize::from(id == against)].clone();
        assert_eq!((status(free).await.as_str(), status(against).await.as_str()), ("invited", "draft"));
        let mail = test.mail_to(&room.shop.email("Karim")).await;
        assert!(mail.text_body.contains("Montage 8") && !mail.text_body.contains("Montage 9"), "{}", mail.text_body);

        // In the browser: a reason, and it goes out.
        let (org, cookie) = (room.shop.org.slug.clone(), test.cookie(&room.shop.owner.email).await);
        let page = test.browse("GET", &format!("/o/{org}/plan/publish?week=2026-12-07"), &cookie, "").await;
        assert!(page.text.contains("Retenu par les règles") && page.text.contains("Montage 9"), "{}", page.text);
        let overrule = async |reason: &str| {
            let form = format!("rule=plan.unavailable&reason={}&back=%2Fplan%2Fpublish%3Fweek%3D2026-12-07", escaped(reason));
            test.browse("POST", &format!("/o/{org}/assignments/{against}/override"), &cookie, &form).await
        };
        assert_eq!(overrule("  ").await.status, 422);
        let done = overrule("Elle a dit oui au téléphone").await;
        assert_eq!(done.headers["location"], format!("/o/{org}/plan/publish?week=2026-12-07").as_str());
        let shown = test.browse("GET", &format!("/o/{org}/missions/{}", held[0]["mission_id"]), &cookie, "").await;
        assert!(shown.text.contains("Dérogation") && shown.text.contains("au téléphone"), "the reason stays beside it");
        assert_eq!(publish(&room).await, (1, 0));
        let rows = test.api("GET", "/api/v1/admin/audit-logs?event_type=rule.overruled", &room.owner, None).await.json();
        assert!(rows[0].to_string().contains("au téléphone"), "{rows}");

        // It can be taken back, once.
        let path = format!("/assignments/{against}/overrides");
        let restored = room.ask("DELETE", &format!("{path}/plan.unavailable"), None).await;
        assert_eq!(restored.status, 200, "{}", restored.text);
        let again = room.ask("DELETE", &format!("{path}/plan.unavailable"), None).await;
        assert_eq!(problem(&again).1, "rule.none");
        let reason = |rule: &str| Some(json!({ "rule": rule, "reason": "Il le faut" }));
        assert_eq!(problem(&room.ask("POST", &path, reason("plan.time-off")).await).1, "rule.none");
        assert_eq!(room.ask("POST", &path, reason("plan.unavailable")).await.status, 200);
        assert_eq!(room.ask("POST", &path, reason("plan.unavailable")).await.status, 200, "another reason");
        assert_eq!(test.api("POST", &format!("/api/v1{path}"), &room.tech, reason("plan.unavailable")).await.status, 403);
        let elsewhere = Room::open(&test, "Opéra").await;
        assert_eq!(elsewhere.ask("POST", &path, reason("plan.unavailable")).await.status, 404);
    })
    .await;
}

/// Time off that is agreed to.
async fn time_off(test: &TestApp, room: &Room, day: u8) {
    let body = json!({ "user_id": room.karim, "start_at": format!("2026-12-{day:02}T00:00"), "end_at": format!("2026-12-{day:02}T23:59") });
    let id = room.done("POST", "/availabilities", Some(body)).await["id"].as_i64().unwrap();
    test.api("POST", &format!("/api/v1/availabilities/{id}:approve"), &room.manager, None).await;
}

/// The last mission of the week, 2000 times more, an hour earlier.
const MANY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  INSERT INTO missions (org_id, title, time_zone, starts_at, ends_at, created_at, changed_at)
  SELECT m.org_id, m.title, m.time_zone, m.starts_at - 3600000, m.ends_at - 3600000, m.created_at, m.changed_at FROM missions m CROSS JOIN n";

#[tokio::test]
async fn the_last_of_very_many_missions_is_told_as_well() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        skilled(&room, room.karim, 200).await;
        let last = mission(&room, 8, 9, 18).await;
        assert_eq!(test.change(MANY).await, 2000);
        draft(&room, last, room.karim).await;
        let preview = room.done("GET", "/publish?from=2026-12-07&to=2026-12-14", None).await;
        assert!(preview.to_string().contains("Montage 8"), "{preview}");
        assert_eq!(publish(&room).await, (1, 0));
        assert_eq!(test.texts("SELECT status FROM assignments").await, ["invited"]);
    })
    .await;
}

#[tokio::test]
async fn hard_rules_block_whatever_is_written() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        skilled(&room, room.karim, 200).await;
        time_off(&test, &room, 9).await;
        let off = mission(&room, 9, 9, 18).await;
        let ask = async |reason: &str| {
            let body = json!({ "mission_id": off, "user_id": room.karim, "override_reason": reason });
            room.ask("POST", "/assignments", Some(body)).await
        };
        let refused = ask("Il revient pour nous").await;
        assert_eq!(problem(&refused).1, "rule.blocked", "{}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], "plan.time-off");
        assert_eq!(test.number("SELECT count(*) FROM assignments").await, 0, "nothing is kept of it");
        let id = draft(&room, off, room.karim).await;
        let body = json!({ "rule": "plan.time-off", "reason": "Il revient pour nous" });
        assert_eq!(problem(&room.ask("POST", &format!("/assignments/{id}/overrides"), Some(body)).await).1, "rule.blocked");
        let invited = room.ask("POST", &format!("/assignments/{id}:status"), Some(json!({ "status": "INVITED" }))).await;
        assert_eq!(problem(&invited).1, "rule.blocked");
        assert_eq!(publish(&room).await, (0, 1));
        let held = room.done("GET", "/publish/held?from=2026-12-07&to=2026-12-14", None).await;
        assert_eq!(held[0]["blocked_by"], json!(["plan.time-off"]));
    })
    .await;
}

#[tokio::test]
async fn a_reason_holds_as_long_as_it_does_not_get_worse() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        skilled(&room, room.karim, 200).await;
        // A break of ten minutes in seven hours: the law wants 20 after six.
        let body =
            json!({ "title": "Répétition", "starts_at": "2026-12-09T09:00", "ends_at": "2026-12-09T16:00", "break_minutes": 10 });
        let rehearsal = room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap();
        let body = json!({ "mission_id": rehearsal, "user_id": room.karim });
        let asked = room.done("POST", "/assignments", Some(body)).await;
        assert_eq!(asked["open_rules"], json!(["fr.break"]), "a program is told what it leaves open");
        let conflicts = async || {
            let cookie = test.cookie(&room.shop.owner.email).await;
            let page = test.browse("GET", &format!("/o/{}/conflicts?week=2026-12-07", room.shop.org.slug), &cookie, "").await;
            page.text.matches("Pause trop courte").count()
        };
        assert_eq!(conflicts().await, 1);
        let path = format!("/assignments/{}/overrides", asked["id"]);
        room.done("POST", &path, Some(json!({ "rule": "fr.break", "reason": "Une pause de dix minutes suffit" }))).await;
        assert_eq!(conflicts().await, 0);
        // More work beside it, and the break is as long as before.
        let second = json!({ "title": "Raccord", "starts_at": "2026-12-09T16:00", "ends_at": "2026-12-09T18:30" });
        let second = room.done("POST", "/missions", Some(second)).await["id"].as_i64().unwrap();
        draft(&room, second, room.karim).await;
        assert_eq!(conflicts().await, 0);
        let path = format!("/missions/{rehearsal}");
        let version = room.done("GET", &path, None).await["version"].clone();
        room.done("PUT", &path, Some(json!({ "break_minutes": 0, "version": version }))).await;
        assert_eq!(conflicts().await, 1, "no break at all is worse");
        assert_eq!(test.number("SELECT count(*) FROM rule_overrides").await, 1, "the reason stays");
    })
    .await;
}

#[tokio::test]
async fn missions_and_projects_say_what_they_cost() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let awa = test.person(&room.shop, "Awa", Role::Tech).await.id.0;
        let project = room.project("Tournée").await;
        let at = |day: u8, from: u8, to: u8| {
            json!({ "title": "Service", "project_id": project, "starts_at": format!("2026-12-{day:02}T{from:02}:00"), "ends_at": format!("2026-12-{day:02}T{to:02}:00") })
        };
        let make = async |body: Value| room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap();
        let (morning, evening) = (make(at(8, 9, 12)).await, make(at(8, 14, 20)).await);
        let empty = room.done("GET", &format!("/missions/{morning}/cost"), None).await;
        assert_eq!(empty, json!({ "cents": 0, "currency": "EUR", "places": 0, "places_without_rate": 0 }));
        skilled(&room, room.karim, 270).await;
        draft(&room, morning, room.karim).await;
        draft(&room, evening, room.karim).await;
        draft(&room, evening, awa).await;
        // A day is paid once: a third of it for the morning.
        let cost = async |path: String| room.done("GET", &path, None).await;
        assert_eq!(cost(format!("/missions/{morning}/cost")).await["cents"], 9_000);
        assert_eq!(
            cost(format!("/missions/{evening}/cost")).await,
            json!({ "cents": 18_000, "currency": "EUR", "places": 1, "places_without_rate": 1 })
        );
        assert_eq!(cost(format!("/projects/{project}/cost")).await["cents"], 27_000);
        let elsewhere = Room::open(&test, "Opéra").await;
        for path in [format!("/missions/{evening}/cost"), format!("/projects/{project}/cost")] {
            assert_eq!(test.api("GET", &format!("/api/v1{path}"), &room.tech, None).await.status, 403, "{path}");
            assert_eq!(elsewhere.ask("GET", &path, None).await.status, 404, "{path}");
        }
        let (org, cookie) = (room.shop.org.slug.clone(), test.cookie(&room.shop.owner.email).await);
        let page = test.browse("GET", &format!("/o/{org}/missions/{evening}"), &cookie, "").await;
        assert!(page.text.contains("180,00\u{a0}€") && page.text.contains("Une personne est sans tarif"), "{}", page.text);
    })
    .await;
}

/// Findings are kept for as long as nothing changes: each kind of change is seen at once, also on the other server.
#[tokio::test]
async fn findings_are_of_what_is_so_now() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let twin = test.twin().await;
        let cookies = [test.cookie(&room.shop.owner.email).await, twin.cookie(&room.shop.owner.email).await];
        let url = format!("/o/{}/conflicts?week=2026-12-07", room.shop.org.slug);
        let both = async || {
            let mut seen = Vec::new();
            for (server, cookie) in [(&test, &cookies[0]), (&twin, &cookies[1])] {
                // Twice: the second time, what was kept is shown.
                for _ in 0..2 {
                    let text = server.browse("GET", &url, cookie, "").await.text;
                    seen.push(["Compétence manquante", "Indisponible"].map(|word| text.contains(word)));
                }
            }
            assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
            seen[0]
        };
        skilled(&room, room.karim, 200).await;
        let montage = mission(&room, 9, 9, 18).await;
        let need = room.done("GET", &format!("/missions/{montage}"), None).await["needs"][0]["id"].clone();
        let body = json!({ "mission_id": montage, "user_id": room.karim, "need_id": need, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(body)).await;
        assert_eq!(both().await, [false, false]);
        unavailable(&room, 9).await;
        assert_eq!(both().await, [false, true]);
        let without = json!({ "skills": [], "employment_type": "CDD" });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(without)).await;
        assert_eq!(both().await, [true, true]);
        let version = room.done("GET", &format!("/missions/{montage}"), None).await["version"].clone();
        let moved = json!({ "starts_at": "2026-12-10T09:00", "ends_at": "2026-12-10T18:00", "version": version });
        room.done("PUT", &format!("/missions/{montage}"), Some(moved)).await;
        assert_eq!(both().await, [true, false]);
        assert_eq!(room.ask("DELETE", &format!("/missions/{montage}"), None).await.status, 200);
        assert_eq!(both().await, [false, false]);
    })
    .await;
}

#[tokio::test]
async fn what_was_badged_is_found_as_soon_as_it_is_stored() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let email = room.shop.email("Karim");
        let (kiosk, key) = test.kiosk(&room.owner, "Entrée").await;
        let phone = test.phone(&room.tech).await;
        let scan = async || {
            let code = test.code(&test.token(&email).await, phone).await;
            let answer = test.scan(&key, json!({ "qr_token": code, "kiosk_id": kiosk })).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        let url = format!("/o/{}/conflicts", room.shop.org.slug);
        let long = async || {
            let cookie = test.cookie(&room.shop.owner.email).await;
            test.browse("GET", &url, &cookie, "").await.text.contains("Journée trop longue")
        };
        assert!(!long().await);
        scan().await;
        assert!(!long().await, "nobody knows yet when he goes");
        test.app.clock.advance_seconds(11 * 3600);
        scan().await;
        assert!(long().await, "eleven hours of work");
    })
    .await;
}

#[tokio::test]
async fn a_finding_of_another_year_says_which() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        skilled(&room, room.karim, 200).await;
        for day in ["2026-12-15", "2027-01-05"] {
            let (starts_at, ends_at) = (format!("{day}T09:00"), format!("{day}T16:00"));
            let body = json!({ "title": "Répétition", "starts_at": starts_at, "ends_at": ends_at, "break_minutes": 10 });
            let mission = room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap();
            let body = json!({ "mission_id": mission, "user_id": room.karim });
            assert_eq!(room.done("POST", "/assignments", Some(body)).await["open_rules"], json!(["fr.break"]), "{day}");
        }
        let cookie = test.cookie(&room.shop.owner.email).await;
        let page = test.browse("GET", &format!("/o/{}/conflicts?week=2026-12-14", room.shop.org.slug), &cookie, "").await;
        for day in [">mar. 15 déc.<", ">mar. 5 janv. 2027<"] {
            assert!(page.text.contains(day), "{day}: {}", page.text);
        }
    })
    .await;
}
