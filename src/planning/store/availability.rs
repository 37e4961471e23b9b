//! SQL of when people can work.

use crate::access::Conn;
use crate::kernel::{AvailabilityId, CrewMemberId, Instant};
use crate::planning::model::{Availability, AvailabilityKind, AvailabilityStatus};
use crate::platform::db::{DbResult, Filter};

/// The columns of an availability.
macro_rules! select_availability {
    ($rest:literal) => {
        concat!(
            "SELECT id, crew_member_id, kind, status, starts_at, ends_at, every_weeks, until_at, note, decided_at
  FROM availabilities
  WHERE org_id = $1",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO availabilities (org_id, crew_member_id, kind, status, starts_at, ends_at, every_weeks, until_at, note,
  created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
const FIND: &str = select_availability!(" AND id = $2");
const LIST: &str = select_availability!("");
const DECIDE: &str = "UPDATE availabilities SET status = $4, decided_at = $5 WHERE org_id = $1 AND id = $2 AND status = $3";
const DELETE: &str = "DELETE FROM availabilities WHERE org_id = $1 AND id = $2";
const APPROVED_OVERLAP: &str = "SELECT count(*) FROM availabilities WHERE org_id = $1 AND crew_member_id = $2 AND id <> $3
  AND kind = 'time_off' AND status = 'approved' AND starts_at < $5 AND ends_at > $4";

/// An availability as it is written.
pub struct AvailabilityValues<'a> {
    pub person: CrewMemberId,
    pub kind: AvailabilityKind,
    pub status: AvailabilityStatus,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub every_weeks: i64,
    pub until_at: Option<Instant>,
    pub note: &'a str,
    pub now: Instant,
}

/// Which times to list.
#[derive(Clone, Debug, Default)]
pub struct AvailabilityFilter {
    pub person: Option<CrewMemberId>,
    pub kind: Option<AvailabilityKind>,
    pub status: Option<AvailabilityStatus>,
    /// Those that touch this time; what comes again is always listed.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Beginning and number of the last one of the page before.
    pub after: Option<(Instant, AvailabilityId)>,
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AvailabilityId,
    crew_member_id: CrewMemberId,
    kind: String,
    status: String,
    starts_at: Instant,
    ends_at: Instant,
    every_weeks: i64,
    until_at: Option<Instant>,
    note: String,
    decided_at: Option<Instant>,
}

impl From<Row> for Availability {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            crew_member_id: row.crew_member_id,
            // The table refuses other words.
            kind: AvailabilityKind::parse(&row.kind).unwrap_or(AvailabilityKind::Unavailable),
            status: AvailabilityStatus::parse(&row.status).unwrap_or(AvailabilityStatus::Rejected),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            every_weeks: row.every_weeks,
            until_at: row.until_at,
            note: row.note,
            decided_at: row.decided_at,
        }
    }
}

pub async fn insert_availability(conn: &mut impl Conn, new: &AvailabilityValues<'_>) -> DbResult<AvailabilityId> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(new.person).bind(new.kind.code()).bind(new.status.code()).bind(new.starts_at);
    let query = query.bind(new.ends_at).bind(new.every_weeks).bind(new.until_at).bind(new.note);
    query.bind(new.now).scalar().await
}

pub async fn find_availability(conn: &mut impl Conn, id: AvailabilityId) -> DbResult<Option<Availability>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(id).optional().await?;
    Ok(row.map(Availability::from))
}

pub async fn list_availabilities(conn: &mut impl Conn, filter: &AvailabilityFilter) -> DbResult<Vec<Availability>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("crew_member_id = {}", filter.person)
        .and_opt("kind = {}", filter.kind.map(AvailabilityKind::code))
        .and_opt("status = {}", filter.status.map(AvailabilityStatus::code))
        .and_opt("(every_weeks > 0 OR ends_at > {})", filter.from)
        .and_opt("starts_at < {}", filter.to)
        .and_opt_pair("(starts_at, id) > ({}, {})", filter.after)
        .tail(" ORDER BY starts_at, id LIMIT {}", filter.limit);
    let rows: Vec<Row> = conn.tx().filtered(filtered).all().await?;
    Ok(rows.into_iter().map(Availability::from).collect())
}

/// Decides about a time that is as it was read. `false` when it is something else by now.
pub async fn decide_availability(
    conn: &mut impl Conn,
    slot: &Availability,
    status: AvailabilityStatus,
    now: Instant,
) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(DECIDE).bind(org).bind(slot.id).bind(slot.status.code()).bind(status.code());
    Ok(query.bind(now).execute().await? == 1)
}

pub async fn delete_availability(conn: &mut impl Conn, id: AvailabilityId) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    Ok(conn.query(DELETE).bind(org).bind(id).execute().await? == 1)
}

/// How much approved time off of the person touches this time, but for one.
pub async fn count_approved_overlaps(
    conn: &mut impl Conn,
    person: CrewMemberId,
    but: AvailabilityId,
    from: Instant,
    to: Instant,
) -> DbResult<i64> {
    let org = conn.org();
    conn.query(APPROVED_OVERLAP).bind(org).bind(person).bind(but).bind(from).bind(to).scalar().await
}
