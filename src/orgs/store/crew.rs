//! SQL of crew members.

use crate::access::Conn;
use crate::kernel::{AccountId, CrewMemberId, Instant};
use crate::orgs::model::{CrewFilter, CrewMember};
use crate::orgs::rules::CheckedCrewMember;
use crate::platform::db::{DbResult, Filter, containing};
use std::collections::{BTreeSet, HashMap};

const INSERT: &str = "INSERT INTO crew_members (org_id, account_id, name, email, phone, job, search, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id, account_id, name, email, phone, job, archived_at, version";
const FIND: &str =
    "SELECT id, account_id, name, email, phone, job, archived_at, version FROM crew_members WHERE org_id = $1 AND id = $2";
const THESE: &str =
    "SELECT id, account_id, name, email, phone, job, archived_at, version FROM crew_members WHERE org_id = $1 AND id IN ($2..)
  ORDER BY id";
const BY_ACCOUNT: &str = "SELECT id, account_id, name, email, phone, job, archived_at, version FROM crew_members
  WHERE org_id = $1 AND account_id = $2";
const UNLINKED_BY_EMAIL: &str = "SELECT id, account_id, name, email, phone, job, archived_at, version FROM crew_members
  WHERE org_id = $1 AND email = $2 AND account_id IS NULL";
const LIST: &str = "SELECT c.id, c.account_id, c.name, c.email, c.phone, c.job, c.archived_at, c.version FROM crew_members c WHERE c.org_id = $1";
const CHANGE: &str = "UPDATE crew_members SET name = $4, email = $5, phone = $6, job = $7, search = $8, version = version + 1
  WHERE org_id = $1 AND id = $2 AND version = $3";
const ARCHIVE: &str = "UPDATE crew_members SET archived_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2";
const LINK: &str =
    "UPDATE crew_members SET account_id = $3, version = version + 1 WHERE org_id = $1 AND id = $2 AND account_id IS NULL";
const EMAILS: &str = "SELECT email FROM crew_members WHERE org_id = $1 AND email IS NOT NULL ORDER BY email";
const FORGET_SKILL: &str = "DELETE FROM crew_skills WHERE org_id = $1 AND crew_member_id = $2 AND skill = $3";
const ADD_SKILL: &str = "INSERT INTO crew_skills (org_id, crew_member_id, skill) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const SKILLS_OF: &str =
    "SELECT crew_member_id, skill FROM crew_skills WHERE org_id = $1 AND crew_member_id IN ($2..) ORDER BY skill";
const ALL_SKILLS: &str = "SELECT DISTINCT skill FROM crew_skills WHERE org_id = $1 ORDER BY skill LIMIT 200";

/// Tags stand in one text, with a comma and a space between them: the text is another without one that is in it.
const TAGGED: &str = "replace(', ' || c.tags || ', ', {}, '') <> ', ' || c.tags || ', '";
const ALL_TAGS: &str = "SELECT DISTINCT tags FROM crew_members WHERE org_id = $1 AND tags <> '' AND archived_at IS NULL
  ORDER BY tags LIMIT 500";

#[derive(sqlx::FromRow)]
struct SkillRow {
    crew_member_id: CrewMemberId,
    skill: String,
}

pub async fn insert_crew_member(
    conn: &mut impl Conn,
    account: Option<AccountId>,
    new: &CheckedCrewMember,
    now: Instant,
) -> DbResult<CrewMember> {
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(account).bind(&new.name).bind(new.email.as_deref()).bind(new.phone.as_deref());
    query.bind(new.job.as_deref()).bind(new.search()).bind(now).one().await
}

pub async fn find_crew_member(conn: &mut impl Conn, id: CrewMemberId) -> DbResult<Option<CrewMember>> {
    let org = conn.org();
    conn.query(FIND).bind(org).bind(id).optional().await
}

/// These crew members, those in the archive too.
pub async fn list_these_crew_members(conn: &mut impl Conn, ids: &[CrewMemberId]) -> DbResult<Vec<CrewMember>> {
    let org = conn.org();
    conn.query(THESE).bind(org).bind_list(ids).all().await
}

pub async fn find_crew_member_of(conn: &mut impl Conn, account: AccountId) -> DbResult<Option<CrewMember>> {
    let org = conn.org();
    conn.query(BY_ACCOUNT).bind(org).bind(account).optional().await
}

pub async fn find_unlinked_by_email(conn: &mut impl Conn, email: &str) -> DbResult<Option<CrewMember>> {
    let org = conn.org();
    conn.query(UNLINKED_BY_EMAIL).bind(org).bind(email).optional().await
}

pub async fn list_crew(conn: &mut impl Conn, filter: &CrewFilter) -> DbResult<Vec<CrewMember>> {
    let org = conn.org();
    let pattern = filter.search.as_deref().map(containing);
    let tag = filter.tag.as_deref().map(|tag| format!(", {tag}, "));
    let filtered = Filter::new(LIST)
        .bind(org)
        .and(if filter.archived { "c.archived_at IS NOT NULL" } else { "c.archived_at IS NULL" })
        .and_opt("c.search LIKE {} ESCAPE '\\'", pattern)
        .and_opt(
            "EXISTS (SELECT 1 FROM crew_skills s WHERE s.org_id = c.org_id AND s.crew_member_id = c.id AND s.skill = {})",
            filter.skill.as_deref(),
        )
        .and_opt(TAGGED, tag);
    let filtered = match &filter.only {
        Some(only) => filtered.and_in("c.id IN ({})", only),
        None => filtered,
    };
    // An empty list matches nothing, which would leave out everybody.
    let filtered = if filter.but.is_empty() { filtered } else { filtered.and_in("c.id NOT IN ({})", &filter.but) };
    let filtered = filtered
        .and_opt_pair("(c.search, c.id) > ({}, {})", filter.after.clone())
        .tail(" ORDER BY c.search, c.id LIMIT {}", filter.limit);
    conn.tx().filtered(filtered).all().await
}

/// Changes a crew member that is still at `version`. `false` when somebody else was faster.
pub async fn change_crew_member(conn: &mut impl Conn, id: CrewMemberId, version: i64, new: &CheckedCrewMember) -> DbResult<bool> {
    let org = conn.org();
    let query = conn.query(CHANGE).bind(org).bind(id).bind(version).bind(&new.name).bind(new.email.as_deref());
    Ok(query.bind(new.phone.as_deref()).bind(new.job.as_deref()).bind(new.search()).execute().await? == 1)
}

pub async fn archive_crew_member(conn: &mut impl Conn, id: CrewMemberId, at: Option<Instant>) -> DbResult<u64> {
    let org = conn.org();
    conn.query(ARCHIVE).bind(org).bind(id).bind(at).execute().await
}

/// Ties an account to a crew member that has none. `false` when it has one.
pub async fn link_account(conn: &mut impl Conn, id: CrewMemberId, account: AccountId) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(LINK).bind(org).bind(id).bind(account).execute().await? == 1)
}

pub async fn list_crew_emails(conn: &mut impl Conn) -> DbResult<Vec<String>> {
    let org = conn.org();
    conn.query(EMAILS).bind(org).scalars().await
}

/// Gives a person these skills and no others. Those that stay keep their level and their expiry.
pub async fn replace_skills(conn: &mut impl Conn, id: CrewMemberId, skills: &[String]) -> DbResult<()> {
    let org = conn.org();
    for gone in list_skills_of(conn, &[id]).await?.remove(&id).unwrap_or_default() {
        if !skills.contains(&gone) {
            conn.query(FORGET_SKILL).bind(org).bind(id).bind(gone).execute().await?;
        }
    }
    for skill in skills {
        conn.query(ADD_SKILL).bind(org).bind(id).bind(skill).execute().await?;
    }
    Ok(())
}

pub async fn list_skills_of(conn: &mut impl Conn, people: &[CrewMemberId]) -> DbResult<HashMap<CrewMemberId, Vec<String>>> {
    let org = conn.org();
    let rows: Vec<SkillRow> = conn.query(SKILLS_OF).bind(org).bind_list(people).all().await?;
    Ok(rows.into_iter().fold(HashMap::new(), |mut map: HashMap<_, Vec<_>>, row| {
        map.entry(row.crew_member_id).or_default().push(row.skill);
        map
    }))
}

pub async fn list_skills(conn: &mut impl Conn) -> DbResult<Vec<String>> {
    let org = conn.org();
    conn.query(ALL_SKILLS).bind(org).scalars().await
}

pub async fn list_tags(conn: &mut impl Conn) -> DbResult<Vec<String>> {
    let org = conn.org();
    let texts: Vec<String> = conn.query(ALL_TAGS).bind(org).scalars().await?;
    let tags: BTreeSet<&str> =
        texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|tag| !tag.is_empty()).collect();
    Ok(tags.into_iter().map(str::to_owned).collect())
}
