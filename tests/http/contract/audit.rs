//! The audit, by the names that the predecessor gave to events.

use super::client::{BASES, Client, Names, Stage, check, number, refused, stage};
use crate::support::{PASSWORD, each_app};
use serde_json::json;

const AUDIT: Names =
    ("id event_type user_id device_id kiosk_id event_data ip_address user_agent created_at", "actor account_id request_id hash");

#[tokio::test]
async fn the_audit_is_listed_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { shop, owner, tech, karim } = stage(&test, base, name).await;
            let (kiosk, key) = test.kiosk(&owner.token, "Entrée").await;
            test.kiosk(&owner.token, "Quai").await;
            let phone = test.phone(&tech.token).await;
            let code = test.code(&tech.token, phone).await;
            for _ in 0..2 {
                test.scan(&key, json!({ "qr_token": code })).await;
            }
            let ask = async |query: &str| owner.get(&format!("/admin/audit-logs?{query}")).await;
            let found = async |query: &str| -> Vec<String> {
                let answer = ask(query).await;
                assert_eq!(answer.status, 200, "{query}: {}", answer.text);
                let list = answer.json();
                list.as_array().unwrap().iter().map(|row| row["event_type"].as_str().unwrap().to_owned()).collect()
            };
            check(&ask("").await, 200, AUDIT);
            assert_eq!(found("").await[..3], ["punch.refused", "punch.recorded", "device.registered"], "newest first");
            assert_eq!(found("limit=1&offset=1").await, ["punch.recorded"]);
            refused(&tech.get("/admin/audit-logs").await, 403, "forbidden");

            // The names that the predecessor gave.
            let validated = ask("event_type=punch_validated").await;
            check(&validated, 200, AUDIT);
            let row = &validated.json()[0];
            assert_eq!(
                (&row["user_id"], &row["device_id"], &row["kiosk_id"], &row["account_id"], &row["user_agent"]),
                (&json!(karim), &json!(phone), &json!(kiosk), &json!(null), &json!(null))
            );
            assert_eq!(found("event_type=punch_validated").await, found("event_type=punch.recorded").await);
            assert_eq!(found("event_type=punch_replay_attempt").await, ["punch.refused"]);
            assert_eq!(found("event_type=device_registered").await, ["device.registered"]);
            for none in ["punch_access_denied", "device_revoked", "onboarding_initiated", "nonsense"] {
                assert!(found(&format!("event_type={none}")).await.is_empty(), "{none}");
            }

            // By a person, a phone, a kiosk, and by several of them.
            assert_eq!(found(&format!("user_id={karim}")).await, ["punch.recorded", "device.registered"]);
            assert_eq!(found(&format!("device_id={phone}")).await, ["punch.recorded", "device.registered"]);
            let of_kiosk = ["punch.refused", "punch.recorded", "kiosk.key_issued", "kiosk.created"];
            assert_eq!(found(&format!("kiosk_id={kiosk}")).await, of_kiosk);
            assert_eq!(found(&format!("kiosk_id={kiosk}&user_id={karim}")).await, ["punch.recorded"]);
            assert_eq!(found(&format!("user_id={karim}&event_type=device_registered")).await, ["device.registered"]);
            assert_eq!(found(&format!("kiosk_id={kiosk}&device_id={phone}")).await, ["punch.recorded"]);
            assert!(found(&format!("kiosk_id={}&user_id={karim}", kiosk + 1)).await.is_empty());
            assert!(found("user_id=987654").await.is_empty());
            for row in ask(&format!("user_id={karim}")).await.json().as_array().unwrap() {
                assert_eq!(row["user_id"], karim, "what is shown is what is asked for");
            }

            // By whom, when it is a program's doing.
            let scopes = ["read", "write", "admin"];
            let program = json!({ "name": "Paie", "scopes": scopes, "days": 30, "present_password": PASSWORD });
            let program = owner.post("/auth/tokens", program).await.json()["secret"].as_str().unwrap().to_owned();
            let program = Client { test: &test, base, token: program };
            assert_eq!(program.patch(&format!("/admin/kiosks/{kiosk}"), json!({ "location": "Cour" })).await.status, 200);
            let mine = format!("event_type=kiosk.changed&account_id={}", shop.owner.id);
            assert_eq!(found(&mine).await, ["kiosk.changed"]);
            let row = &ask(&mine).await.json()[0];
            assert_eq!((&row["account_id"], &row["user_id"]), (&json!(shop.owner.id.0), &json!(null)), "she is not in the crew");
            let hers = number(
                &owner.post("/devices/register", json!({ "device_fingerprint": "p", "device_name": "P" })).await,
                "user_id",
            );
            assert_eq!(found(&format!("event_type=kiosk.changed&user_id={hers}")).await, ["kiosk.changed"], "now she is");

            let shown = test.code(&tech.token, phone).await;
            assert_eq!(tech.post(&format!("/devices/{phone}/revoke"), json!({})).await.status, 200);
            test.scan(&key, json!({ "qr_token": shown })).await;
            assert_eq!(found("event_type=punch_access_denied").await, ["punch.refused"]);
            assert_eq!(found("event_type=punch_replay_attempt").await.len(), 1);
            assert_eq!(found(&format!("event_type=device_revoked&device_id={phone}")).await, ["device.revoked"]);
        }
    })
    .await;
}
