//! SQL of the addresses that calendar programs read.

use crate::access::Conn;
use crate::kernel::{CrewMemberId, Instant, OrgId, ProjectId};
use crate::planning::model::FeedOf;
use crate::platform::db::{DbResult, ReadTx};

const ADD: &str = "INSERT INTO calendar_feeds (org_id, crew_member_id, project_id, token_hash, created_at)
  VALUES ($1, $2, $3, $4, $5)";
const FIND: &str = "SELECT org_id, crew_member_id, project_id FROM calendar_feeds WHERE token_hash = $1 AND revoked_at IS NULL";
const SINCE: &str = "SELECT created_at FROM calendar_feeds
  WHERE org_id = $1 AND (crew_member_id = $2 OR project_id = $3) AND revoked_at IS NULL";
const REVOKE: &str = "UPDATE calendar_feeds SET revoked_at = $4
  WHERE org_id = $1 AND (crew_member_id = $2 OR project_id = $3) AND revoked_at IS NULL";

#[derive(sqlx::FromRow)]
struct Row {
    org_id: OrgId,
    crew_member_id: Option<CrewMemberId>,
    project_id: Option<ProjectId>,
}

/// The two columns that say whose it is; the empty one finds nothing.
const fn columns(of: FeedOf) -> (Option<CrewMemberId>, Option<ProjectId>) {
    match of {
        FeedOf::Person(person) => (Some(person), None),
        FeedOf::Project(project) => (None, Some(project)),
    }
}

pub async fn insert_feed(conn: &mut impl Conn, of: FeedOf, token_hash: &str, now: Instant) -> DbResult<()> {
    let (org, (person, project)) = (conn.org(), columns(of));
    conn.query(ADD).bind(org).bind(person).bind(project).bind(token_hash).bind(now).execute_one().await
}

/// A working address by what its holder was given.
pub async fn find_feed(tx: &mut ReadTx, token_hash: &str) -> DbResult<Option<(OrgId, FeedOf)>> {
    let row: Option<Row> = tx.query(FIND).bind(token_hash).optional().await?;
    Ok(row.and_then(|row| {
        let person = row.crew_member_id.map(FeedOf::Person);
        Some((row.org_id, person.or(row.project_id.map(FeedOf::Project))?))
    }))
}

/// Since when there is an address that works.
pub async fn find_feed_since(conn: &mut impl Conn, of: FeedOf) -> DbResult<Option<Instant>> {
    let (org, (person, project)) = (conn.org(), columns(of));
    conn.query(SINCE).bind(org).bind(person).bind(project).optional_scalar().await
}

/// Ends the address. `false` when there was none.
pub async fn revoke_feed(conn: &mut impl Conn, of: FeedOf, now: Instant) -> DbResult<bool> {
    let (org, (person, project)) = (conn.org(), columns(of));
    Ok(conn.query(REVOKE).bind(org).bind(person).bind(project).bind(now).execute().await? > 0)
}
