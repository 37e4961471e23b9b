//! SQL of when people are taken by missions.

use crate::access::Conn;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
use crate::planning::conflicts::Slot;
use crate::platform::db::{DbResult, Filter};

const OF_PERSON: &str = "SELECT a.id, a.mission_id, m.starts_at, m.ends_at FROM assignments a
  JOIN missions m ON m.org_id = a.org_id AND m.id = a.mission_id
  WHERE a.org_id = $1 AND a.crew_member_id = $2 AND m.cancelled_at IS NULL";

const PEOPLE: &str = "SELECT DISTINCT a.crew_member_id FROM assignments a
  JOIN missions m ON m.org_id = a.org_id AND m.id = a.mission_id
  WHERE a.org_id = $1 AND m.cancelled_at IS NULL AND m.ends_at > $2 AND m.starts_at < $3
    AND a.status IN ('draft', 'invited', 'accepted') ORDER BY a.crew_member_id LIMIT 10000";

#[derive(sqlx::FromRow)]
struct Row {
    id: AssignmentId,
    mission_id: MissionId,
    starts_at: Instant,
    ends_at: Instant,
}

/// When a person is taken between two times, by beginning; without drafts for who has not been told of them.
pub async fn list_slots_of(
    conn: &mut impl Conn,
    person: CrewMemberId,
    drafts: bool,
    from: Option<Instant>,
    to: Option<Instant>,
) -> DbResult<Vec<Slot>> {
    let org = conn.org();
    let active = if drafts { "a.status IN ('draft', 'invited', 'accepted')" } else { "a.status IN ('invited', 'accepted')" };
    let filtered = Filter::new(OF_PERSON)
        .bind(org)
        .bind(person)
        .and(active)
        .and_opt("m.ends_at > {}", from)
        .and_opt("m.starts_at < {}", to)
        .tail(" ORDER BY m.starts_at, m.id LIMIT {}", 5000i64);
    let rows: Vec<Row> = conn.tx().filtered(filtered).all().await?;
    let slot = |Row { id, mission_id, starts_at, ends_at }| Slot { assignment: id, mission: mission_id, starts_at, ends_at };
    Ok(rows.into_iter().map(slot).collect())
}

/// Who is on a mission that touches a time, drafts included.
pub async fn list_people_on_missions(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<Vec<CrewMemberId>> {
    let org = conn.org();
    conn.query(PEOPLE).bind(org).bind(from).bind(to).scalars().await
}
