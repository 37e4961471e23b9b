//! Somebody's own missions: as they were told, with what changed since the time before, and who else is there.

use super::planning::Room;
use crate::support::{TestApp, between, each_app, link_of};
use regie::kernel::Role;
use serde_json::{Value, json};

/// Karim and Lou on one mission of the 7th of December, told.
struct Team {
    room: Room,
    mission: i64,
    cookie: String,
    page: String,
}

impl Team {
    async fn told(test: &TestApp) -> Self {
        let room = Room::open(test, "Théâtre du Mail").await;
        let lou = test.person(&room.shop, "Lou", Role::Tech).await.id.0;
        let new = json!({ "title": "Montage", "place": "Grande salle", "starts_at": "2026-12-07T09:00",
            "ends_at": "2026-12-07T17:00", "break_minutes": 60, "needs": [{ "role": "Son" }, { "role": "Plateau" }] });
        let mission = room.done("POST", "/missions", Some(new)).await;
        for (n, person) in [room.karim, lou].into_iter().enumerate() {
            let body = json!({ "mission_id": mission["id"], "user_id": person, "need_id": mission["needs"][n]["id"], "status": "DRAFT" });
            room.done("POST", "/assignments", Some(body)).await;
        }
        let cookie = test.cookie("karim@theatre-du-mail.example").await;
        let page = format!("/o/{}/missions", room.shop.org.slug);
        let team = Self { room, mission: mission["id"].as_i64().unwrap(), cookie, page };
        team.publish().await;
        team
    }

    /// Publishes, a minute later.
    async fn publish(&self) {
        self.room.test.app.clock.advance_seconds(60);
        let span = json!({ "from": "2026-12-01", "to": "2026-12-31" });
        self.room.done("POST", "/publish", Some(span)).await;
    }

    async fn change(&self, to: Value) {
        let path = format!("/missions/{}", self.mission);
        let version = self.room.done("GET", &path, None).await["version"].clone();
        let mut body = to;
        body["version"] = version;
        self.room.done("PUT", &path, Some(body)).await;
    }

    async fn see(&self) -> String {
        self.room.test.browse("GET", &self.page, &self.cookie, "").await.text
    }

    /// Answers what the page asks.
    async fn answer(&self, form: &str) -> u16 {
        let html = self.see().await;
        let action = between(&html, &format!("{}/answers/", self.page), "\"").unwrap();
        self.room.test.browse("POST", &format!("{}/answers/{action}", self.page), &self.cookie, form).await.status.as_u16()
    }
}

#[tokio::test]
async fn a_move_is_the_managers_own_until_it_is_published_and_then_says_what_was() {
    each_app(async |test| {
        let team = Team::told(&test).await;
        assert_eq!(team.answer("accept=true").await, 303);
        team.change(json!({ "ends_at": "2026-12-07T16:45" })).await;
        let html = team.see().await;
        assert!(html.contains("17:00") && !html.contains("16:45"), "a draft is nobody's news");
        team.publish().await;
        let html = team.see().await;
        assert!(html.contains("Fin avancée de 17:00 à 16:45") && !html.contains("reply"), "a small move asks nothing");

        team.change(json!({ "starts_at": "2026-12-08T10:00", "ends_at": "2026-12-08T18:00", "place": "Studio" })).await;
        team.publish().await;
        let html = team.see().await;
        let was = "Déplacée\u{a0}: c’était lundi 7 décembre, 09:00 – 16:45 · Autre lieu\u{a0}: c’était Grande salle";
        assert!(html.contains(was) && html.contains("reply"), "a large one asks again: {html}");
        test.run_jobs().await;
        let mail = test.mail_to("karim@theatre-du-mail.example").await;
        assert!(mail.text_body.contains(was), "{}", mail.text_body);
        let link = link_of(&mail);
        let linked = test.browse("GET", &link, "", "").await.text;
        assert!(linked.contains(was) && !linked.contains("Lou"), "who holds a link is told of nobody else");
        assert_eq!(team.answer("accept=true").await, 303);
        assert!(!team.see().await.contains("c’était"), "what was answered is known");
    })
    .await;
}

#[tokio::test]
async fn colleagues_are_those_who_were_told_and_stay() {
    each_app(async |test| {
        let team = Team::told(&test).await;
        assert!(team.see().await.contains("Avec Lou (Plateau)"));
        let nora = test.person(&team.room.shop, "Nora", Role::Tech).await.id.0;
        let body = json!({ "mission_id": team.mission, "user_id": nora, "status": "DRAFT" });
        team.room.done("POST", "/assignments", Some(body)).await;
        assert!(!team.see().await.contains("Nora"), "a draft is the manager's own");
        team.publish().await;
        assert!(team.see().await.contains("Avec Lou (Plateau), Nora"));
        let lou = test.cookie("lou@theatre-du-mail.example").await;
        let hers = test.browse("GET", &team.page, &lou, "").await.text;
        let action = between(&hers, &format!("{}/answers/", team.page), "\"").unwrap();
        assert_eq!(test.browse("POST", &format!("{}/answers/{action}", team.page), &lou, "accept=false").await.status, 303);
        assert!(team.see().await.contains("Avec Nora") && !team.see().await.contains("Lou"));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_is_explained_where_it_was_given() {
    each_app(async |test| {
        let team = Team::told(&test).await;
        assert_eq!(team.answer("accept=true").await, 303);
        let other = json!({ "title": "Réglages", "starts_at": "2026-12-07T16:00", "ends_at": "2026-12-07T20:00" });
        let other = team.room.done("POST", "/missions", Some(other)).await["id"].clone();
        let body =
            json!({ "mission_id": other, "user_id": team.room.karim, "override_reason": "Il passe d’une salle à l’autre." });
        team.room.done("POST", "/assignments", Some(body)).await;
        let html = team.see().await;
        let ask = html.split("class=\"card reply").nth(1).unwrap();
        let action = between(ask, "action=\"", "\"").unwrap();
        let refused = test.browse("POST", action, &team.cookie, "accept=true").await;
        assert!(refused.status.is_client_error() && refused.text.contains("class=\"card reply"), "{}", refused.status);
        assert_eq!(test.browse("POST", &format!("{}/answers/987654", team.page), &team.cookie, "accept=true").await.status, 404);
    })
    .await;
}
