//! Which Rust types go into a statement and come out of a row, on both engines alike.
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Encode, FromRow, Postgres, Sqlite, Type};

/// What both drivers encode.
pub trait Wire<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Wire<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// A value that can be bound, and the one SQL type it is sent as. PostgreSQL caches a statement with the types of
/// its first use, so every integer is BIGINT: a stray `i32` would be read as half a BIGINT.
pub trait Bind<'q> {
    /// What is sent.
    type Sql: Wire<'q>;
    /// The value as it is sent.
    fn sql(self) -> Self::Sql;
}

macro_rules! bind {
    ($($from:ty => $to:ty),* $(,)?) => { $(impl<'q> Bind<'q> for $from {
        type Sql = $to;
        fn sql(self) -> $to {
            self.into()
        }
    })* };
}
bind!(i64 => i64, i32 => i64, u32 => i64, u16 => i64, bool => bool, String => String, &'q str => &'q str);

impl<'q> Bind<'q> for &'q String {
    type Sql = &'q str;
    fn sql(self) -> &'q str {
        self
    }
}

impl<'q, T: Bind<'q>> Bind<'q> for Option<T>
where
    Option<T::Sql>: Wire<'q>,
{
    type Sql = Option<T::Sql>;
    fn sql(self) -> Self::Sql {
        self.map(T::sql)
    }
}

/// Makes `struct Name(i64)`-like wrappers bindable; reading them back is `#[derive(sqlx::Type)]` with
/// `#[sqlx(transparent)]`.
#[macro_export]
macro_rules! bind_newtype {
    ($($name:ty => $inner:ty),* $(,)?) => { $(
        impl<'q> $crate::platform::db::Bind<'q> for $name {
            type Sql = $inner;
            fn sql(self) -> $inner {
                self.0
            }
        }
        impl<'q> $crate::platform::db::Bind<'q> for &'q $name {
            type Sql = $inner;
            fn sql(self) -> $inner {
                self.0.clone()
            }
        }
    )* };
}

/// A row type: `#[derive(sqlx::FromRow)]` makes one for both drivers at once.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A single column.
pub trait Scalar:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin
{
}
impl<T> Scalar for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin
{
}
