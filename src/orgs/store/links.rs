//! SQL of one-time links.

use crate::access::Conn;
use crate::kernel::{Instant, LinkId, OrgId};
use crate::orgs::links::Purpose;
use crate::platform::db::{DbResult, ReadTx};

/// A link that still works.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiveLink {
    pub id: LinkId,
    pub org_id: OrgId,
    pub subject_id: Option<i64>,
    pub email: Option<String>,
}

const INSERT: &str = "INSERT INTO links (org_id, purpose, token_hash, subject_id, email, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
const FIND: &str = "SELECT id, org_id, subject_id, email FROM links
  WHERE purpose = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3";
const USE: &str = "UPDATE links SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
const VOID: &str =
    "UPDATE links SET used_at = $4 WHERE org_id = $1 AND purpose = $2 AND coalesce(subject_id, 0) = $3 AND used_at IS NULL";

/// A link as it is written.
pub struct LinkValues<'a> {
    pub purpose: Purpose,
    pub token_hash: &'a str,
    pub subject: Option<i64>,
    pub email: Option<&'a str>,
    pub now: Instant,
}

pub async fn insert_link(conn: &mut impl Conn, new: &LinkValues<'_>) -> DbResult<LinkId> {
    let org = conn.org();
    let expires_at = new.now.plus_minutes(new.purpose.life_minutes());
    let query = conn.query(INSERT).bind(org).bind(new.purpose.code()).bind(new.token_hash).bind(new.subject).bind(new.email);
    query.bind(new.now).bind(expires_at).scalar().await
}

/// Finds a link by what the mail said. The organisation comes from the link: nobody is in one yet.
pub async fn find_live_link(tx: &mut ReadTx, purpose: Purpose, token_hash: &str, now: Instant) -> DbResult<Option<LiveLink>> {
    tx.query(FIND).bind(purpose.code()).bind(token_hash).bind(now).optional().await
}

/// Uses a link up. `false` when somebody else was faster.
pub async fn use_link(conn: &mut impl Conn, id: LinkId, now: Instant) -> DbResult<bool> {
    Ok(conn.query(USE).bind(id).bind(now).execute().await? == 1)
}

/// Ends the live links of the same purpose and subject: only the newest works.
pub async fn void_links(conn: &mut impl Conn, purpose: Purpose, subject: Option<i64>, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(VOID).bind(org).bind(purpose.code()).bind(subject.unwrap_or(0)).bind(now).execute().await
}
