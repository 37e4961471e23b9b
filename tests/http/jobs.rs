//! Work for later: tried again, later each time, put aside in the end, and forgotten.
//!
//! What becomes of it when a server is gone is in `lost`, what it found and was not stored in `unstored`. What `/metrics` says of the
//! queue is in `every_request::metrics`, what people do about a job that was put aside in `platform`.

mod lost;
mod unstored;

use super::platform::admin;
use crate::support::jobs::{Job, WAITS};
use crate::support::{TestApp, each_app};
use futures_util::future::BoxFuture;
use regie::kernel::JobId;
use regie::platform::App;
use regie::platform::jobs::{Handler, JobError, JobRow, MAX_ATTEMPTS, PURGE, Worker};
use std::sync::Mutex;
use tokio::sync::{Notify, watch};

type Outcome = BoxFuture<'static, Result<(), JobError>>;

fn refuse(_: App, job: JobRow) -> Outcome {
    Box::pin(async move { Err(JobError::Later(format!("{} at attempt {}", job.payload, job.attempts))) })
}

fn give_up(_: App, job: JobRow) -> Outcome {
    Box::pin(async move { Err(JobError::Never(job.payload)) })
}

fn work(_: App, _: JobRow) -> Outcome {
    Box::pin(async { Ok(()) })
}

fn refusing(_: &str) -> Option<Handler> {
    let handler: Handler = refuse;
    Some(handler)
}

fn giving_up(_: &str) -> Option<Handler> {
    let handler: Handler = give_up;
    Some(handler)
}

fn working(_: &str) -> Option<Handler> {
    let handler: Handler = work;
    Some(handler)
}

fn worker(test: &TestApp, handler_for: fn(&str) -> Option<Handler>) -> Worker {
    Worker { app: test.app.clone(), handler_for }
}

/// A server takes the job that is due, and is gone.
async fn lose(test: &TestApp, id: JobId) {
    fn hang(_: App, _: JobRow) -> Outcome {
        Box::pin(std::future::pending::<Result<(), JobError>>())
    }
    fn hanging(_: &str) -> Option<Handler> {
        let handler: Handler = hang;
        Some(handler)
    }
    let dying = worker(test, hanging);
    tokio::select! {
        ended = dying.run_next() => panic!("{ended:?}"),
        () = test.wait_for_job(id, "running") => {}
    }
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_and_is_put_aside_in_the_end() {
    each_app(async |test| {
        let (unwilling, clock) = (worker(&test, refusing), &test.app.clock);
        let id = test.enqueue("test.refused", "no bell").await;
        for (attempt, wait) in (1i64..).zip(WAITS) {
            assert!(unwilling.run_next().await.unwrap(), "attempt {attempt}");
            let expected = Job {
                state: "waiting".into(),
                attempts: attempt,
                run_at: clock.now().plus_seconds(wait),
                last_error: Some(format!("no bell at attempt {attempt}")),
            };
            assert_eq!(test.job(id).await, expected);
            clock.advance_seconds(wait - 1);
            assert!(!unwilling.run_next().await.unwrap(), "not before its time");
            clock.advance_seconds(1);
        }
        assert!(unwilling.run_next().await.unwrap());
        assert_eq!(test.job(id).await.told(), ("dead", MAX_ATTEMPTS, Some("no bell at attempt 8")));
        clock.advance_seconds(86_400);
        assert!(!unwilling.run_next().await.unwrap(), "nobody tries it any more");

        let cookie = admin(&test).await;
        let page = test.browse("GET", "/admin/jobs?state=dead", &cookie, "").await.text;
        for word in ["test.refused", "no bell at attempt 8", "Mises de côté"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        let health = test.browse("GET", "/admin/health", &cookie, "").await.text;
        assert!(health.contains("Quelque chose ne marche pas"), "{health}");

        // Somebody has hung a bell.
        assert_eq!(test.browse("POST", &format!("/admin/jobs/{id}/retry"), &cookie, "").await.status, 303);
        let willing = worker(&test, working);
        while willing.run_next().await.unwrap() {}
        assert_eq!(test.job(id).await.told(), ("done", 1, None));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_nobody_can_do_says_why_and_keeps_no_other_waiting() {
    each_app(async |test| {
        let cases = [
            ("test.unknown", "", "no handler for test.unknown"),
            ("mail.send", "a letter", "invalid digit found in string"),
            ("planning.tell", "somebody", "there is no such thing"),
        ];
        let mut wrong = Vec::new();
        for (kind, payload, reason) in cases {
            wrong.push((test.enqueue(kind, payload).await, reason));
        }
        let last = test.enqueue("badges.purge", "").await;
        test.run_jobs().await;
        for (id, reason) in &wrong {
            assert_eq!(test.job(*id).await.told(), ("waiting", 1, Some(*reason)));
        }
        assert_eq!(test.job(last).await.state, "done");

        let cookie = admin(&test).await;
        let page = test.browse("GET", "/admin/jobs?state=failing", &cookie, "").await.text;
        for word in wrong.iter().map(|(_, reason)| *reason).chain(["test.unknown", "En échec"]) {
            assert!(page.contains(word), "{word}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_job_that_no_attempt_can_do_is_put_aside_at_once() {
    each_app(async |test| {
        let id = test.enqueue("test.hopeless", "there is no stage").await;
        assert!(worker(&test, giving_up).run_next().await.unwrap());
        assert_eq!(test.job(id).await.told(), ("dead", 1, Some("there is no stage")));
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_panics_has_failed_and_the_worker_goes_on() {
    fn fall(_: App, job: JobRow) -> Outcome {
        Box::pin(async move {
            assert!(job.payload.is_empty(), "{} at attempt {}", job.payload, job.attempts);
            Ok(())
        })
    }
    fn stumble(_: App, _: JobRow) -> Outcome {
        panic!("no stage")
    }
    fn clumsy(kind: &str) -> Option<Handler> {
        let handler: Handler = match kind {
            "test.falls" => fall,
            "test.stumbles" => stumble,
            _ => work,
        };
        Some(handler)
    }
    each_app(async |test| {
        let falls = test.enqueue("test.falls", "the curtain fell").await;
        let stumbles = test.enqueue("test.stumbles", "").await;
        let last = test.enqueue("test.works", "").await;
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&test, clumsy).run(stopping), async {
            test.wait_for_job(last, "done").await;
            stop.send_replace(true);
        });
        for (id, reason) in [(falls, "panicked: the curtain fell at attempt 1"), (stumbles, "panicked: no stage")] {
            assert_eq!(test.job(id).await.told(), ("waiting", 1, Some(reason)));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_forgotten_after_a_week() {
    const LEFT: &str = "SELECT payload FROM jobs WHERE kind LIKE 'test.%' ORDER BY id";
    each_app(async |test| {
        let clock = &test.app.clock;
        let keep_house = async || {
            test.enqueue(PURGE, "").await;
            test.run_jobs().await;
        };
        test.enqueue("test.hopeless", "put aside").await;
        assert!(worker(&test, giving_up).run_next().await.unwrap());
        test.enqueue("test.works", "done").await;
        assert!(worker(&test, working).run_next().await.unwrap());
        let late = test.enqueue("test.works", "done an hour later").await;
        clock.advance_seconds(3600);
        assert!(worker(&test, working).run_next().await.unwrap());
        assert_eq!(test.job(late).await.state, "done");
        clock.advance_seconds(7 * 86_400 - 3600);
        keep_house().await;
        assert_eq!(test.texts(LEFT).await, ["put aside", "done", "done an hour later"]);
        clock.advance_seconds(1);
        keep_house().await;
        assert_eq!(test.texts(LEFT).await, ["put aside", "done an hour later"]);
        clock.advance_seconds(3600);
        keep_house().await;
        assert_eq!(test.texts(LEFT).await, ["put aside"], "somebody is to look at it");
    })
    .await;
}

#[tokio::test]
async fn attempts_are_counted_by_what_became_of_them() {
    // No other test makes jobs of this kind.
    const KIND: &str = "test.counted";
    const EXPECTED: [(&str, u64); 4] = [
        ("{kind=\"test.counted\",outcome=\"done\"}", 1),
        ("{kind=\"test.counted\",outcome=\"failed\"}", 1),
        ("{kind=\"test.counted\",outcome=\"lost\"}", 1),
        ("{kind=\"test.counted\",outcome=\"dead\"}", 2),
    ];
    /// The process counts for all engines: what was counted before is taken off.
    async fn counts(test: &TestApp) -> [u64; 4] {
        let metrics = test.browse("GET", "/metrics", "", "").await.text;
        EXPECTED.map(|(labels, _)| {
            let series = format!("jobs_total{labels} ");
            metrics.lines().find_map(|line| line.strip_prefix(&series)).map_or(0, |count| count.parse().unwrap())
        })
    }
    each_app(async |test| {
        let before = counts(&test).await;
        for handlers in [working, refusing, giving_up] {
            test.enqueue(KIND, "").await;
            assert!(worker(&test, handlers).run_next().await.unwrap());
        }
        // The one that failed is not due yet.
        let lost = test.enqueue(KIND, "").await;
        lose(&test, lost).await;
        test.app.clock.advance_seconds(10 * 60 + 1);
        let worker = worker(&test, working);
        assert_eq!(worker.recover().await.unwrap(), 1);
        // The last attempt of one that was lost before.
        test.change("UPDATE jobs SET state = 'running', attempts = 8, started_at = 0 WHERE last_error LIKE 'the server %'").await;
        assert_eq!(worker.recover().await.unwrap(), 1);
        assert_eq!(test.job(lost).await.state, "dead");
        let after = counts(&test).await;
        let counted: Vec<u64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        assert_eq!(counted, EXPECTED.map(|(_, count)| count));
    })
    .await;
}

#[tokio::test]
async fn two_servers_do_each_job_once() {
    static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());
    fn note(_: App, job: JobRow) -> Outcome {
        Box::pin(async move {
            tokio::task::yield_now().await;
            DONE.lock().unwrap().push(job.payload);
            Ok(())
        })
    }
    fn noting(_: &str) -> Option<Handler> {
        let handler: Handler = note;
        Some(handler)
    }
    async fn do_all(server: &TestApp) {
        let noting = worker(server, noting);
        while noting.run_next().await.unwrap() {}
    }
    each_app(async |test| {
        let neighbour = test.twin().await;
        let wanted: Vec<String> = (10..22).map(|number| number.to_string()).collect();
        for payload in &wanted {
            test.enqueue("test.noted", payload).await;
        }
        tokio::join!(do_all(&test), do_all(&neighbour));
        let mut done = std::mem::take(&mut *DONE.lock().unwrap());
        done.sort();
        assert_eq!(done, wanted);
        assert_eq!(test.number("SELECT count(*) FROM jobs WHERE state = 'done' AND attempts = 1").await, 12);
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_ends_its_job_and_takes_no_other() {
    static STARTED: Notify = Notify::const_new();
    static GO_ON: Notify = Notify::const_new();
    fn take_time(_: App, _: JobRow) -> Outcome {
        STARTED.notify_one();
        Box::pin(async {
            GO_ON.notified().await;
            Ok(())
        })
    }
    fn slow(_: &str) -> Option<Handler> {
        let handler: Handler = take_time;
        Some(handler)
    }
    each_app(async |test| {
        let (first, second) = (test.enqueue("test.slow", "1").await, test.enqueue("test.slow", "2").await);
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&test, slow).run(stopping), async {
            STARTED.notified().await;
            stop.send_replace(true);
            // The worker hears it before its job ends, whichever of the two is polled first.
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
            GO_ON.notify_one();
        });
        assert_eq!(test.job(first).await.state, "done");
        assert_eq!(test.job(second).await.told(), ("waiting", 0, None));
    })
    .await;
}
