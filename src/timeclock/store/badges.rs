//! SQL of badges.

use super::punches::{LastRow, kinds_of, last_columns};
use crate::access::Conn;
use crate::kernel::{BadgeId, CrewMemberId, DeviceId, Instant, OrgId};
use crate::platform::db::{DbResult, WriteTx};
use crate::timeclock::model::PunchKind;
use crate::timeclock::rules::LastPunch;

/// A badge with what decides whether it may be used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BadgeRow {
    pub id: BadgeId,
    pub code_hash: String,
    pub org_id: OrgId,
    pub device_id: DeviceId,
    pub crew_member_id: CrewMemberId,
    pub expires_at: Instant,
    /// When its punch was recorded.
    pub used_at: Option<Instant>,
    pub device_revoked_at: Option<Instant>,
    pub name: String,
    pub archived_at: Option<Instant>,
}

/// A badge, and what its person did before.
#[derive(Clone, Debug)]
pub struct Scanned {
    pub badge: BadgeRow,
    pub last: Option<LastPunch>,
    /// The person's punches since the moment that was asked for, in order.
    pub steps: Vec<(PunchKind, Instant)>,
}

#[derive(sqlx::FromRow)]
struct ScannedRow {
    #[sqlx(flatten)]
    badge: BadgeRow,
    #[sqlx(flatten)]
    last: LastRow,
    steps: Option<String>,
}

const INSERT: &str = "INSERT INTO badges (org_id, device_id, crew_member_id, code_hash, issued_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
// Not by organisation: a code of another one must be told from a code of none. What comes back is compared, never shown.
// One statement, so that a badge is never seen unused beside its own punch. What came since a moment is one text for each person,
// not a row for each punch: a set of scans asks for many people, and a row costs more than what is in it. In order, so that SQLite
// has all rows before it gives the first: who waits for them is not woken for each.
const SCANNED: &str = concat!(
    "SELECT b.id, b.code_hash, b.org_id, b.device_id, b.crew_member_id, b.expires_at, u.recorded_at AS used_at,
    d.revoked_at AS device_revoked_at, c.name, c.archived_at, ",
    last_columns!(),
    ",
    (SELECT string_agg(CAST(s.seq AS TEXT) || ' ' || s.kind || ' ' || CAST(s.at AS TEXT), ',') FROM punches s
      WHERE s.org_id = b.org_id AND s.crew_member_id = b.crew_member_id AND s.at >= $1) AS steps
  FROM badges b JOIN devices d ON d.org_id = b.org_id AND d.id = b.device_id
    JOIN crew_members c ON c.org_id = b.org_id AND c.id = b.crew_member_id
    LEFT JOIN punches u ON u.badge_id = b.id
    LEFT JOIN punches p ON p.org_id = b.org_id AND p.crew_member_id = b.crew_member_id AND p.seq = (
      SELECT max(n.seq) FROM punches n WHERE n.org_id = b.org_id AND n.crew_member_id = b.crew_member_id)
  WHERE b.code_hash IN ($2..) ORDER BY b.id"
);
const PURGE: &str = "DELETE FROM badges WHERE id IN (
  SELECT id FROM badges WHERE expires_at < $1 ORDER BY expires_at, id LIMIT 1000)";

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

/// The badges behind some codes, of whichever organisation, and the punches of their people since a moment.
pub async fn list_scanned(conn: &mut impl Conn, code_hashes: &[&str], since: Instant) -> DbResult<Vec<Scanned>> {
    let rows: Vec<ScannedRow> = conn.tx().query(SCANNED).bind(since).bind_list(code_hashes).all().await?;
    Ok(rows.into_iter().map(scanned).collect())
}

fn scanned(row: ScannedRow) -> Scanned {
    Scanned { last: row.last.last(), steps: row.steps.as_deref().map(kinds_of).unwrap_or_default(), badge: row.badge }
}

/// Forgets some of the badges that expired before `before`; the punches keep their number. Gives how many.
pub async fn purge_badges(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    tx.query(PURGE).bind(before).execute().await
}
