//! A PostgreSQL that somebody else runs, for benchmarks that want a database of their own in it.

use anyhow::{Context as _, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use std::str::FromStr as _;

/// The address of its maintenance database, with a user who may make others.
pub struct Postgres(PgConnectOptions);

impl Postgres {
    /// The one that `REGIE_TEST_POSTGRES` names, if it names one.
    ///
    /// # Errors
    /// When it is no address.
    pub fn from_environment() -> Result<Option<Self>> {
        let Some(url) = std::env::var_os("REGIE_TEST_POSTGRES") else { return Ok(None) };
        let url = url.into_string().ok().context("REGIE_TEST_POSTGRES is no address")?;
        Ok(Some(Self(PgConnectOptions::from_str(&url).context("REGIE_TEST_POSTGRES is no address")?)))
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Errors
    /// When the user may not.
    pub async fn make(&self, name: &str) -> Result<String> {
        self.remove(name).await?;
        self.run(format!("CREATE DATABASE {name}")).await?;
        Ok(self.0.clone().database(name).to_url_lossy().to_string())
    }

    /// Removes a database, if it is there, whoever uses it.
    ///
    /// # Errors
    /// When the user may not.
    pub async fn remove(&self, name: &str) -> Result<()> {
        self.run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
    }

    async fn run(&self, sql: String) -> Result<()> {
        let mut connection = PgConnection::connect_with(&self.0).await.context("cannot reach PostgreSQL")?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        connection.close().await.context("cannot close the connection")
    }
}
