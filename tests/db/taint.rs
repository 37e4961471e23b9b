//! A transaction in which something went wrong cannot be committed, on either engine.
use super::{Place, count, each_engine, each_place};
use regie::platform::db::{Db, DbError, DbResult, Limits, WriteTx};
use std::time::Duration;

const ADD: &str = "INSERT INTO t (id, body) VALUES ($1, $2)";
const COUNT: &str = "SELECT count(*) FROM t";
const SLOW: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n";

async fn table(db: &Db) {
    db.script("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_statement_cannot_be_committed_over() {
    each_engine(async |db| {
        table(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("a").execute_one().await.unwrap();
        assert!(tx.query(ADD).bind(1).bind("b").execute().await.unwrap_err().is_unique("t_pkey"));
        assert!(matches!(tx.query(ADD).bind(2).bind("c").execute().await, Err(DbError::Aborted)));
        assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
        assert_eq!(count(&db, COUNT).await, 0);

        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("a").execute_one().await.unwrap();
        assert!(tx.query("SELECT nonsense").execute().await.is_err());
        assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
        assert_eq!(count(&db, COUNT).await, 0);
    })
    .await;
}

/// Removes ten rows, unless so many are left.
async fn remove_some(tx: &mut WriteTx, but: i64) -> DbResult<u64> {
    if tx.query(COUNT).scalar::<i64>().await? == but {
        return Err(DbError::NotFound);
    }
    tx.query("DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id LIMIT 10)").execute().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_in_portions_is_kept_in_portions() {
    each_engine(async |db| {
        table(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        for id in 0..35 {
            tx.query(ADD).bind(id).bind("a").execute_one().await.unwrap();
        }
        tx.commit().await.unwrap();
        let failed = db.write_in_portions(|tx| Box::pin(remove_some(tx, 15))).await;
        assert!(matches!(failed, Err(DbError::NotFound)), "{failed:?}");
        assert_eq!(count(&db, COUNT).await, 15);
        assert_eq!(db.write_in_portions(|tx| Box::pin(remove_some(tx, -1))).await.unwrap(), 15);
        assert_eq!(count(&db, COUNT).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_row_is_an_answer() {
    each_engine(async |db| {
        table(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        let absent = tx.query("SELECT body FROM t WHERE id = $1").bind(1).scalar::<String>().await;
        assert!(matches!(absent, Err(DbError::NotFound)));
        let none = tx.query("UPDATE t SET body = $2 WHERE id = $1").bind(1).bind("b").execute_one().await;
        assert!(matches!(none, Err(DbError::Rows { expected: 1, found: 0 })));
        tx.query(ADD).bind(1).bind("a").execute_one().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&db, COUNT).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changing_more_rows_than_meant_cannot_be_committed() {
    each_engine(async |db| {
        table(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        for id in 1..=3 {
            tx.query(ADD).bind(id).bind("a").execute_one().await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = db.begin_write().await.unwrap();
        let all = tx.query("DELETE FROM t").execute_one().await;
        assert!(matches!(all, Err(DbError::Rows { expected: 1, found: 3 })));
        assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
        assert_eq!(count(&db, COUNT).await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_statement_cannot_be_committed_over() {
    each_engine(async |db| {
        table(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("a").execute_one().await.unwrap();
        let slow = tx.query(SLOW).scalar::<i64>();
        assert!(tokio::time::timeout(Duration::from_millis(1), slow).await.is_err());
        assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
        assert_eq!(count(&db, COUNT).await, 0);
        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("a").execute_one().await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

async fn single_reader(place: &Place) -> Db {
    let db = place.connect(Limits { readers: 1, ..Limits::default() }).await;
    table(&db).await;
    db
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_survives_its_failures() {
    each_place(async |place| {
        let db = single_reader(place).await;
        let mut r = db.read().await.unwrap();
        assert!(r.query("SELECT nonsense").execute().await.is_err());
        assert_eq!(r.query(COUNT).scalar::<i64>().await.unwrap(), 0);
        let slow = r.query(SLOW).scalar::<i64>();
        assert!(tokio::time::timeout(Duration::from_millis(1), slow).await.is_err());
        assert_eq!(r.query(COUNT).scalar::<i64>().await.unwrap(), 0);
        drop(r);
        // a snapshot is one transaction, and PostgreSQL ends it at the first failure
        let mut snapshot = db.begin_read().await.unwrap();
        assert!(snapshot.query("SELECT nonsense").execute().await.is_err());
        assert!(matches!(snapshot.query(COUNT).scalar::<i64>().await, Err(DbError::Aborted)));
        drop(snapshot);
        assert_eq!(count(&db, COUNT).await, 0);
    })
    .await;
}
