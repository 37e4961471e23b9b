//! Kiosks: their management, and what they report.

use super::client::{BASES, Names, Stage, check, invalid, number, refused, rows, stage};
use crate::support::each_app;
use serde_json::json;

const KIOSK: Names =
    ("id kiosk_name location device_fingerprint ip_address public_key is_active created_at last_heartbeat_at", "");

#[tokio::test]
async fn kiosks_are_managed_and_report_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, .. } = stage(&test, base, name).await;
            let whole = json!({ "kiosk_name": "Entrée", "location": "Cour", "device_fingerprint": "tablet-1",
                "ip_address": "203.0.113.7", "public_key": "-----BEGIN PUBLIC KEY-----" });
            let made = owner.post("/admin/kiosks", whole).await;
            check(&made, 201, KIOSK);
            let body = made.json();
            assert_eq!((&body["device_fingerprint"], &body["is_active"]), (&json!("tablet-1"), &json!(true)));
            assert_eq!((&body["ip_address"], &body["public_key"]), (&json!(null), &json!(null)), "taken, and not kept");
            let namesake = json!({ "kiosk_name": "Entrée", "location": "Cour", "device_fingerprint": "tablet-0" });
            refused(&owner.post("/admin/kiosks", namesake).await, 409, "Kiosk with this name already exists");
            let twin = json!({ "kiosk_name": "Quai", "location": "Cour", "device_fingerprint": "tablet-1" });
            let twin = owner.post("/admin/kiosks", twin).await;
            refused(&twin, 409, "Kiosk with this fingerprint already exists");
            assert_eq!(twin.json()["errors"][0]["field"], "device_fingerprint");
            invalid(&owner.post("/admin/kiosks", json!({ "kiosk_name": "Quai" })).await, "location");
            let short = owner.post("/admin/kiosks", json!({ "kiosk_name": "Quai", "location": "Cour" })).await;
            check(&short, 201, KIOSK);
            assert!(short.json()["device_fingerprint"].as_str().unwrap().starts_with("kiosk-"));
            let (id, quay) = (number(&made, "id"), number(&short, "id"));
            let path = format!("/admin/kiosks/{id}");

            let changed = json!({ "location": "Jardin", "ip_address": "203.0.113.8", "is_active": false });
            let changed = owner.patch(&path, changed).await;
            check(&changed, 200, KIOSK);
            let body = changed.json();
            assert_eq!(
                (&body["kiosk_name"], &body["location"], &body["is_active"], &body["ip_address"]),
                (&json!("Entrée"), &json!("Jardin"), &json!(false), &json!(null))
            );
            let taken = owner.patch(&path, json!({ "kiosk_name": "Quai" })).await;
            refused(&taken, 409, "Kiosk with this name already exists");
            check(&owner.get("/admin/kiosks").await, 200, KIOSK);
            let count = async |query: &str| rows(&owner.get(&format!("/admin/kiosks?{query}")).await);
            assert_eq!((count("").await, count("is_active=false").await, count("limit=1&offset=2").await), (2, 1, 0));
            assert_eq!(owner.patch(&path, json!({ "is_active": true })).await.status, 200);

            let keyed = owner.post(&format!("{path}/generate-api-key"), json!({})).await;
            check(&keyed, 200, ("kiosk_id kiosk_name location api_url api_key device_fingerprint", ""));
            let key = keyed.json()["api_key"].as_str().unwrap().to_owned();
            let beat = json!({ "app_version": "1.4.0", "device_info": "Tab A8" });
            let beaten = owner.kiosk("POST", "/kiosk/heartbeat", &key, Some(beat.clone())).await;
            let told = "success message kiosk_id last_heartbeat_at server_time";
            check(&beaten, 200, (told, "clock_offset_seconds clock_differs"));
            let state = owner.kiosk("GET", "/kiosk/status", &key, None).await;
            let told = "kiosk_id kiosk_name location is_active last_heartbeat_at app_version device_info is_online offline_duration_seconds";
            check(&state, 200, (told, ""));
            let (state, beaten) = (state.json(), beaten.json());
            assert_eq!((&state["last_heartbeat_at"], &state["is_online"]), (&beaten["last_heartbeat_at"], &json!(true)), "it is kept");
            assert_eq!((&state["app_version"], &state["device_info"]), (&beat["app_version"], &beat["device_info"]));
            let missing = owner.post("/kiosk/heartbeat", beat.clone()).await;
            refused(&missing, 401, "Missing API key (X-Kiosk-API-Key header required)");
            refused(&owner.kiosk("POST", "/kiosk/heartbeat", "rk_nobody", Some(beat.clone())).await, 401, "Invalid API key");
            assert_eq!(owner.patch(&path, json!({ "is_active": false })).await.status, 200);
            refused(&owner.kiosk("POST", "/kiosk/heartbeat", &key, Some(beat)).await, 403, "Kiosk is not active");

            let nowhere = "/admin/kiosks/987654";
            refused(&owner.patch(nowhere, json!({ "location": "Cour" })).await, 404, "Kiosk not found");
            refused(&owner.delete(nowhere).await, 404, "Kiosk not found");
            refused(&owner.post(&format!("{nowhere}/generate-api-key"), json!({})).await, 404, "Kiosk not found");
            for answer in [
                tech.get("/admin/kiosks").await,
                tech.post("/admin/kiosks", json!({ "kiosk_name": "Cave", "location": "Cour" })).await,
                tech.patch(&path, json!({})).await,
                tech.delete(&path).await,
                tech.post(&format!("{path}/generate-api-key"), json!({})).await,
            ] {
                refused(&answer, 403, "forbidden");
            }
            assert_eq!(owner.delete(&format!("/admin/kiosks/{quay}")).await.status, 204);
            refused(&owner.delete(&format!("/admin/kiosks/{quay}")).await, 404, "Kiosk not found");
        }
    })
    .await;
}
