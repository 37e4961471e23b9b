//! Everything that differs between SQLite and PostgreSQL: how to connect, what errors mean, the few statements
//! that have no common form. Nothing outside of `platform::db` knows which engine it talks to.
use super::{DbResult, Limits};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use std::{str::FromStr, time::Duration};

/// Which database this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// One file, one writer, embedded.
    Sqlite,
    /// A server, for many of ours.
    Postgres,
}

/// Statements are prepared once per connection; this many are kept.
const STATEMENTS: usize = 512;
/// How long SQLite waits for a lock of another process (a backup, a command run by hand).
const OTHER_PROCESS: Duration = Duration::from_secs(5);
/// The write-ahead log shrinks to this after a burst. What lies below is written over: the disk need not find room for it again
/// at each COMMIT, so it is more than [`WAL_PAGES`].
const WAL_BYTES: &str = "150994944";
/// As many pages, as they are written, are copied to the database at once. That takes two writes to the disk that everybody
/// waits for, and what changes again and again is copied once: SQLite's own 1000 pages are 200 punches.
pub(super) const WAL_PAGES: i64 = 32_768;
/// SQLite's log: whether it is in use, its pages, and how many of them are in the database.
pub(super) const SQLITE_LOG_LENGTH: &str = "PRAGMA wal_checkpoint(NOOP)";
/// Copies what no reader still needs of the log to the database.
pub(super) const SQLITE_COPY_LOG: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Whether there is a table of that name: `$1`.
pub(super) const fn table_exists(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::Sqlite => "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)",
        EngineKind::Postgres => "SELECT to_regclass($1) IS NOT NULL",
    }
}

/// PostgreSQL's locks on keys, one after the other, until the transaction ends.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(column1) FROM (VALUES {}) AS keys";
/// Waits for another server's migration, however long it takes. Two-number locks cannot collide with [`LOCK`]'s.
pub(super) const MIGRATION_LOCK: &str = "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(20060, 1)";
/// READ COMMITTED by name: under a stricter default the snapshot would be older than a lock taken in it.
pub(super) const PG_BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// Several statements that see the same moment.
pub(super) const PG_BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Lists rows whose foreign key leads nowhere: checked where enforcement was off.
pub(super) const SQLITE_ORPHANS: &str = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";

/// Rows that SQLite's thread may be ahead of who reads them. With few, a long list costs a change of threads every few rows.
const ROWS_AHEAD: usize = 1000;

/// What the writer keeps of the database, in KiB (a minus says that it is no number of pages): indexes grow in many places.
const WRITER_CACHE: &str = "-16384";

/// SQLite's file, whatever links led to it: its log is beside it.
pub(super) const SQLITE_FILE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";

/// The writer's connection. Its COMMITs are made durable behind (`durability`) unless each is to be so by itself. SQLite then
/// still waits for the disk where it copies its log to the database, before and after, and when it begins the log anew.
pub(super) fn sqlite_writer(options: SqliteConnectOptions, is_behind: bool) -> SqliteConnectOptions {
    let synchronous = if is_behind { SqliteSynchronous::Normal } else { SqliteSynchronous::Full };
    options.synchronous(synchronous).pragma("cache_size", WRITER_CACHE)
}

pub(super) fn sqlite_options(url: &str, limits: &Limits) -> DbResult<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(OTHER_PROCESS.min(limits.writer_wait))
        .pragma("journal_size_limit", WAL_BYTES)
        .pragma("wal_autocheckpoint", "0") // the writer does it
        .row_buffer_size(ROWS_AHEAD)
        .statement_cache_capacity(STATEMENTS))
}

pub(super) async fn sqlite_readers(options: SqliteConnectOptions, limits: &Limits) -> DbResult<SqlitePool> {
    let pool = SqlitePoolOptions::new()
        .max_connections(limits.readers)
        .acquire_timeout(limits.acquire)
        // A connection to a file does not go stale: no ping at each use, no recycling.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None);
    Ok(pool.connect_with(options.pragma("query_only", "1")).await?)
}

/// The readers' and the writers' connections. A statement of a reader cannot write; a writer does not wait for
/// a row or a key forever.
pub(super) async fn postgres_pools(url: &str, limits: &Limits) -> DbResult<(PgPool, PgPool)> {
    let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENTS);
    let wait = limits.writer_wait.as_millis().max(1).to_string();
    let read_only = options.clone().options([("default_transaction_read_only", "on")]);
    let writing = options.options([("lock_timeout", wait.as_str())]);
    let pool = PgPoolOptions::new().acquire_timeout(limits.acquire);
    let readers = pool.clone().max_connections(limits.readers).connect_with(read_only).await?;
    let writers = pool.max_connections(limits.writers).connect_with(writing).await?;
    Ok((readers, writers))
}

/// What SQLite says of a key that is taken, before it says which.
const SQLITE_TAKEN: &str = "UNIQUE constraint failed: ";

/// SQLite's result code without the details in its upper bits; PostgreSQL's five characters never parse to one
/// of the codes asked for here.
fn sqlite_code(error: &dyn DatabaseError) -> Option<u32> {
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    Some(error.code()?.parse::<u32>().ok()? & 0xff)
}

/// Somebody else holds the lock.
pub(super) fn is_busy(error: &dyn DatabaseError) -> bool {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    match sqlite_code(error) {
        Some(code) => code == BUSY || code == LOCKED,
        // serialization failure, deadlock, lock timeout
        None => matches!(error.code().as_deref(), Some("40001" | "40P01" | "55P03")),
    }
}

/// The database cannot work now: shutting down, out of connections, out of disk, out of memory.
pub(super) fn is_unavailable(error: &dyn DatabaseError) -> bool {
    const OUT_OF_MEMORY: u32 = 7;
    const IO_ERROR: u32 = 10;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    match (sqlite_code(error), error.code().as_deref()) {
        (Some(code), _) => matches!(code, OUT_OF_MEMORY | IO_ERROR | FULL | CANNOT_OPEN),
        // connection exceptions, insufficient resources, operator intervention without "query cancelled", I/O
        (None, Some(code)) => code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") || code == "58030",
        (None, None) => false,
    }
}

/// The disk did not make durable what SQLite had written.
pub(super) fn is_refused_fsync(error: &sqlx::Error) -> bool {
    const IOERR_FSYNC: &str = "1034";
    const IOERR_DIR_FSYNC: &str = "1290";
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some(IOERR_FSYNC | IOERR_DIR_FSYNC))
}

/// A trigger of the schema refused the row.
pub(super) fn is_refused(error: &dyn DatabaseError) -> bool {
    const SQLITE_CONSTRAINT_TRIGGER: &str = "1811";
    const RAISE_EXCEPTION: &str = "P0001";
    matches!(error.code().as_deref(), Some(SQLITE_CONSTRAINT_TRIGGER | RAISE_EXCEPTION))
}

/// A trigger of the schema found the key taken before the unique index did, and says the same.
pub(super) fn is_taken(error: &dyn DatabaseError) -> bool {
    is_refused(error) && error.message().starts_with(SQLITE_TAKEN)
}

/// SQLite has no transaction to end: it rolled it back itself, or never began one.
pub(super) fn is_without_transaction(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|database| database.message().ends_with("no transaction is active"))
}

/// SQLite has a transaction already.
pub(super) fn is_within_transaction(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|database| database.message().ends_with("within a transaction"))
}

/// PostgreSQL names the constraint. SQLite names the columns (`UNIQUE constraint failed: t.a, t.b`), or the
/// index when it has expressions (`UNIQUE constraint failed: index 'name'`); the name follows from those.
pub(super) fn unique_name(error: &dyn DatabaseError) -> String {
    const SQLITE_CONSTRAINT_PRIMARYKEY: &str = "1555";
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let Some(target) = error.message().strip_prefix(SQLITE_TAKEN) else {
        return error.message().to_owned();
    };
    if let Some(index) = target.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let columns: Vec<_> = target.split(", ").filter_map(|column| column.split_once('.')).collect();
    let table = columns.first().map_or("", |(table, _)| table);
    if error.code().as_deref() == Some(SQLITE_CONSTRAINT_PRIMARYKEY) {
        return format!("{table}_pkey");
    }
    let columns: Vec<_> = columns.iter().map(|(_, column)| *column).collect();
    format!("{table}_{}_key", columns.join("_"))
}
