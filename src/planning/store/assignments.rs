//! SQL of assignments and their history.

use crate::access::Conn;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId, NeedId};
use crate::planning::model::{Assignment, AssignmentChange, AssignmentStatus, Colleague, Mission, ToldBefore};
use crate::platform::db::DbResult;

/// The columns of an assignment.
macro_rules! select_assignment {
    ($rest:literal) => {
        concat!(
            "SELECT id, mission_id, crew_member_id, need_id, status, reason, told_at, told_starts_at, told_ends_at, told_place,
  was_starts_at, was_ends_at, was_place, answered_at, answer_by_at, reminded_at, passed_on_at, passed_to_id, believed, version
  FROM assignments WHERE org_id = $1",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO assignments (org_id, mission_id, crew_member_id, need_id, status, created_at)
  VALUES ($1, $2, $3, $4, 'draft', $5) RETURNING id";
const FIND: &str = select_assignment!(" AND id = $2");
const OF_MISSIONS: &str = select_assignment!(" AND mission_id IN ($2..) ORDER BY mission_id, id");
const ALL_OF_PERSON: &str = select_assignment!(" AND crew_member_id = $2 AND told_at IS NOT NULL ORDER BY id DESC LIMIT 500");
const OLDER_OF_PERSON: &str =
    select_assignment!(" AND crew_member_id = $2 AND told_at IS NOT NULL AND id < $3 ORDER BY id DESC LIMIT 500");
const TOLD_BETWEEN: &str = select_assignment!(
    " AND crew_member_id = $2 AND told_at IS NOT NULL AND told_ends_at > $3 AND told_starts_at < $4
  ORDER BY told_starts_at, id LIMIT 2000"
);
const SET_STATUS: &str = "UPDATE assignments SET status = $4, reason = $5, answered_at = $6, version = version + 1
  WHERE org_id = $1 AND id = $2 AND status = $3";
// A statement reads what was so before it: `told_*` on the right are of the time before.
const TELL: &str = "UPDATE assignments SET
  was_starts_at = CASE WHEN told_starts_at = $4 AND told_ends_at = $5 AND told_place = $6 THEN NULL ELSE told_starts_at END,
  was_ends_at = CASE WHEN told_starts_at = $4 AND told_ends_at = $5 AND told_place = $6 THEN NULL ELSE told_ends_at END,
  was_place = CASE WHEN told_starts_at = $4 AND told_ends_at = $5 AND told_place = $6 THEN NULL ELSE told_place END,
  told_at = $3, told_starts_at = $4, told_ends_at = $5, told_place = $6,
  answer_by_at = $7, reminded_at = NULL, passed_on_at = NULL, passed_to_id = NULL, mailed_at = NULL, believed = NULL,
  version = version + 1 WHERE org_id = $1 AND id = $2";
const TAKE_OFF: &str = "UPDATE assignments SET status = 'cancelled', believed = $4, version = version + 1
  WHERE org_id = $1 AND id = $2 AND status = $3";
const PUT_BACK: &str =
    "UPDATE assignments SET status = COALESCE(believed, 'draft'), believed = NULL, need_id = $3, version = version + 1
  WHERE org_id = $1 AND id = $2 AND status = 'cancelled'";
const TAKEN_OFF: &str = select_assignment!(
    " AND mission_id = $2 AND crew_member_id = $3 AND status = 'cancelled' AND (told_at IS NULL OR believed IS NOT NULL)
  ORDER BY CASE WHEN believed IS NULL THEN 1 ELSE 0 END, id DESC LIMIT 1"
);
const BELIEVED: &str = select_assignment!(
    " AND believed IS NOT NULL AND mission_id IN (SELECT id FROM missions WHERE org_id = $2 AND starts_at < $3 AND starts_at >= $4)
  ORDER BY mission_id, id"
);
const ACCEPTED_OVERLAP: &str = "SELECT count(*) FROM assignments a JOIN missions m ON m.org_id = a.org_id AND m.id = a.mission_id
  WHERE a.org_id = $1 AND a.crew_member_id = $2 AND a.status = 'accepted' AND a.id <> $3 AND m.starts_at < $5 AND m.ends_at > $4";
const COLLEAGUES: &str = "SELECT a.mission_id, a.crew_member_id, c.name, COALESCE(n.role, '') AS role FROM assignments a
  JOIN crew_members c ON c.org_id = a.org_id AND c.id = a.crew_member_id
  LEFT JOIN mission_needs n ON n.org_id = a.org_id AND n.id = a.need_id
  WHERE a.org_id = $1 AND a.told_at IS NOT NULL AND COALESCE(a.believed, a.status) IN ('invited', 'accepted') AND a.mission_id IN ($2..)
  ORDER BY a.mission_id, c.name, c.id";
const NOTE: &str = "INSERT INTO assignment_changes (org_id, assignment_id, at, actor_kind, actor_id, before, after, reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const HISTORY: &str = "SELECT at, actor_kind, actor_id, before, after, reason FROM assignment_changes
  WHERE org_id = $1 AND assignment_id = $2 ORDER BY id";
const THESE: &str = select_assignment!(" AND id IN ($2..) ORDER BY id");
// What was answered since it was told is known to the person: no mail says it again. Told anew, it is news again.
const TAKE_NEWS: &str = "UPDATE assignments SET mailed_at = $3 WHERE org_id = $1 AND crew_member_id = $2 AND told_at IS NOT NULL
  AND mailed_at IS NULL AND believed IS NULL AND (answered_at IS NULL OR answered_at <= told_at) RETURNING id";
const MAILED: &str = "UPDATE assignments SET mailed_at = $3 WHERE org_id = $1 AND crew_member_id = $2 AND told_at IS NOT NULL
  AND mailed_at IS NULL AND believed IS NULL";
const MAIL_AGAIN: &str = "UPDATE assignments SET mailed_at = NULL, reminded_at = $3 WHERE org_id = $1 AND crew_member_id = $2
  AND status = 'invited'
  AND mission_id IN (SELECT id FROM missions WHERE org_id = $4 AND cancelled_at IS NULL
    AND (starts_at > $5 OR (ends_at > $6 AND assignments.told_at >= starts_at)))";
const REMIND: &str = "UPDATE assignments SET mailed_at = NULL, reminded_at = $3 WHERE org_id = $1 AND id = $2
  AND status = 'invited' AND reminded_at IS NULL AND mailed_at IS NOT NULL";
const PASS_ON: &str = "UPDATE assignments SET passed_on_at = $3, passed_to_id = $4, version = version + 1
  WHERE org_id = $1 AND id = $2";
const SET_ANSWER_BY: &str = "UPDATE assignments SET answer_by_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2";
const LAST_MAIL: &str = "SELECT max(mailed_at) FROM assignments WHERE org_id = $1 AND crew_member_id = $2";

#[derive(sqlx::FromRow)]
struct Row {
    id: AssignmentId,
    mission_id: MissionId,
    crew_member_id: CrewMemberId,
    need_id: Option<NeedId>,
    status: String,
    reason: String,
    told_at: Option<Instant>,
    told_starts_at: Option<Instant>,
    told_ends_at: Option<Instant>,
    told_place: Option<String>,
    was_starts_at: Option<Instant>,
    was_ends_at: Option<Instant>,
    was_place: Option<String>,
    answered_at: Option<Instant>,
    answer_by_at: Option<Instant>,
    reminded_at: Option<Instant>,
    passed_on_at: Option<Instant>,
    passed_to_id: Option<AssignmentId>,
    believed: Option<String>,
    version: i64,
}

impl From<Row> for Assignment {
    fn from(row: Row) -> Self {
        let was = row.was_starts_at.zip(row.was_ends_at);
        Self {
            id: row.id,
            mission_id: row.mission_id,
            crew_member_id: row.crew_member_id,
            need_id: row.need_id,
            // The table refuses other words.
            status: AssignmentStatus::parse(&row.status).unwrap_or(AssignmentStatus::Cancelled),
            reason: row.reason,
            told_at: row.told_at,
            told_starts_at: row.told_starts_at,
            told_ends_at: row.told_ends_at,
            told_place: row.told_place,
            told_before: was.map(|(starts_at, ends_at)| ToldBefore {
                starts_at,
                ends_at,
                place: row.was_place.unwrap_or_default(),
            }),
            answered_at: row.answered_at,
            answer_by_at: row.answer_by_at,
            reminded_at: row.reminded_at,
            passed_on_at: row.passed_on_at,
            passed_to_id: row.passed_to_id,
            believed: row.believed.as_deref().and_then(AssignmentStatus::parse),
            version: row.version,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    at: Instant,
    actor_kind: String,
    actor_id: Option<i64>,
    before: String,
    after: String,
    reason: String,
}

fn assignments(rows: Vec<Row>) -> Vec<Assignment> {
    rows.into_iter().map(Assignment::from).collect()
}

pub async fn insert_assignment(
    conn: &mut impl Conn,
    mission: MissionId,
    person: CrewMemberId,
    need: Option<NeedId>,
    now: Instant,
) -> DbResult<AssignmentId> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    conn.query(INSERT).bind(org).bind(mission).bind(person).bind(need).bind(now).scalar().await
}

pub async fn find_assignment(conn: &mut impl Conn, id: AssignmentId) -> DbResult<Option<Assignment>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(id).optional().await?;
    Ok(row.map(Assignment::from))
}

/// All assignments of these missions, over ones included.
pub async fn list_assignments(conn: &mut impl Conn, missions: &[MissionId]) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    Ok(assignments(conn.query(OF_MISSIONS).bind(org).bind_list(missions).all().await?))
}

/// What a person has ever been told, newest first.
pub async fn list_told_assignments_of(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    Ok(assignments(conn.query(ALL_OF_PERSON).bind(org).bind(person).all().await?))
}

/// As [`list_told_assignments_of`], from one on.
pub async fn list_told_assignments_before(
    conn: &mut impl Conn,
    person: CrewMemberId,
    before: AssignmentId,
) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    Ok(assignments(conn.query(OLDER_OF_PERSON).bind(org).bind(person).bind(before).all().await?))
}

#[derive(sqlx::FromRow)]
struct ColleagueRow {
    mission_id: MissionId,
    crew_member_id: CrewMemberId,
    name: String,
    role: String,
}

/// Who was told to be on these missions, and has not declined: mission by mission, by name.
pub async fn list_colleagues(
    conn: &mut impl Conn,
    missions: &[MissionId],
) -> DbResult<Vec<(MissionId, CrewMemberId, Colleague)>> {
    let org = conn.org();
    let rows: Vec<ColleagueRow> = conn.query(COLLEAGUES).bind(org).bind_list(missions).all().await?;
    let colleague = |row: ColleagueRow| (row.mission_id, row.crew_member_id, Colleague { name: row.name, role: row.role });
    Ok(rows.into_iter().map(colleague).collect())
}

/// What a person has been told of a time, by beginning.
pub async fn list_told_between(
    conn: &mut impl Conn,
    person: CrewMemberId,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    Ok(assignments(conn.query(TOLD_BETWEEN).bind(org).bind(person).bind(from).bind(to).all().await?))
}

/// Moves an assignment that still is `before`. `false` when it is something else by now.
pub async fn set_assignment_status(
    conn: &mut impl Conn,
    assignment: &Assignment,
    after: AssignmentStatus,
    reason: &str,
    answered_at: Option<Instant>,
) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(SET_STATUS).bind(org).bind(assignment.id).bind(assignment.status.code()).bind(after.code());
    Ok(query.bind(reason).bind(answered_at).execute().await? == 1)
}

/// Notes what the person is told of a mission now, and until when their answer is waited for.
pub async fn tell_assignment(
    conn: &mut impl Conn,
    id: AssignmentId,
    mission: &Mission,
    now: Instant,
    answer_by: Option<Instant>,
) -> DbResult<u64> {
    let org = conn.org();
    let query = conn.query(TELL).bind(org).bind(id).bind(now).bind(mission.starts_at).bind(mission.ends_at);
    query.bind(&mission.place).bind(answer_by).execute().await
}

/// Changes until when an answer is waited for.
pub async fn set_answer_by(conn: &mut impl Conn, id: AssignmentId, answer_by: Option<Instant>) -> DbResult<()> {
    let org = conn.org();
    conn.query(SET_ANSWER_BY).bind(org).bind(id).bind(answer_by).execute_one().await
}

/// Notes to whom the place of an assignment was passed on, if to anybody.
pub async fn pass_on(conn: &mut impl Conn, id: AssignmentId, to: Option<AssignmentId>, now: Instant) -> DbResult<()> {
    let org = conn.org();
    conn.query(PASS_ON).bind(org).bind(id).bind(now).bind(to).execute_one().await
}

/// Lets a question be mailed once more. `false` when it has been, is answered, or was not mailed yet.
pub async fn remind_assignment(conn: &mut impl Conn, id: AssignmentId, now: Instant) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(REMIND).bind(org).bind(id).bind(now).execute().await? == 1)
}

/// Takes somebody off a mission without a word: what they `believe` is kept. `false` when it is something else by now.
pub async fn take_off(conn: &mut impl Conn, assignment: &Assignment, believe: Option<AssignmentStatus>) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(TAKE_OFF).bind(org).bind(assignment.id).bind(assignment.status.code());
    Ok(query.bind(believe.map(AssignmentStatus::code)).execute().await? == 1)
}

/// Puts back who was taken off: as what they believe, or as a draft. `false` when that cannot be.
pub async fn put_back(conn: &mut impl Conn, id: AssignmentId, need: Option<NeedId>) -> DbResult<bool> {
    super::replace_staffing_tag(conn).await?;
    let org = conn.org();
    Ok(conn.query(PUT_BACK).bind(org).bind(id).bind(need).execute().await? == 1)
}

/// Somebody's assignment to a mission that was taken back and of which they have not heard: first of all the one that they still
/// believe in.
pub async fn find_taken_off(conn: &mut impl Conn, mission: MissionId, person: CrewMemberId) -> DbResult<Option<Assignment>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(TAKEN_OFF).bind(org).bind(mission).bind(person).optional().await?;
    Ok(row.map(Assignment::from))
}

/// Assignments that were taken back and not told, to missions that begin in `[from, to)`.
pub async fn list_believed(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    Ok(assignments(conn.query(BELIEVED).bind(org).bind(org).bind(to).bind(from).all().await?))
}

/// How many accepted missions of the person touch this time, but for one assignment.
pub async fn count_accepted_overlaps(
    conn: &mut impl Conn,
    person: CrewMemberId,
    but: AssignmentId,
    from: Instant,
    to: Instant,
) -> DbResult<i64> {
    let org = conn.org();
    conn.query(ACCEPTED_OVERLAP).bind(org).bind(person).bind(but).bind(from).bind(to).scalar().await
}

/// Adds to the history of an assignment.
pub async fn note_change(
    conn: &mut impl Conn,
    id: AssignmentId,
    now: Instant,
    actor: (&str, Option<i64>),
    states: (&str, &str),
    reason: &str,
) -> DbResult<()> {
    let org = conn.org();
    let query = conn.query(NOTE).bind(org).bind(id).bind(now).bind(actor.0).bind(actor.1);
    query.bind(states.0).bind(states.1).bind(reason).execute_one().await
}

pub async fn list_changes(conn: &mut impl Conn, id: AssignmentId) -> DbResult<Vec<AssignmentChange>> {
    let org = conn.org();
    let rows: Vec<ChangeRow> = conn.query(HISTORY).bind(org).bind(id).all().await?;
    let change = |row: ChangeRow| {
        let ChangeRow { at, actor_kind, actor_id, before, after, reason } = row;
        AssignmentChange { at, actor_kind, actor_id, before, after, reason }
    };
    Ok(rows.into_iter().map(change).collect())
}

/// Takes what a person has been told and not been mailed, nor answered since, to be mailed in this transaction: nobody else takes the
/// same, and what is told from now on waits for the next mail.
pub async fn take_news(conn: &mut impl Conn, person: CrewMemberId, now: Instant) -> DbResult<Vec<Assignment>> {
    let org = conn.org();
    let ids: Vec<AssignmentId> = conn.query(TAKE_NEWS).bind(org).bind(person).bind(now).scalars().await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(assignments(conn.query(THESE).bind(org).bind_list(&ids).all().await?))
}

/// Notes that a person knows all they have been told.
pub async fn mark_mailed(conn: &mut impl Conn, person: CrewMemberId, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(MAILED).bind(org).bind(person).bind(now).execute().await
}

/// Lets a person be mailed again what they have not answered and what is not over. Gives how many that is.
pub async fn mail_again(conn: &mut impl Conn, person: CrewMemberId, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(MAIL_AGAIN).bind(org).bind(person).bind(now).bind(org).bind(now).bind(now).execute().await
}

/// When the person was mailed last.
pub async fn find_last_mail(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Option<Instant>> {
    let org = conn.org();
    conn.query(LAST_MAIL).bind(org).bind(person).scalar().await
}
