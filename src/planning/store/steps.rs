//! SQL of what was done in the planner.

use crate::access::Conn;
use crate::kernel::{AccountId, Instant};
use crate::platform::db::DbResult;

const INSERT: &str = "INSERT INTO plan_steps (org_id, account_id, made_at, what, changes) VALUES ($1, $2, $3, $4, $5)";
const DROP_UNDONE: &str = "DELETE FROM plan_steps WHERE org_id = $1 AND account_id = $2 AND undone_at IS NOT NULL";
const DROP_OLD: &str = "DELETE FROM plan_steps WHERE org_id = $1 AND account_id = $2 AND id NOT IN
  (SELECT id FROM plan_steps WHERE org_id = $3 AND account_id = $4 ORDER BY id DESC LIMIT $5)";
const LAST_DONE: &str = "SELECT id, what, changes FROM plan_steps WHERE org_id = $1 AND account_id = $2 AND undone_at IS NULL
  ORDER BY id DESC LIMIT 1";
const FIRST_UNDONE: &str =
    "SELECT id, what, changes FROM plan_steps WHERE org_id = $1 AND account_id = $2 AND undone_at IS NOT NULL
  ORDER BY id LIMIT 1";
const MARK: &str = "UPDATE plan_steps SET undone_at = $3 WHERE org_id = $1 AND id = $2";
const FORGET: &str = "DELETE FROM plan_steps WHERE org_id = $1 AND id = $2";
const COUNT: &str = "SELECT count(CASE WHEN undone_at IS NULL THEN 1 END), count(undone_at) FROM plan_steps
  WHERE org_id = $1 AND account_id = $2";

/// One step.
#[derive(sqlx::FromRow)]
pub struct StepRow {
    pub id: i64,
    pub what: String,
    pub changes: String,
}

/// Keeps a step, and forgets what can no longer be done again, and what is older than the newest `kept`.
pub async fn insert_step(
    conn: &mut impl Conn,
    account: AccountId,
    now: Instant,
    what: &str,
    changes: &str,
    kept: i64,
) -> DbResult<()> {
    let org = conn.org();
    conn.query(DROP_UNDONE).bind(org).bind(account).execute().await?;
    conn.query(INSERT).bind(org).bind(account).bind(now).bind(what).bind(changes).execute_one().await?;
    conn.query(DROP_OLD).bind(org).bind(account).bind(org).bind(account).bind(kept).execute().await?;
    Ok(())
}

/// The step to be undone next, or to be done again next.
pub async fn find_step(conn: &mut impl Conn, account: AccountId, undone: bool) -> DbResult<Option<StepRow>> {
    let org = conn.org();
    conn.query(if undone { FIRST_UNDONE } else { LAST_DONE }).bind(org).bind(account).optional().await
}

pub async fn mark_step(conn: &mut impl Conn, id: i64, undone_at: Option<Instant>) -> DbResult<()> {
    let org = conn.org();
    conn.query(MARK).bind(org).bind(id).bind(undone_at).execute_one().await
}

/// Forgets a step, if nobody has meanwhile.
pub async fn forget_step(conn: &mut impl Conn, id: i64) -> DbResult<()> {
    let org = conn.org();
    conn.query(FORGET).bind(org).bind(id).execute().await.map(drop)
}

/// How many steps can be undone, and done again.
pub async fn count_steps(conn: &mut impl Conn, account: AccountId) -> DbResult<(i64, i64)> {
    let org = conn.org();
    conn.query(COUNT).bind(org).bind(account).one().await
}
