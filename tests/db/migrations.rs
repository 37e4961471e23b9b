//! Bringing the schema up to date, whatever happens meanwhile.
use super::{child, child_url, count, each_engine, each_place, on_sqlite, test_name};
use regie::platform::db::{Db, DbError, EngineKind, Limits, Migration};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const NOW: i64 = 1_700_000_000_000;
const ONE: Migration = Migration { version: 1, file: "0001_one.sql", sql: "CREATE TABLE one (id BIGINT NOT NULL PRIMARY KEY);" };
const TWO: Migration = Migration {
    version: 2,
    file: "0002_two.sql",
    sql: "CREATE TABLE two (one BIGINT NOT NULL REFERENCES one (id)); INSERT INTO one (id) VALUES (1); INSERT INTO two (one) VALUES (1);",
};
const BROKEN: Migration =
    Migration { version: 3, file: "0003_broken.sql", sql: "CREATE TABLE three (id BIGINT); SELECT nonsense;" };
const THREE: Migration = Migration { sql: "CREATE TABLE three (id BIGINT);", ..BROKEN };
const RECORDED: &str = "SELECT count(*) FROM schema_migrations";

fn complains(outcome: Result<usize, DbError>, about: &str, because: &str) {
    match outcome {
        Err(DbError::Migration { file, reason }) => {
            assert!(file == about && reason.contains(because), "{file}: {reason}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_programs_own_migrations_are_applied_once() {
    each_engine(async |db| {
        let all = Migration::embedded(db.engine()).unwrap().len();
        assert_eq!(db.pending_migrations().await.unwrap(), all);
        assert_eq!(db.migrate(NOW).await.unwrap(), all);
        assert_eq!(db.pending_migrations().await.unwrap(), 0);
        assert_eq!(db.migrate(NOW).await.unwrap(), 0);
    })
    .await;
}

#[test]
fn both_engines_have_the_same_migrations() {
    let files = |engine| Migration::embedded(engine).unwrap().into_iter().map(|m| (m.version, m.file)).collect::<Vec<_>>();
    assert_eq!(files(EngineKind::Sqlite), files(EngineKind::Postgres));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_missing_is_applied() {
    each_engine(async |db| {
        assert_eq!(db.migrate_with(&[ONE], NOW).await.unwrap(), 1);
        assert_eq!(db.migrate_with(&[ONE, TWO], NOW + 1).await.unwrap(), 1);
        assert_eq!(
            count(&db, "SELECT applied_at FROM schema_migrations WHERE version = 2 AND name = '0002_two.sql'").await,
            NOW + 1
        );
        // foreign keys hold afterwards, for the connection that migrated as for others
        let orphan = db.write(async |tx| tx.query("INSERT INTO two (one) VALUES ($1)").bind(99).execute_one().await).await;
        assert!(matches!(orphan, Err(DbError::ForeignKey)), "{orphan:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_fails_leaves_nothing_behind() {
    each_engine(async |db| {
        complains(db.migrate_with(&[ONE, TWO, BROKEN], NOW).await, "0003_broken.sql", "nonsense");
        assert_eq!(count(&db, RECORDED).await, 2);
        assert_eq!(db.migrate_with(&[ONE, TWO, THREE], NOW).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_migration_and_a_newer_database_are_refused() {
    each_engine(async |db| {
        db.migrate_with(&[ONE, THREE], NOW).await.unwrap();
        let edited = Migration { sql: "CREATE TABLE one (id BIGINT PRIMARY KEY);", ..ONE };
        complains(db.migrate_with(&[edited, THREE], NOW).await, "0001_one.sql", "edited");
        complains(db.migrate_with(&[ONE], NOW).await, "0003_broken.sql", "newer");
        complains(db.migrate_with(&[], NOW).await, "0001_one.sql", "newer");
        complains(db.migrate_with(&[ONE, TWO, THREE], NOW).await, "0002_two.sql", "new number");
        // a checkout with other line ends is not an edit
        let checkout = Migration { sql: "CREATE TABLE one (id BIGINT NOT NULL PRIMARY KEY);\r", ..ONE };
        assert_eq!(db.migrate_with(&[checkout, THREE], NOW).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_together_apply_each_once() {
    each_place(async |place| {
        for turn in 0..2 {
            let (one, two) = (place.connect(Limits::default()).await, place.connect(Limits::default()).await);
            let all: &'static [Migration] = if turn == 0 { &[ONE, TWO] } else { &[ONE, TWO, THREE] };
            let (first, second) = if turn == 0 { (&one, &two) } else { (&two, &one) };
            let (a, b) = tokio::join!(first.migrate_with(all, NOW), second.migrate_with(all, NOW));
            assert_eq!(a.unwrap() + b.unwrap(), if turn == 0 { 2 } else { 1 });
        }
        // the one that comes second waits even if the first takes longer than a writer may
        let slow = Migration {
            version: 4,
            file: "0004_slow.sql",
            sql: match place.engine {
                EngineKind::Sqlite => "CREATE TABLE four (id BIGINT)",
                EngineKind::Postgres => "SELECT pg_sleep(0.6); CREATE TABLE four (id BIGINT)",
            },
        };
        let hurried = Limits { writer_wait: std::time::Duration::from_millis(200), ..Limits::default() };
        let (one, two) = (place.connect(hurried).await, place.connect(hurried).await);
        let all = [ONE, TWO, THREE, slow];
        let (a, b) = tokio::join!(one.migrate_with(&all, NOW), two.migrate_with(&all, NOW));
        assert_eq!(a.unwrap() + b.unwrap(), 1);
    })
    .await;
}

/// SQLite changes a table by building it anew, which needs foreign keys out of the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_others_point_to_can_be_rebuilt() {
    on_sqlite(async |place| {
        let db = place.connect(Limits::default()).await;
        db.migrate_with(&[ONE, TWO], NOW).await.unwrap();
        let rebuild = Migration {
            sql: "CREATE TABLE new_one (id BIGINT NOT NULL PRIMARY KEY, name TEXT); INSERT INTO new_one (id) SELECT id FROM one;
                DROP TABLE one; ALTER TABLE new_one RENAME TO one;",
            ..THREE
        };
        let lossy = Migration { version: 4, file: "0004_lossy.sql", sql: "DELETE FROM one" };
        complains(db.migrate_with(&[ONE, TWO, rebuild, lossy], NOW).await, "0004_lossy.sql", "rows in two");
        assert_eq!(count(&db, RECORDED).await, 3);
        assert_eq!(count(&db, "SELECT count(*) FROM one JOIN two ON two.one = one.id").await, 1);
        let delete = db.write(async |tx| tx.query("DELETE FROM one").execute().await).await;
        assert!(matches!(delete, Err(DbError::ForeignKey)), "{delete:?}");
    })
    .await;
}

/// Of a database of before, in which the newest mission has gone already.
const STOCK: &str = "
    INSERT INTO orgs (slug, name, time_zone, language, created_at) VALUES ('a', 'A', 'UTC', 'fr', 0);
    INSERT INTO missions (org_id, title, time_zone, starts_at, ends_at, created_at)
        VALUES (1, 'one', 'UTC', 0, 60000, 0), (1, 'two', 'UTC', 0, 60000, 0), (1, 'three', 'UTC', 0, 60000, 0);
    INSERT INTO audit_events (org_id, seq, at, actor_kind, action, subject_kind, subject_id, detail, address, request_id, prev_hash, hash)
        VALUES (1, 1, 0, 'system', 'mission.deleted', 'mission', 3, '{}', '', '', '', '');
    DELETE FROM missions WHERE id = 3;
    INSERT INTO jobs (org_id, kind, payload, run_at, attempts, created_at) VALUES (1, 'a', '', 0, 0, 0), (1, 'b', '', 0, 0, 0);";
const MISSION: &str = "INSERT INTO missions (org_id, title, time_zone, starts_at, ends_at, created_at)
    VALUES (1, 'four', 'UTC', 0, 60000, 0) RETURNING id";
const JOB: &str =
    "INSERT INTO jobs (org_id, kind, payload, run_at, attempts, created_at) VALUES (1, 'c', '', 0, 0, 0) RETURNING id";

/// A number belongs to one row for ever: also after a migration that changes how they are given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_go_on_behind_those_of_rows_that_are_gone() {
    each_engine(async |db| {
        let all = Migration::embedded(db.engine()).unwrap();
        let before = all.iter().position(|migration| migration.file == "0016_numbers.sql").unwrap();
        db.migrate_with(&all[..before], NOW).await.unwrap();
        db.script(STOCK).await.unwrap();
        assert_eq!(count(&db, "SELECT count(*) FROM missions").await, 2, "a reader knows the schema of before");
        db.migrate_with(&all, NOW).await.unwrap();
        if db.engine() == EngineKind::Sqlite {
            let whole: String = db.read().await.unwrap().query("PRAGMA integrity_check").scalar().await.unwrap();
            assert_eq!((whole.as_str(), count(&db, "SELECT count(*) FROM pragma_foreign_key_check").await), ("ok", 0));
        }
        assert_eq!(count(&db, "SELECT count(*) FROM missions WHERE title IN ('one', 'two')").await, 2);
        let add = async |sql: &'static str| db.write(async |tx| tx.query(sql).scalar::<i64>().await).await.unwrap();
        db.script("DELETE FROM jobs WHERE id = 2").await.unwrap();
        assert_eq!((add(MISSION).await, add(JOB).await), (4, 3));
        db.script("DELETE FROM jobs; DELETE FROM missions").await.unwrap();
        assert_eq!((add(MISSION).await, add(JOB).await), (5, 4));
    })
    .await;
}

const ENDLESS_SQLITE: &str = "CREATE TABLE three (id BIGINT);
    INSERT INTO three (id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i FROM n";
const ENDLESS_POSTGRES: &str = "CREATE TABLE three (id BIGINT); SELECT pg_sleep(3)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the other process of killed_while_migrating"]
async fn migrates_until_killed() {
    let Some(url) = child_url() else { return };
    let db = Db::connect(&url, Limits::default()).await.unwrap();
    db.migrate_with(&[ONE, TWO], NOW).await.unwrap();
    println!("migrating");
    let sql = if db.engine() == EngineKind::Sqlite { ENDLESS_SQLITE } else { ENDLESS_POSTGRES };
    db.migrate_with(&[ONE, TWO, Migration { sql, ..THREE }], NOW).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_migrating_it_can_be_run_again() {
    each_place(async |place| {
        let mut other = child(&test_name(module_path!(), "migrates_until_killed"), &place.url);
        let mut other = other.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(other.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.into_iter().any(|line| line.contains("migrating")));
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        other.kill().unwrap();
        other.wait().unwrap();
        let db = place.connect(Limits::default()).await;
        assert_eq!(count(&db, RECORDED).await, 2);
        assert_eq!(db.migrate_with(&[ONE, TWO, THREE], NOW).await.unwrap(), 1);
    })
    .await;
}
