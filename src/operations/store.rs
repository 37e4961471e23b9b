//! SQL of the queue, as those see it who run the installation.

use crate::access::Conn;
use crate::kernel::{Instant, JobId};
use crate::platform::db::{DbResult, Filter, ReadTx};

/// A job in the list. What it is about stays with it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobLine {
    pub id: JobId,
    pub kind: String,
    /// The organisation's name; `None` when it is the installation's.
    pub org: Option<String>,
    /// `waiting`, `running` or `dead`.
    pub state: String,
    pub run_at: Instant,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub created_at: Instant,
}

/// Which jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobShow {
    /// All that are not done.
    #[default]
    All,
    /// Put aside after too many attempts.
    Dead,
    /// Failed before, and waiting for another attempt.
    Failing,
    /// Waiting for their time.
    Waiting,
}

impl JobShow {
    pub const ALL: [Self; 4] = [Self::All, Self::Dead, Self::Failing, Self::Waiting];

    /// The word in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Dead => "dead",
            Self::Failing => "failing",
            Self::Waiting => "waiting",
        }
    }

    /// Reads [`JobShow::code`]; everything for anything else.
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.code() == code).unwrap_or_default()
    }
}

/// Which jobs to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobFilter {
    pub show: JobShow,
    /// Only jobs older than this number.
    pub before: Option<JobId>,
    pub limit: i64,
}

/// How many jobs are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    pub waiting: i64,
    pub running: i64,
    pub dead: i64,
    pub done: i64,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    state: String,
    count: i64,
}

const LIST: &str = "SELECT j.id, j.kind, o.name AS org, j.state, j.run_at, j.attempts, j.last_error, j.created_at
  FROM jobs j LEFT JOIN orgs o ON o.id = j.org_id WHERE j.state <> 'done'";
const COUNTS: &str = "SELECT state, count(*) AS count FROM jobs GROUP BY state";
const RETRY: &str = "UPDATE jobs SET state = 'waiting', run_at = $2, attempts = CASE WHEN state = 'dead' THEN 0 ELSE attempts END
  WHERE id = $1 AND state IN ('waiting', 'dead') RETURNING kind";
const DISCARD: &str = "DELETE FROM jobs WHERE id = $1 AND state IN ('waiting', 'dead') RETURNING kind, payload";

/// Jobs that are not done, newest first.
pub(super) async fn list_jobs(tx: &mut ReadTx, filter: JobFilter) -> DbResult<Vec<JobLine>> {
    let filtered = Filter::new(LIST).and_opt("j.id < {}", filter.before);
    let filtered = match filter.show {
        JobShow::All => filtered,
        JobShow::Dead => filtered.and("j.state = 'dead'"),
        JobShow::Failing => filtered.and("j.state = 'waiting' AND j.last_error IS NOT NULL"),
        JobShow::Waiting => filtered.and("j.state = 'waiting'"),
    };
    tx.filtered(filtered.tail(" ORDER BY j.id DESC LIMIT {}", filter.limit)).all().await
}

pub(super) async fn count_jobs(tx: &mut ReadTx) -> DbResult<JobCounts> {
    let mut counts = JobCounts::default();
    for row in tx.query(COUNTS).all::<CountRow>().await? {
        match row.state.as_str() {
            "waiting" => counts.waiting = row.count,
            "running" => counts.running = row.count,
            "dead" => counts.dead = row.count,
            _ => counts.done = row.count,
        }
    }
    Ok(counts)
}

/// Makes a job due now, with all its attempts when it had none left. Gives its kind; `None` when it is under way or gone.
pub(super) async fn retry_job(conn: &mut impl Conn, id: JobId, now: Instant) -> DbResult<Option<String>> {
    conn.query(RETRY).bind(id).bind(now).optional_scalar().await
}

/// A job that was taken out.
#[derive(sqlx::FromRow)]
pub(super) struct DiscardedJob {
    pub kind: String,
    pub payload: String,
}

/// Takes a job out. `None` when it is under way or gone.
pub(super) async fn discard_job(conn: &mut impl Conn, id: JobId) -> DbResult<Option<DiscardedJob>> {
    conn.query(DISCARD).bind(id).optional().await
}
