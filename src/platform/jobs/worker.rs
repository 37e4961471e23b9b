//! The worker: takes due jobs one after the other, until it is told to stop.

use super::store::{self, End};
use super::{JobError, JobRow, Share, without_addresses};
use crate::kernel::Instant;
use crate::platform::App;
use crate::platform::db::{DbError, DbResult, watched};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;

/// Does one kind of job. The error text is kept with the job.
pub type Handler = fn(App, JobRow) -> BoxFuture<'static, Result<(), JobError>>;

/// The job that forgets jobs that were done.
pub const PURGE: &str = "jobs.purge";
/// Done jobs stay this long, for those who look into what happened.
const KEPT_DAYS: i64 = 7;
/// How long the worker sleeps when nothing is due.
const IDLE: Duration = Duration::from_millis(500);
/// An attempt that takes longer is broken off: soon enough that nobody takes it for lost while it is under way.
const LONGEST: Duration = Duration::from_secs(9 * 60);
/// A job that runs for longer belonged to a server that is gone.
const LOST_AFTER_MINUTES: i64 = 10;
/// How often lost jobs are looked for, in milliseconds.
const LOOK_EVERY: i64 = 60_000;

/// A worker of one server.
pub struct Worker {
    pub app: App,
    /// Which handler does which kind.
    pub handler_for: fn(&str) -> Option<Handler>,
}

impl Worker {
    /// Does all jobs until `stop` becomes true; a job under way is finished first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        self.run_share(Share::All, stop).await;
    }

    /// As [`Self::run`], for those of a share; somebody else does the others. Looks for lost jobs, of all shares, when it begins,
    /// and every minute.
    pub async fn run_share(self, share: Share, mut stop: watch::Receiver<bool>) {
        let mut looked_at: Option<Instant> = None;
        self.app.workers().beat(share, self.app.clock.now());
        while !*stop.borrow() {
            let now = self.app.clock.now();
            // Before or after: a clock that was set back must not keep lost jobs waiting.
            if looked_at.is_none_or(|at| now.millis_since(at).abs() >= LOOK_EVERY) {
                looked_at = Some(now);
                if let Err(error) = self.recover().await {
                    tracing::warn!(%error, "Lost jobs were not put back; it is tried again in a minute");
                }
            }
            match self.run_next_of(share).await {
                Ok(did) => {
                    self.app.workers().beat(share, self.app.clock.now());
                    if did {
                        continue;
                    }
                }
                Err(error) => tracing::error!(%error, "Job queue failed"),
            }
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Does the next due job. `false` when there is none.
    ///
    /// # Errors
    /// When the queue itself cannot be read or written; a failing job is not an error here.
    pub async fn run_next(&self) -> Result<bool, DbError> {
        self.run_next_of(Share::All).await
    }

    async fn run_next_of(&self, share: Share) -> Result<bool, DbError> {
        let db = &self.app.db;
        if store::find_due(&mut db.read().await?, share, self.app.clock.now()).await?.is_none() {
            return Ok(false);
        }
        let mut tx = db.begin_write().await?;
        let taken = store::take(&mut tx, share, self.app.clock.now()).await?;
        tx.commit().await?;
        let Some(job) = taken else { return Ok(true) };
        let (outcome, seen) = watched(self.attempt(&job)).await;
        // A handler may have found that there is nothing to do, or never will be, by what was not stored in the end.
        let outcome = seen.durable().await.map_err(JobError::later).and(outcome);
        if let Err(error) = &outcome {
            let reason = without_addresses(&error.to_string());
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, job.attempts, reason, "Job failed");
        }
        let mut tx = db.begin_write().await?;
        let now = self.app.clock.now();
        let end = match &outcome {
            Ok(()) => store::done(&mut tx, &job, now).await?,
            Err(error) => store::failed(&mut tx, &job, error, now).await?,
        };
        tx.commit().await?;
        match end {
            Some(End::Done) => count(&job, "done"),
            Some(End::Failed) => count(&job, "failed"),
            Some(End::Dead) => count(&job, "dead"),
            None => tracing::warn!(job.id = %job.id, job.kind = %job.kind, "Job was somebody else's or gone when it ended"),
        }
        Ok(true)
    }

    /// Has the handler do a job. A panic is a failure like any other: it must not end the worker, which nobody would notice.
    async fn attempt(&self, job: &JobRow) -> Result<(), JobError> {
        let Some(handler) = (self.handler_for)(&job.kind) else {
            return Err(JobError::Later(format!("no handler for {}", job.kind)));
        };
        let (app, job) = (self.app.clone(), job.clone());
        // A future around the handler's: it may panic before it has made one.
        let work = AssertUnwindSafe(async move { handler(app, job).await }).catch_unwind();
        match tokio::time::timeout(LONGEST, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(JobError::Later(format!("panicked: {}", words_of(panic.as_ref())))),
            Err(_) => Err(JobError::Later(format!("not done within {} minutes", LONGEST.as_secs() / 60))),
        }
    }

    /// Puts the jobs of servers that are gone back for another attempt, or aside when none is left. Gives how many.
    ///
    /// # Errors
    /// When the queue cannot be read or written.
    pub async fn recover(&self) -> DbResult<u64> {
        let (db, now) = (&self.app.db, self.app.clock.now());
        let lost = store::find_lost(&mut db.read().await?, now.plus_minutes(-LOST_AFTER_MINUTES)).await?;
        if lost.is_empty() {
            return Ok(0);
        }
        let gone = JobError::Later("the server that was doing it is gone".to_owned());
        let mut found = Vec::with_capacity(lost.len());
        let mut tx = db.begin_write().await?;
        for job in lost {
            let end = store::failed(&mut tx, &job, &gone, now).await?;
            // `None`: another server has found it as well.
            found.extend(end.map(|end| (job, end)));
        }
        tx.commit().await?;
        for (job, end) in &found {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, job.attempts, "Job was lost with its server");
            count(job, if *end == End::Dead { "dead" } else { "lost" });
        }
        Ok(found.len() as u64)
    }
}

/// Counts an attempt by what became of it.
fn count(job: &JobRow, outcome: &'static str) {
    metrics::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => outcome).increment(1);
}

/// What was said in a panic.
fn words_of(panic: &(dyn Any + Send)) -> &str {
    let formatted = panic.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| panic.downcast_ref::<&'static str>().copied()).unwrap_or("nothing was said")
}

/// Forgets jobs that were done more than [`KEPT_DAYS`] ago. Those that were put aside stay until somebody has looked at them; who
/// knows that nobody can do one any more forgets it ([`super::forget_dead`]).
///
/// # Errors
/// When the database cannot be written.
pub async fn purge_jobs(app: &App) -> DbResult<u64> {
    let before = app.clock.now().plus_days(-KEPT_DAYS);
    app.db.write_in_portions(|tx| Box::pin(store::purge_jobs(tx, before))).await
}
