//! The database: one small layer over two native drivers.
//!
//! SQL is written once, values are typed, and the only way to persist is [`WriteTx::commit`]. SQLite is embedded and
//! has one writer with group commit; PostgreSQL is for many servers. Nothing outside of this module knows which it is.
//!
//! Invariants: a commit that was asked for cannot be cancelled; nothing is told, by it or by who reads, before it is durable; a
//! transaction
//! in which a statement failed or was cancelled cannot be committed; every statement is a constant; readers cannot write.
//! There is no clock here: what time it is comes in.
mod bind;
mod dialect;
mod durability;
mod error;
mod filter;
mod migrate;
mod query;
mod savepoint;
mod tx;
mod writer;

pub use crate::bind_newtype;
pub use bind::{Bind, Record, Scalar, Wire};
pub use dialect::EngineKind;
pub use durability::{Seen, told, watched};
pub use error::{DbError, DbResult, OnUnique};
pub use filter::{Filter, containing};
pub use migrate::Migration;
pub use query::{PORTION, Query};
pub use tx::{ReadTx, WriteTx};

use durability::Durability;
use futures_util::future::BoxFuture;
use sqlx::{PgPool, SqlitePool};
use std::fs::File;
use std::path::Path;
use std::{io, sync::Arc, time::Duration};
use tx::Link;
use writer::WriterSlot;

/// The database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    engine: Engine,
    limits: Limits,
}

enum Engine {
    Sqlite { readers: SqlitePool, writer: WriterSlot, durability: Arc<Durability> },
    Postgres { readers: PgPool, writers: PgPool },
}

/// How much of the database is used at once, and how long is waited for it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections that read.
    pub readers: u32,
    /// Connections that write; SQLite has one.
    pub writers: u32,
    /// Most transactions one SQLite COMMIT may carry; 1 means one COMMIT and one fsync for each.
    pub batch: usize,
    /// Makes durable what SQLite wrote to its log: `File::sync_data`, but in tests of disks that are slow or fail.
    pub sync: fn(&File) -> io::Result<()>,
    /// SQLite's log is copied to the database when it has as many pages of 4 KiB.
    pub log_pages: i64,
    /// How long a writer waits for others before it gives up as `Busy`.
    pub writer_wait: Duration,
    /// How long is waited for a connection before the database counts as `Unavailable`.
    pub acquire: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (writer_wait, acquire) = (Duration::from_secs(10), Duration::from_secs(2));
        Self { readers: 8, writers: 8, batch: 256, sync: File::sync_data, log_pages: dialect::WAL_PAGES, writer_wait, acquire }
    }
}

/// Connections at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// Readers at work.
    pub readers_in_use: u32,
    /// Readers that are connected and wait for work.
    pub readers_idle: u32,
    /// Writers at work.
    pub writers_in_use: u32,
    /// Writers that are connected and wait for work.
    pub writers_idle: u32,
}

impl Db {
    /// Connects to `sqlite://path` (made if it is not there) or `postgres://…`.
    ///
    /// # Errors
    /// `Unavailable` when the server cannot be reached or the file cannot be opened.
    pub async fn connect(url: &str, limits: Limits) -> DbResult<Self> {
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let (readers, writers) = dialect::postgres_pools(url, &limits).await?;
            Engine::Postgres { readers, writers }
        } else {
            let options = dialect::sqlite_options(url, &limits)?;
            let mut log = options.get_filename().as_os_str().to_owned();
            log.push("-wal");
            make_private(options.get_filename());
            durability::take_over(Path::new(&log)).map_err(sqlx::Error::Io)?;
            let durability = if limits.batch > 1 { Durability::behind(limits.sync) } else { Ok(Durability::by_itself()) };
            let durability = Arc::new(durability.map_err(sqlx::Error::Io)?);
            // The writer first: it makes the log.
            let writing = dialect::sqlite_writer(options.clone(), durability.is_behind());
            let writer = WriterSlot::open(writing, &limits, durability.clone()).await?;
            Engine::Sqlite { readers: dialect::sqlite_readers(options, &limits).await?, writer, durability }
        };
        Ok(Self(Arc::new(Shared { engine, limits })))
    }

    /// Which engine this is: for diagnostics and tests. Rooms have no use for it.
    #[must_use]
    pub fn engine(&self) -> EngineKind {
        match self.0.engine {
            Engine::Sqlite { .. } => EngineKind::Sqlite,
            Engine::Postgres { .. } => EngineKind::Postgres,
        }
    }

    /// A connection for single-statement reads; each statement sees the newest commit. One per request: a second one
    /// held beside it may wait for the first.
    pub async fn read(&self) -> DbResult<ReadTx> {
        Ok(match &self.0.engine {
            Engine::Sqlite { readers, durability, .. } => {
                ReadTx::autocommit(Link::SqliteRead(readers.acquire().await?), Some(durability.clone()))
            }
            Engine::Postgres { readers, .. } => ReadTx::autocommit(Link::PostgresRead(readers.acquire().await?), None),
        })
    }

    /// One consistent snapshot across several statements.
    pub async fn begin_read(&self) -> DbResult<ReadTx> {
        Ok(match &self.0.engine {
            Engine::Sqlite { readers, durability, .. } => {
                ReadTx::snapshot(Link::SqliteSnapshot(readers.begin().await?), Some(durability.clone()))
            }
            Engine::Postgres { readers, .. } => {
                ReadTx::snapshot(Link::PostgresTx(readers.begin_with(dialect::PG_BEGIN_READ).await?), None)
            }
        })
    }

    /// A transaction that can be committed. Between this and its commit nothing foreign is awaited: on SQLite
    /// everybody else who writes is waiting.
    ///
    /// # Errors
    /// `Busy` when others write for too long.
    pub async fn begin_write(&self) -> DbResult<WriteTx> {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.begin().await,
            Engine::Postgres { writers, .. } => {
                Ok(WriteTx::new(Link::PostgresTx(writers.begin_with(dialect::PG_BEGIN_WRITE).await?)))
            }
        }
    }

    /// As `begin_write`, for one migration.
    async fn begin_migration(&self) -> DbResult<WriteTx> {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.begin_alone().await,
            Engine::Postgres { .. } => {
                let mut tx = self.begin_write().await?;
                tx.script(dialect::MIGRATION_LOCK).await?;
                Ok(tx)
            }
        }
    }

    /// Closure form on top of the handle: commits on `Ok`, rolls back on `Err`.
    pub async fn write<T, E: From<DbError>>(&self, work: impl AsyncFnOnce(&mut WriteTx) -> Result<T, E>) -> Result<T, E> {
        let mut tx = self.begin_write().await?;
        let value = work(&mut tx).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// Writes in portions, each of them a transaction, until one finds nothing more to do: whoever else writes waits for a portion at
    /// most. `portion` gives how many rows it wrote; they are added up.
    ///
    /// # Errors
    /// Those of the first portion that fails. What the portions before it did stays.
    pub async fn write_in_portions<F>(&self, portion: F) -> DbResult<u64>
    where
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, DbResult<u64>> + Send + Sync,
    {
        let mut count = 0;
        loop {
            let mut tx = self.begin_write().await?;
            let done = portion(&mut tx).await?;
            tx.commit().await?;
            if done == 0 {
                return Ok(count);
            }
            count += done;
        }
    }

    /// Runs a script without binds, outside of a transaction. For tests and maintenance; the schema has migrations.
    pub async fn script(&self, sql: &'static str) -> DbResult<()> {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.script(sql).await,
            Engine::Postgres { writers, .. } => {
                let writers = writers.clone();
                writer::apart(async move { Ok(sqlx::raw_sql(sql).execute(&writers).await.map(drop)?) }).await
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `Unavailable` when it does not, soon.
    pub async fn ping(&self) -> DbResult<()> {
        let answer = told(async { self.read().await?.query("SELECT 1").execute().await.map(drop) });
        let answer = tokio::time::timeout(self.0.limits.acquire.saturating_mul(2), answer).await;
        answer.unwrap_or_else(|_| Err(DbError::Unavailable("no answer in time".into())))
    }

    /// Returns when nothing more can be stored, ever, and says why: SQLite's disk refused, and what it has is unknown. The
    /// process ends then, and asks the disk when it starts again.
    pub async fn lost(&self) -> Arc<str> {
        match &self.0.engine {
            Engine::Sqlite { durability, .. } => durability.lost().await,
            Engine::Postgres { .. } => std::future::pending().await,
        }
    }

    /// How many connections are in use.
    #[must_use]
    pub fn pool_stats(&self) -> PoolStats {
        let idle = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match &self.0.engine {
            Engine::Sqlite { readers, writer, .. } => {
                let (readers_idle, taken) = (idle(readers.num_idle()), u32::from(writer.is_taken()));
                let readers_in_use = readers.size().saturating_sub(readers_idle);
                PoolStats { readers_in_use, readers_idle, writers_in_use: taken, writers_idle: 1 - taken }
            }
            Engine::Postgres { readers, writers } => {
                let (readers_idle, writers_idle) = (idle(readers.num_idle()), idle(writers.num_idle()));
                let readers_in_use = readers.size().saturating_sub(readers_idle);
                let writers_in_use = writers.size().saturating_sub(writers_idle);
                PoolStats { readers_in_use, readers_idle, writers_in_use, writers_idle }
            }
        }
    }

    /// Waits for those at work, stores what they committed, and closes. Whoever comes later hears `Unavailable`.
    pub async fn close(&self) -> DbResult<()> {
        match &self.0.engine {
            Engine::Sqlite { readers, writer, .. } => {
                let closed = writer.close().await;
                readers.close().await;
                closed
            }
            Engine::Postgres { readers, writers } => {
                writers.close().await;
                readers.close().await;
                Ok(())
            }
        }
    }
}

/// Makes the file of a new database, which its owner alone may read; its log takes its mode. One that is there keeps its own. It is not
/// opened: closing it would give up the locks that this process has on it by then, if another connection was faster (POSIX). Where it
/// cannot be made, SQLite says why, or makes it.
fn make_private(file: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, file, FileType::RegularFile, Mode::RUSR | Mode::WUSR, 0).ok();
}
