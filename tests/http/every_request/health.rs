//! What machines hear that ask how the server fares.

use crate::support::{TestApp, each_app};
use regie::platform::db::EngineKind;
use serde_json::{Value, json};

/// What machines that ask hear.
async fn health(test: &TestApp) -> Vec<(u16, Value)> {
    let mut heard = Vec::new();
    for path in ["/livez", "/readyz", "/healthz", "/health", "/health/db"] {
        let answer = test.get(path).await;
        heard.push((answer.status.as_u16(), answer.json()));
    }
    heard
}

#[tokio::test]
async fn machines_that_ask_hear_how_the_server_fares() {
    each_app(async |test| {
        let engine = if test.app.db.engine() == EngineKind::Sqlite { "sqlite" } else { "postgres" };
        let alive = (200_u16, json!({ "status": "live" }));
        let version = env!("CARGO_PKG_VERSION");
        let here = (200, json!({ "status": "healthy", "timestamp": "2026-11-21T08:00:00.000Z", "version": version }));
        let well = [
            alive.clone(),
            (200, json!({ "status": { "db": "ok", "ok": true }, "database": true, "migrations": true, "jobs": true })),
            here.clone(),
            (200, json!({ "status": "ok", "db": "ok" })),
            (200, json!({ "status": "ok", "database": true, "redis": false, "engine": engine })),
        ];
        assert_eq!(health(&test).await, well);
        test.app.db.close().await.unwrap();
        let down = [
            alive,
            (503, json!({ "status": { "db": "down", "ok": false }, "database": false, "migrations": false, "jobs": false })),
            here,
            (200, json!({ "status": "ok", "db": "down" })),
            (200, json!({ "status": "degraded", "database": false, "redis": false, "engine": engine })),
        ];
        assert_eq!(health(&test).await, down);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_ready_is_named() {
    each_app(async |test| {
        let ready = async || {
            let answer = test.get("/readyz").await;
            let body = answer.json();
            let parts = ["database", "migrations", "jobs"].map(|part| body[part].as_bool().unwrap());
            assert_eq!(body["status"]["ok"], parts == [true; 3]);
            (answer.status.as_u16(), parts)
        };
        test.enqueue("mail.send", "1").await;
        test.app.clock.advance_seconds(5 * 60 - 1);
        assert_eq!(ready().await, (200, [true; 3]), "a job may wait for a while");
        test.app.clock.advance_seconds(1);
        assert_eq!(ready().await, (503, [true, true, false]), "nobody does it");
        test.change("UPDATE jobs SET state = 'dead'").await;
        assert_eq!(ready().await, (200, [true; 3]), "what was put aside waits for nobody");
        test.change("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)").await;
        assert_eq!(ready().await, (503, [true, false, true]), "the program is newer than the schema");
    })
    .await;
}
