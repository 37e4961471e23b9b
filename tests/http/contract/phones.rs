//! Phones, as `devices`.

use super::client::{BASES, Client, Names, Stage, check, invalid, number, refused, rows, stage};
use crate::support::each_app;
use serde_json::json;

const DEVICE: Names = ("id user_id device_fingerprint device_name attestation_data registered_at last_seen_at is_revoked", "");

#[tokio::test]
async fn phones_are_registered_listed_and_revoked_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, karim, .. } = stage(&test, base, name).await;
            let nobody = Client { test: &test, base, token: String::new() };
            let phone = |mark: &str| json!({ "device_fingerprint": mark, "device_name": "Pixel", "attestation_data": "{}" });
            let first = tech.post("/devices/register", phone("a")).await;
            check(&first, 201, DEVICE);
            let body = first.json();
            assert_eq!(
                (&body["user_id"], &body["is_revoked"], &body["attestation_data"]),
                (&json!(karim), &json!(false), &json!("{}"))
            );
            let known = "Device with this fingerprint already registered for user";
            refused(&tech.post("/devices/register", phone("a")).await, 409, known);
            invalid(&tech.post("/devices/register", json!({ "device_fingerprint": "b" })).await, "device_name");
            refused(&nobody.post("/devices/register", phone("b")).await, 401, "Not authenticated");
            check(&owner.post("/devices/register", phone("a")).await, 201, DEVICE);

            let second = tech.post("/devices/register", phone("b")).await;
            let (first, second) = (number(&first, "id"), number(&second, "id"));
            let mine = tech.get("/devices/me").await;
            check(&mine, 200, DEVICE);
            assert_eq!((rows(&mine), &mine.json()[0]["id"]), (2, &json!(second)), "newest first");
            refused(&nobody.get("/devices/me").await, 401, "Not authenticated");

            let revoked = tech.post(&format!("/devices/{first}/revoke"), json!({})).await;
            check(&revoked, 200, DEVICE);
            assert_eq!(revoked.json()["is_revoked"], true);
            refused(&tech.post(&format!("/devices/{first}/revoke"), json!({})).await, 400, "Device is already revoked");
            for id in [second, 987_654] {
                let others = owner.post(&format!("/devices/{id}/revoke"), json!({})).await;
                refused(&others, 404, "Device not found or not owned by user");
            }
            assert_eq!(rows(&tech.get("/devices/me").await), 1, "revoked ones are hidden");
            assert_eq!(rows(&tech.get("/devices/me?include_revoked=true").await), 2);

            check(&owner.get("/admin/devices").await, 200, DEVICE);
            let count = async |query: &str| rows(&owner.get(&format!("/admin/devices?{query}")).await);
            assert_eq!((count("").await, count("limit=1").await, count("limit=2&offset=2").await), (3, 1, 1));
            let his = format!("user_id={karim}");
            assert_eq!((count(&his).await, count(&format!("{his}&is_revoked=true")).await), (2, 1));
            let path = format!("/admin/devices/{second}/revoke");
            refused(&tech.post(&path, json!({})).await, 403, "forbidden");
            check(&owner.post(&path, json!({})).await, 200, DEVICE);
            refused(&owner.post(&path, json!({})).await, 400, "Device is already revoked");
            refused(&owner.post("/admin/devices/987654/revoke", json!({})).await, 404, "Device not found");
            refused(&tech.get("/admin/devices").await, 403, "forbidden");
        }
    })
    .await;
}
