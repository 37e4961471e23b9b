//! What can go wrong with the database, in words a caller can act upon.
use super::dialect;
use sqlx::error::ErrorKind;
use std::sync::Arc;

/// The result of anything asked of the database.
pub type DbResult<T, E = DbError> = Result<T, E>;

/// Why the database did not do what it was asked. The same on both engines.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// The one row asked for is not there. Leaves the transaction usable.
    #[error("no such row")]
    NotFound,
    /// Carries the constraint's name, the same on both engines: `<table>_<columns>_key` or `<table>_pkey`.
    #[error("unique constraint {0} violated")]
    Unique(String),
    /// A row points to one that is not there, or is still pointed to.
    #[error("foreign key violated")]
    ForeignKey,
    /// A CHECK or NOT NULL constraint refused a value, or a trigger a row.
    #[error("refused by the schema: {0}")]
    Invalid(String),
    /// A statement changed another number of rows than it must.
    #[error("{expected} row(s) should have changed, {found} did")]
    Rows {
        /// How many rows should have changed.
        expected: u64,
        /// How many rows did.
        found: u64,
    },
    /// An earlier statement of this transaction failed or was cancelled.
    #[error("transaction already failed")]
    Aborted,
    /// The COMMIT that carried this transaction failed; nothing of it was stored.
    #[error("commit failed: {0}")]
    Commit(Arc<str>),
    /// Others held what this needed for too long (or each other's: a deadlock). Nothing was stored; asking again may work.
    #[error("the database is busy: {0}")]
    Busy(Arc<str>),
    /// The database cannot be reached or cannot store. Out of a `commit` on PostgreSQL the outcome is unknown.
    #[error("the database is unavailable: {0}")]
    Unavailable(Arc<str>),
    /// The schema cannot be brought up to date, and why.
    #[error("migration {file}: {reason}")]
    Migration {
        /// The file's name.
        file: String,
        /// Why it cannot be applied.
        reason: String,
    },
    /// Anything else: a mistake in a statement or a type.
    #[error(transparent)]
    Driver(Arc<sqlx::Error>),
}

impl DbError {
    /// Whether this is a violation of that unique constraint.
    #[must_use]
    pub fn is_unique(&self, constraint: &str) -> bool {
        matches!(self, Self::Unique(name) if name == constraint)
    }

    /// Whether the fault is the database's state and not the request's: answered with 503, worth asking again.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unavailable(_) | Self::Commit(_))
    }

    pub(super) fn migration(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Migration { file: file.into(), reason: reason.into() }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::RowNotFound => Self::NotFound,
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error.to_string().into())
            }
            E::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Self::Unique(dialect::unique_name(&**database)),
                ErrorKind::ForeignKeyViolation => Self::ForeignKey,
                ErrorKind::CheckViolation | ErrorKind::NotNullViolation => Self::Invalid(database.message().to_owned()),
                _ if dialect::is_taken(&**database) => Self::Unique(dialect::unique_name(&**database)),
                _ if dialect::is_refused(&**database) => Self::Invalid(database.message().to_owned()),
                _ if dialect::is_busy(&**database) => Self::Busy(database.message().into()),
                _ if dialect::is_unavailable(&**database) => Self::Unavailable(database.message().into()),
                _ => Self::Driver(Arc::new(error)),
            },
            _ => Self::Driver(Arc::new(error)),
        }
    }
}

/// Gives a unique violation its meaning in the caller's own words.
pub trait OnUnique<T> {
    /// `error` if that unique constraint was violated; any other failure goes through `From`.
    ///
    /// # Errors
    /// `error`, or the failure that was there.
    fn on_unique<E: From<DbError>>(self, constraint: &str, error: E) -> Result<T, E>;
}

impl<T> OnUnique<T> for DbResult<T> {
    fn on_unique<E: From<DbError>>(self, constraint: &str, error: E) -> Result<T, E> {
        self.map_err(|failure| if failure.is_unique(constraint) { error } else { failure.into() })
    }
}
