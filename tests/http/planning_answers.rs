//! Assignments, links and answers through the API.

use super::planning::{Room, problem};
use crate::support::{each_app, proof};
use regie::kernel::{CrewMemberId, Role};
use regie::planning::{PlanError, service};
use serde_json::{Value, json};
use tokio::task::JoinSet;

#[tokio::test]
async fn links_of_who_is_not_there_are_not_said_to_be_ended() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let end = async |person: i64| service::revoke_links(&test.app, proof(room.shop.org.id), CrewMemberId(person)).await;
        assert!(matches!(end(987_654).await, Err(PlanError::NotFound)));
        assert_eq!(test.number("SELECT count(*) FROM audit_events WHERE action = 'assignment.links_revoked'").await, 0);
        end(room.karim).await.unwrap();
        assert_eq!(test.number("SELECT count(*) FROM audit_events WHERE action = 'assignment.links_revoked'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_predecessors_flow() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let project = room.project("Tournée").await;
        let times = json!([
            { "start_at": "2026-12-01T08:00", "end_at": "2026-12-01T18:00" },
            { "start_at": "2026-12-01T17:00", "end_at": "2026-12-01T23:00" },
            { "start_at": "2026-12-02T08:00", "end_at": "2026-12-02T18:00" },
        ]);
        let ids = room.done("POST", &format!("/projects/{project}/missions:bulk_create"), Some(times)).await["ids"].clone();
        let assigned = [room.assign(ids[0].as_i64().unwrap()).await, room.assign(ids[1].as_i64().unwrap()).await];
        let again = json!({ "mission_id": ids[0], "user_id": room.karim });
        let again = room.ask("POST", "/assignments", Some(again)).await;
        assert_eq!((again.status.as_u16(), again.json()["code"].as_str()), (409, Some("assignment.exists")));

        let nobody =
            async |method: &str, path: String, body: Option<Value>| test.api(method, &format!("/api/v1{path}"), "", body).await;
        let mut links = Vec::new();
        for id in assigned {
            let link = room.done("POST", "/invitations", Some(json!({ "assignment_id": id }))).await;
            links.push((link["id"].as_i64().unwrap(), link["token"].as_str().unwrap().to_owned()));
        }
        let [(first, token), (second, other_token)] = links.try_into().unwrap();
        let seen = nobody("GET", format!("/invitations/verify?token={token}"), None).await.json();
        assert_eq!((seen["assignment_id"].as_i64(), seen["status"].as_str()), (Some(assigned[0]), Some("INVITED")));
        for _ in 0..2 {
            let accepted = nobody("POST", format!("/invitations/{first}/accept?token={token}"), None).await;
            assert_eq!(accepted.status, 200, "{}", accepted.text);
            let body = accepted.json();
            assert_eq!((body["accepted"].as_bool(), body["assignment_id"].as_i64()), (Some(true), Some(assigned[0])));
        }
        let refused = (400, "assignment.overlap".to_owned(), "conflit horaire utilisateur".to_owned());
        let overlap = nobody("POST", format!("/invitations/{second}/accept?token={other_token}"), None).await;
        assert_eq!(problem(&overlap), refused);
        let by_manager =
            room.ask("POST", &format!("/assignments/{}:status", assigned[1]), Some(json!({ "status": "ACCEPTED" }))).await;
        assert_eq!(problem(&by_manager), refused);
        let conflicts = room.done("GET", &format!("/conflicts/user/{}", room.karim), None).await;
        assert_eq!(
            conflicts,
            json!({ "user_id": room.karim, "items": [{ "kind": "ASSIGNMENT_OVERLAP", "user_id": room.karim, "mission_id": ids[1],
                "starts_at": "2026-12-01T16:00:00.000Z", "ends_at": "2026-12-01T22:00:00.000Z", "with_mission_id": ids[0] }] })
        );
        let later = room.done("GET", &format!("/conflicts/user/{}?from=2026-12-02", room.karim), None).await;
        assert_eq!(later["items"], json!([]));
        let declined =
            nobody("POST", format!("/invitations/{second}/decline?token={other_token}"), Some(json!({ "reason": "Complet" })))
                .await;
        assert_eq!(declined.json()["accepted"], false);
        let sheet = room.done("GET", &format!("/missions/{}", ids[1]), None).await;
        let answer = &sheet["assignments"][0];
        assert_eq!((answer["status"].as_str(), answer["reason"].as_str()), (Some("DECLINED"), Some("Complet")));
        assert_eq!(room.done("GET", &format!("/conflicts/user/{}", room.karim), None).await["items"], json!([]));
        let expected =
            ["assignment.created", "assignment.invited", "assignment.link_made", "assignment.accepted", "assignment.declined"];
        test.check_events(&room.owner, &expected).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_answers_its_own_question_and_no_other() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let (one, two) = (room.mission(1, 8, 12).await, room.mission(2, 8, 12).await);
        let (mine, other) = (room.assign(one).await, room.assign(two).await);
        let hers =
            room.done("POST", "/assignments", Some(json!({ "mission_id": two, "user_id": nora }))).await["id"].as_i64().unwrap();
        let link = room.done("POST", "/invitations", Some(json!({ "assignment_id": mine }))).await;
        let (id, token) = (link["id"].as_i64().unwrap(), link["token"].as_str().unwrap());
        let post = async |path: String, bearer: &str| test.api("POST", &format!("/api/v1{path}"), bearer, None).await;
        let unknown = (400, "invitation.token".to_owned(), "invalid token".to_owned());
        for bad in ["", "x", &token[1..]] {
            for path in [format!("/assignments/{mine}/accept?token={bad}"), format!("/invitations/{id}/accept?token={bad}")] {
                assert_eq!(problem(&post(path, "").await), unknown);
            }
            let verify = test.api("GET", &format!("/api/v1/invitations/verify?token={bad}"), "", None).await;
            assert_eq!(problem(&verify), unknown);
        }
        for foreign in [other, hers] {
            assert_eq!(post(format!("/assignments/{foreign}/accept?token={token}"), "").await.status, 404);
        }
        assert_eq!(post(format!("/invitations/{}/accept?token={token}", id + 1), "").await.status, 404);
        assert_eq!(post(format!("/assignments/{mine}/accept"), "").await.status, 401, "without a token: the person alone");
        assert_eq!(post(format!("/assignments/{mine}/accept"), &room.owner).await.status, 404);
        assert_eq!(post(format!("/assignments/{hers}/accept"), &room.tech).await.status, 404);
        for _ in 0..2 {
            assert_eq!(post(format!("/assignments/{other}/accept"), &room.tech).await.json()["status"], "ACCEPTED");
            assert_eq!(post(format!("/assignments/{mine}/decline?token={token}"), "").await.json()["status"], "DECLINED");
        }
        for _ in 0..2 {
            assert_eq!(room.done("DELETE", &format!("/invitations/{id}"), None).await["status"], "ok");
        }
        assert_eq!(problem(&post(format!("/assignments/{mine}/accept?token={token}"), "").await), unknown, "it was revoked");
        assert_eq!(room.ask("DELETE", "/invitations/987654", None).await.status, 404);
        let late = room.done("POST", "/invitations", Some(json!({ "assignment_id": mine }))).await;
        test.app.clock.advance_seconds(61 * 24 * 3600);
        assert_eq!(
            problem(&post(format!("/assignments/{mine}/accept?token={}", late["token"].as_str().unwrap()), "").await),
            unknown
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_acceptances_at_once_one_wins() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        // Weekends are free: nobody is asked for eight days in a row.
        for day in [1, 2, 3, 4, 8, 9, 10, 11] {
            let mut race = JoinSet::new();
            for hour in [8, 10, 11] {
                let id = room.assign(room.mission(day, hour, hour + 4).await).await;
                let (test, token) = (test.clone(), room.tech.clone());
                race.spawn(async move { test.api("POST", &format!("/api/v1/assignments/{id}/accept"), &token, None).await });
            }
            let answers = race.join_all().await;
            let won = answers.iter().filter(|answer| answer.status == 200).count();
            let lost = answers.iter().filter(|answer| problem(answer).1 == "assignment.overlap").count();
            assert_eq!((won, lost), (1, 2), "{:?}", answers.iter().map(|answer| &answer.text).collect::<Vec<_>>());
        }
    })
    .await;
}

#[tokio::test]
async fn an_assignment_goes_from_state_to_state_as_it_may() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let mission = room.mission(1, 8, 12).await;
        let needs = room.done("GET", &format!("/missions/{mission}"), None).await["needs"].clone();
        let body = json!({ "mission_id": mission, "user_id": room.karim, "need_id": needs[0]["id"], "status": "DRAFT" });
        let id = room.done("POST", "/assignments", Some(body)).await["id"].as_i64().unwrap();
        let path = format!("/assignments/{id}:status");
        let set = async |status: &str| {
            let answer = room.ask("POST", &path, Some(json!({ "status": status, "reason": "vu au téléphone" }))).await;
            let said = answer.json();
            (answer.status.as_u16(), said["status"].as_str().or(said["code"].as_str()).unwrap_or_default().to_owned())
        };
        assert_eq!(set("ACCEPTED").await, (409, "assignment.state".to_owned()), "nobody has been asked");
        for (status, expected) in [
            ("INVITED", "INVITED"),
            ("INVITED", "INVITED"),
            ("ACCEPTED", "ACCEPTED"),
            ("INVITED", "INVITED"),
            ("DECLINED", "DECLINED"),
            ("CANCELLED", ""),
            ("INVITED", "INVITED"),
            ("CANCELLED", "CANCELLED"),
            ("CANCELLED", "CANCELLED"),
        ] {
            let (code, said) = set(status).await;
            assert!(code == 200 && said == expected || expected.is_empty() && code == 409, "{status}: {code} {said}");
        }
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let hers = json!({ "mission_id": mission, "user_id": nora, "need_id": needs[0]["id"] });
        assert_eq!(room.done("POST", "/assignments", Some(hers)).await["status"], "INVITED");
        assert_eq!(set("INVITED").await.0, 409, "the place was given to another");
        for wrong in ["DRAFT", "", "LOST"] {
            assert_eq!(set(wrong).await.0, 422, "{wrong}");
        }
        for (body, missing) in [
            (json!({ "mission_id": 987654, "user_id": nora }), 404),
            (json!({ "mission_id": mission, "user_id": 987654 }), 404),
            (json!({ "mission_id": "", "user_id": "" }), 422),
        ] {
            assert_eq!(room.ask("POST", "/assignments", Some(body)).await.status.as_u16(), missing);
        }
        let unknown = room.ask("POST", "/assignments/987654:status", Some(json!({ "status": "INVITED" }))).await;
        assert_eq!(problem(&unknown).2, "assignment introuvable");
    })
    .await;
}

#[tokio::test]
async fn a_published_plan_says_who_is_told() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let mission = room.mission(1, 8, 12).await;
        let draft = json!({ "mission_id": mission, "user_id": room.karim, "status": "DRAFT" });
        let draft = room.done("POST", "/assignments", Some(draft)).await;
        let preview = room.done("GET", "/publish?from=2026-12-01&to=2026-12-02", None).await;
        assert_eq!(preview[0]["new"], json!(["Montage 1"]));
        assert_eq!(preview[0]["user_id"], room.karim);
        let span = json!({ "from": "2026-12-01", "to": "2026-12-02" });
        assert_eq!(room.done("POST", "/publish", Some(span.clone())).await["people"], 1);
        assert_eq!(room.done("POST", "/publish", Some(span)).await["people"], 0);
        let sheet = room.done("GET", &format!("/missions/{mission}"), None).await;
        assert_eq!(
            (sheet["assignments"][0]["id"].as_i64(), sheet["assignments"][0]["status"].as_str()),
            (draft["id"].as_i64(), Some("INVITED"))
        );
        assert_eq!(sheet["needs"][0]["filled"], 0, "no need was named");
    })
    .await;
}
