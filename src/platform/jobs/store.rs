//! SQL of the job queue.

use super::{MAX_ATTEMPTS, back_off_seconds};
use crate::kernel::{Instant, JobId, OrgId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

/// A job to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler does it.
    pub kind: &'static str,
    /// What it is about; the handler knows how to read it.
    pub payload: String,
    pub run_at: Instant,
}

/// A job as the worker takes it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct JobRow {
    pub id: JobId,
    pub org_id: OrgId,
    pub kind: String,
    pub payload: String,
    pub attempts: i64,
}

const ENQUEUE: &str =
    "INSERT INTO jobs (org_id, kind, payload, run_at, attempts, created_at) VALUES ($1, $2, $3, $4, 0, $5) RETURNING id";
const DUE: &str = "SELECT id FROM jobs WHERE state = 'waiting' AND run_at <= $1 ORDER BY run_at, id LIMIT 1";
const TAKE: &str = "UPDATE jobs SET state = 'running', started_at = $2, attempts = attempts + 1
  WHERE id = $1 AND state = 'waiting' RETURNING id, org_id, kind, payload, attempts";
const DONE: &str = "UPDATE jobs SET state = 'done', done_at = $2, last_error = NULL WHERE id = $1";
const RETRY: &str = "UPDATE jobs SET state = $2, run_at = $3, last_error = $4 WHERE id = $1";
const LOST: &str = "UPDATE jobs SET state = 'waiting' WHERE state = 'running' AND started_at < $1";
const COUNTS: &str = "SELECT CAST(coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
  CAST(coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT) AS dead,
  min(CASE WHEN state = 'waiting' THEN run_at END) AS oldest FROM jobs WHERE state IN ('waiting', 'dead')";

/// Writes a job in the transaction of the change that wants it.
pub async fn enqueue(tx: &mut WriteTx, org: OrgId, job: &NewJob, now: Instant) -> DbResult<JobId> {
    tx.query(ENQUEUE).bind(org).bind(job.kind).bind(&job.payload).bind(job.run_at).bind(now).scalar().await
}

/// Takes the next job that is due, so that no other worker does.
pub(super) async fn take(tx: &mut WriteTx, now: Instant) -> DbResult<Option<JobRow>> {
    let Some(id) = tx.query(DUE).bind(now).optional_scalar::<JobId>().await? else { return Ok(None) };
    tx.query(TAKE).bind(id).bind(now).optional().await
}

pub(super) async fn has_due(tx: &mut ReadTx, now: Instant) -> DbResult<bool> {
    Ok(tx.query(DUE).bind(now).optional_scalar::<JobId>().await?.is_some())
}

pub(super) async fn done(tx: &mut WriteTx, id: JobId, now: Instant) -> DbResult<()> {
    tx.query(DONE).bind(id).bind(now).execute_one().await
}

/// Puts a failed job back for later, or aside when it has failed too often.
pub(super) async fn failed(tx: &mut WriteTx, job: &JobRow, reason: &str, now: Instant) -> DbResult<()> {
    let state = if job.attempts >= MAX_ATTEMPTS { "dead" } else { "waiting" };
    let again = now.plus_seconds(back_off_seconds(job.attempts));
    tx.query(RETRY).bind(job.id).bind(state).bind(again).bind(reason).execute_one().await
}

/// Puts back what a server that is gone had taken before `since`.
pub async fn requeue_lost(tx: &mut WriteTx, since: Instant) -> DbResult<u64> {
    tx.query(LOST).bind(since).execute().await
}

/// How many wait, how many were put aside, and since when the oldest waits.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Counts {
    pub waiting: i64,
    pub dead: i64,
    pub oldest: Option<i64>,
}

/// The state of the queue.
pub async fn counts(tx: &mut ReadTx) -> DbResult<Counts> {
    tx.query(COUNTS).one().await
}
