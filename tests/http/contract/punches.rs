//! Codes of badges, and the punches that they become.

use super::client::{BASES, Client, Names, Stage, check, refused, rows, stage};
use crate::support::each_app;
use serde_json::json;

const PUNCH: Names = ("id user_id device_id kiosk_id punch_type punched_at jwt_jti created_at", "");

#[tokio::test]
async fn codes_become_punches_as_was_promised() {
    const RECORDED: Names = ("success message punch_id punched_at user_id device_id punch_type", "name minutes_today");
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, karim, .. } = stage(&test, base, name).await;
            let nobody = Client { test: &test, base, token: String::new() };
            let (kiosk, key) = test.kiosk(&owner.token, "Entrée").await;
            let phone = test.phone(&tech.token).await;
            let issued = tech.post("/punch/request-token", json!({ "device_id": phone })).await;
            check(&issued, 200, ("qr_token expires_in expires_at", ""));
            assert_eq!(issued.json()["expires_in"], 30);
            let code = issued.json()["qr_token"].as_str().unwrap().to_owned();
            for id in [phone, 987_654] {
                let others = owner.post("/punch/request-token", json!({ "device_id": id })).await;
                refused(&others, 404, "Device not found or not owned by user");
            }
            refused(&nobody.post("/punch/request-token", json!({ "device_id": phone })).await, 401, "Not authenticated");

            let scan = async |code: &str, kind: &str| {
                let body = json!({ "qr_token": code, "kiosk_id": kiosk, "punch_type": kind });
                owner.kiosk("POST", "/punch/validate", &key, Some(body)).await
            };
            let recorded = scan(&code, "clock_in").await;
            check(&recorded, 200, RECORDED);
            let body = recorded.json();
            assert_eq!(body["message"], "Punch clock_in recorded successfully");
            assert_eq!(
                (&body["success"], &body["user_id"], &body["device_id"], &body["punch_type"]),
                (&json!(true), &json!(karim), &json!(phone), &json!("clock_in"))
            );
            refused(&scan(&code, "clock_in").await, 400, "Token has already been used (replay attack detected)");
            let forged = base45::encode([7; 16]);
            refused(&scan(&forged, "clock_in").await, 400, "Token not found in tracking database (may be forged)");
            assert_eq!(scan("a.b.c", "clock_in").await.status, 400);
            let late = test.code(&tech.token, phone).await;
            test.app.clock.advance_seconds(120);
            refused(&scan(&late, "clock_out").await, 400, "Token has expired");
            let out = test.code(&tech.token, phone).await;
            let out = scan(&out, "clock_out").await;
            check(&out, 200, RECORDED);
            assert_eq!(out.json()["message"], "Punch clock_out recorded successfully");

            let validate = json!({ "qr_token": code, "kiosk_id": kiosk, "punch_type": "clock_in" });
            let missing = nobody.post("/punch/validate", validate.clone()).await;
            refused(&missing, 401, "Missing API key (X-Kiosk-API-Key header required)");
            let unknown = nobody.kiosk("POST", "/punch/validate", "rk_nobody", Some(validate)).await;
            refused(&unknown, 401, "Invalid API key");
            let other = json!({ "qr_token": code, "kiosk_id": kiosk + 1, "punch_type": "clock_in" });
            refused(&owner.kiosk("POST", "/punch/validate", &key, Some(other)).await, 403, "forbidden");

            let history = tech.get("/punch/history").await;
            check(&history, 200, PUNCH);
            let list = history.json();
            assert_eq!(
                (&list[0]["punch_type"], &list[1]["punch_type"]),
                (&json!("clock_out"), &json!("clock_in")),
                "newest first"
            );
            assert_eq!((&list[1]["id"], &list[1]["kiosk_id"]), (&body["punch_id"], &json!(kiosk)));
            assert!(list[0]["jwt_jti"].is_string() && list[0]["jwt_jti"] != list[1]["jwt_jti"], "{list}");
            assert_eq!(rows(&tech.get("/punch/history?limit=1").await), 1);
            assert_eq!(rows(&tech.get("/punch/history?limit=500&offset=2").await), 0);
            assert_eq!(rows(&owner.get("/punch/history").await), 0);
            refused(&nobody.get("/punch/history").await, 401, "Not authenticated");
            check(&owner.get("/admin/punches").await, 200, PUNCH);
            assert_eq!(rows(&owner.get(&format!("/admin/punches?user_id={karim}")).await), 2);
            refused(&tech.get("/admin/punches").await, 403, "forbidden");

            let shown = test.code(&tech.token, phone).await;
            assert_eq!(tech.post(&format!("/devices/{phone}/revoke"), json!({})).await.status, 200);
            refused(&scan(&shown, "clock_in").await, 403, "Device has been revoked");
            refused(&tech.post("/punch/request-token", json!({ "device_id": phone })).await, 403, "Device has been revoked");
            assert_eq!(owner.patch(&format!("/admin/kiosks/{kiosk}"), json!({ "is_active": false })).await.status, 200);
            refused(&scan(&code, "clock_in").await, 403, "Kiosk is not active");
        }
    })
    .await;
}
