//! SQL of what the rules need to know of people. Names and skills are the orgs room's; they are only read here.

use crate::access::Conn;
use crate::kernel::CrewMemberId;
use crate::platform::db::DbResult;

const PEOPLE: &str =
    "SELECT id, name, employment_type FROM crew_members WHERE org_id = $1 AND archived_at IS NULL ORDER BY search, id";
const SKILLS: &str =
    "SELECT crew_member_id, skill, level, expires_on FROM crew_skills WHERE org_id = $1 ORDER BY crew_member_id, skill";

/// A person to be checked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    pub id: CrewMemberId,
    pub name: String,
    pub employment_type: String,
}

/// What somebody can do.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SkillRow {
    pub crew_member_id: CrewMemberId,
    pub skill: String,
    pub level: i64,
    pub expires_on: Option<String>,
}

/// Everybody who is not in the archive, by name.
pub async fn list_people(conn: &mut impl Conn) -> DbResult<Vec<PersonRow>> {
    let org = conn.org();
    conn.query(PEOPLE).bind(org).all().await
}

/// All skills of the organisation's people.
pub async fn list_people_skills(conn: &mut impl Conn) -> DbResult<Vec<SkillRow>> {
    let org = conn.org();
    conn.query(SKILLS).bind(org).all().await
}
