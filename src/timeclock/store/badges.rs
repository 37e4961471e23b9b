//! SQL of badges.

use crate::access::Conn;
use crate::kernel::{BadgeId, CrewMemberId, DeviceId, Instant, KioskId, OrgId};
use crate::platform::db::{DbResult, WriteTx};

/// A badge with what decides whether it may be used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BadgeRow {
    pub id: BadgeId,
    pub org_id: OrgId,
    pub device_id: DeviceId,
    pub crew_member_id: CrewMemberId,
    pub expires_at: Instant,
    pub consumed_at: Option<Instant>,
    pub device_revoked_at: Option<Instant>,
    pub name: String,
    pub archived_at: Option<Instant>,
}

const INSERT: &str = "INSERT INTO badges (org_id, device_id, crew_member_id, code_hash, issued_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
// Not by organisation: a code of another one must be told from a code of none. What comes back is compared, never shown.
const FIND: &str =
    "SELECT b.id, b.org_id, b.device_id, b.crew_member_id, b.expires_at, b.consumed_at, d.revoked_at AS device_revoked_at,
    c.name, c.archived_at
  FROM badges b JOIN devices d ON d.org_id = b.org_id AND d.id = b.device_id
    JOIN crew_members c ON c.org_id = b.org_id AND c.id = b.crew_member_id
  WHERE b.code_hash = $1";
const CONSUME: &str = "UPDATE badges SET consumed_at = $3, consumed_by = $4
  WHERE org_id = $1 AND id = $2 AND consumed_at IS NULL AND expires_at > $5 AND EXISTS (
    SELECT 1 FROM devices d JOIN crew_members c ON c.org_id = d.org_id AND c.id = d.crew_member_id
    WHERE d.org_id = badges.org_id AND d.id = badges.device_id AND d.revoked_at IS NULL AND c.archived_at IS NULL)";
const PURGE: &str = "DELETE FROM badges WHERE expires_at < $1";

/// A badge as it is written.
pub struct BadgeValues<'a> {
    pub device: DeviceId,
    pub crew_member: CrewMemberId,
    pub code_hash: &'a str,
    pub now: Instant,
    pub expires_at: Instant,
}

pub async fn insert_badge(conn: &mut impl Conn, new: &BadgeValues<'_>) -> DbResult<BadgeId> {
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(new.device).bind(new.crew_member).bind(new.code_hash);
    query.bind(new.now).bind(new.expires_at).scalar().await
}

pub async fn find_badge(conn: &mut impl Conn, code_hash: &str) -> DbResult<Option<BadgeRow>> {
    conn.tx().query(FIND).bind(code_hash).optional().await
}

/// Uses a badge up: one statement, so that of many at once exactly one wins. Not one whose phone was revoked meanwhile, or whose person went to the archive.
pub async fn consume_badge(conn: &mut impl Conn, id: BadgeId, kiosk: KioskId, now: Instant) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(CONSUME).bind(org).bind(id).bind(now).bind(kiosk).bind(now).execute().await? == 1)
}

/// Forgets badges that expired before `before`; the punches keep their number.
pub async fn purge_badges(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    tx.query(PURGE).bind(before).execute().await
}
