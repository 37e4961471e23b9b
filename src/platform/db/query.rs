//! One statement on its way to whichever engine this is.
use super::bind::{Bind, Record, Scalar, Wire};
use super::durability::Durability;
use super::tx::{Health, Native, ReadTx};
use super::{DbError, DbResult};
use futures_util::stream::TryStreamExt;
use sqlx::{Arguments, AssertSqlSafe, Executor, SqlSafeStr, SqlStr};
use std::sync::Arc;

/// The most rows that one statement writes: more are written in chunks of it.
pub const PORTION: usize = 64;

/// The most places a list is padded to; SQLite knows 32,766 placeholders in all.
const PADDED: usize = 16_384;

/// SQLite takes a missing bind for NULL without a word; PostgreSQL refuses it. Debug builds refuse it on both.
pub(super) fn placeholders(sql: &str) -> usize {
    let digits = |rest: &str| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let numbers = sql.split('$').skip(1).filter_map(|rest| rest.get(..digits(rest))?.parse().ok());
    // Those without a number follow the others.
    numbers.max().unwrap_or(0) + sql.matches('?').count()
}

/// A statement and the values bound so far. Sent by the method that says what comes back.
#[must_use = "a query does nothing until it is awaited"]
pub struct Query<'t> {
    native: Native<'t>,
    health: &'t mut Health,
    durability: Option<&'t Arc<Durability>>,
    sql: SqlStr,
    error: Option<sqlx::Error>,
}

/// Runs `$body` with the native connection and the native query, whichever engine this is. A statement that
/// failed, or whose future was dropped before it ended, leaves the transaction without a way to commit: SQLite
/// may have rolled all of it back, and PostgreSQL has.
macro_rules! native {
    ($self:ident, $make:path, |$conn:ident, $query:ident| $body:expr) => {{
        let Query { native, health, durability, sql, error } = $self;
        debug_assert_eq!(placeholders(sql.as_str()), native.binds(), "binds of {}", sql.as_str());
        health.start()?;
        let result = match (native, error) {
            (_, Some(error)) => Err(error),
            (Native::Sqlite($conn, args, start), None) => {
                let $query = $make(begun(start, sql), args);
                $body
            }
            (Native::Postgres($conn, args), None) => {
                let $query = $make(sql, args);
                $body
            }
            (Native::Ended, None) => Err(sqlx::Error::PoolClosed),
        };
        let result = result.map_err(DbError::from);
        health.end(result.as_ref().err());
        saw(durability).await.and(result)
    }};
}

/// After a statement of a reader: what it saw may have to become durable.
async fn saw(durability: Option<&Arc<Durability>>) -> DbResult<()> {
    match durability {
        Some(durability) => durability.tell(durability.visible()).await,
        None => Ok(()),
    }
}

/// A statement with what has to run before it. The same few texts come again and again: they are prepared once.
pub(super) fn begun(start: Option<&mut Option<&'static str>>, sql: SqlStr) -> SqlStr {
    match start.and_then(Option::take) {
        Some(start) => AssertSqlSafe([start, "; ", sql.as_str()].concat()).into_sql_str(),
        None => sql,
    }
}

impl<'t> Query<'t> {
    pub(super) fn new(tx: &'t mut ReadTx, sql: impl SqlSafeStr) -> Self {
        let ReadTx { link, health, durability } = tx;
        Self { native: link.native(), health, durability: durability.as_ref(), sql: sql.into_sql_str(), error: None }
    }

    /// As `new` for a statement put together from constants.
    pub(super) fn composed(tx: &'t mut ReadTx, sql: String) -> Self {
        Self::new(tx, AssertSqlSafe(sql))
    }

    /// Binds the next value: the first is `$1`.
    pub fn bind<'q, T: Bind<'q>>(mut self, value: T) -> Self {
        let added = match &mut self.native {
            Native::Sqlite(_, args, _) => Arguments::add(args, value.sql()),
            Native::Postgres(_, args) => args.add(value.sql()),
            Native::Ended => Ok(()),
        };
        self.error = self.error.or(added.err().map(sqlx::Error::Encode));
        self
    }

    /// Fills a `$n..` placeholder, for `IN ($2..)`; it is the last bind. The list is padded to a power of two
    /// by repeating its last value, so few distinct statements reach the cache. An empty list matches nothing,
    /// which is why it is not for `NOT IN`.
    pub fn bind_list<'q, T: Bind<'q> + Clone>(mut self, values: &[T]) -> Self
    where
        Option<T::Sql>: Wire<'q>,
    {
        let first = 1 + self.native.binds();
        let count = padded(values.len());
        let sql = self.sql.as_str().replace(&format!("${first}.."), &numbered(first, count));
        self.sql = AssertSqlSafe(sql).into_sql_str();
        for i in 0..count {
            self = self.bind(values.get(i).or(values.last()).cloned());
        }
        self
    }

    /// Fills the `{}` of `VALUES {}` with a row of placeholders for each of `rows`, which are the last of the statement: `bind`
    /// binds those of one. They are at most [`PORTION`], so that there are not too many texts: each number of rows is one.
    pub fn bind_rows<R>(mut self, rows: &[R], bind: impl Fn(Self, &R) -> Self) -> Self {
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let before = self.native.binds();
            self = bind(self, row);
            let columns = self.native.binds() - before;
            places.push(match self.native {
                // SQLite looks through all names of a statement for each: many are better without.
                Native::Sqlite(..) => format!("({}?)", "?, ".repeat(columns.saturating_sub(1))),
                _ => format!("({})", numbered(before + 1, columns)),
            });
        }
        self.sql = AssertSqlSafe(self.sql.as_str().replace("{}", &places.join(", "))).into_sql_str();
        self
    }

    /// The one row there must be.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn one<T: Record>(self) -> DbResult<T> {
        native!(self, sqlx::query_as_with, |conn, query| query.fetch_one(conn).await)
    }

    /// The row, if there is one.
    pub async fn optional<T: Record>(self) -> DbResult<Option<T>> {
        native!(self, sqlx::query_as_with, |conn, query| query.fetch_optional(conn).await)
    }

    /// All rows at once. The statement has a LIMIT, or the table is known to be small.
    pub async fn all<T: Record>(self) -> DbResult<Vec<T>> {
        native!(self, sqlx::query_as_with, |conn, query| query.fetch_all(conn).await)
    }

    /// The first column of the one row there must be.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn scalar<T: Scalar>(self) -> DbResult<T> {
        native!(self, sqlx::query_scalar_with, |conn, query| query.fetch_one(conn).await)
    }

    /// The first column of the row, if there is one.
    pub async fn optional_scalar<T: Scalar>(self) -> DbResult<Option<T>> {
        native!(self, sqlx::query_scalar_with, |conn, query| query.fetch_optional(conn).await)
    }

    /// The first column of every row.
    pub async fn scalars<T: Scalar>(self) -> DbResult<Vec<T>> {
        native!(self, sqlx::query_scalar_with, |conn, query| query.fetch_all(conn).await)
    }

    /// How many rows the statement changed.
    pub async fn execute(self) -> DbResult<u64> {
        native!(self, sqlx::query_with, |conn, query| {
            // The last word counts: what begins a transaction says again how many rows were changed before it.
            let said = conn.fetch_many(query).try_filter_map(async |said| Ok(said.left()));
            said.try_fold(0, async |_, done| Ok(done.rows_affected())).await
        })
    }

    /// Changes exactly one row. With none changed the transaction stays usable, with more it cannot be committed.
    ///
    /// # Errors
    /// `Rows` unless exactly one row changed.
    pub async fn execute_one(self) -> DbResult<()> {
        let Query { native, health, durability, sql, error } = self;
        let found = Query { native, health: &mut *health, durability, sql, error }.execute().await?;
        if found == 1 {
            return Ok(());
        }
        let wrong = DbError::Rows { expected: 1, found };
        if found > 1 {
            health.end(Some(&wrong));
        }
        Err(wrong)
    }
}

/// `count` placeholders from `$first` on.
pub(super) fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// How many places a list of that length gets; an empty one gets one, for NULL.
pub(super) fn padded(len: usize) -> usize {
    len.next_power_of_two().min(len.max(PADDED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_placeholder_counts() {
        for (sql, count) in [("SELECT 1", 0), ("a = $2 AND b = $1 OR $2", 2), ("$10, $9", 10), ("'$' $1", 1), ("$1, (?, ?)", 3)] {
            assert_eq!(placeholders(sql), count, "{sql}");
        }
    }

    #[test]
    fn lists_are_padded_to_few_sizes() {
        assert_eq!([0, 1, 2, 3, 100, 16_384, 16_385, 30_000].map(padded), [1, 1, 2, 4, 128, 16_384, 16_385, 30_000]);
    }
}
