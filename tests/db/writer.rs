//! SQLite's shared COMMIT when things go wrong.
use super::{Place, count, on_sqlite, spawn};
use regie::platform::db::{Db, DbError, DbResult, Limits};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

const ADD: &str = "INSERT INTO t (id, body) VALUES ($1, $2)";
const COUNT: &str = "SELECT count(*) FROM t";

async fn table(place: &Place, limits: Limits) -> Db {
    let db = place.connect(limits).await;
    db.script("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)").await.unwrap();
    db
}

async fn add(db: &Db, id: i64) -> DbResult<()> {
    db.write(async |tx| tx.query(ADD).bind(id).bind("x").execute_one().await).await
}

/// Writers that queue in this order behind one that holds the lock, so that they share a batch.
async fn in_one_batch<F: Future<Output = DbResult<()>> + Send + 'static>(
    db: &Db,
    count: i64,
    work: impl Fn(Db, i64) -> F,
) -> Vec<DbResult<()>> {
    let hold = db.begin_write().await.unwrap();
    let mut tasks: Vec<JoinHandle<_>> = Vec::new();
    for n in 0..count {
        tasks.push(spawn(work(db.clone(), n)));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(hold);
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

fn reasons(outcomes: &[DbResult<()>]) -> Vec<String> {
    outcomes.iter().filter_map(|outcome| Some(outcome.as_ref().err()?.to_string())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_to_everyone_it_hit() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        db.script("PRAGMA max_page_count = 40").await.unwrap();
        let outcomes = in_one_batch(&db, 20, |db, n| async move {
            let mut tx = db.begin_write().await?;
            let size = if n == 7 { 1_000_000 } else { 100 };
            let added = tx.query(ADD).bind(n).bind("x".repeat(size)).execute_one().await;
            if added.is_err() {
                assert!(matches!(tx.query(ADD).bind(100).bind("x").execute().await, Err(DbError::Aborted)));
            }
            added?;
            tx.commit().await
        })
        .await;
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(count(&db, COUNT).await, i64::try_from(stored).unwrap());
        assert!(matches!(outcomes[7], Err(DbError::Unavailable(_))), "{:?}", outcomes[7]);
        // those before it in its batch hear the cause, not its consequence
        for reason in reasons(&outcomes) {
            assert!(reason.contains("disk is full"), "{reason}");
        }
        add(&db, 500).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_stored_when_the_transaction_vanishes() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        let outcomes = in_one_batch(&db, 10, |db, n| async move {
            let mut tx = db.begin_write().await?;
            tx.query(ADD).bind(n).bind("x").execute_one().await?;
            if n == 5 {
                tx.query("ROLLBACK").execute().await?; // as an I/O error would
            }
            tx.commit().await
        })
        .await;
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(count(&db, COUNT).await, i64::try_from(stored).unwrap());
        assert!(matches!(outcomes[5], Err(DbError::Commit(_))), "{:?}", outcomes[5]);
        add(&db, 500).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_commit_is_told_to_all_it_carried() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        db.script("CREATE TABLE late (t BIGINT NOT NULL REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
        let hold = db.begin_write().await.unwrap();
        let work = |db: Db, n: i64| async move {
            let mut tx = db.begin_write().await?;
            match n {
                0 => tx.query("INSERT INTO late (t) VALUES ($1)").bind(999).execute_one().await?,
                _ => tx.query(ADD).bind(n).bind("x").execute_one().await?,
            }
            tx.commit().await
        };
        let tasks: Vec<_> = (0..8).map(|n| spawn(work(db.clone(), n))).collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(hold);
        let mut failed = 0;
        let mut stored = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => stored += 1,
                Err(error) => {
                    assert!(matches!(&error, DbError::Commit(reason) if reason.contains("FOREIGN KEY")), "{error:?}");
                    failed += 1;
                }
            }
        }
        assert!(failed > 0);
        assert_eq!(count(&db, COUNT).await, stored);
        add(&db, 500).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_writer_leaves_no_lock() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("x").execute_one().await.unwrap();
        drop(tx);
        let other = place.connect(Limits { writer_wait: Duration::from_secs(2), ..Limits::default() }).await;
        add(&other, 1).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_the_writer_ends() {
    on_sqlite(async |place| {
        let limits = Limits { writer_wait: Duration::from_millis(100), ..Limits::default() };
        let db = table(place, limits).await;
        let mut hold = db.begin_write().await.unwrap();
        assert!(matches!(db.begin_write().await, Err(DbError::Busy(_))));
        assert!(matches!(db.script("SELECT 1").await, Err(DbError::Busy(_))));
        // another process, too, from the first statement on
        hold.query(ADD).bind(9).bind("x").execute_one().await.unwrap();
        let other = place.connect(limits).await;
        assert!(matches!(add(&other, 1).await, Err(DbError::Busy(_))));
        drop(hold);
        add(&db, 2).await.unwrap();
        add(&other, 3).await.unwrap();
    })
    .await;
}

/// A writer that takes its time holds up those in the queue, but not for longer those who committed before it came.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_batch_is_stored_before_the_next_writer_begins() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        let start = Instant::now();
        let acked = Arc::new(std::sync::Mutex::new(Vec::new()));
        let times = acked.clone();
        // Each works for 20 ms and 12 of them are in the queue: in one batch all would be answered at the end.
        let outcomes = in_one_batch(&db, 12, move |db, n| {
            let times = times.clone();
            async move {
                let mut tx = db.begin_write().await?;
                tx.query(ADD).bind(n).bind("x").execute_one().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
                tx.commit().await?;
                times.lock().unwrap().push(start.elapsed());
                Ok(())
            }
        })
        .await;
        assert!(reasons(&outcomes).is_empty());
        let acked = acked.lock().unwrap();
        let (first, last) = (acked[0], acked[acked.len() - 1]);
        assert!(last - first > Duration::from_millis(120), "answered all at once: {first:?} and {last:?}");
    })
    .await;
}

/// Whatever ends a transaction goes on when its caller is gone: nobody may be told "failed" of what was stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_scripts_and_closings_tear_nothing() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        for round in 0..60_i64 {
            let commit = |n: i64| {
                let db = db.clone();
                spawn(async move { add(&db, round * 10 + n).await })
            };
            let tasks: Vec<_> = (0..5).map(commit).collect();
            let patience = Duration::from_micros(round.unsigned_abs() * 20);
            let script = db.script("INSERT INTO t (id, body) SELECT -1 - count(*), 'script' FROM t");
            tokio::time::timeout(patience, script).await.ok();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        }
        assert_eq!(count(&db, "SELECT count(*) FROM t WHERE id >= 0").await, 300);
        // the wait for the writers is cancelled, or the closing goes through: both are sound
        let hold = db.begin_write().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(5), db.close()).await.is_err());
        drop(hold);
        add(&db, 1000).await.unwrap();
        db.close().await.unwrap();
        db.close().await.unwrap();
        assert!(matches!(add(&db, 1001).await, Err(DbError::Unavailable(_))));
    })
    .await;
}

/// Cancelled in the middle of "BEGIN; SAVEPOINT", again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_beginnings_leave_a_usable_writer() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        for round in 0..300_u64 {
            tokio::time::timeout(Duration::from_micros(round % 100), db.begin_write()).await.map(drop).ok();
            if round % 10 == 0 {
                add(&db, i64::try_from(round).unwrap()).await.unwrap();
            }
        }
        assert_eq!(count(&db, COUNT).await, 30);
    })
    .await;
}

#[test]
fn a_runtime_that_ends_leaves_a_usable_file() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let first = runtime();
    let (db, tx) = first.block_on(async {
        let db = Db::connect(&url, Limits::default()).await.unwrap();
        db.script("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)").await.unwrap();
        let mut tx = db.begin_write().await.unwrap();
        tx.query(ADD).bind(1).bind("x").execute_one().await.unwrap();
        (db, tx)
    });
    drop(first);
    drop(tx); // nobody there to roll back in
    runtime().block_on(async {
        add(&db, 2).await.unwrap();
        assert_eq!(count(&db, COUNT).await, 1);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_cancelled_at_once_takes_nobody_along() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        for round in 0..20 {
            let outcomes = in_one_batch(&db, 9, move |db, n| async move {
                let mut tx = db.begin_write().await?;
                let mut adding = Box::pin(tx.query(ADD).bind(9 * round + n).bind("x").execute_one());
                if n % 3 == 2 {
                    // Sent, and given up before anything came back.
                    std::future::poll_fn(|context| Poll::Ready(adding.as_mut().poll(context).is_ready())).await;
                    return Ok(());
                }
                adding.await?;
                tx.commit().await
            })
            .await;
            assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
            assert_eq!(count(&db, COUNT).await, 6 * (round + 1));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_changes_nothing() {
    on_sqlite(async |place| {
        let db = table(place, Limits::default()).await;
        let outcomes = in_one_batch(&db, 12, |db, n| async move {
            let mut tx = db.begin_write().await?;
            match n % 4 {
                0 => drop(tx),
                1 => tx.commit().await?,
                2 => {
                    tx.query(ADD).bind(n).bind("x").execute_one().await?;
                    drop(tx);
                }
                _ => {
                    tx.query(ADD).bind(n).bind("x").execute_one().await?;
                    tx.commit().await?;
                }
            }
            Ok(())
        })
        .await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(count(&db, COUNT).await, 3);
        db.begin_write().await.unwrap().commit().await.unwrap();
        add(&db, 500).await.unwrap();
    })
    .await;
}
