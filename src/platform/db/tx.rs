//! Transactions as values: what a reader and a writer hold.
use super::durability::Durability;
use super::filter::Filter;
use super::query::{PORTION, Query, begun};
use super::writer::{self, Writer};
use super::{DbError, DbResult, dialect};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, PgConnection, Postgres, SqlSafeStr, Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

pub(super) enum Link {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteSnapshot(Transaction<'static, Sqlite>),
    SqliteWrite(OwnedMutexGuard<Writer>),
    PostgresRead(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
    /// Committed or dropped.
    Ended,
}

/// A connection together with the arguments of its kind.
pub(super) enum Native<'t> {
    /// With what the statement has to begin with, which is taken when it is sent.
    Sqlite(&'t mut SqliteConnection, SqliteArguments, Option<&'t mut Option<&'static str>>),
    Postgres(&'t mut PgConnection, PgArguments),
    Ended,
}

impl Native<'_> {
    pub(super) fn binds(&self) -> usize {
        match self {
            Self::Sqlite(_, args, _) => args.len(),
            Self::Postgres(_, args) => args.len(),
            Self::Ended => 0,
        }
    }
}

impl Link {
    pub(super) fn native(&mut self) -> Native<'_> {
        match self {
            Self::SqliteRead(conn) => Native::Sqlite(conn, SqliteArguments::default(), None),
            Self::SqliteSnapshot(tx) => Native::Sqlite(tx, SqliteArguments::default(), None),
            Self::SqliteWrite(writer) => match writer.conn() {
                Some((conn, start)) => Native::Sqlite(conn, SqliteArguments::default(), Some(start)),
                None => Native::Ended,
            },
            Self::PostgresRead(conn) => Native::Postgres(conn, PgArguments::default()),
            Self::PostgresTx(tx) => Native::Postgres(tx, PgArguments::default()),
            Self::Ended => Native::Ended,
        }
    }
}

/// What is known about the statements so far.
pub(super) enum Health {
    /// Each statement stands alone; one that fails says nothing about the next.
    Autocommit,
    Sound,
    /// A statement is under way; found later, its future was dropped before it ended.
    Unfinished,
    Failed(DbError),
}

impl Health {
    /// Before a statement.
    pub(super) fn start(&mut self) -> DbResult<()> {
        match self {
            Self::Autocommit => Ok(()),
            Self::Sound => {
                *self = Self::Unfinished;
                Ok(())
            }
            Self::Unfinished | Self::Failed(_) => Err(DbError::Aborted),
        }
    }

    /// After it. That a row is not there is an answer, not a failure.
    pub(super) fn end(&mut self, error: Option<&DbError>) {
        if !matches!(self, Self::Autocommit) {
            *self = match error {
                None | Some(DbError::NotFound) => Self::Sound,
                Some(error) => Self::Failed(error.clone()),
            };
        }
    }
}

/// A connection to read from. A writer is one, too: what only reads takes `&mut ReadTx`.
pub struct ReadTx {
    pub(super) link: Link,
    pub(super) health: Health,
    /// What a reader of SQLite may have seen.
    pub(super) durability: Option<Arc<Durability>>,
}

impl ReadTx {
    pub(super) fn autocommit(link: Link, durability: Option<Arc<Durability>>) -> Self {
        Self { link, health: Health::Autocommit, durability }
    }

    pub(super) fn snapshot(link: Link, durability: Option<Arc<Durability>>) -> Self {
        Self { link, health: Health::Sound, durability }
    }

    /// Starts a statement. It is a constant; values are bound.
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        Query::new(self, sql)
    }

    /// Starts a statement that was narrowed down.
    pub fn filtered(&mut self, filter: Filter<'_>) -> Query<'_> {
        filter.query(self)
    }
}

/// Everything a reader can do, and `commit`. Dropped without it, nothing is stored.
#[must_use = "nothing is stored without a commit"]
pub struct WriteTx(ReadTx);

impl Deref for WriteTx {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        &self.0
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.0
    }
}

impl WriteTx {
    pub(super) fn new(link: Link) -> Self {
        Self(ReadTx::snapshot(link, None))
    }

    /// Holds `key` until the end: on SQLite a writer is alone anyway, on PostgreSQL this makes it so for one key.
    /// Taken first, before what it protects is read.
    ///
    /// # Errors
    /// `Busy` when another holds it for too long.
    pub async fn lock(&mut self, key: i64) -> DbResult<()> {
        self.lock_all(&[key]).await
    }

    /// As [`WriteTx::lock`], for several: always in the same order, so that no two wait for each other.
    ///
    /// # Errors
    /// `Busy` when another holds one of them for too long.
    pub async fn lock_all(&mut self, keys: &[i64]) -> DbResult<()> {
        if !matches!(self.link, Link::PostgresTx(_)) {
            return Ok(());
        }
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        for portion in keys.chunks(PORTION) {
            self.query(dialect::LOCK).bind_rows(portion, |query, key| query.bind(*key)).execute().await?;
        }
        Ok(())
    }

    /// Returns once the transaction is durable; while an answer is made ([`super::watched`]), once others can see it: the
    /// answer then waits.
    ///
    /// # Errors
    /// `Aborted` when a statement failed or was cancelled before; `Commit` when nothing was stored.
    pub async fn commit(mut self) -> DbResult<()> {
        if !matches!(self.health, Health::Sound) {
            return Err(DbError::Aborted);
        }
        // A task of its own: once asked for, a commit cannot be cancelled halfway.
        match std::mem::replace(&mut self.0.link, Link::Ended) {
            Link::SqliteWrite(writer) => {
                let durability = writer.durability().clone();
                let commit = writer::apart(writer::commit(writer)).await;
                durability.tell(*commit.as_ref().unwrap_or(&durability.visible())).await.and(commit.map(drop))
            }
            Link::PostgresTx(tx) => writer::apart(async move { Ok(tx.commit().await?) }).await,
            _ => Err(DbError::Aborted),
        }
    }

    /// Runs a text of several statements inside the transaction.
    pub(super) async fn script(&mut self, sql: &'static str) -> DbResult<()> {
        self.0.health.start()?;
        let done = match self.0.link.native() {
            Native::Sqlite(conn, _, start) => sqlx::raw_sql(begun(start, sql.into_sql_str())).execute(conn).await.map(drop),
            Native::Postgres(conn, _) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
            Native::Ended => Err(sqlx::Error::PoolClosed),
        };
        let done = done.map_err(DbError::from);
        self.0.health.end(done.as_ref().err());
        done
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        let Link::SqliteWrite(mut writer) = std::mem::replace(&mut self.0.link, Link::Ended) else { return };
        // What it saw is why it gave up, perhaps.
        writer.note_seen();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let cause: Option<Arc<str>> = match &self.0.health {
                Health::Failed(error) => Some(error.to_string().into()),
                _ => None,
            };
            runtime.spawn(writer::abandon(writer, cause));
        }
    }
}
