//! SQL of punches.

use crate::access::Conn;
use crate::kernel::{BadgeId, CrewMemberId, DeviceId, Instant, KioskId, PunchId};
use crate::platform::db::{DbError, DbResult, Filter, PORTION};
use crate::timeclock::model::{Presence, Present, PunchFilter, PunchKind, PunchLine};
use crate::timeclock::rules::LastPunch;
use std::collections::HashMap;

// Not for a badge that is no longer good since it was looked at: its time is over, its phone was revoked, its person went to the
// archive.
const INSERT: &str =
    "INSERT INTO punches (org_id, crew_member_id, seq, prior_seq, prior_state, kind, state, at, recorded_at, kiosk_id,
  device_id, badge_id, source, request_key)
  SELECT n.* FROM (VALUES {}) AS n WHERE n.column12 IS NULL OR EXISTS (
    SELECT 1 FROM badges b JOIN devices d ON d.org_id = b.org_id AND d.id = b.device_id
      JOIN crew_members c ON c.org_id = b.org_id AND c.id = b.crew_member_id
    WHERE b.org_id = n.column1 AND b.id = n.column12 AND b.expires_at > n.column9 AND d.revoked_at IS NULL AND c.archived_at IS NULL)
  RETURNING id, crew_member_id, seq";
/// The newest punch `p` of a person, as [`LastRow`]. Its interval began at the newest entry.
macro_rules! last_columns {
    () => {
        "p.id AS last_id, p.seq AS last_seq, p.kind AS last_kind, p.state AS last_state, p.at AS last_at,
    (SELECT i.at FROM punches i WHERE i.org_id = p.org_id AND i.crew_member_id = p.crew_member_id AND i.kind = 'in'
      ORDER BY i.seq DESC LIMIT 1) AS opened_at"
    };
}
pub(super) use last_columns;
const LAST: &str = concat!(
    "SELECT ",
    last_columns!(),
    " FROM punches p WHERE p.org_id = $1 AND p.crew_member_id = $2 ORDER BY p.seq DESC LIMIT 1"
);
const BY_KEY: &str = "SELECT id, crew_member_id, kind, at FROM punches WHERE org_id = $1 AND request_key = $2";
const LIST: &str =
    "SELECT p.id, p.crew_member_id, c.name, p.kind, p.at, p.kiosk_id, k.name AS kiosk_name, p.device_id, p.badge_id, p.source,
    p.recorded_at
  FROM punches p JOIN crew_members c ON c.org_id = p.org_id AND c.id = p.crew_member_id
    LEFT JOIN kiosks k ON k.org_id = p.org_id AND k.id = p.kiosk_id
  WHERE p.org_id = $1";
const OF_PERSON: &str =
    "SELECT p.kind, p.at, k.place FROM punches p LEFT JOIN kiosks k ON k.org_id = p.org_id AND k.id = p.kiosk_id
  WHERE p.org_id = $1 AND p.crew_member_id = $2 AND p.at >= $3 AND p.at < $4 ORDER BY p.seq";
const COUNT_OF_ALL: &str = "SELECT count(*) FROM punches WHERE org_id = $1 AND at >= $2 AND at < $3";
const OF_ALL: &str = "SELECT p.crew_member_id, c.name, c.job, p.kind, p.at, k.place FROM punches p
    JOIN crew_members c ON c.org_id = p.org_id AND c.id = p.crew_member_id
    LEFT JOIN kiosks k ON k.org_id = p.org_id AND k.id = p.kiosk_id
  WHERE p.org_id = $1 AND p.at >= $2 AND p.at < $3 ORDER BY c.name, p.crew_member_id, p.seq";
const PRESENT: &str = "SELECT p.crew_member_id, c.name, c.job, p.state, k.place,
    (SELECT max(i.at) FROM punches i WHERE i.org_id = p.org_id AND i.crew_member_id = p.crew_member_id AND i.kind = 'in') AS since
  FROM punches p JOIN crew_members c ON c.org_id = p.org_id AND c.id = p.crew_member_id
    LEFT JOIN kiosks k ON k.org_id = p.org_id AND k.id = p.kiosk_id
  WHERE p.org_id = $1 AND p.at >= $2 AND p.state IN ('on', 'break') AND NOT EXISTS (
    SELECT 1 FROM punches n WHERE n.org_id = p.org_id AND n.crew_member_id = p.crew_member_id AND n.seq = p.seq + 1)
  ORDER BY since, c.name, p.crew_member_id LIMIT 500";

/// A punch as it is written. The state it finds is the last one's; the table refuses anything else.
pub struct PunchValues<'a> {
    pub crew_member: CrewMemberId,
    pub last: Option<(i64, Presence)>,
    pub kind: PunchKind,
    pub state: Presence,
    pub at: Instant,
    pub now: Instant,
    pub kiosk: Option<KioskId>,
    pub device: Option<DeviceId>,
    pub badge: Option<BadgeId>,
    pub source: &'a str,
    /// What the caller knows the request by, if it said.
    pub key: Option<&'a str>,
}

impl PunchValues<'_> {
    fn seq(&self) -> i64 {
        self.last.map_or(1, |(seq, _)| seq + 1)
    }
}

#[derive(sqlx::FromRow)]
struct InsertedRow {
    id: PunchId,
    crew_member_id: CrewMemberId,
    seq: i64,
}

/// The newest punch of somebody who may have none.
#[derive(sqlx::FromRow)]
pub(super) struct LastRow {
    last_id: Option<PunchId>,
    last_seq: Option<i64>,
    last_kind: Option<String>,
    last_state: Option<String>,
    last_at: Option<Instant>,
    opened_at: Option<Instant>,
}

impl LastRow {
    pub(super) fn last(&self) -> Option<LastPunch> {
        let at = self.last_at?;
        Some(LastPunch {
            id: self.last_id?,
            seq: self.last_seq?,
            kind: kind_of(self.last_kind.as_deref()?),
            // The column's CHECK admits known states only.
            state: Presence::parse(self.last_state.as_deref()?).unwrap_or(Presence::Off),
            at,
            opened_at: self.opened_at.unwrap_or(at),
        })
    }
}

/// A punch that an earlier request with the same key recorded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecordedRow {
    pub id: PunchId,
    pub crew_member_id: CrewMemberId,
    pub kind: String,
    pub at: Instant,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: PunchId,
    crew_member_id: CrewMemberId,
    name: String,
    kind: String,
    at: Instant,
    kiosk_id: Option<KioskId>,
    kiosk_name: Option<String>,
    device_id: Option<DeviceId>,
    badge_id: Option<BadgeId>,
    source: String,
    recorded_at: Instant,
}

/// One punch of a person, for the hours.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    pub kind: String,
    pub at: Instant,
    pub place: Option<String>,
}

/// One punch of anybody, for the hours of all.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CrewStepRow {
    pub crew_member_id: CrewMemberId,
    pub name: String,
    pub job: Option<String>,
    #[sqlx(flatten)]
    pub step: StepRow,
}

#[derive(sqlx::FromRow)]
struct PresentRow {
    crew_member_id: CrewMemberId,
    name: String,
    job: Option<String>,
    state: String,
    place: Option<String>,
    since: Option<Instant>,
}

/// Writes punches and gives their numbers, in order. Of one person, an earlier one comes first.
///
/// # Errors
/// `Rows` when a badge is no longer good.
pub async fn insert_punches(conn: &mut impl Conn, all: &[PunchValues<'_>]) -> DbResult<Vec<PunchId>> {
    let org = conn.org();
    let mut numbers = HashMap::with_capacity(all.len());
    for portion in all.chunks(PORTION) {
        let inserted = conn.query(INSERT).bind_rows(portion, |query, new| {
            let query = query.bind(org).bind(new.crew_member).bind(new.seq()).bind(new.last.map(|(seq, _)| seq));
            let prior_state = new.last.map_or(Presence::Off, |(_, state)| state);
            let query = query.bind(prior_state.code()).bind(new.kind.code()).bind(new.state.code()).bind(new.at).bind(new.now);
            query.bind(new.kiosk).bind(new.device).bind(new.badge).bind(new.source).bind(new.key)
        });
        let inserted = inserted.all::<InsertedRow>().await?.into_iter();
        numbers.extend(inserted.map(|row| ((row.crew_member_id, row.seq), row.id)));
    }
    let missing = DbError::Rows { expected: all.len() as u64, found: numbers.len() as u64 };
    all.iter().map(|new| numbers.get(&(new.crew_member, new.seq())).copied()).collect::<Option<_>>().ok_or(missing)
}

pub async fn find_last_punch(conn: &mut impl Conn, crew_member: CrewMemberId) -> DbResult<Option<LastPunch>> {
    let org = conn.org();
    let row: Option<LastRow> = conn.query(LAST).bind(org).bind(crew_member).optional().await?;
    Ok(row.and_then(|row| row.last()))
}

pub async fn find_punch_by_key(conn: &mut impl Conn, key: &str) -> DbResult<Option<RecordedRow>> {
    let org = conn.org();
    conn.query(BY_KEY).bind(org).bind(key).optional().await
}

pub async fn list_punches(conn: &mut impl Conn, filter: &PunchFilter) -> DbResult<Vec<PunchLine>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("p.crew_member_id = {}", filter.crew_member)
        .and_opt("p.kiosk_id = {}", filter.kiosk)
        .and_opt("p.at >= {}", filter.from)
        .and_opt("p.at < {}", filter.to)
        .and_opt_pair("(p.at, p.id) < ({}, {})", filter.before)
        .tail(" ORDER BY p.at DESC, p.id DESC LIMIT {}", filter.limit)
        .tail(" OFFSET {}", filter.offset);
    let rows: Vec<LineRow> = conn.tx().filtered(filtered).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| PunchLine {
            id: row.id,
            crew_member: row.crew_member_id,
            name: row.name,
            kind: kind_of(&row.kind),
            at: row.at,
            kiosk: row.kiosk_id,
            kiosk_name: row.kiosk_name,
            device: row.device_id,
            badge: row.badge_id,
            source: row.source,
            recorded_at: row.recorded_at,
        })
        .collect())
}

/// One person's punches in order of their chain.
pub async fn list_steps(conn: &mut impl Conn, crew_member: CrewMemberId, from: Instant, to: Instant) -> DbResult<Vec<StepRow>> {
    let org = conn.org();
    conn.query(OF_PERSON).bind(org).bind(crew_member).bind(from).bind(to).all().await
}

/// Punches that are one text, in order.
pub(super) fn kinds_of(steps: &str) -> Vec<(PunchKind, Instant)> {
    let step = |step: &str| {
        let mut words = step.split(' ');
        let (seq, kind, at) = (words.next()?, words.next()?, words.next()?);
        Some((seq.parse::<i64>().ok()?, kind_of(kind), Instant(at.parse().ok()?)))
    };
    let mut steps: Vec<_> = steps.split(',').filter_map(step).collect();
    steps.sort_unstable_by_key(|(seq, ..)| *seq);
    steps.into_iter().map(|(_, kind, at)| (kind, at)).collect()
}

/// How many punches there are of a time, of everybody.
pub async fn count_crew_steps(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<i64> {
    let org = conn.org();
    conn.query(COUNT_OF_ALL).bind(org).bind(from).bind(to).scalar().await
}

/// Everybody's punches, person by person.
pub async fn list_crew_steps(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<Vec<CrewStepRow>> {
    let org = conn.org();
    conn.query(OF_ALL).bind(org).bind(from).bind(to).all().await
}

/// Who came in after `since` and has not gone.
pub async fn list_present(conn: &mut impl Conn, since: Instant) -> DbResult<Vec<Present>> {
    let org = conn.org();
    let rows: Vec<PresentRow> = conn.query(PRESENT).bind(org).bind(since).all().await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Present {
                crew_member: row.crew_member_id,
                name: row.name,
                job: row.job,
                // Exactly then is a forgotten exit already.
                since: row.since.filter(|at| *at > since)?,
                on_break: row.state == Presence::Break.code(),
                place: row.place,
            })
        })
        .collect())
}

/// The column's CHECK admits known kinds only.
pub fn kind_of(code: &str) -> PunchKind {
    PunchKind::parse(code).unwrap_or(PunchKind::Lapse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_put_in_order() {
        let steps = "10 out 500,9 in 400,8 lapse -3";
        let expected = [(PunchKind::Lapse, -3), (PunchKind::In, 400), (PunchKind::Out, 500)];
        assert_eq!(kinds_of(steps), expected.map(|(kind, at)| (kind, Instant(at))));
        assert_eq!(kinds_of(""), []);
    }
}
