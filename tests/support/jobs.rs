//! Work for later, as tests put it into the queue and look at it there.

use super::{TestApp, soon};
use regie::kernel::{INSTALLATION, Instant, JobId, OrgId};
use regie::platform::jobs::{NewJob, enqueue};

/// Seconds from each failed attempt to the next. The one after the last of them is the last.
pub const WAITS: [i64; 7] = [5, 20, 45, 80, 125, 180, 245];

/// What is known of a job.
#[derive(Debug, PartialEq, sqlx::FromRow)]
pub struct Job {
    pub state: String,
    pub attempts: i64,
    pub run_at: Instant,
    pub last_error: Option<String>,
}

impl Job {
    /// The state, how many attempts there were, and how the last one failed.
    pub fn told(&self) -> (&str, i64, Option<&str>) {
        (self.state.as_str(), self.attempts, self.last_error.as_deref())
    }
}

impl TestApp {
    /// Puts a job of the installation into the queue, due now.
    pub async fn enqueue(&self, kind: &'static str, payload: &str) -> JobId {
        self.enqueue_of(INSTALLATION, kind, payload).await
    }

    /// As [`Self::enqueue`], of an organisation.
    pub async fn enqueue_of(&self, org: OrgId, kind: &'static str, payload: &str) -> JobId {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin_write().await.unwrap();
        let job = NewJob { kind, payload: payload.to_owned(), run_at: now };
        let id = enqueue(&mut tx, org, &job, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn job(&self, id: JobId) -> Job {
        let mut read = self.app.db.read().await.unwrap();
        read.query("SELECT state, attempts, run_at, last_error FROM jobs WHERE id = $1").bind(id).one().await.unwrap()
    }

    /// Waits until a job is in this state.
    pub async fn wait_for_job(&self, id: JobId, state: &str) {
        soon(&format!("job {id} is {state}"), async || self.job(id).await.state == state).await;
    }
}
