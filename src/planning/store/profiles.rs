//! SQL of what people can do, and how they are employed.

use crate::access::Conn;
use crate::kernel::CrewMemberId;
use crate::kernel::zone::parse_date;
use crate::planning::profiles::{CheckedProfile, Employment, Skill, Terms, read_birth};
use crate::planning::rules::Standing;
use crate::platform::db::DbResult;
use jiff::civil::Date;

const FIND: &str =
    "SELECT employment_type, born_on, standings, tags, bio, version FROM crew_members WHERE org_id = $1 AND id = $2";
const CHANGE: &str = "UPDATE crew_members SET employment_type = $4, born_on = $5, standings = $6, tags = $7, bio = $8,
  version = version + 1
  WHERE org_id = $1 AND id = $2 AND version = $3";
const SKILLS: &str =
    "SELECT skill, level, expires_on FROM crew_skills WHERE org_id = $1 AND crew_member_id = $2 ORDER BY skill LIMIT 100";
const ENDING: &str = "SELECT s.crew_member_id, s.skill, s.level, s.expires_on FROM crew_skills s
  JOIN crew_members c ON c.org_id = s.org_id AND c.id = s.crew_member_id
  WHERE s.org_id = $1 AND s.expires_on <= $2 AND c.archived_at IS NULL ORDER BY s.expires_on, s.crew_member_id, s.skill LIMIT 5000";
const FORGET: &str = "DELETE FROM crew_skills WHERE org_id = $1 AND crew_member_id = $2";
const ADD: &str = "INSERT INTO crew_skills (org_id, crew_member_id, skill, level, expires_on) VALUES ($1, $2, $3, $4, $5)";

#[derive(sqlx::FromRow)]
struct Row {
    employment_type: String,
    born_on: Option<String>,
    standings: String,
    tags: String,
    bio: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct SkillRow {
    skill: String,
    level: i64,
    expires_on: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EndingRow {
    crew_member_id: CrewMemberId,
    skill: String,
    level: i64,
    expires_on: Option<String>,
}

/// The standings that a text names.
pub fn standings_of(text: &str) -> Vec<Standing> {
    text.split(',').filter_map(|code| Standing::parse(code.trim())).collect()
}

/// How a person is employed and described.
pub async fn find_terms(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Option<Terms>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(person).optional().await?;
    Ok(row.map(|row| Terms {
        // The table refuses other words.
        employment: Employment::parse(&row.employment_type).unwrap_or(Employment::Other),
        born_on: row.born_on.as_deref().and_then(read_birth),
        standings: standings_of(&row.standings),
        tags: row.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        bio: row.bio,
        version: row.version,
    }))
}

/// What a person can do, with levels and expiries.
pub async fn list_skill_levels(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Vec<Skill>> {
    let org = conn.org();
    let rows: Vec<SkillRow> = conn.query(SKILLS).bind(org).bind(person).all().await?;
    let skill =
        |row: SkillRow| Skill { name: row.skill, level: row.level, expires_on: row.expires_on.as_deref().and_then(parse_date) };
    Ok(rows.into_iter().map(skill).collect())
}

/// Skills whose last day is `until` or earlier, of everybody who is not in the archive.
pub async fn list_ending_skills(conn: &mut impl Conn, until: Date) -> DbResult<Vec<(CrewMemberId, Skill)>> {
    let org = conn.org();
    let rows: Vec<EndingRow> = conn.query(ENDING).bind(org).bind(until.to_string()).all().await?;
    let skill = |row: EndingRow| {
        let expires_on = row.expires_on.as_deref().and_then(parse_date);
        (row.crew_member_id, Skill { name: row.skill, level: row.level, expires_on })
    };
    Ok(rows.into_iter().map(skill).collect())
}

/// Writes a profile over the one that is still at `version`. `false` when somebody else was faster.
pub async fn change_profile(conn: &mut impl Conn, person: CrewMemberId, version: i64, new: &CheckedProfile) -> DbResult<bool> {
    let org = conn.org();
    let standings: Vec<_> = new.standings.iter().map(|standing| standing.code()).collect();
    let query = conn.query(CHANGE).bind(org).bind(person).bind(version).bind(new.employment.code());
    let query = query.bind(new.born_on.map(|date| date.to_string())).bind(standings.join(", ")).bind(new.tags.join(", "));
    if query.bind(&new.bio).execute().await? != 1 {
        return Ok(false);
    }
    conn.query(FORGET).bind(org).bind(person).execute().await?;
    for skill in &new.skills {
        let query = conn.query(ADD).bind(org).bind(person).bind(&skill.name).bind(skill.level);
        query.bind(skill.expires_on.map(|date| date.to_string())).execute_one().await?;
    }
    Ok(true)
}
