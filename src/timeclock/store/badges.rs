//! SQL of badges.

use crate::access::Conn;
use crate::kernel::{BadgeId, CrewMemberId, DeviceId, Instant, OrgId};
use crate::platform::db::{DbResult, WriteTx};

/// A badge with what decides whether it may be used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BadgeRow {
    pub id: BadgeId,
    pub code_hash: String,
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
    "SELECT b.id, b.code_hash, b.org_id, b.device_id, b.crew_member_id, b.expires_at, b.consumed_at, d.revoked_at AS device_revoked_at,
    c.name, c.archived_at
  FROM badges b JOIN devices d ON d.org_id = b.org_id AND d.id = b.device_id
    JOIN crew_members c ON c.org_id = b.org_id AND c.id = b.crew_member_id
  WHERE b.code_hash IN ($1..)";
const CONSUME: &str = "UPDATE badges SET consumed_at = $2 WHERE org_id = $1 AND consumed_at IS NULL AND expires_at > $3
  AND EXISTS (SELECT 1 FROM devices d JOIN crew_members c ON c.org_id = d.org_id AND c.id = d.crew_member_id
    WHERE d.org_id = badges.org_id AND d.id = badges.device_id AND d.revoked_at IS NULL AND c.archived_at IS NULL)
  AND id IN ($4..) RETURNING id";
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

/// The badges behind some codes, of whichever organisation.
pub async fn list_badges(conn: &mut impl Conn, code_hashes: &[&str]) -> DbResult<Vec<BadgeRow>> {
    conn.tx().query(FIND).bind_list(code_hashes).all().await
}

/// Uses badges up, and gives those it did: one statement, so that of many at once exactly one wins. Not one whose phone was
/// revoked meanwhile, or whose person went to the archive.
pub async fn consume_badges(conn: &mut impl Conn, badges: &[BadgeId], now: Instant) -> DbResult<Vec<BadgeId>> {
    let org = conn.org();
    conn.query(CONSUME).bind(org).bind(now).bind(now).bind_list(badges).scalars().await
}

/// Forgets badges that expired before `before`; the punches keep their number.
pub async fn purge_badges(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    tx.query(PURGE).bind(before).execute().await
}
