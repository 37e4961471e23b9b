//! What is told of SQLite, and when, while the disk takes its time, or fails.
use super::{Place, count, on_sqlite, spawn};
use crate::support::soon;
use regie::platform::db::{Db, DbError, DbResult, Limits, Seen, watched};
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::Duration;

const TABLE: &str = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY)";
const ADD: &str = "INSERT INTO t (id) VALUES ($1)";
const COUNT: &str = "SELECT count(*) FROM t";

/// A disk that makes nothing durable while it is shut.
struct Gate {
    is_shut: Mutex<bool>,
    opened: Condvar,
    syncs: AtomicU64,
}

impl Gate {
    const fn open() -> Self {
        Self { is_shut: Mutex::new(false), opened: Condvar::new(), syncs: AtomicU64::new(0) }
    }

    fn pass(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, SeqCst);
        drop(self.opened.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
        Ok(())
    }

    fn set(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.opened.notify_all();
    }
}

async fn table(place: &Place, sync: fn(&File) -> io::Result<()>) -> Db {
    let db = place.connect(Limits { sync, ..Limits::default() }).await;
    db.script(TABLE).await.unwrap();
    db
}

async fn add(db: &Db, id: i64) -> DbResult<()> {
    db.write(async |tx| tx.query(ADD).bind(id).execute_one().await).await
}

/// Waits until as many rows can be seen, durable or not.
async fn seen_by_others(db: &Db, rows: i64) {
    soon("rows are seen", async || watched(count(db, COUNT)).await.0 == rows).await;
}

/// Long enough for what does not wait.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_what_the_disk_does_not_have() {
    static GATE: Gate = Gate::open();
    on_sqlite(async |place| {
        let db = table(place, |_| GATE.pass()).await;
        GATE.set(true);
        let (writing, written) = (
            db.clone(),
            spawn({
                let db = db.clone();
                async move { add(&db, 1).await }
            }),
        );
        seen_by_others(&db, 1).await;
        let reading = spawn(async move { count(&writing, COUNT).await });
        // While an answer is made nothing waits but the answer.
        let (seen_count, seen) = watched(count(&db, COUNT)).await;
        assert_eq!(seen_count, 1, "others see it at once");
        let (added, also) = watched(add(&db, 2)).await;
        added.unwrap();
        let refused = watched(add(&db, 2)).await;
        assert!(matches!(refused.0, Err(DbError::Unique(_))));
        let answers = [spawn(seen.durable()), spawn(also.durable()), spawn(refused.1.durable())];
        a_moment().await;
        assert!(!written.is_finished() && !reading.is_finished() && answers.iter().all(|answer| !answer.is_finished()));
        GATE.set(false);
        written.await.unwrap().unwrap();
        assert!(reading.await.unwrap() >= 1, "it may have begun after the second");
        for answer in answers {
            answer.await.unwrap().unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_disk_is_made_durable_together() {
    static GATE: Gate = Gate::open();
    on_sqlite(async |place| {
        let db = table(place, |_| GATE.pass()).await;
        GATE.set(true);
        let before = GATE.syncs.load(SeqCst);
        let add_later = |id| {
            let db = db.clone();
            spawn(async move { add(&db, id).await })
        };
        let mut tasks = vec![add_later(0)];
        soon("the disk is asked", async || GATE.syncs.load(SeqCst) > before).await;
        for id in 1..20 {
            tasks.push(add_later(id));
            tokio::time::sleep(Duration::from_millis(5)).await; // a COMMIT each, or nearly
        }
        seen_by_others(&db, 20).await;
        tokio::time::sleep(Duration::from_secs(1)).await; // between being seen and waiting for the disk
        GATE.set(false);
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(GATE.syncs.load(SeqCst) - before, 2, "one for the first, one for all that came meanwhile");
    })
    .await;
}

/// A second writer that sees what a first one did before there is a COMMIT, both behind a third. The outcome of the first, and of the
/// second with what it saw and what is said to who waits for that.
async fn one_after_the_other<T: Send + 'static>(
    db: &Db,
    first: impl Future<Output = DbResult<()>> + Send + 'static,
    second: impl Future<Output = DbResult<T>> + Send + 'static,
) -> (DbResult<()>, DbResult<T>, Seen, DbResult<()>) {
    let hold = db.begin_write().await.unwrap();
    let first = spawn(first);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = spawn(async move {
        let (told, seen) = watched(second).await;
        (told, seen.clone(), seen.durable().await)
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(hold);
    let (told, seen, durable) = second.await.unwrap();
    (first.await.unwrap(), told, seen, durable)
}

/// A row whose COMMIT fails.
async fn add_in_vain(db: Db, id: i64) -> DbResult<()> {
    let mut tx = db.begin_write().await?;
    tx.query(ADD).bind(id).execute_one().await?;
    tx.query("INSERT INTO late (t) VALUES ($1)").bind(999).execute_one().await?;
    tx.commit().await
}

/// Says how many rows it found, and changes nothing.
async fn look_at(db: Db, id: i64) -> DbResult<usize> {
    let mut tx = db.begin_write().await?;
    let found: Vec<i64> = tx.query("SELECT id FROM t WHERE id = $1").bind(id).scalars().await?;
    Ok(found.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_over_a_change_that_is_not_stored_tells_nobody() {
    on_sqlite(async |place| {
        let db = table(place, File::sync_data).await;
        db.script("CREATE TABLE late (t BIGINT NOT NULL REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
        let (mut taken, mut found) = (0, 0);
        // On a busy machine the COMMIT may have failed before the second one looks.
        for id in (0..200).map(|round| round * 2) {
            let again = db.clone();
            let second = async move { add(&again, id).await };
            let (first, told, seen, durable) = one_after_the_other(&db, add_in_vain(db.clone(), id), second).await;
            assert!(first.is_err(), "{id}");
            match told {
                Ok(()) => assert!(durable.is_ok(), "{durable:?}"),
                Err(DbError::Unique(_)) => {
                    taken += 1;
                    assert!(matches!(durable, Err(DbError::Commit(_))), "{id} is not there, and is said to be: {durable:?}");
                    assert!(matches!(seen.durable().await, Err(DbError::Commit(_))), "also to who asks later");
                }
                Err(error) => panic!("{error:?}"),
            }
            let looking = look_at(db.clone(), id + 1);
            let (first, told, seen, durable) = one_after_the_other(&db, add_in_vain(db.clone(), id + 1), looking).await;
            assert!(matches!(&first, Err(DbError::Commit(reason)) if reason.contains("FOREIGN KEY")), "{first:?}");
            if told.unwrap() == 1 {
                found += 1;
                assert!(matches!(durable, Err(DbError::Commit(_))), "{} is not there, and was found: {durable:?}", id + 1);
                assert!(seen.pass_on().await.is_err(), "nor is it passed on");
            } else {
                durable.unwrap();
            }
            if taken > 2 && found > 2 {
                break;
            }
        }
        assert!(taken > 2 && found > 2, "{taken} and {found}");
        assert_eq!(count(&db, "SELECT count(*) FROM t WHERE id % 2 = 1").await, 0);
        add(&db, 1000).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_over_a_change_waits_for_the_disk_to_have_it() {
    static GATE: Gate = Gate::open();
    on_sqlite(async |place| {
        let db = table(place, |_| GATE.pass()).await;
        GATE.set(true);
        let (adding, again) = (db.clone(), db.clone());
        let (first, second) = (async move { add(&adding, 1).await }, async move { add(&again, 1).await });
        let both = spawn({
            let db = db.clone();
            async move { one_after_the_other(&db, first, second).await }
        });
        seen_by_others(&db, 1).await;
        a_moment().await;
        assert!(!both.is_finished(), "it was told that the row is there");
        GATE.set(false);
        let (first, told, seen, durable) = both.await.unwrap();
        first.unwrap();
        assert!(matches!(told, Err(DbError::Unique(_))), "{told:?}");
        durable.unwrap();
        seen.durable().await.unwrap();
        assert_eq!(count(&db, COUNT).await, 1);
    })
    .await;
}

/// What the disk had when it was last asked: the database and its log.
static IMAGE: Mutex<(Vec<u8>, Vec<u8>)> = Mutex::new((Vec::new(), Vec::new()));
static FILE: OnceLock<PathBuf> = OnceLock::new();

fn keep_image(log: &File) -> io::Result<()> {
    let begun = |log: &File| {
        let mut salts = [0; 8];
        log.read_exact_at(&mut salts, 16).map(|()| salts)
    };
    loop {
        let before = begun(log)?;
        let database = std::fs::read(FILE.get().unwrap())?;
        let mut bytes = vec![0; usize::try_from(log.metadata()?.len()).unwrap()];
        log.read_exact_at(&mut bytes, 0)?;
        // When the log began anew in between, no disk ever had the two together.
        if begun(log)? == before {
            std::thread::sleep(Duration::from_millis(2)); // what is written meanwhile is not in it
            *IMAGE.lock().unwrap() = (database, bytes);
            return Ok(());
        }
    }
}

/// The power fails again and again, also while the log is copied and begun anew: whatever somebody was told is in what the disk has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_outlives_a_loss_of_power() {
    on_sqlite(async |place| {
        let file = FILE.get_or_init(|| PathBuf::from(place.url.trim_start_matches("sqlite://")));
        let db = place.connect(Limits { sync: keep_image, log_pages: 40, ..Limits::default() }).await;
        db.script(TABLE).await.unwrap();
        let told = Arc::new(Mutex::new(BTreeSet::new()));
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (db, told) = (db.clone(), told.clone());
                spawn(async move {
                    for n in 0..40 {
                        let id = writer * 1000 + n;
                        if n % 2 == 0 {
                            add(&db, id).await.unwrap();
                        } else {
                            let (added, seen) = watched(add(&db, id)).await;
                            added.unwrap();
                            seen.durable().await.unwrap();
                        }
                        told.lock().unwrap().insert(id);
                        let listed: Vec<i64> = db.read().await.unwrap().query("SELECT id FROM t").scalars().await.unwrap();
                        told.lock().unwrap().extend(listed);
                    }
                })
            })
            .collect();
        let (mut cuts, mut begun) = (0, BTreeSet::new());
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            let told = told.lock().unwrap().clone();
            let (database, log) = IMAGE.lock().unwrap().clone();
            begun.extend(log.get(16..24).map(<[u8]>::to_vec));
            let after = file.with_file_name(format!("cut{cuts}.db"));
            std::fs::write(&after, database).unwrap();
            std::fs::write(after.with_file_name(format!("cut{cuts}.db-wal")), log).unwrap();
            let found = Db::connect(&format!("sqlite://{}", after.display()), Limits::default()).await.unwrap();
            let ids: Vec<i64> = found.read().await.unwrap().query("SELECT id FROM t").scalars().await.unwrap();
            let lost: Vec<_> = told.difference(&ids.into_iter().collect()).copied().collect();
            assert!(lost.is_empty(), "{lost:?} of {} were told and are lost", told.len());
            found.close().await.unwrap();
            cuts += 1;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        assert!(cuts > 3 && begun.len() > 2, "{cuts} cuts of {} logs", begun.len());
        assert_eq!(told.lock().unwrap().len(), 320);
        for writer in writers {
            writer.await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_disk_that_refused_nothing_is_told_or_stored() {
    static FAILS: AtomicBool = AtomicBool::new(false);
    on_sqlite(async |place| {
        let db = table(place, |_| if FAILS.load(SeqCst) { Err(io::Error::other("no more blocks")) } else { Ok(()) }).await;
        add(&db, 1).await.unwrap();
        let lost = spawn({
            let db = db.clone();
            async move { db.lost().await }
        });
        a_moment().await;
        assert!(!lost.is_finished());
        FAILS.store(true, SeqCst);
        let failed = add(&db, 2).await;
        assert!(matches!(&failed, Err(DbError::Unavailable(reason)) if reason.contains("no more blocks")), "{failed:?}");
        assert!(lost.await.unwrap().contains("no more blocks"));
        FAILS.store(false, SeqCst); // asking again would prove nothing
        assert!(matches!(add(&db, 3).await, Err(DbError::Unavailable(_))));
        assert!(matches!(db.ping().await, Err(DbError::Unavailable(_))));
        let (listed, seen) = watched(async { db.read().await.unwrap().query(COUNT).scalar::<i64>().await }).await;
        assert!(matches!(listed, Err(DbError::Unavailable(_))) && seen.durable().await.is_err());
        assert!(matches!(db.close().await, Err(DbError::Unavailable(_))));
    })
    .await;
}
