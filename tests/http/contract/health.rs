//! What machines hear that ask how the server fares.

use super::client::check;
use crate::support::{each_app, each_app_with};
use regie::platform::config::Config;
use regie::platform::secret::Secret;
use serde_json::json;

#[tokio::test]
async fn health_is_told_as_was_promised() {
    each_app(async |test| {
        let get = async |path: &str| test.api("GET", path, "", None).await;
        for (path, names) in [
            ("/health", ("status db", "")),
            ("/health/db", ("status database redis", "engine")),
            ("/healthz", ("status timestamp version", "")),
            ("/livez", ("status", "")),
            ("/readyz", ("status", "database migrations jobs")),
        ] {
            check(&get(path).await, 200, names);
        }
        assert_eq!(get("/health").await.json(), json!({ "status": "ok", "db": "ok" }));
        assert_eq!(get("/livez").await.json()["status"], "live");
        assert_eq!(get("/readyz").await.json()["status"], json!({ "db": "ok", "ok": true }));
        assert_eq!(get("/healthz").await.json()["status"], "healthy");
        let database = get("/health/db").await.json();
        assert_eq!(
            (&database["status"], &database["database"], &database["redis"]),
            (&json!("ok"), &json!(true), &json!(false)),
            "without a Redis nothing is missing"
        );
        let metrics = get("/metrics").await;
        assert_eq!(metrics.status, 200);
        for name in ["http_requests_total", "app_requests_total", "app_request_duration_seconds", "app_inflight_requests"] {
            assert!(metrics.text.contains(name), "{name}");
        }
        assert_eq!((get("/openapi.json").await.status.as_u16(), get("/docs").await.status.as_u16()), (200, 200));
        assert_eq!(get("/redoc").await.headers["location"], "/docs");
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_is_gone_is_told() {
    // Nobody listens on the discard port.
    let gone = |config: &mut Config| config.cache.redis_url = Secret::new("redis://127.0.0.1:9/".into());
    each_app_with(gone, async |test| {
        let answer = test.api("GET", "/health/db", "", None).await;
        let body = answer.json();
        assert_eq!(answer.status, 200, "the lists come from the database");
        assert_eq!((&body["status"], &body["database"], &body["redis"]), (&json!("degraded"), &json!(true), &json!(false)));
    })
    .await;
}
