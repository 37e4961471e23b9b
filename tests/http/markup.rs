//! What people type stays text, on every page that shows it.

use super::planning::Room;
use crate::support::{each_app, escaped};
use regie::kernel::Role;
use serde_json::json;

/// Ends a text field, a title, an attribute and a comment, and begins an element that must never be one.
const HOSTILE: &str = "</textarea></title>'\"--><x-evil>";

#[tokio::test]
async fn what_is_typed_never_becomes_markup() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let (slug, owner) = (&room.shop.org.slug, test.cookie(&room.shop.owner.email).await);
        let evil = test.person(&room.shop, &format!("Eve {HOSTILE}"), Role::Tech).await.id.0;
        let project = json!({ "name": HOSTILE, "client": HOSTILE, "notes": HOSTILE });
        let project = room.done("POST", "/projects", Some(project)).await["id"].as_i64().unwrap();
        let mission = json!({ "title": HOSTILE, "place": HOSTILE, "address": HOSTILE, "contact": HOSTILE, "project_id": project,
            "starts_at": "2026-12-07T09:00", "ends_at": "2026-12-07T17:00", "notes": format!("\n{HOSTILE}\n") });
        let mission = room.done("POST", "/missions", Some(mission)).await["id"].as_i64().unwrap();
        for person in [room.karim, evil] {
            let body = json!({ "mission_id": mission, "user_id": person, "override_reason": HOSTILE });
            room.done("POST", "/assignments", Some(body)).await;
        }
        let profile = json!({ "employment_type": "CDI", "bio": HOSTILE, "tags": ["x-evil"], "skills": ["son"] });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(profile)).await;
        let template = json!({ "name": HOSTILE, "from": "2026-12-07" });
        let template = room.done("POST", "/mission-templates", Some(template)).await["id"].as_i64().unwrap();
        test.kiosk(&room.owner, HOSTILE).await;

        let base = format!("/o/{slug}");
        let shown = [
            "/audit".into(),
            "/conflicts?week=2026-12-07".into(),
            "/crew".into(),
            format!("/crew/{evil}"),
            format!("/crew/{}/profile", room.karim),
            format!("/crew/{evil}/rates"),
            format!("/crew/{evil}/hours"),
            "/figures?date=2026-12-07".into(),
            "/kiosks".into(),
            "/members".into(),
            "/missions?week=2026-12-07".into(),
            format!("/missions/{mission}"),
            format!("/missions/{mission}/candidates"),
            "/plan?date=2026-12-07".into(),
            "/plan?date=2026-12-07&rows=missions".into(),
            "/plan?date=2026-12-07&rows=projects".into(),
            "/plan?date=2026-12-07&scale=month".into(),
            "/plan/publish?week=2026-12-07".into(),
            "/projects".into(),
            format!("/projects/{project}"),
            "/punches".into(),
            "/templates".into(),
            format!("/templates/{template}"),
            "/time-off".into(),
        ];
        let mut named = 0;
        for path in shown {
            let page = test.browse("GET", &format!("{base}{path}"), &owner, "").await;
            assert!(page.status == 200 && !page.text.contains("<x-evil"), "{path}: {}", page.status);
            named += usize::from(page.text.contains("&lt;x-evil"));
        }
        assert!(named > 19, "only {named} pages name what was typed");
        // A browser drops the line break at the beginning of a text field, so there is one more.
        let notes = test.browse("GET", &format!("{base}/missions/{mission}"), &owner, "").await.text;
        let notes = notes.split("name=\"notes\"").nth(1).and_then(|rest| rest.split_once('>')).unwrap().1;
        assert!(notes.starts_with("\n&lt;/textarea>"), "{}", &notes[..60]);

        // What comes back with an error.
        let hostile = escaped(HOSTILE);
        for (path, fields) in [
            ("/crew/import", "step=preview&text="),
            ("/members/import", "step=preview&text="),
            ("/missions/new", "title=&date=x&notes="),
            ("/projects/new", "name=&notes="),
            ("/members/invite", "email=x&role=tech&message="),
        ] {
            let page = test.browse("POST", &format!("{base}{path}"), &owner, &format!("{fields}{hostile}")).await;
            assert!(!page.text.contains("<x-evil") && page.text.contains("&lt;x-evil"), "{path}: {}", page.status);
        }
    })
    .await;
}
