//! SQL of the word that every change of projects and missions replaces.

use crate::access::Conn;
use crate::platform::db::DbResult;
use crate::platform::random;

const FIND: &str = "SELECT tag FROM plan_tags WHERE org_id = $1";
const FIND_BOTH: &str = "SELECT tag || ' ' || staffing FROM plan_tags WHERE org_id = $1";
const REPLACE_STAFFING: &str = "INSERT INTO plan_tags (org_id, tag, staffing) VALUES ($1, '', $2)
  ON CONFLICT (org_id) DO UPDATE SET staffing = excluded.staffing";
const REPLACE: &str = "INSERT INTO plan_tags (org_id, tag) VALUES ($1, $2) ON CONFLICT (org_id) DO UPDATE SET tag = excluded.tag";

/// The present word; none when nothing was ever written.
pub async fn find_plan_tag(conn: &mut impl Conn) -> DbResult<Option<String>> {
    let org = conn.org();
    conn.query(FIND).bind(org).optional_scalar().await
}

/// Replaces the word, before the change itself: on PostgreSQL all who change the plan then wait at the same place. It is random
/// and not counted, so that no word comes twice, not even after a backup was put back.
pub(super) async fn replace_plan_tag(conn: &mut impl Conn) -> DbResult<()> {
    let org = conn.org();
    conn.query(REPLACE).bind(org).bind(random::token::<12>()).execute_one().await
}

/// The present words of missions and of who is on them, for those who see both.
pub async fn find_planner_tag(conn: &mut impl Conn) -> DbResult<Option<String>> {
    let org = conn.org();
    conn.query(FIND_BOTH).bind(org).optional_scalar().await
}

/// As [`replace_plan_tag`], for a change of who is on missions, or who can. Both are one row, so that whoever changes the plan
/// waits at the same place.
pub async fn replace_staffing_tag(conn: &mut impl Conn) -> DbResult<()> {
    let org = conn.org();
    conn.query(REPLACE_STAFFING).bind(org).bind(random::token::<12>()).execute_one().await
}
