//! PostgreSQL goes away and comes back; keys and rows are contended.
use super::{count, each_engine, on_postgres, spawn};
use regie::platform::db::{Db, DbError, Limits};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;
use tokio::time::Instant;

const SCHEMA: &str =
    "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO t (id, n) VALUES (1, 0), (2, 0)";
const GET: &str = "SELECT n FROM t WHERE id = $1";
const SET: &str = "UPDATE t SET n = $2 WHERE id = $1";

fn impatient() -> Limits {
    Limits { acquire: Duration::from_millis(500), writer_wait: Duration::from_millis(300), ..Limits::default() }
}

/// Reads, then writes what it read plus one: right only if nobody does so in between.
async fn increment(db: &Db, lock: bool) -> Result<(), DbError> {
    db.write(async |tx| {
        if lock {
            tx.lock(42).await?;
        }
        let n: i64 = tx.query(GET).bind(1).scalar().await?;
        tokio::time::sleep(Duration::from_millis(2)).await;
        tx.query(SET).bind(1).bind(n + 1).execute_one().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_key_makes_reading_then_writing_safe() {
    each_engine(async |db| {
        db.script(SCHEMA).await.unwrap();
        let work = |_| {
            let db = db.clone();
            spawn(async move { increment(&db, true).await })
        };
        for task in (0..30).map(work).collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        assert_eq!(count(&db, "SELECT n FROM t WHERE id = 1").await, 30);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_held_for_too_long_is_busy() {
    on_postgres(async |place| {
        let db = place.connect(impatient()).await;
        db.script(SCHEMA).await.unwrap();
        let mut holder = db.begin_write().await.unwrap();
        holder.lock(42).await.unwrap();
        holder.query(SET).bind(1).bind(5).execute_one().await.unwrap();
        let mut other = db.begin_write().await.unwrap();
        other.lock(43).await.unwrap();
        assert!(matches!(other.lock(42).await, Err(DbError::Busy(_))));
        assert!(matches!(other.commit().await, Err(DbError::Aborted)));
        // a row, too
        let mut other = db.begin_write().await.unwrap();
        assert!(matches!(other.query(SET).bind(1).bind(6).execute_one().await, Err(DbError::Busy(_))));
        drop(other);
        holder.commit().await.unwrap();
        db.write(async |tx| tx.lock(42).await).await.unwrap();
        assert_eq!(count(&db, "SELECT n FROM t WHERE id = 1").await, 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_busy_for_one_of_the_two() {
    on_postgres(async |place| {
        let db = place.connect(Limits::default()).await;
        db.script(SCHEMA).await.unwrap();
        let both = Barrier::new(2);
        let crossed = async |first: i64, second: i64| {
            db.write(async |tx| {
                tx.query(SET).bind(first).bind(1).execute_one().await?;
                both.wait().await; // each has one of the two rows
                tx.query(SET).bind(second).bind(1).execute_one().await
            })
            .await
        };
        let (one, two) = tokio::join!(crossed(1, 2), crossed(2, 1));
        let failed = one.err().xor(two.err());
        assert!(matches!(failed, Some(DbError::Busy(_))), "{failed:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_are_unavailable_and_replaced() {
    on_postgres(async |place| {
        let db = place.connect(impatient()).await;
        let other = place.connect(Limits::default()).await;
        db.script(SCHEMA).await.unwrap();
        let mut reader = db.read().await.unwrap();
        let mut tx = db.begin_write().await.unwrap();
        tx.query(SET).bind(1).bind(9).execute_one().await.unwrap();
        let mut done = db.begin_write().await.unwrap();
        done.query(SET).bind(2).bind(9).execute_one().await.unwrap();
        // as an administrator's shutdown does
        let kick = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert!(count(&other, kick).await >= 3);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let lost = reader.query(GET).bind(1).scalar::<i64>().await;
        assert!(matches!(lost, Err(DbError::Unavailable(_))), "{lost:?}");
        let lost = tx.query(SET).bind(1).bind(10).execute_one().await;
        assert!(matches!(lost, Err(DbError::Unavailable(_))), "{lost:?}");
        assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
        let lost = done.commit().await;
        assert!(matches!(lost, Err(DbError::Unavailable(_))), "{lost:?}");
        drop(reader);
        for _ in 0..8 {
            db.ping().await.unwrap();
            increment(&db, false).await.unwrap();
        }
        assert_eq!(count(&db, "SELECT n FROM t WHERE id = 1").await, 8);
        assert_eq!(count(&db, "SELECT n FROM t WHERE id = 2").await, 0);
    })
    .await;
}

/// Passes bytes on between a port of ours and the server, until it is stopped.
fn relay(listener: TcpListener, server: String) -> JoinHandle<()> {
    spawn(async move {
        let mut pairs = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let server = server.clone();
            pairs.spawn(async move {
                let mut far = TcpStream::connect(server).await.unwrap();
                tokio::io::copy_bidirectional(&mut near, &mut far).await.ok();
            });
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_used_again() {
    on_postgres(async |place| {
        let (before, database) = place.url.rsplit_once('/').unwrap();
        let (scheme, server) = before.split_once("://").unwrap();
        let (user, server) = server.rsplit_once('@').map_or((String::new(), server), |(user, s)| (format!("{user}@"), s));
        let server = if server.contains(':') { server.to_owned() } else { format!("{server}:5432") };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap();
        let up = relay(listener, server.clone());
        let db = Db::connect(&format!("{scheme}://{user}{port}/{database}"), impatient()).await.unwrap();
        db.script(SCHEMA).await.unwrap();
        let mut tx = db.begin_write().await.unwrap();
        tx.query(SET).bind(1).bind(9).execute_one().await.unwrap();

        up.abort();
        up.await.ok();
        let start = Instant::now();
        assert!(matches!(tx.commit().await, Err(DbError::Unavailable(_))));
        assert!(matches!(db.ping().await, Err(DbError::Unavailable(_))));
        assert!(matches!(db.begin_read().await.map(drop), Err(DbError::Unavailable(_))));
        assert!(matches!(increment(&db, false).await, Err(DbError::Unavailable(_))));
        let refused = Db::connect(&format!("{scheme}://{user}{port}/{database}"), impatient()).await.map(drop);
        assert!(matches!(refused, Err(DbError::Unavailable(_))), "{refused:?}");
        assert!(start.elapsed() < Duration::from_secs(8), "took {:?}", start.elapsed());

        let up = relay(TcpListener::bind(port).await.unwrap(), server);
        db.ping().await.unwrap();
        increment(&db, false).await.unwrap();
        assert_eq!(count(&db, "SELECT n FROM t WHERE id = 1").await, 1);
        db.close().await.unwrap();
        up.abort();
    })
    .await;
}
