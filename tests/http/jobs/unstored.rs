//! What a job found of a neighbour's change that was not stored in the end.

use super::{Outcome, worker};
use crate::db::spawn;
use crate::support::each_app;
use regie::platform::App;
use regie::platform::db::{Db, DbResult, EngineKind};
use regie::platform::jobs::{Handler, JobError, JobRow};
use std::time::Duration;

/// Long enough to stand in the writers' queue.
const A_MOMENT: Duration = Duration::from_millis(20);

/// A bell is rung, and its COMMIT fails.
async fn ring_in_vain(db: Db) -> DbResult<()> {
    let mut tx = db.begin_write().await?;
    tx.query("INSERT INTO bells (id) VALUES ($1)").bind(1_i64).execute_one().await?;
    tx.query("INSERT INTO echoes (bell) VALUES ($1)").bind(999_i64).execute_one().await?;
    tx.commit().await
}

/// How many bells were rung. Changes nothing.
async fn count_bells(db: &Db) -> DbResult<usize> {
    let mut tx = db.begin_write().await?;
    let found: Vec<i64> = tx.query("SELECT id FROM bells").scalars().await?;
    Ok(found.len())
}

/// Is done once a bell was rung, by whoever. Looks right behind somebody who rings one.
fn hear(app: App, _: JobRow) -> Outcome {
    Box::pin(async move {
        let hold = app.db.begin_write().await.map_err(JobError::later)?;
        let ringing = spawn(ring_in_vain(app.db.clone()));
        tokio::time::sleep(A_MOMENT).await;
        let (found, ()) = tokio::join!(count_bells(&app.db), async {
            tokio::time::sleep(A_MOMENT).await;
            drop(hold);
        });
        let rung = ringing.await.map_err(JobError::later)?;
        assert!(rung.is_err(), "it fails at its COMMIT");
        match found.map_err(JobError::later)? {
            0 => Err(JobError::Later("silence".into())),
            _ => Ok(()),
        }
    })
}

fn hearing(_: &str) -> Option<Handler> {
    let handler: Handler = hear;
    Some(handler)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_not_done_by_a_change_that_was_not_stored() {
    each_app(async |test| {
        if test.app.db.engine() != EngineKind::Sqlite {
            return; // nobody sees there what is not committed
        }
        let db = &test.app.db;
        db.script("CREATE TABLE bells (id BIGINT NOT NULL PRIMARY KEY)").await.unwrap();
        db.script("CREATE TABLE echoes (bell BIGINT NOT NULL REFERENCES bells (id) DEFERRABLE INITIALLY DEFERRED)")
            .await
            .unwrap();
        let mut heard = 0;
        // On a busy machine the COMMIT may have failed before the job looks.
        for _ in 0..200 {
            let id = test.enqueue("test.heard", "").await;
            assert!(worker(&test, hearing).run_next().await.unwrap());
            let job = test.job(id).await;
            assert_eq!((job.state.as_str(), job.attempts), ("waiting", 1), "{job:?}");
            let reason = job.last_error.unwrap();
            if reason != "silence" {
                assert!(reason.contains("FOREIGN KEY"), "{reason}");
                heard += 1;
            }
            if heard > 2 {
                break;
            }
        }
        assert!(heard > 2, "{heard}");
        assert_eq!(test.number("SELECT count(*) FROM bells").await, 0);
    })
    .await;
}
