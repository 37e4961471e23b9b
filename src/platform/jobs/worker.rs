//! The worker: takes due jobs one after the other, until it is told to stop.

use super::store;
use crate::platform::App;
use crate::platform::db::DbError;
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::sync::watch;

/// Does one kind of job. The error text is kept with the job.
pub type Handler = fn(App, store::JobRow) -> BoxFuture<'static, Result<(), String>>;

/// How long the worker sleeps when nothing is due and nobody wakes it.
const IDLE: Duration = Duration::from_millis(500);
/// A job that runs for longer belonged to a server that is gone.
const LOST_AFTER_MINUTES: i64 = 10;

/// The worker of one server.
pub struct Worker {
    pub app: App,
    /// Which handler does which kind.
    pub handler_for: fn(&str) -> Option<Handler>,
}

impl Worker {
    /// Runs until `stop` becomes true; a job under way is finished first.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.run_next().await {
                Ok(true) => continue,
                Ok(false) => {}
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
        let db = &self.app.db;
        if !store::has_due(&mut db.read().await?, self.app.clock.now()).await? {
            return Ok(false);
        }
        let mut tx = db.begin_write().await?;
        let taken = store::take(&mut tx, self.app.clock.now()).await?;
        tx.commit().await?;
        let Some(job) = taken else { return Ok(true) };
        let outcome = match (self.handler_for)(&job.kind) {
            Some(handler) => handler(self.app.clone(), job.clone()).await,
            None => Err(format!("no handler for {}", job.kind)),
        };
        let mut tx = db.begin_write().await?;
        let now = self.app.clock.now();
        match outcome {
            Ok(()) => store::done(&mut tx, job.id, now).await?,
            Err(reason) => {
                tracing::warn!(job.id = %job.id, job.kind = %job.kind, job.attempts, reason, "Job failed");
                store::failed(&mut tx, &job, &reason, now).await?;
            }
        }
        tx.commit().await?;
        metrics::counter!("jobs_total", "kind" => job.kind).increment(1);
        Ok(true)
    }

    /// Puts back the jobs of servers that are gone.
    ///
    /// # Errors
    /// When the queue cannot be written.
    pub async fn recover(&self) -> Result<u64, DbError> {
        let mut tx = self.app.db.begin_write().await?;
        let since = self.app.clock.now().plus_minutes(-LOST_AFTER_MINUTES);
        let count = store::requeue_lost(&mut tx, since).await?;
        tx.commit().await?;
        Ok(count)
    }
}
