//! SQL of the job queue.

use super::{JobError, MAX_ATTEMPTS, Share, back_off_seconds};
use crate::kernel::{Instant, JobId, OrgId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

/// The first job that is due, and is one of these.
macro_rules! due {
    ($share:literal) => {
        concat!("SELECT id FROM jobs WHERE state = 'waiting' AND run_at <= $1", $share, " ORDER BY run_at, id LIMIT 1")
    };
}

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
const DUE: &str = due!("");
const DUE_ONLY: &str = due!(" AND kind = $2");
const DUE_WITHOUT: &str = due!(" AND kind <> $2");
const TAKE: &str = "UPDATE jobs SET state = 'running', started_at = $2, attempts = attempts + 1
  WHERE id = $1 AND state = 'waiting' RETURNING id, org_id, kind, payload, attempts";
// The attempt's number as well: one that was lost may have been taken again meanwhile, and is somebody else's to end then.
const DONE: &str =
    "UPDATE jobs SET state = 'done', done_at = $3, last_error = NULL WHERE id = $1 AND state = 'running' AND attempts = $2";
const FAILED: &str = "UPDATE jobs SET state = $3, run_at = $4, last_error = $5
  WHERE id = $1 AND state = 'running' AND attempts = $2";
const LOST: &str = "SELECT id, org_id, kind, payload, attempts FROM jobs WHERE state = 'running' AND started_at < $1
  ORDER BY id LIMIT 500";
// No job is done before it was due, so the index on `run_at` finds the old ones.
const PURGE: &str = "DELETE FROM jobs WHERE id IN (
  SELECT id FROM jobs WHERE state = 'done' AND run_at < $1 AND done_at < $2 ORDER BY run_at, id LIMIT 1000)";
const FORGET_DEAD: &str = "DELETE FROM jobs WHERE state = 'dead' AND kind = $1 AND payload IN ($2..)";
const COUNTS: &str = "SELECT CAST(coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
  CAST(coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT) AS dead,
  min(CASE WHEN state = 'waiting' THEN run_at END) AS oldest FROM jobs WHERE state IN ('waiting', 'dead')";

/// Writes a job in the transaction of the change that wants it.
pub async fn enqueue(tx: &mut WriteTx, org: OrgId, job: &NewJob, now: Instant) -> DbResult<JobId> {
    tx.query(ENQUEUE).bind(org).bind(job.kind).bind(&job.payload).bind(job.run_at).bind(now).scalar().await
}

/// Takes the next job of a share that is due, so that no other worker does.
pub(super) async fn take(tx: &mut WriteTx, share: Share, now: Instant) -> DbResult<Option<JobRow>> {
    let Some(id) = find_due(tx, share, now).await? else { return Ok(None) };
    tx.query(TAKE).bind(id).bind(now).optional().await
}

/// The next job of a share that is due.
pub(super) async fn find_due(tx: &mut ReadTx, share: Share, now: Instant) -> DbResult<Option<JobId>> {
    let query = match share {
        Share::All => tx.query(DUE).bind(now),
        Share::Only(kind) => tx.query(DUE_ONLY).bind(now).bind(kind),
        Share::Without(kind) => tx.query(DUE_WITHOUT).bind(now).bind(kind),
    };
    query.optional_scalar().await
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// It waits for the next attempt.
    Failed,
    /// It waits for somebody to look at it.
    Dead,
}

/// Notes that a job was done. `None` when it is no longer this attempt's.
pub(super) async fn done(tx: &mut WriteTx, job: &JobRow, now: Instant) -> DbResult<Option<End>> {
    let count = tx.query(DONE).bind(job.id).bind(job.attempts).bind(now).execute().await?;
    Ok((count == 1).then_some(End::Done))
}

/// Puts a failed job back for later, or aside when no attempt is left or can help. `None` when it is no longer this attempt's.
pub(super) async fn failed(tx: &mut WriteTx, job: &JobRow, error: &JobError, now: Instant) -> DbResult<Option<End>> {
    let is_last = matches!(error, JobError::Never(_)) || job.attempts >= MAX_ATTEMPTS;
    let (state, end) = if is_last { ("dead", End::Dead) } else { ("waiting", End::Failed) };
    let again = now.plus_seconds(back_off_seconds(job.attempts));
    let query = tx.query(FAILED).bind(job.id).bind(job.attempts).bind(state).bind(again).bind(error.to_string());
    Ok((query.execute().await? == 1).then_some(end))
}

/// What was taken before `since` and has not ended.
pub(super) async fn find_lost(tx: &mut ReadTx, since: Instant) -> DbResult<Vec<JobRow>> {
    tx.query(LOST).bind(since).all().await
}

/// Forgets some of the jobs that were done before. Gives how many.
pub(super) async fn purge_jobs(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    tx.query(PURGE).bind(before).bind(before).execute().await
}

/// Forgets the jobs of a kind that were put aside and are about one of these.
pub async fn forget_dead(tx: &mut WriteTx, kind: &str, payloads: &[String]) -> DbResult<u64> {
    tx.query(FORGET_DEAD).bind(kind).bind_list(payloads).execute().await
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
