//! How the installation fares.

use super::{JobCounts, ReadHealth, store};
use crate::access::Permit;
use crate::kernel::Instant;
use crate::platform::config::{InForce, in_force};
use crate::platform::db::{EngineKind, PoolStats};
use crate::platform::{App, jobs};

/// A queue whose oldest job waits for longer is not being worked on.
const STUCK_MINUTES: i64 = 5;

/// What is known of the installation at this moment. What the database could not tell is `None`.
#[derive(Clone, Debug)]
pub struct Health {
    pub version: &'static str,
    pub engine: &'static str,
    pub has_database: bool,
    pub pending_migrations: Option<usize>,
    pub jobs: Option<JobCounts>,
    /// Since when the oldest job that waits could have been done.
    pub oldest_job: Option<Instant>,
    pub pool: PoolStats,
    pub started_at: Instant,
    pub now: Instant,
    /// The server that mails leave through; empty when they stay.
    pub mail_host: String,
    pub settings: Vec<InForce>,
}

impl Health {
    /// Minutes that the oldest job has been waiting for its turn.
    pub fn oldest_minutes(&self) -> Option<i64> {
        self.oldest_job.map(|oldest| self.now.minutes_since(oldest).max(0))
    }

    /// Whether the queue is being worked on.
    pub fn is_queue_moving(&self) -> bool {
        self.oldest_minutes().is_none_or(|minutes| minutes < STUCK_MINUTES)
    }

    /// Whether nothing needs a person.
    pub fn is_good(&self) -> bool {
        self.has_database
            && self.pending_migrations == Some(0)
            && self.is_queue_moving()
            && self.jobs.is_some_and(|jobs| jobs.dead == 0)
    }
}

/// How the installation fares, and its settings without its secrets.
///
/// Permission: platform admin. Audit: none, it only reads.
pub async fn read_health(app: &App, _permit: Permit<ReadHealth>) -> Health {
    let has_database = app.db.ping().await.is_ok();
    let (mut counts, mut oldest) = (None, None);
    if let Ok(mut read) = app.db.read().await {
        counts = store::count_jobs(&mut read).await.ok();
        oldest = jobs::counts(&mut read).await.ok().and_then(|counts| counts.oldest).map(Instant);
    }
    Health {
        version: env!("CARGO_PKG_VERSION"),
        engine: if app.db.engine() == EngineKind::Sqlite { "SQLite" } else { "PostgreSQL" },
        has_database,
        pending_migrations: app.db.pending_migrations().await.ok(),
        jobs: counts,
        oldest_job: oldest,
        pool: app.db.pool_stats(),
        started_at: app.started_at(),
        now: app.clock.now(),
        mail_host: app.config.mail.host.clone(),
        settings: in_force(&app.config),
    }
}
