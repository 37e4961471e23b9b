//! Thousands of writers at once, some of which fail, vanish, panic or are killed.
use super::{Place, child, child_url, count, each_place, on_sqlite, spawn, test_name};
use regie::platform::db::{Db, DbError, Limits};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS pairs (id BIGINT NOT NULL, half BIGINT NOT NULL, PRIMARY KEY (id, half))";
const ADD: &str = "INSERT INTO pairs (id, half) VALUES ($1, $2)";
const HALVES: &str = "SELECT count(*) FROM pairs WHERE id = $1";

/// Long enough for slow machines: what is asked here is right or wrong, not fast or slow.
fn patient() -> Limits {
    let wait = Duration::from_secs(60);
    Limits { writer_wait: wait, acquire: wait, ..Limits::default() }
}

#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum Fate {
    Stored,
    Violated,
    Dropped,
    Panicked,
    Cancelled,
}

/// Adds both halves, unless it is fated to something else.
async fn add_pair(db: Db, id: i64, fate: Fate) -> Fate {
    let work = async {
        let mut tx = db.begin_write().await?;
        tx.query(ADD).bind(id).bind(0).execute().await?;
        if fate == Fate::Cancelled {
            tokio::task::yield_now().await;
        }
        assert!(fate != Fate::Panicked, "on purpose");
        tx.query(ADD).bind(id).bind(i64::from(fate != Fate::Violated)).execute().await?;
        if fate == Fate::Dropped {
            return Ok(Fate::Dropped);
        }
        tx.commit().await?;
        Ok::<_, DbError>(Fate::Stored)
    };
    let done = match fate {
        Fate::Cancelled => {
            let after = Duration::from_micros(id.unsigned_abs() * 7919 % 60_000);
            let Ok(done) = tokio::time::timeout(after, work).await else { return Fate::Cancelled };
            done
        }
        _ => work.await,
    };
    match done {
        Ok(fate) => fate,
        Err(error) if error.is_unique("pairs_pkey") => Fate::Violated,
        Err(error) => panic!("{error}"),
    }
}

async fn storm(place: &Place, limits: Limits, writers: i64) {
    let db = place.connect(limits).await;
    db.script(SCHEMA).await.unwrap();
    let mut fates: HashMap<Fate, u64> = HashMap::new();
    for round in 0..3 {
        let start = |n: i64| {
            let fate = match n % 100 {
                10 => Fate::Violated,
                30 => Fate::Dropped,
                50 => Fate::Panicked,
                70 | 90 => Fate::Cancelled,
                _ => Fate::Stored,
            };
            let id = round * 10_000 + n;
            (id, spawn(add_pair(db.clone(), id, fate)))
        };
        let tasks: Vec<_> = (0..writers).map(start).collect();
        let mut seen = Vec::new();
        for (id, task) in tasks {
            let fate = match task.await {
                Ok(fate) => fate,
                Err(error) if error.is_panic() && id % 100 == 50 => Fate::Panicked,
                Err(error) => panic!("{error}"),
            };
            *fates.entry(fate).or_default() += 1;
            seen.push((id, fate));
        }
        let mut r = db.read().await.unwrap();
        for (id, fate) in seen {
            let halves: i64 = r.query(HALVES).bind(id).scalar().await.unwrap();
            match fate {
                Fate::Stored => assert_eq!(halves, 2, "{id}"),
                Fate::Cancelled => assert!(halves == 0 || halves == 2, "{id}: {halves}"),
                _ => assert_eq!(halves, 0, "{id} {fate:?}"),
            }
        }
    }
    // closing waits for those whose callers are gone, and stores no half of one
    db.close().await.unwrap();
    let halves = "SELECT count(*) FROM (SELECT id FROM pairs GROUP BY id HAVING count(*) <> 2) AS halves";
    assert_eq!(count(&place.connect(patient()).await, halves).await, 0, "{fates:?}");
    assert!(fates[&Fate::Stored] > 0 && fates[&Fate::Cancelled] > 0, "{fates:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_true() {
    each_place(async |place| storm(place, patient(), 1000).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_true_with_small_batches() {
    on_sqlite(async |place| storm(place, Limits { batch: 3, ..patient() }, 300).await).await;
    on_sqlite(async |place| storm(place, Limits { batch: 1, ..patient() }, 300).await).await;
}

/// Writes until it is killed, and prints every id that it was told is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the other process of killed_in_a_storm"]
async fn writes_until_killed() {
    let Some(url) = child_url() else { return };
    let db = Db::connect(&url, patient()).await.unwrap();
    db.script(SCHEMA).await.unwrap();
    let next = Arc::new(AtomicI64::new(1 + count(&db, "SELECT coalesce(max(id), 0) FROM pairs").await));
    let write = |_| {
        let (db, next) = (db.clone(), next.clone());
        spawn(async move {
            loop {
                let id = next.fetch_add(1, Relaxed);
                let mut tx = db.begin_write().await.unwrap();
                tx.query(ADD).bind(id).bind(0).execute_one().await.unwrap();
                // one in twenty violates the key
                if tx.query(ADD).bind(id).bind(i64::from(id % 20 != 7)).execute_one().await.is_err() {
                    continue;
                }
                tx.commit().await.unwrap();
                // in one piece, or two writers' lines would mix
                std::io::stdout().lock().write_all(format!("stored {id}.\n").as_bytes()).unwrap();
            }
        })
    };
    // None of them ends by itself.
    futures_util::future::join_all((0..500).map(write)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_storm_nothing_acknowledged_is_lost() {
    on_sqlite(async |place| {
        for _ in 0..3 {
            let mut writer = child(&test_name(module_path!(), "writes_until_killed"), &place.url);
            let mut writer = writer.stdout(Stdio::piped()).spawn().unwrap();
            let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
            let mut stored = Vec::new();
            for line in lines {
                stored.extend(line.strip_prefix("stored ").and_then(|id| id.strip_suffix('.')?.parse::<i64>().ok()));
                if stored.len() == 1000 {
                    writer.kill().unwrap(); // what is in the pipe is still read
                }
            }
            writer.wait().unwrap();
            let db = place.connect(patient()).await;
            let mut r = db.read().await.unwrap();
            for id in &stored {
                assert_eq!(r.query(HALVES).bind(*id).scalar::<i64>().await.unwrap(), 2, "{id}");
            }
            let torn = "SELECT count(*) FROM (SELECT id FROM pairs GROUP BY id HAVING count(*) <> 2) AS torn";
            assert_eq!(r.query(torn).scalar::<i64>().await.unwrap(), 0);
            assert_eq!(r.query("SELECT count(*) FROM pairs WHERE id % 20 = 7").scalar::<i64>().await.unwrap(), 0);
            assert_eq!(r.query("PRAGMA integrity_check").scalar::<String>().await.unwrap(), "ok");
            assert!(stored.len() >= 1000, "only {} were stored", stored.len());
            drop(r);
            db.close().await.unwrap();
        }
    })
    .await;
}
