//! The two schemas are one: the same tables, columns, and unique indexes.

use crate::db::{on_postgres, on_sqlite};
use regie::platform::db::{Db, EngineKind, Limits};
use std::cell::RefCell;

const SQLITE_COLUMNS: &str =
    "SELECT m.name || '.' || p.name || CASE WHEN p.\"notnull\" = 1 THEN '!' ELSE '' END FROM sqlite_master m
  JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1";
const POSTGRES_COLUMNS: &str = "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN '!' ELSE '' END
  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";
const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%' ORDER BY 1";
const POSTGRES_INDEXES: &str =
    "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' ORDER BY 1";

async fn shape(db: &Db) -> Vec<String> {
    db.migrate(0).await.unwrap();
    let (columns, indexes) = match db.engine() {
        EngineKind::Sqlite => (SQLITE_COLUMNS, SQLITE_INDEXES),
        EngineKind::Postgres => (POSTGRES_COLUMNS, POSTGRES_INDEXES),
    };
    let mut read = db.read().await.unwrap();
    let mut all: Vec<String> = read.query(columns).scalars().await.unwrap();
    all.extend(read.query(indexes).scalars::<String>().await.unwrap());
    all.sort();
    all
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let found = RefCell::new(Vec::new());
    on_sqlite(async |place| {
        let found_here = shape(&place.connect(Limits::default()).await).await;
        found.borrow_mut().push(found_here);
    })
    .await;
    on_postgres(async |place| {
        let found_here = shape(&place.connect(Limits::default()).await).await;
        found.borrow_mut().push(found_here);
    })
    .await;
    let found = found.into_inner();
    assert!(found[0].len() > 100);
    if let [sqlite, postgres] = found.as_slice() {
        assert_eq!(sqlite, postgres);
    }
}

/// SQLite gives the greatest number and one, and so the number of the newest row again when that is gone, unless it is told not to.
#[tokio::test]
async fn no_number_is_given_twice() {
    const NUMBERED_AGAIN: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%INTEGER%PRIMARY KEY%'
      AND sql NOT LIKE '%PRIMARY KEY AUTOINCREMENT%' ORDER BY name";
    const NUMBERED: &str = "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%PRIMARY KEY AUTOINCREMENT%'";
    on_sqlite(async |place| {
        let db = place.connect(Limits::default()).await;
        db.migrate(0).await.unwrap();
        let mut read = db.read().await.unwrap();
        let again: Vec<String> = read.query(NUMBERED_AGAIN).scalars().await.unwrap();
        assert_eq!(again, ["audit_events", "punches"], "of which single rows never go");
        assert!(read.query(NUMBERED).scalar::<i64>().await.unwrap() >= 32);
    })
    .await;
}
