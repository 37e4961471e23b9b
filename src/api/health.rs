//! Whether the server lives, is ready, and how it fares.

use crate::kernel::zone;
use crate::platform::db::{DbResult, EngineKind};
use crate::platform::{App, jobs, telemetry};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A job that waits for longer is not being worked on, unless the workers are busy with others.
const STUCK_MINUTES: i64 = 5;

/// What machines poll. Nobody is asked who they are.
pub fn routes() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready)).routes(routes!(healthz));
    routes.routes(routes!(health)).routes(routes!(health_db))
}

/// What is counted.
pub fn metrics_routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

/// What machines poll, and what is counted, for an address of their own.
pub fn meter_routes() -> Router<App> {
    let (health, _) = routes().split_for_parts();
    health.merge(metrics_routes())
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

const fn up_or_down(works: bool) -> &'static str {
    if works { "ok" } else { "down" }
}

/// A server that answers.
#[derive(Serialize, ToSchema)]
pub struct LiveBody {
    /// `live`.
    status: &'static str,
}

/// Whether the server lives. It looks at nothing.
#[utoipa::path(get, path = "/livez", operation_id = "is_live", tag = "server", security(()), responses((status = 200, body = LiveBody)))]
pub async fn live() -> Json<LiveBody> {
    Json(LiveBody { status: "live" })
}

/// Whether all is there, in short.
#[derive(Serialize, ToSchema)]
pub struct ReadyStatusBody {
    /// `ok` or `down`.
    db: &'static str,
    ok: bool,
}

/// What is there, and what is not.
#[derive(Serialize, ToSchema)]
pub struct ReadyBody {
    status: ReadyStatusBody,
    database: bool,
    /// Whether the schema is as new as the program.
    migrations: bool,
    /// Whether jobs are being done.
    jobs: bool,
}

/// Whether requests can be sent here. Database, migrations and the queue of jobs are looked at.
#[utoipa::path(get, path = "/readyz", operation_id = "is_ready", tag = "server", security(()), responses((status = 200, body = ReadyBody), (status = 503, description = "Something is not there, or it cannot be told now.", body = ReadyBody)))]
pub async fn ready(State(app): State<App>) -> Response {
    let database = database_works(&app).await;
    let migrations = database && app.db.pending_migrations().await.is_ok_and(|pending| pending == 0);
    let queue = database && queue_works(&app).await.unwrap_or(false);
    let all = database && migrations && queue;
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let told = ReadyStatusBody { db: up_or_down(database), ok: all };
    (status, Json(ReadyBody { status: told, database, migrations, jobs: queue })).into_response()
}

/// The server's version and time.
#[derive(Serialize, ToSchema)]
pub struct VersionBody {
    /// `healthy`.
    status: &'static str,
    timestamp: String,
    version: &'static str,
}

/// Which version answers, and what time it has.
#[utoipa::path(get, path = "/healthz", operation_id = "read_version", tag = "server", security(()), responses((status = 200, body = VersionBody)))]
pub async fn healthz(State(app): State<App>) -> Json<VersionBody> {
    Json(VersionBody { status: "healthy", timestamp: zone::utc(app.clock.now()), version: env!("CARGO_PKG_VERSION") })
}

/// Whether the database answers, in a word.
#[derive(Serialize, ToSchema)]
pub struct HealthBody {
    /// `ok`: the server answers.
    status: &'static str,
    /// `ok` or `down`.
    db: &'static str,
}

/// Whether the server and its database answer.
#[utoipa::path(get, path = "/health", operation_id = "read_health", tag = "server", security(()), responses((status = 200, body = HealthBody)))]
pub async fn health(State(app): State<App>) -> Json<HealthBody> {
    Json(HealthBody { status: "ok", db: up_or_down(database_works(&app).await) })
}

/// How what the server keeps things in fares.
#[derive(Serialize, ToSchema)]
pub struct DatabaseHealthBody {
    /// `ok` or `degraded`: the database does not answer, or a Redis that the settings name.
    status: &'static str,
    database: bool,
    /// `false` also where the settings name none.
    redis: bool,
    /// `sqlite` or `postgres`.
    engine: &'static str,
}

/// Whether Redis answers. `None` when the settings name none.
async fn redis_works(app: &App) -> Option<bool> {
    Some(app.redis.as_ref()?.answers().await)
}

/// Whether the database and Redis answer. Degraded is also who was promised a Redis and has to do without.
#[utoipa::path(get, path = "/health/db", operation_id = "read_database_health", tag = "server", security(()), responses((status = 200, body = DatabaseHealthBody)))]
pub async fn health_db(State(app): State<App>) -> Json<DatabaseHealthBody> {
    let (database, redis) = (database_works(&app).await, redis_works(&app).await);
    let engine = if app.db.engine() == EngineKind::Sqlite { "sqlite" } else { "postgres" };
    let status = if database && redis != Some(false) { "ok" } else { "degraded" };
    Json(DatabaseHealthBody { status, database, redis: redis == Some(true), engine })
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
