//! SQL of missions to be pasted.

use crate::access::Conn;
use crate::kernel::{Instant, MissionTemplateId};
use crate::planning::templates::{MissionTemplate, TemplateMission};
use crate::platform::db::DbResult;

const INSERT: &str = "INSERT INTO mission_templates (org_id, name, missions, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
const LIST: &str = "SELECT id, name, missions FROM mission_templates WHERE org_id = $1 ORDER BY name, id LIMIT 500";
const FIND: &str = "SELECT id, name, missions FROM mission_templates WHERE org_id = $1 AND id = $2";
const RENAME: &str = "UPDATE mission_templates SET name = $3 WHERE org_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM mission_templates WHERE org_id = $1 AND id = $2";

#[derive(sqlx::FromRow)]
struct Row {
    id: MissionTemplateId,
    name: String,
    missions: String,
}

impl From<Row> for MissionTemplate {
    fn from(row: Row) -> Self {
        let Row { id, name, missions } = row;
        Self { id, name, missions: serde_json::from_str(&missions).unwrap_or_default() }
    }
}

pub async fn insert_template(
    conn: &mut impl Conn,
    name: &str,
    missions: &[TemplateMission],
    now: Instant,
) -> DbResult<MissionTemplateId> {
    let org = conn.org();
    let missions = serde_json::to_string(missions).unwrap_or_default();
    conn.query(INSERT).bind(org).bind(name).bind(missions).bind(now).scalar().await
}

/// All templates, by name.
pub async fn list_templates(conn: &mut impl Conn) -> DbResult<Vec<MissionTemplate>> {
    let org = conn.org();
    let rows: Vec<Row> = conn.query(LIST).bind(org).all().await?;
    Ok(rows.into_iter().map(MissionTemplate::from).collect())
}

pub async fn find_template(conn: &mut impl Conn, id: MissionTemplateId) -> DbResult<Option<MissionTemplate>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(id).optional().await?;
    Ok(row.map(MissionTemplate::from))
}

pub async fn rename_template(conn: &mut impl Conn, id: MissionTemplateId, name: &str) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(RENAME).bind(org).bind(id).bind(name).execute().await? == 1)
}

pub async fn delete_template(conn: &mut impl Conn, id: MissionTemplateId) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(DELETE).bind(org).bind(id).execute().await? == 1)
}
