//! SQL of the links that answer without an account.

use crate::access::Conn;
use crate::kernel::{AnswerLinkId, AssignmentId, CrewMemberId, Instant, OrgId};
use crate::platform::db::{DbResult, ReadTx};

const ADD: &str = "INSERT INTO answer_links (org_id, crew_member_id, assignment_id, token_hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
const FIND: &str = "SELECT id, org_id, crew_member_id, assignment_id, expires_at FROM answer_links
  WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2";
const BY_ID: &str = "SELECT id, org_id, crew_member_id, assignment_id, expires_at FROM answer_links
  WHERE org_id = $1 AND id = $2";
const REVOKE: &str = "UPDATE answer_links SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL";
const REVOKE_ALL: &str =
    "UPDATE answer_links SET revoked_at = $3 WHERE org_id = $1 AND crew_member_id = $2 AND revoked_at IS NULL";

/// Whose link it is, and what it answers.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct AnswerLink {
    pub id: AnswerLinkId,
    pub org_id: OrgId,
    pub crew_member_id: CrewMemberId,
    /// The one question it answers; all of the person's when there is none.
    pub assignment_id: Option<AssignmentId>,
    pub expires_at: Instant,
}

impl AnswerLink {
    /// Whether it answers this question of its person.
    pub fn answers(&self, assignment: AssignmentId) -> bool {
        self.assignment_id.is_none_or(|only| only == assignment)
    }
}

pub async fn insert_answer_link(
    conn: &mut impl Conn,
    person: CrewMemberId,
    only: Option<AssignmentId>,
    token_hash: &str,
    now: Instant,
    expires_at: Instant,
) -> DbResult<AnswerLinkId> {
    let org = conn.org();
    let query = conn.query(ADD).bind(org).bind(person).bind(only).bind(token_hash).bind(now);
    query.bind(expires_at).scalar().await
}

/// A living link by what its holder was given.
pub async fn find_answer_link(tx: &mut ReadTx, token_hash: &str, now: Instant) -> DbResult<Option<AnswerLink>> {
    tx.query(FIND).bind(token_hash).bind(now).optional().await
}

/// A link by its number, ended ones included.
pub async fn find_answer_link_by_id(conn: &mut impl Conn, id: AnswerLinkId) -> DbResult<Option<AnswerLink>> {
    let org = conn.org();
    conn.query(BY_ID).bind(org).bind(id).optional().await
}

/// Ends a link. `false` when it had ended.
pub async fn revoke_answer_link(conn: &mut impl Conn, id: AnswerLinkId, now: Instant) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(REVOKE).bind(org).bind(id).bind(now).execute().await? == 1)
}

/// Ends all links of a person.
pub async fn revoke_answer_links(conn: &mut impl Conn, person: CrewMemberId, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(REVOKE_ALL).bind(org).bind(person).bind(now).execute().await
}
