//! SQL of the audit.

use super::Link;
use crate::access::Conn;
use crate::kernel::{Instant, OrgId};
use crate::platform::db::{DbResult, Filter, ReadTx, WriteTx};

/// One row of a chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    pub id: i64,
    pub org_id: i64,
    pub seq: i64,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    pub detail: String,
    pub address: String,
    pub request_id: String,
    pub prev_hash: String,
    pub hash: String,
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub action: Option<String>,
    pub actor_kind: Option<String>,
    pub actor_id: Option<i64>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    /// Only rows older than this number of the chain.
    pub before: Option<i64>,
    pub limit: i64,
    pub offset: i64,
}

const HEAD: &str = "SELECT seq, hash FROM audit_heads WHERE org_id = $1";
const START: &str = "INSERT INTO audit_heads (org_id, seq, hash) VALUES ($1, 0, '') ON CONFLICT (org_id) DO NOTHING";
// Locks the chain until the end of the transaction on PostgreSQL: two changes never get the same number.
const LOCK: &str = "UPDATE audit_heads SET seq = seq + $2 WHERE org_id = $1 RETURNING seq - $3 AS seq, hash";
const ADVANCE: &str = "UPDATE audit_heads SET hash = $2 WHERE org_id = $1";
const INSERT: &str =
    "INSERT INTO audit_events (org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address,
  request_id, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const CHAIN: &str =
    "SELECT id, org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address, request_id,
  prev_hash, hash FROM audit_events WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const LIST: &str =
    "SELECT id, org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address, request_id,
  prev_hash, hash FROM audit_events WHERE org_id = $1";

pub(super) async fn find_head(tx: &mut ReadTx, org: OrgId) -> DbResult<Option<Link>> {
    tx.query(HEAD).bind(org).optional().await
}

/// Takes the next `count` numbers of a chain and gives the link before them.
pub(super) async fn take_numbers(tx: &mut WriteTx, org: OrgId, count: i64) -> DbResult<Link> {
    if let Some(link) = tx.query(LOCK).bind(org).bind(count).bind(count).optional().await? {
        return Ok(link);
    }
    tx.query(START).bind(org).execute().await?;
    tx.query(LOCK).bind(org).bind(count).bind(count).one().await
}

pub(super) async fn advance(tx: &mut WriteTx, org: OrgId, hash: &str) -> DbResult<()> {
    tx.query(ADVANCE).bind(org).bind(hash).execute_one().await
}

pub(super) async fn insert(tx: &mut WriteTx, row: &AuditRow) -> DbResult<()> {
    let query = tx.query(INSERT).bind(row.org_id).bind(row.seq).bind(Instant(row.at)).bind(&row.actor_kind).bind(row.actor_id);
    let query = query.bind(&row.action).bind(&row.subject_kind).bind(row.subject_id).bind(&row.detail).bind(&row.address);
    query.bind(&row.request_id).bind(&row.prev_hash).bind(&row.hash).execute_one().await
}

pub(super) async fn list_chain(tx: &mut ReadTx, org: OrgId, after: i64, limit: i64) -> DbResult<Vec<AuditRow>> {
    tx.query(CHAIN).bind(org).bind(after).bind(limit).all().await
}

/// Events of the organisation, newest first.
pub async fn list_events(conn: &mut impl Conn, filter: &AuditFilter) -> DbResult<Vec<AuditRow>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("action = {}", filter.action.as_deref())
        .and_opt("actor_kind = {}", filter.actor_kind.as_deref())
        .and_opt("actor_id = {}", filter.actor_id)
        .and_opt("subject_kind = {}", filter.subject_kind.as_deref())
        .and_opt("subject_id = {}", filter.subject_id)
        .and_opt("seq < {}", filter.before)
        .tail(" ORDER BY seq DESC LIMIT {}", filter.limit)
        .tail(" OFFSET {}", filter.offset);
    conn.tx().filtered(filtered).all().await
}
