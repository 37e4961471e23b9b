//! SQL of rules that were overruled.

use crate::access::Conn;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
use crate::platform::db::{DbResult, Filter};

const SET: &str = "INSERT INTO rule_overrides (org_id, assignment_id, rule, reason, account_id, created_at, excess)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (org_id, assignment_id, rule) DO UPDATE SET reason = excluded.reason, account_id = excluded.account_id,
    created_at = excluded.created_at, excess = excluded.excess";
const DROP: &str = "DELETE FROM rule_overrides WHERE org_id = $1 AND assignment_id = $2 AND rule = $3";
const LIST: &str =
    "SELECT o.assignment_id, a.crew_member_id, a.mission_id, o.rule, o.reason, o.account_id, o.created_at, o.excess
  FROM missions m
  JOIN assignments a ON a.org_id = m.org_id AND a.mission_id = m.id
  JOIN rule_overrides o ON o.org_id = a.org_id AND o.assignment_id = a.id
  WHERE m.org_id = $1";

/// A rule that was overruled for somebody's assignment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Override {
    pub assignment_id: AssignmentId,
    pub crew_member_id: CrewMemberId,
    pub mission_id: MissionId,
    pub rule: String,
    pub reason: String,
    pub account_id: Option<i64>,
    pub created_at: Instant,
    /// How far the rule was broken then.
    pub excess: i64,
}

/// Overrules, or writes another reason.
pub async fn set_override(
    conn: &mut impl Conn,
    assignment: AssignmentId,
    rule: &str,
    reason: &str,
    excess: i64,
    by: (Option<i64>, Instant),
) -> DbResult<()> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(SET).bind(org).bind(assignment).bind(rule).bind(reason);
    query.bind(by.0).bind(by.1).bind(excess).execute_one().await
}

/// Lets the rule count again. `false` when it was not overruled.
pub async fn drop_override(conn: &mut impl Conn, assignment: AssignmentId, rule: &str) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    Ok(conn.query(DROP).bind(org).bind(assignment).bind(rule).execute().await? == 1)
}

/// What is overruled on the missions that touch a time; for everybody, or for that one person.
pub async fn list_overrides(
    conn: &mut impl Conn,
    from: Instant,
    to: Instant,
    only: Option<CrewMemberId>,
) -> DbResult<Vec<Override>> {
    let filter = Filter::new(LIST).bind(conn.org()).and_opt("m.starts_at < {}", Some(to)).and_opt("m.ends_at > {}", Some(from));
    let filter = filter.and_opt("a.crew_member_id = {}", only).tail(" ORDER BY o.id LIMIT {}", 10_000i64);
    conn.tx().filtered(filter).all().await
}
