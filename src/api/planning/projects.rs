//! Projects.

use super::lists::{Page, cursor, kept_page, page_size, read_cursor, read_time_cursor};
use super::{DONE, DoneBody, LaterBody, Wanted, refusal, versioned, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{ProjectId, zone};
use crate::planning::{
    DeleteProject, ManageProjects, NewProject, Project, ProjectFilter, ProjectSort, ProjectStatus, ReadPlan, service as planning,
};
use axum::Json;
use axum::extract::OriginalUri;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MISSING: &str = "project.not_found";

/// A project.
#[derive(Serialize, ToSchema)]
pub struct ProjectBody {
    id: i64,
    name: String,
    /// `DRAFT`, `ACTIVE` or `ARCHIVED`.
    status: String,
    client: String,
    /// 1 to 6.
    colour: i64,
    notes: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    created_at: String,
    /// To be given back with a change, here or as `If-Match`.
    version: i64,
}

impl From<Project> for ProjectBody {
    fn from(project: Project) -> Self {
        Self {
            id: project.id.0,
            name: project.name,
            status: project.status.code().to_uppercase(),
            client: project.client,
            colour: project.colour,
            notes: project.notes,
            starts_on: project.starts_on.map(|date| date.to_string()),
            ends_on: project.ends_on.map(|date| date.to_string()),
            created_at: zone::utc(project.created_at),
            version: project.version,
        }
    }
}

/// A project to be made or changed. What a change leaves out stays.
#[derive(Deserialize, ToSchema)]
pub struct NewProjectBody {
    name: Option<String>,
    /// `DRAFT` (when absent), `ACTIVE` or `ARCHIVED`.
    status: Option<String>,
    client: Option<String>,
    colour: Option<i64>,
    notes: Option<String>,
    /// `2026-11-21`; empty for none.
    starts_on: Option<String>,
    ends_on: Option<String>,
    /// The version that was read, for a change without `If-Match`.
    version: Option<i64>,
}

impl NewProjectBody {
    fn over(self, before: Option<&Project>) -> NewProject {
        let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let before = before.map(|p| NewProject {
            name: p.name.clone(),
            status: p.status.code().to_owned(),
            client: p.client.clone(),
            colour: p.colour,
            notes: p.notes.clone(),
            starts_on: date(p.starts_on),
            ends_on: date(p.ends_on),
        });
        let before = before.unwrap_or_default();
        NewProject {
            name: self.name.unwrap_or(before.name),
            status: self.status.unwrap_or(before.status),
            client: self.client.unwrap_or(before.client),
            colour: self.colour.unwrap_or(before.colour),
            notes: self.notes.unwrap_or(before.notes),
            starts_on: self.starts_on.unwrap_or(before.starts_on),
            ends_on: self.ends_on.unwrap_or(before.ends_on),
        }
    }
}

/// Which projects, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Part of a name or of a client's.
    q: Option<String>,
    /// `DRAFT`, `ACTIVE` or `ARCHIVED`.
    status: Option<String>,
    /// `-created_at` (when absent), `created_at`, `name` or `-name`.
    sort: Option<String>,
    /// Where the page before ended: see its `Link` header.
    after: Option<String>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// Projects, newest first. The header `X-Cache` says whether the list was kept (`HIT`) or drawn up (`MISS`).
#[utoipa::path(get, path = "/projects", operation_id = "list_projects", tag = "planning", params(ProjectQuery), responses((status = 200, body = Vec<ProjectBody>, headers(("Link"), ("X-Cache"))), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn list(
    client: OrgClient,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<ProjectQuery>,
) -> Result<Response, Problem> {
    let permit = client.permit::<ReadPlan>()?;
    let sort = query.sort.as_deref().map_or(Some(ProjectSort::Newest), ProjectSort::parse);
    let sort = sort.ok_or(wrong("sort", "sort.unknown"))?;
    let status = query.status.as_deref().map(|text| ProjectStatus::parse(text).ok_or(wrong("status", "status.unknown")));
    let by_name = matches!(sort, ProjectSort::Name | ProjectSort::NameDown);
    let (mut after, mut after_created) = (None, None);
    if by_name {
        after = read_cursor(query.after.as_deref())?.map(|(id, key)| (key, ProjectId(id)));
    } else {
        after_created = read_time_cursor(query.after.as_deref())?.map(|(at, id)| (at, ProjectId(id)));
    }
    let size = page_size(query.limit);
    let filter = ProjectFilter {
        search: query.q.clone().filter(|q| !q.trim().is_empty()),
        status: status.transpose()?,
        sort,
        after,
        after_created,
        limit: size + 1,
    };
    let place = |project: &Project| match by_name {
        true => cursor(project.id.0, &project.search()),
        false => cursor(project.id.0, &project.created_at.0.to_string()),
    };
    kept_page(&client, &uri, "projects", &format!("{filter:?}"), async || {
        let rows = planning::list_projects(&client.app, permit, &filter).await?;
        Ok(Page::of(rows, size, place, ProjectBody::from))
    })
    .await
}

/// Makes a project. A name is taken once in an organisation.
#[utoipa::path(post, path = "/projects", operation_id = "create_project", tag = "planning", request_body = NewProjectBody, responses((status = 200, body = ProjectBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Response, Problem> {
    let permit = client.permit::<ManageProjects>()?;
    let new = body.read::<NewProjectBody>()?.over(None);
    let project = planning::create_project(&client.app, permit, &new).await.map_err(refusal(MISSING))?;
    Ok(versioned(project.version, ProjectBody::from(project)))
}

/// One project, with its version as `ETag`.
#[utoipa::path(get, path = "/projects/{id}", operation_id = "read_project", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = ProjectBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Response, Problem> {
    let project = planning::get_project(&client.app, client.permit()?, ProjectId(id)).await.map_err(refusal(MISSING))?;
    Ok(versioned(project.version, ProjectBody::from(project)))
}

/// Changes a project that nobody has changed since it was read: as `If-Match` says (412 if not), or `version` (409 if not).
#[utoipa::path(put, path = "/projects/{id}", operation_id = "change_project", tag = "planning", params(("id" = i64, Path), ("If-Match" = Option<String>, Header, nullable = false)), request_body = NewProjectBody, responses((status = 200, body = ProjectBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(client: OrgClient, Path(id): Path<i64>, headers: HeaderMap, body: LaterBody) -> Result<Response, Problem> {
    let (app, id, permit) = (&client.app, ProjectId(id), client.permit::<ManageProjects>()?);
    let body = body.read::<NewProjectBody>()?;
    let before = planning::get_project(app, client.permit()?, id).await.map_err(refusal(MISSING))?;
    let wanted = Wanted::read(&headers, body.version, before.version)?;
    // What the body leaves out is taken from what is there, which must then be what the client read.
    let (version, new) = (wanted.version, body.over(Some(&before)));
    planning::change_project(app, permit, id, version, &new).await.map_err(wanted.refusal(MISSING))?;
    let project = planning::get_project(app, client.permit()?, id).await.map_err(refusal(MISSING))?;
    Ok(versioned(project.version, ProjectBody::from(project)))
}

/// Deletes a project. Its missions stay, and belong to none.
#[utoipa::path(delete, path = "/projects/{id}", operation_id = "remove_project", tag = "planning", params(("id" = i64, Path), ("If-Match" = Option<String>, Header, nullable = false)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody)))]
pub async fn remove(client: OrgClient, Path(id): Path<i64>, headers: HeaderMap) -> Result<Json<DoneBody>, Problem> {
    let (id, permit) = (ProjectId(id), client.permit::<DeleteProject>()?);
    let before = planning::get_project(&client.app, client.permit()?, id).await.map_err(refusal(MISSING))?;
    Wanted::read_or_present(&headers, before.version)?;
    planning::delete_project(&client.app, permit, id).await.map_err(refusal(MISSING))?;
    Ok(DONE)
}
