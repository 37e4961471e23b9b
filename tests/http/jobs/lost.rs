//! Jobs of a server that is gone: put back for another, and put aside when they are what ends servers.

use super::{Outcome, lose, worker, working};
use crate::support::each_app;
use crate::support::jobs::{Job, WAITS};
use regie::platform::App;
use regie::platform::jobs::{Handler, JobError, JobRow, MAX_ATTEMPTS};
use tokio::sync::{Notify, watch};

/// What is kept with a job that was lost.
const GONE: &str = "the server that was doing it is gone";

#[tokio::test]
async fn what_a_server_that_is_gone_had_taken_is_put_back() {
    each_app(async |test| {
        let neighbour = test.twin().await;
        let (heir, clock) = (worker(&neighbour, working), &test.app.clock);
        let id = test.enqueue("test.works", "").await;
        lose(&test, id).await;
        assert_eq!(test.job(id).await.told(), ("running", 1, None));
        assert!(!heir.run_next().await.unwrap(), "it is somebody else's");
        clock.advance_seconds(10 * 60);
        assert_eq!(heir.recover().await.unwrap(), 0, "it may still be under way");
        clock.advance_seconds(1);
        assert_eq!(heir.recover().await.unwrap(), 1);
        assert_eq!(heir.recover().await.unwrap(), 0);
        assert!(!heir.run_next().await.unwrap(), "it waits like one that failed");
        clock.advance_seconds(5);
        assert!(heir.run_next().await.unwrap());
        assert_eq!(test.job(id).await.told(), ("done", 2, None));
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_server_that_runs_on_finds_what_was_lost_meanwhile() {
    each_app(async |test| {
        let (neighbour, clock) = (test.twin().await, &test.app.clock);
        let lost = test.enqueue("test.works", "").await;
        lose(&test, lost).await;
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&neighbour, working).run(stopping), async {
            let other = test.enqueue("test.works", "").await;
            test.wait_for_job(other, "done").await;
            // It has looked when it began, and found nothing.
            clock.advance_seconds(10 * 60 + 1);
            test.wait_for_job(lost, "waiting").await;
            clock.advance_seconds(5);
            test.wait_for_job(lost, "done").await;
            stop.send_replace(true);
        });
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_that_ends_its_server_each_time_is_put_aside_in_the_end() {
    each_app(async |test| {
        let neighbour = test.twin().await;
        let (heir, clock) = (worker(&neighbour, working), &test.app.clock);
        let id = test.enqueue("test.deadly", "").await;
        for (attempt, wait) in (1i64..).zip(WAITS) {
            lose(&test, id).await;
            clock.advance_seconds(10 * 60 + 1);
            assert_eq!(heir.recover().await.unwrap(), 1, "attempt {attempt}");
            let expected = Job {
                state: "waiting".into(),
                attempts: attempt,
                run_at: clock.now().plus_seconds(wait),
                last_error: Some(GONE.into()),
            };
            assert_eq!(test.job(id).await, expected);
            clock.advance_seconds(wait);
        }
        lose(&test, id).await;
        clock.advance_seconds(10 * 60 + 1);
        assert_eq!(heir.recover().await.unwrap(), 1);
        assert_eq!(test.job(id).await.told(), ("dead", MAX_ATTEMPTS, Some(GONE)));
        clock.advance_seconds(86_400);
        assert_eq!(heir.recover().await.unwrap(), 0);
        assert!(!heir.run_next().await.unwrap(), "no other server dies of it");
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_thought_gone_does_not_end_what_another_has_taken_over() {
    static GO_ON: Notify = Notify::const_new();
    fn wait(_: App, _: JobRow) -> Outcome {
        Box::pin(async {
            GO_ON.notified().await;
            Err(JobError::Never("too late".into()))
        })
    }
    fn waiting(_: &str) -> Option<Handler> {
        let handler: Handler = wait;
        Some(handler)
    }
    each_app(async |test| {
        let neighbour = test.twin().await;
        let (slow, heir, clock) = (worker(&test, waiting), worker(&neighbour, working), &test.app.clock);
        let id = test.enqueue("test.works", "").await;
        let (ended, ()) = tokio::join!(slow.run_next(), async {
            test.wait_for_job(id, "running").await;
            clock.advance_seconds(10 * 60 + 1);
            assert_eq!(heir.recover().await.unwrap(), 1);
            clock.advance_seconds(5);
            assert!(heir.run_next().await.unwrap());
            GO_ON.notify_one();
        });
        assert!(ended.unwrap());
        assert_eq!(test.job(id).await.told(), ("done", 2, None));
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}
