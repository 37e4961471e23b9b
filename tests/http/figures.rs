//! The plan in numbers.

use super::planning::Room;
use crate::support::each_app;
use regie::kernel::Role;
use serde_json::json;

#[tokio::test]
async fn figures_are_drawn_with_a_table_behind_each() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let cookie = room.manager_cookie().await;
        let base = format!("/o/{}", room.shop.org.slug);
        let see = async |query: &str| test.browse("GET", &format!("{base}/figures{query}"), &cookie, "").await.text;
        assert!(see("").await.contains("Personne n’est affecté"));
        let rate = json!({ "unit": "hour", "amount": 20, "from_date": "2026-11-01" });
        room.done("POST", &format!("/rates/user/{}", room.karim), Some(rate)).await;
        let project = room.project("Tournée").await;
        let body = json!({ "title": "Montage", "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-01T18:00", "break_minutes": 60,
            "role": "Son", "project_id": project });
        let mission = room.done("POST", "/missions", Some(body)).await;
        let need = &mission["needs"][0]["id"];
        room.done("POST", "/assignments", Some(json!({ "mission_id": mission["id"], "user_id": room.karim, "need_id": need }))).await;
        room.done("POST", "/assignments", Some(json!({ "mission_id": mission["id"], "user_id": nora, "status": "DRAFT" }))).await;
        let page = see("").await;
        for said in [
            "2 personnes, 18\u{a0}h",
            "Places pourvues\u{a0}: 1 sur 1, soit 100\u{a0}%",
            "Tournée\u{a0}: 180,00\u{a0}€",
            "Une affectation sans tarif",
            "S49 · 30 novembre 2026",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert_eq!(page.matches("<table").count(), 3);
        assert!(page.contains("class=\"bar\"") && !page.contains("style=\""));
        assert!(see("?week=2027-06-01").await.contains("Personne n’est affecté"), "there is nothing in summer");
    })
    .await;
}
