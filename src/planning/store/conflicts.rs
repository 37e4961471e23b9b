//! SQL of what the rules need to know of people and their shifts. Names and skills are the orgs room's; they are only read here.

use crate::access::Conn;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId, ProjectId};
use crate::platform::db::{DbResult, Filter};

const PEOPLE: &str = "SELECT id, name, search, employment_type, born_on, standings,
  (SELECT o.idcc FROM orgs o WHERE o.id = crew_members.org_id) AS idcc
  FROM crew_members WHERE org_id = $1 AND archived_at IS NULL";
const SKILLS: &str = "SELECT crew_member_id, skill, level, expires_on FROM crew_skills WHERE org_id = $1";
const SHIFTS: &str = "SELECT a.id, a.crew_member_id, a.status, m.id AS mission_id, m.project_id, m.title, m.starts_at, m.ends_at,
  m.break_minutes, p.starts_on, p.ends_on, n.skill, n.min_level
  FROM missions m
  JOIN assignments a ON a.org_id = m.org_id AND a.mission_id = m.id AND a.status IN ('draft', 'invited', 'accepted')
  LEFT JOIN projects p ON p.org_id = m.org_id AND p.id = m.project_id
  LEFT JOIN mission_needs n ON n.org_id = a.org_id AND n.id = a.need_id
  WHERE m.org_id = $1 AND m.cancelled_at IS NULL";

/// Most shifts that are looked at: fourteen weeks of a very large house.
const MOST: i64 = 50_000;

/// A person to be checked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    pub id: CrewMemberId,
    pub name: String,
    /// The name as it is ordered.
    pub search: String,
    pub employment_type: String,
    pub born_on: Option<String>,
    pub standings: String,
    /// Of the organisation.
    pub idcc: Option<i64>,
}

/// What somebody can do.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SkillRow {
    pub crew_member_id: CrewMemberId,
    pub skill: String,
    pub level: i64,
    pub expires_on: Option<String>,
}

/// Somebody on a mission, with what a rule asks about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShiftRow {
    pub id: AssignmentId,
    pub crew_member_id: CrewMemberId,
    pub status: String,
    pub mission_id: MissionId,
    pub project_id: Option<ProjectId>,
    pub title: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub break_minutes: i64,
    /// Of the project.
    pub starts_on: Option<String>,
    pub ends_on: Option<String>,
    /// Of the need.
    pub skill: Option<String>,
    pub min_level: Option<i64>,
}

/// Everybody who is not in the archive, by name; or that one person.
pub async fn list_people(conn: &mut impl Conn, only: Option<CrewMemberId>) -> DbResult<Vec<PersonRow>> {
    let filter = Filter::new(PEOPLE).bind(conn.org()).and_opt("id = {}", only).tail(" ORDER BY search, id LIMIT {}", MOST);
    conn.tx().filtered(filter).all().await
}

/// All skills of the organisation's people, or of that one person.
pub async fn list_people_skills(conn: &mut impl Conn, only: Option<CrewMemberId>) -> DbResult<Vec<SkillRow>> {
    let filter = Filter::new(SKILLS).bind(conn.org()).and_opt("crew_member_id = {}", only);
    conn.tx().filtered(filter.tail(" ORDER BY crew_member_id, skill LIMIT {}", MOST)).all().await
}

/// Who is on the missions that touch a time, drafts included, by beginning; or when that one person is.
pub async fn list_shifts(
    conn: &mut impl Conn,
    from: Instant,
    to: Instant,
    only: Option<CrewMemberId>,
) -> DbResult<Vec<ShiftRow>> {
    let filter = Filter::new(SHIFTS).bind(conn.org()).and_opt("m.starts_at < {}", Some(to)).and_opt("m.ends_at > {}", Some(from));
    let filter = filter.and_opt("a.crew_member_id = {}", only).tail(" ORDER BY m.starts_at, a.id LIMIT {}", MOST);
    conn.tx().filtered(filter).all().await
}
