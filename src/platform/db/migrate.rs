//! The schema's versions, embedded in the binary.
//!
//! Owns the table `schema_migrations`. Invariants: each migration is applied in one transaction together with its
//! record, so that a crash leaves none half-done; of several servers starting together one applies it and the others
//! wait; a released file is never edited, and a database from a newer program is left alone.
use super::{Db, DbError, DbResult, EngineKind, ReadTx, WriteTx, dialect};
use include_dir::{Dir, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

const TABLE: &str = "CREATE TABLE schema_migrations (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const APPLIED: &str = "SELECT version, name, checksum FROM schema_migrations ORDER BY version";
const RECORD: &str = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order.
    pub version: i64,
    /// The file's name: `0001_accounts.sql`.
    pub file: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

#[derive(sqlx::FromRow)]
struct AppliedRow {
    version: i64,
    name: String,
    checksum: String,
}

impl Migration {
    /// The migrations of this program for one engine, in order.
    ///
    /// # Errors
    /// `Migration` when a file is not named `NNNN_name.sql`, or two have the same number.
    pub fn embedded(engine: EngineKind) -> DbResult<Vec<Self>> {
        let folder = match engine {
            EngineKind::Sqlite => "sqlite",
            EngineKind::Postgres => "postgres",
        };
        let files = FILES.get_dir(folder).map(Dir::files).into_iter().flatten();
        let files = files.filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)));
        let files = files.filter(|(file, _)| file.ends_with(".sql"));
        let mut all = files.map(|(file, sql)| Self::parse(file, sql)).collect::<DbResult<Vec<_>>>()?;
        all.sort_by_key(|migration| migration.version);
        match all.iter().zip(all.iter().skip(1)).find(|(one, next)| one.version == next.version) {
            Some((_, next)) => Err(DbError::migration(next.file, "its number is taken")),
            None => Ok(all),
        }
    }

    fn parse(file: &'static str, sql: &'static str) -> DbResult<Self> {
        let number = file.split_once('_').map_or("", |(number, _)| number);
        let version = number.parse().map_err(|_| DbError::migration(file, "its name must be NNNN_name.sql"))?;
        Ok(Self { version, file, sql })
    }

    /// FNV-1a: it finds an edit, it does not keep out an enemy (who has the program). The same whatever line ends a
    /// checkout gave the file.
    fn checksum(&self) -> String {
        let bytes = self.sql.bytes().filter(|byte| *byte != b'\r');
        let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        format!("{sum:016x}")
    }
}

impl Db {
    /// Brings the schema up to date; `now` is epoch milliseconds. Returns how many migrations this call applied.
    ///
    /// # Errors
    /// `Migration` when one fails, was edited after it was applied, or when the database is newer than the program.
    pub async fn migrate(&self, now: i64) -> DbResult<usize> {
        self.migrate_with(&Migration::embedded(self.engine())?, now).await
    }

    /// As `migrate`, with other migrations than the program's own: for tests of migrating.
    pub async fn migrate_with(&self, migrations: &[Migration], now: i64) -> DbResult<usize> {
        let mut applied = 0;
        // Mostly there is nothing to do, and a reader can tell without stopping the writers.
        while !pending(&mut self.read().await?, self.engine(), migrations).await?.is_empty() {
            let mut tx = self.begin_migration().await?;
            // Another server may have applied it while this one waited for its turn.
            let Some(next) = pending(&mut tx, self.engine(), migrations).await?.first().copied() else { break };
            apply(&mut tx, self.engine(), next, now).await?;
            tx.commit().await?;
            applied += 1;
        }
        Ok(applied)
    }

    /// How many migrations are yet to be applied.
    ///
    /// # Errors
    /// As `migrate`.
    pub async fn pending_migrations(&self) -> DbResult<usize> {
        let migrations = Migration::embedded(self.engine())?;
        Ok(pending(&mut self.read().await?, self.engine(), &migrations).await?.len())
    }
}

async fn has_table(tx: &mut ReadTx, engine: EngineKind) -> DbResult<bool> {
    tx.query(dialect::table_exists(engine)).bind("schema_migrations").scalar().await
}

/// What is left to do, after a check that what was done is what this program knows.
async fn pending<'m>(tx: &mut ReadTx, engine: EngineKind, known: &'m [Migration]) -> DbResult<&'m [Migration]> {
    let rows: Vec<AppliedRow> = if has_table(tx, engine).await? { tx.query(APPLIED).all().await? } else { Vec::new() };
    for (i, row) in rows.iter().enumerate() {
        match known.get(i) {
            Some(migration) if migration.version == row.version => {
                if migration.checksum() != row.checksum {
                    return Err(DbError::migration(migration.file, "was edited after it had been applied"));
                }
            }
            Some(migration) if migration.version < row.version => {
                let reason = format!("comes before {}, which was already applied: give it a new number", row.name);
                return Err(DbError::migration(migration.file, reason));
            }
            _ => {
                let reason = "was applied to this database but is unknown here: the database is newer than the program";
                return Err(DbError::migration(&row.name, reason));
            }
        }
    }
    Ok(known.get(rows.len()..).unwrap_or_default())
}

async fn apply(tx: &mut WriteTx, engine: EngineKind, migration: Migration, now: i64) -> DbResult<()> {
    if !has_table(tx, engine).await? {
        tx.query(TABLE).execute().await?;
    }
    let failed = |error: DbError| match error {
        error if error.is_unavailable() => error,
        error => DbError::migration(migration.file, error.to_string()),
    };
    tx.script(migration.sql).await.map_err(failed)?;
    if engine == EngineKind::Sqlite
        && let Some(table) = tx.query(dialect::SQLITE_ORPHANS).optional_scalar::<String>().await?
    {
        return Err(DbError::migration(migration.file, format!("leaves rows in {table} whose foreign key leads nowhere")));
    }
    let record = tx.query(RECORD).bind(migration.version).bind(migration.file).bind(migration.checksum());
    record.bind(now).execute_one().await.map_err(failed)
}
