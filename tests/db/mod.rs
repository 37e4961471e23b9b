//! The database layer, on both engines.
//!
//! `REGIE_TEST_POSTGRES` is the URL of a server on which databases may be made; without it PostgreSQL is skipped.
mod durability;
mod encryption;
mod engines;
mod filters;
mod migrations;
mod outages;
mod privacy;
mod storm;
mod taint;
mod writer;

use futures_util::FutureExt;
use regie::platform::db::{Db, EngineKind, Limits};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, resume_unwind};

/// A database of its own for one test.
pub struct Place {
    pub url: String,
    pub engine: EngineKind,
}

impl Place {
    pub async fn connect(&self, limits: Limits) -> Db {
        Db::connect(&self.url, limits).await.unwrap()
    }
}

/// Runs the test on an empty database of each engine.
pub async fn each_engine(test: impl AsyncFn(Db)) {
    each_place(async |place| test(place.connect(Limits::default()).await).await).await;
}

/// As `each_engine`, for tests that connect by themselves.
pub async fn each_place(test: impl AsyncFn(&Place)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

pub async fn on_sqlite(test: impl AsyncFn(&Place)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    test(&Place { url, engine: EngineKind::Sqlite }).await;
}

pub async fn on_postgres(test: impl AsyncFn(&Place)) {
    let Some(admin) = postgres_url() else {
        eprintln!("REGIE_TEST_POSTGRES is not set: PostgreSQL is skipped");
        return;
    };
    let name = format!("test_{:016x}", RandomState::new().hash_one("database"));
    let mut conn = PgConnection::connect(&admin).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.unwrap();
    let (server, options) = admin.split_once('?').map_or((admin.as_str(), None), |(url, options)| (url, Some(options)));
    let (server, _) = server.rsplit_once('/').unwrap();
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    let place = Place { url: format!("{server}/{name}{options}"), engine: EngineKind::Postgres };
    let outcome = AssertUnwindSafe(test(&place)).catch_unwind().await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut conn).await.unwrap();
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

#[expect(clippy::disallowed_methods, reason = "tells the tests where PostgreSQL is; nothing of the program's")]
pub fn postgres_url() -> Option<String> {
    std::env::var("REGIE_TEST_POSTGRES").ok()
}

/// Runs in the background of a test.
#[expect(clippy::disallowed_methods, reason = "a test plays many callers at once")]
pub fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> tokio::task::JoinHandle<T> {
    tokio::spawn(work)
}

/// Another process that runs one ignored test of this binary.
pub fn child(test: &str, url: &str) -> std::process::Command {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test, "--ignored", "--nocapture"]).env("REGIE_TEST_CHILD", url);
    child
}

/// What `child` was told; none when the ignored test is run by hand.
#[expect(clippy::disallowed_methods, reason = "how one test process talks to another")]
pub fn child_url() -> Option<String> {
    std::env::var("REGIE_TEST_CHILD").ok()
}

/// `db::storm::name` as the test runner calls it, from `module_path!()`.
pub fn test_name(module: &str, name: &str) -> String {
    let (_, module) = module.split_once("::").unwrap();
    format!("{module}::{name}")
}

pub async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read().await.unwrap().query(sql).scalar().await.unwrap()
}
