//! Whether the server lives, is ready, and how it fares.

use crate::kernel::zone;
use crate::platform::db::{DbResult, EngineKind};
use crate::platform::{App, jobs, telemetry};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use serde_json::json;

/// A queue whose oldest job waits for longer is not being worked on.
const STUCK_MINUTES: i64 = 5;

/// The routes that machines poll.
pub fn health_routes(with_metrics: bool) -> Router<App> {
    let routes = Router::new()
        .route("/livez", get(async || axum::Json(json!({ "status": "live" }))))
        .route("/readyz", get(ready))
        .route("/healthz", get(healthz))
        .route("/health", get(health))
        .route("/health/db", get(health_db));
    if with_metrics { routes.route("/metrics", get(metrics)) } else { routes }
}

async fn database_works(app: &App) -> bool {
    app.db.ping().await.is_ok()
}

async fn queue_works(app: &App) -> DbResult<bool> {
    let counts = jobs::counts(&mut app.db.read().await?).await?;
    let now = app.clock.now();
    Ok(counts.oldest.is_none_or(|oldest| now.0 - oldest < STUCK_MINUTES * 60_000))
}

async fn ready(State(app): State<App>) -> Response {
    let database = database_works(&app).await;
    let migrations = database && app.db.pending_migrations().await.is_ok_and(|pending| pending == 0);
    let queue = database && queue_works(&app).await.unwrap_or(false);
    let all = database && migrations && queue;
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let told = json!({ "db": if database { "ok" } else { "down" }, "ok": all });
    let body = json!({ "status": told, "database": database, "migrations": migrations, "jobs": queue });
    (status, axum::Json(body)).into_response()
}

async fn healthz(State(app): State<App>) -> Response {
    axum::Json(json!({ "status": "healthy", "timestamp": zone::utc(app.clock.now()), "version": env!("CARGO_PKG_VERSION") }))
        .into_response()
}

async fn health(State(app): State<App>) -> Response {
    let db = if database_works(&app).await { "ok" } else { "down" };
    axum::Json(json!({ "status": "ok", "db": db })).into_response()
}

/// Whether Redis answers: what was kept there is there. `None` when the settings name none, or nothing is to be kept.
async fn redis_works(app: &App) -> Option<bool> {
    let settings = &app.config.cache;
    if settings.redis_url.reveal().is_empty() || settings.ttl_seconds == 0 {
        return None;
    }
    let now = app.clock.now();
    app.cache.put("health", "ok", now).await;
    Some(app.cache.get("health", now).await.is_some())
}

/// Degraded is also who was promised a Redis and has to do without.
async fn health_db(State(app): State<App>) -> Response {
    let (database, redis) = (database_works(&app).await, redis_works(&app).await);
    let engine = if app.db.engine() == EngineKind::Sqlite { "sqlite" } else { "postgres" };
    let status = if database && redis != Some(false) { "ok" } else { "degraded" };
    let body = json!({ "status": status, "database": database, "redis": redis == Some(true), "engine": engine });
    axum::Json(body).into_response()
}

async fn metrics(State(app): State<App>) -> Response {
    let Some(handle) = telemetry::metrics() else { return (StatusCode::NOT_FOUND, "metrics disabled").into_response() };
    let stats = app.db.pool_stats();
    metrics::gauge!("db_readers_in_use").set(f64::from(stats.readers_in_use));
    metrics::gauge!("db_writers_in_use").set(f64::from(stats.writers_in_use));
    if let Ok(mut read) = app.db.read().await
        && let Ok(counts) = jobs::counts(&mut read).await
    {
        metrics::gauge!("jobs_waiting").set(counts.waiting as f64);
        metrics::gauge!("jobs_dead").set(counts.dead as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}
