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

/// A job that waits for longer is not being worked on, unless the workers are busy with others.
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

/// Whether jobs are done. They may be many, or wait for a mail server that is slow: as long as the workers of this server live,
/// nobody is helped by sending requests elsewhere.
async fn queue_works(app: &App) -> DbResult<bool> {
    let counts = jobs::counts(&mut app.db.read().await?).await?;
    let now = app.clock.now();
    let is_moving = counts.oldest.is_none_or(|oldest| now.0 - oldest < STUCK_MINUTES * 60_000);
    Ok(is_moving || app.workers().is_alive(now))
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

/// Whether Redis answers. `None` when the settings name none.
async fn redis_works(app: &App) -> Option<bool> {
    Some(app.redis.as_ref()?.answers().await)
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
