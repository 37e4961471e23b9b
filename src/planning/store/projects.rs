//! SQL of projects.

use crate::access::Conn;
use crate::kernel::zone::parse_date;
use crate::kernel::{Instant, ProjectId};
use crate::planning::check::CheckedProject;
use crate::planning::model::{Project, ProjectFilter, ProjectSort, ProjectStatus};
use crate::platform::db::{DbResult, Filter, containing};

/// The columns of a project.
macro_rules! select_project {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, status, client, colour, notes, starts_on, ends_on, created_at, version FROM projects WHERE org_id = $1",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO projects (org_id, name, status, client, colour, notes, starts_on, ends_on, search, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
const FIND: &str = select_project!(" AND id = $2");
const LIST: &str = select_project!("");
const CHANGE: &str =
    "UPDATE projects SET name = $4, status = $5, client = $6, colour = $7, notes = $8, starts_on = $9, ends_on = $10,
  search = $11, version = version + 1 WHERE org_id = $1 AND id = $2 AND version = $3";
const DELETE: &str = "DELETE FROM projects WHERE org_id = $1 AND id = $2";
const DETACH: &str = "UPDATE missions SET project_id = NULL, version = version + 1 WHERE org_id = $1 AND project_id = $2";

#[derive(sqlx::FromRow)]
struct Row {
    id: ProjectId,
    name: String,
    status: String,
    client: String,
    colour: i64,
    notes: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    created_at: Instant,
    version: i64,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        let date = |text: Option<String>| text.as_deref().and_then(parse_date);
        Self {
            id: row.id,
            name: row.name,
            // The table refuses other words.
            status: ProjectStatus::parse(&row.status).unwrap_or(ProjectStatus::Archived),
            client: row.client,
            colour: row.colour,
            notes: row.notes,
            starts_on: date(row.starts_on),
            ends_on: date(row.ends_on),
            created_at: row.created_at,
            version: row.version,
        }
    }
}

pub async fn insert_project(conn: &mut impl Conn, new: &CheckedProject, now: Instant) -> DbResult<ProjectId> {
    super::plan_tags::replace_plan_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(&new.name).bind(new.status.code()).bind(&new.client).bind(new.colour);
    let query = query.bind(&new.notes).bind(new.starts_on.map(|date| date.to_string()));
    query.bind(new.ends_on.map(|date| date.to_string())).bind(new.search()).bind(now).scalar().await
}

pub async fn find_project(conn: &mut impl Conn, id: ProjectId) -> DbResult<Option<Project>> {
    let org = conn.org();
    let row: Option<Row> = conn.query(FIND).bind(org).bind(id).optional().await?;
    Ok(row.map(Project::from))
}

pub async fn list_projects(conn: &mut impl Conn, filter: &ProjectFilter) -> DbResult<Vec<Project>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("search LIKE {} ESCAPE '\\'", filter.search.as_deref().map(containing))
        .and_opt("status = {}", filter.status.map(ProjectStatus::code));
    let (named, made) = (filter.after.clone(), filter.after_created);
    let filtered = match filter.sort {
        ProjectSort::Name => {
            filtered.and_opt_pair("(search, id) > ({}, {})", named).tail(" ORDER BY search, id LIMIT {}", filter.limit)
        }
        ProjectSort::NameDown => {
            filtered.and_opt_pair("(search, id) < ({}, {})", named).tail(" ORDER BY search DESC, id DESC LIMIT {}", filter.limit)
        }
        ProjectSort::Oldest => {
            filtered.and_opt_pair("(created_at, id) > ({}, {})", made).tail(" ORDER BY created_at, id LIMIT {}", filter.limit)
        }
        ProjectSort::Newest => filtered
            .and_opt_pair("(created_at, id) < ({}, {})", made)
            .tail(" ORDER BY created_at DESC, id DESC LIMIT {}", filter.limit),
    };
    let rows: Vec<Row> = conn.tx().filtered(filtered).all().await?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// Changes a project that is still at `version`. `false` when somebody else was faster.
pub async fn change_project(conn: &mut impl Conn, id: ProjectId, version: i64, new: &CheckedProject) -> DbResult<bool> {
    super::plan_tags::replace_plan_tag(conn).await?;
    let org = conn.org();
    let query = conn.query(CHANGE).bind(org).bind(id).bind(version).bind(&new.name).bind(new.status.code()).bind(&new.client);
    let query = query.bind(new.colour).bind(&new.notes).bind(new.starts_on.map(|date| date.to_string()));
    Ok(query.bind(new.ends_on.map(|date| date.to_string())).bind(new.search()).execute().await? == 1)
}

/// Deletes a project; its missions stay, and belong to none.
pub async fn delete_project(conn: &mut impl Conn, id: ProjectId) -> DbResult<bool> {
    super::plan_tags::replace_plan_tag(conn).await?;
    let org = conn.org();
    conn.query(DETACH).bind(org).bind(id).execute().await?;
    Ok(conn.query(DELETE).bind(org).bind(id).execute().await? == 1)
}
