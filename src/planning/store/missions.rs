//! SQL of missions and what they need.

use crate::access::Conn;
use crate::kernel::{Instant, MissionId, NeedId, ProjectId};
use crate::planning::check::{CheckedMission, CheckedNeed};
use crate::planning::model::{Mission, MissionFilter, Need};
use crate::platform::db::{DbResult, Filter};

/// The columns of a mission.
macro_rules! select_mission {
    ($rest:literal) => {
        concat!(
            "SELECT id, project_id, title, place, address, time_zone, starts_at, ends_at, break_minutes, notes, contact,
  answer_hours, cascades, sequence, cancelled_at, changed_at, version
  FROM missions WHERE org_id = $1",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO missions (org_id, project_id, title, place, address, time_zone, starts_at, ends_at, break_minutes,
  notes, contact, answer_hours, cascades, created_at, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
const RESTORE: &str =
    "INSERT INTO missions (org_id, project_id, title, place, address, time_zone, starts_at, ends_at, break_minutes,
  notes, contact, answer_hours, cascades, created_at, changed_at, id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  ON CONFLICT DO NOTHING";
const CALL_ON: &str =
    "UPDATE missions SET cancelled_at = NULL, changed_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2";
const FIND: &str = select_mission!(" AND id = $2");
const LIST: &str = select_mission!(" AND cancelled_at IS NULL");
const OF_CALENDAR: &str = select_mission!(
    " AND project_id = $2 AND ends_at > $3 AND starts_at < $4 AND (cancelled_at IS NULL OR cancelled_at > $5)
  ORDER BY starts_at, id LIMIT 2000"
);
const THESE: &str = select_mission!(" AND id IN ($2..) ORDER BY starts_at, id");
const CHANGE: &str = "UPDATE missions SET project_id = $4, title = $5, place = $6, address = $7, time_zone = $8, starts_at = $9,
  ends_at = $10, break_minutes = $11, notes = $12, contact = $13, answer_hours = $14, cascades = $15, changed_at = $16,
  version = version + 1 WHERE org_id = $1 AND id = $2 AND version = $3";
const SPAN_OF_PROJECT: &str = "SELECT min(starts_at) AS first, max(starts_at) AS last FROM missions
  WHERE org_id = $1 AND project_id = $2 AND cancelled_at IS NULL";
const TOLD: &str = "UPDATE missions SET sequence = sequence + 1 WHERE org_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM missions WHERE org_id = $1 AND id = $2 AND version = $3";
const CANCEL: &str = "UPDATE missions SET cancelled_at = $4, changed_at = $5, version = version + 1
  WHERE org_id = $1 AND id = $2 AND version = $3";
const ADD_NEED: &str =
    "INSERT INTO mission_needs (org_id, mission_id, role, quota, skill, min_level) VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id";
const SET_NEED: &str =
    "UPDATE mission_needs SET quota = $4, skill = $5, min_level = $6 WHERE org_id = $1 AND mission_id = $2 AND role = $3";
const FREE_NEED: &str = "UPDATE assignments SET need_id = NULL WHERE org_id = $1 AND need_id = $2";
const DROP_NEED: &str = "DELETE FROM mission_needs WHERE org_id = $1 AND id = $2";
const NEEDS: &str =
    "SELECT id, mission_id, role, quota, skill, min_level FROM mission_needs WHERE org_id = $1 AND mission_id IN ($2..)
  ORDER BY mission_id, id";

#[derive(sqlx::FromRow)]
struct Row {
    id: MissionId,
    project_id: Option<ProjectId>,
    title: String,
    place: String,
    address: String,
    time_zone: String,
    starts_at: Instant,
    ends_at: Instant,
    break_minutes: i64,
    notes: String,
    contact: String,
    answer_hours: i64,
    cascades: bool,
    sequence: i64,
    cancelled_at: Option<Instant>,
    changed_at: Instant,
    version: i64,
}

impl From<Row> for Mission {
    fn from(row: Row) -> Self {
        let Row { id, project_id, title, place, address, time_zone, starts_at, ends_at, break_minutes, notes, contact, .. } = row;
        let (answer_hours, cascades, sequence) = (row.answer_hours, row.cascades, row.sequence);
        let (cancelled_at, changed_at, version) = (row.cancelled_at, row.changed_at, row.version);
        Self {
            id,
            project_id,
            title,
            place,
            address,
            time_zone,
            starts_at,
            ends_at,
            break_minutes,
            notes,
            contact,
            answer_hours,
            cascades,
            sequence,
            cancelled_at,
            changed_at,
            version,
        }
    }
}

#[derive(sqlx::FromRow)]
struct NeedRow {
    id: NeedId,
    mission_id: MissionId,
    role: String,
    quota: i64,
    skill: Option<String>,
    min_level: i64,
}

impl From<NeedRow> for Need {
    fn from(row: NeedRow) -> Self {
        let NeedRow { id, mission_id, role, quota, skill, min_level } = row;
        Self { id, mission_id, role, quota, skill, min_level }
    }
}

pub async fn insert_mission(conn: &mut impl Conn, new: &CheckedMission, now: Instant) -> DbResult<MissionId> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(new.project_id).bind(&new.title).bind(&new.place).bind(&new.address);
    let query = query.bind(&new.time_zone).bind(new.starts_at).bind(new.ends_at).bind(new.break_minutes).bind(&new.notes);
    let query = query.bind(&new.contact).bind(new.answer_hours).bind(new.cascades).bind(now).bind(now);
    let id: MissionId = query.scalar().await?;
    for need in &new.needs {
        insert_need(conn, id, need).await?;
    }
    Ok(id)
}

/// Writes a mission that was deleted again, under its old number. `false` when the number has been given to another.
pub async fn restore_mission(conn: &mut impl Conn, id: MissionId, new: &CheckedMission, now: Instant) -> DbResult<bool> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(RESTORE).bind(org).bind(new.project_id).bind(&new.title).bind(&new.place).bind(&new.address);
    let query = query.bind(&new.time_zone).bind(new.starts_at).bind(new.ends_at).bind(new.break_minutes).bind(&new.notes);
    let query = query.bind(&new.contact).bind(new.answer_hours).bind(new.cascades).bind(now).bind(now);
    if query.bind(id).execute().await? != 1 {
        return Ok(false);
    }
    for need in &new.needs {
        insert_need(conn, id, need).await?;
    }
    Ok(true)
}

/// Takes back that a mission was called off.
pub async fn call_on_mission(conn: &mut impl Conn, id: MissionId, now: Instant) -> DbResult<()> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    conn.query(CALL_ON).bind(org).bind(id).bind(now).execute_one().await
}

async fn insert_need(conn: &mut impl Conn, mission: MissionId, need: &CheckedNeed) -> DbResult<NeedId> {
    let org = conn.org();
    let query = conn.query(ADD_NEED).bind(org).bind(mission).bind(&need.role).bind(need.quota);
    query.bind(need.skill.as_deref()).bind(need.min_level).scalar().await
}

pub async fn find_mission(conn: &mut impl Conn, id: MissionId) -> DbResult<Option<Mission>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(id).optional().await?;
    Ok(row.map(Mission::from))
}

/// Missions by number, in the order of their beginning.
pub async fn list_these_missions(conn: &mut impl Conn, ids: &[MissionId]) -> DbResult<Vec<Mission>> {
    let org = conn.org();
    let rows: Vec<Row> = conn.query(THESE).bind(org).bind_list(ids).all().await?;
    Ok(rows.into_iter().map(Mission::from).collect())
}

pub async fn list_missions(conn: &mut impl Conn, filter: &MissionFilter) -> DbResult<Vec<Mission>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("ends_at > {}", filter.from)
        .and_opt("starts_at < {}", filter.to)
        .and_opt("project_id = {}", filter.project)
        .and_opt_pair(if filter.descending { "(starts_at, id) < ({}, {})" } else { "(starts_at, id) > ({}, {})" }, filter.after);
    let filtered = match filter.descending {
        false => filtered.tail(" ORDER BY starts_at, id LIMIT {}", filter.limit),
        true => filtered.tail(" ORDER BY starts_at DESC, id DESC LIMIT {}", filter.limit),
    };
    let rows: Vec<Row> = conn.tx().filtered(filtered).all().await?;
    Ok(rows.into_iter().map(Mission::from).collect())
}

/// Missions of a project in a time, with those that were called off after `off_since`.
pub async fn list_missions_of_calendar(
    conn: &mut impl Conn,
    project: ProjectId,
    (from, to): (Instant, Instant),
    off_since: Instant,
) -> DbResult<Vec<Mission>> {
    let org = conn.org();
    let query = conn.query(OF_CALENDAR).bind(org).bind(project).bind(from).bind(to).bind(off_since);
    let rows: Vec<Row> = query.all().await?;
    Ok(rows.into_iter().map(Mission::from).collect())
}

/// Changes a mission that is still at `version`, and its needs: those of the same role stay who they are. `false` when
/// somebody else was faster.
pub async fn change_mission(
    conn: &mut impl Conn,
    id: MissionId,
    version: i64,
    new: &CheckedMission,
    now: Instant,
) -> DbResult<bool> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(CHANGE).bind(org).bind(id).bind(version).bind(new.project_id).bind(&new.title).bind(&new.place);
    let query = query.bind(&new.address).bind(&new.time_zone).bind(new.starts_at).bind(new.ends_at).bind(new.break_minutes);
    let query = query.bind(&new.notes).bind(&new.contact).bind(new.answer_hours).bind(new.cascades);
    if query.bind(now).execute().await? != 1 {
        return Ok(false);
    }
    for need in list_needs(conn, &[id]).await? {
        if !new.needs.iter().any(|kept| kept.role == need.role) {
            conn.query(FREE_NEED).bind(org).bind(need.id).execute().await?;
            conn.query(DROP_NEED).bind(org).bind(need.id).execute().await?;
        }
    }
    for need in &new.needs {
        let query = conn.query(SET_NEED).bind(org).bind(id).bind(&need.role).bind(need.quota).bind(need.skill.as_deref());
        if query.bind(need.min_level).execute().await? == 0 {
            insert_need(conn, id, need).await?;
        }
    }
    Ok(true)
}

/// Counts up what people were told of a mission.
pub async fn count_up_sequence(conn: &mut impl Conn, id: MissionId) -> DbResult<u64> {
    let org = conn.org();
    conn.query(TOLD).bind(org).bind(id).execute().await
}

/// Deletes a mission that is still at `version`, with all that belongs to it.
pub async fn delete_mission(conn: &mut impl Conn, id: MissionId, version: i64) -> DbResult<bool> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    Ok(conn.query(DELETE).bind(org).bind(id).bind(version).execute().await? == 1)
}

/// Calls a mission off that is still at `version`.
pub async fn cancel_mission(conn: &mut impl Conn, id: MissionId, version: i64, now: Instant) -> DbResult<bool> {
    super::replace_plan_tag(conn).await?;
    let org = conn.org();
    Ok(conn.query(CANCEL).bind(org).bind(id).bind(version).bind(now).bind(now).execute().await? == 1)
}

/// What these missions need, mission by mission.
pub async fn list_needs(conn: &mut impl Conn, missions: &[MissionId]) -> DbResult<Vec<Need>> {
    let org = conn.org();
    let rows: Vec<NeedRow> = conn.query(NEEDS).bind(org).bind_list(missions).all().await?;
    Ok(rows.into_iter().map(Need::from).collect())
}

#[derive(sqlx::FromRow)]
struct SpanRow {
    first: Option<Instant>,
    last: Option<Instant>,
}

/// When the first and the last mission of a project begin.
pub async fn find_project_span(conn: &mut impl Conn, project: ProjectId) -> DbResult<Option<(Instant, Instant)>> {
    let org = conn.org();
    let row: Option<SpanRow> = conn.query(SPAN_OF_PROJECT).bind(org).bind(project).optional().await?;
    Ok(row.and_then(|row| row.first.zip(row.last)))
}
