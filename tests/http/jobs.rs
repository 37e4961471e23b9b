//! Work for later: tried again, later each time, put aside in the end, taken over from a server that is gone, and forgotten.
//!
//! What `/metrics` says of the queue is in `floor`, what people do about a job that was put aside in `platform`.

use super::platform::admin;
use crate::support::{TestApp, each_app};
use futures_util::future::BoxFuture;
use regie::kernel::{INSTALLATION, Instant, JobId};
use regie::platform::App;
use regie::platform::jobs::{Handler, JobError, JobRow, MAX_ATTEMPTS, NewJob, PURGE, Worker, enqueue};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::{Notify, watch};

type Outcome = BoxFuture<'static, Result<(), JobError>>;

/// What is kept with a job that was lost.
const GONE: &str = "the server that was doing it is gone";

/// What is known of a job.
#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Job {
    state: String,
    attempts: i64,
    run_at: Instant,
    last_error: Option<String>,
}

async fn add(test: &TestApp, kind: &'static str, payload: &str) -> JobId {
    let now = test.app.clock.now();
    let mut tx = test.app.db.begin_write().await.unwrap();
    let job = NewJob { kind, payload: payload.to_owned(), run_at: now };
    let id = enqueue(&mut tx, INSTALLATION, &job, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn find(test: &TestApp, id: JobId) -> Job {
    let mut read = test.app.db.read().await.unwrap();
    read.query("SELECT state, attempts, run_at, last_error FROM jobs WHERE id = $1").bind(id).one().await.unwrap()
}

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

/// Waits until a job is in this state.
async fn until(test: &TestApp, id: JobId, state: &str) {
    for _ in 0..1000 {
        if find(test, id).await.state == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not {state}: {:?}", find(test, id).await);
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
        () = until(test, id, "running") => {}
    }
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_and_is_put_aside_in_the_end() {
    each_app(async |test| {
        let (unwilling, clock) = (worker(&test, refusing), &test.app.clock);
        let id = add(&test, "test.refused", "no bell").await;
        for (attempt, wait) in (1i64..).zip([5, 20, 45, 80, 125, 180, 245]) {
            assert!(unwilling.run_next().await.unwrap(), "attempt {attempt}");
            let expected = Job {
                state: "waiting".into(),
                attempts: attempt,
                run_at: clock.now().plus_seconds(wait),
                last_error: Some(format!("no bell at attempt {attempt}")),
            };
            assert_eq!(find(&test, id).await, expected);
            clock.advance_seconds(wait - 1);
            assert!(!unwilling.run_next().await.unwrap(), "not before its time");
            clock.advance_seconds(1);
        }
        assert!(unwilling.run_next().await.unwrap());
        let dead = find(&test, id).await;
        assert_eq!((dead.state.as_str(), dead.attempts), ("dead", MAX_ATTEMPTS));
        assert_eq!(dead.last_error.as_deref(), Some("no bell at attempt 8"));
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
        let done = find(&test, id).await;
        assert_eq!((done.state.as_str(), done.attempts, done.last_error), ("done", 1, None));
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
            wrong.push((add(&test, kind, payload).await, reason));
        }
        let last = add(&test, "badges.purge", "").await;
        test.run_jobs().await;
        for (id, reason) in &wrong {
            let job = find(&test, *id).await;
            assert_eq!((job.state.as_str(), job.attempts, job.last_error.as_deref()), ("waiting", 1, Some(*reason)));
        }
        assert_eq!(find(&test, last).await.state, "done");

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
        let id = add(&test, "test.hopeless", "there is no stage").await;
        assert!(worker(&test, giving_up).run_next().await.unwrap());
        let dead = find(&test, id).await;
        assert_eq!((dead.state.as_str(), dead.attempts), ("dead", 1));
        assert_eq!(dead.last_error.as_deref(), Some("there is no stage"));
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
        let falls = add(&test, "test.falls", "the curtain fell").await;
        let stumbles = add(&test, "test.stumbles", "").await;
        let last = add(&test, "test.works", "").await;
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&test, clumsy).run(stopping), async {
            until(&test, last, "done").await;
            stop.send_replace(true);
        });
        for (id, reason) in [(falls, "panicked: the curtain fell at attempt 1"), (stumbles, "panicked: no stage")] {
            let job = find(&test, id).await;
            assert_eq!((job.state.as_str(), job.attempts, job.last_error.as_deref()), ("waiting", 1, Some(reason)));
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_server_that_is_gone_had_taken_is_put_back() {
    each_app(async |test| {
        let neighbour = test.twin().await;
        let (heir, clock) = (worker(&neighbour, working), &test.app.clock);
        let id = add(&test, "test.works", "").await;
        lose(&test, id).await;
        let taken = find(&test, id).await;
        assert_eq!((taken.state.as_str(), taken.attempts), ("running", 1));
        assert!(!heir.run_next().await.unwrap(), "it is somebody else's");
        clock.advance_seconds(10 * 60);
        assert_eq!(heir.recover().await.unwrap(), 0, "it may still be under way");
        clock.advance_seconds(1);
        assert_eq!(heir.recover().await.unwrap(), 1);
        assert_eq!(heir.recover().await.unwrap(), 0);
        assert!(!heir.run_next().await.unwrap(), "it waits like one that failed");
        clock.advance_seconds(5);
        assert!(heir.run_next().await.unwrap());
        let done = find(&test, id).await;
        assert_eq!((done.state.as_str(), done.attempts, done.last_error), ("done", 2, None));
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_server_that_runs_on_finds_what_was_lost_meanwhile() {
    each_app(async |test| {
        let (neighbour, clock) = (test.twin().await, &test.app.clock);
        let lost = add(&test, "test.works", "").await;
        lose(&test, lost).await;
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&neighbour, working).run(stopping), async {
            let other = add(&test, "test.works", "").await;
            until(&test, other, "done").await;
            // It has looked when it began, and found nothing.
            clock.advance_seconds(10 * 60 + 1);
            until(&test, lost, "waiting").await;
            clock.advance_seconds(5);
            until(&test, lost, "done").await;
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
        let id = add(&test, "test.deadly", "").await;
        for (attempt, wait) in (1i64..).zip([5, 20, 45, 80, 125, 180, 245]) {
            lose(&test, id).await;
            clock.advance_seconds(10 * 60 + 1);
            assert_eq!(heir.recover().await.unwrap(), 1, "attempt {attempt}");
            let expected = Job {
                state: "waiting".into(),
                attempts: attempt,
                run_at: clock.now().plus_seconds(wait),
                last_error: Some(GONE.into()),
            };
            assert_eq!(find(&test, id).await, expected);
            clock.advance_seconds(wait);
        }
        lose(&test, id).await;
        clock.advance_seconds(10 * 60 + 1);
        assert_eq!(heir.recover().await.unwrap(), 1);
        let dead = find(&test, id).await;
        assert_eq!((dead.state.as_str(), dead.attempts, dead.last_error.as_deref()), ("dead", MAX_ATTEMPTS, Some(GONE)));
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
        let id = add(&test, "test.works", "").await;
        let (ended, ()) = tokio::join!(slow.run_next(), async {
            until(&test, id, "running").await;
            clock.advance_seconds(10 * 60 + 1);
            assert_eq!(heir.recover().await.unwrap(), 1);
            clock.advance_seconds(5);
            assert!(heir.run_next().await.unwrap());
            GO_ON.notify_one();
        });
        assert!(ended.unwrap());
        let done = find(&test, id).await;
        assert_eq!((done.state.as_str(), done.attempts, done.last_error), ("done", 2, None));
        neighbour.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_forgotten_after_a_week() {
    const LEFT: &str = "SELECT payload FROM jobs WHERE kind LIKE 'test.%' ORDER BY id";
    each_app(async |test| {
        let clock = &test.app.clock;
        let keep_house = async || {
            add(&test, PURGE, "").await;
            test.run_jobs().await;
        };
        add(&test, "test.hopeless", "put aside").await;
        assert!(worker(&test, giving_up).run_next().await.unwrap());
        add(&test, "test.works", "done").await;
        assert!(worker(&test, working).run_next().await.unwrap());
        let late = add(&test, "test.works", "done an hour later").await;
        clock.advance_seconds(3600);
        assert!(worker(&test, working).run_next().await.unwrap());
        assert_eq!(find(&test, late).await.state, "done");
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
            add(&test, KIND, "").await;
            assert!(worker(&test, handlers).run_next().await.unwrap());
        }
        // The one that failed is not due yet.
        let lost = add(&test, KIND, "").await;
        lose(&test, lost).await;
        test.app.clock.advance_seconds(10 * 60 + 1);
        let worker = worker(&test, working);
        assert_eq!(worker.recover().await.unwrap(), 1);
        // The last attempt of one that was lost before.
        test.change("UPDATE jobs SET state = 'running', attempts = 8, started_at = 0 WHERE last_error LIKE 'the server %'").await;
        assert_eq!(worker.recover().await.unwrap(), 1);
        assert_eq!(find(&test, lost).await.state, "dead");
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
            add(&test, "test.noted", payload).await;
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
    fn take_time(_: App, _: JobRow) -> Outcome {
        STARTED.notify_one();
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(())
        })
    }
    fn slow(_: &str) -> Option<Handler> {
        let handler: Handler = take_time;
        Some(handler)
    }
    each_app(async |test| {
        let (first, second) = (add(&test, "test.slow", "1").await, add(&test, "test.slow", "2").await);
        let (stop, stopping) = watch::channel(false);
        tokio::join!(worker(&test, slow).run(stopping), async {
            STARTED.notified().await;
            stop.send_replace(true);
        });
        assert_eq!(find(&test, first).await.state, "done");
        let left = find(&test, second).await;
        assert_eq!((left.state.as_str(), left.attempts), ("waiting", 0));
    })
    .await;
}
