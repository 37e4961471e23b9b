//! Missions.

use super::bodies::{MissionBody, MissionSheetBody, NewMissionBody};
use super::lists::{Page, cursor, kept_page, page_size, read_time_cursor};
use super::{DONE, DoneBody, LaterBody, Wanted, missing, read_time, refusal, verb, versioned, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{MissionId, ProjectId};
use crate::planning::{ManageMissions, MissionFilter, MissionSheet, ReadPlan, service as planning};
use axum::Json;
use axum::extract::OriginalUri;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MISSING: &str = "mission.not_found";

/// Which missions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MissionQuery {
    /// Those that end after this time: RFC 3339, a local time, or a date.
    from: Option<String>,
    /// Those that begin before this time.
    to: Option<String>,
    project_id: Option<i64>,
    /// `starts_at` (when absent) or `-starts_at`.
    sort: Option<String>,
    /// Where the page before ended: see its `Link` header.
    after: Option<String>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// Missions, by beginning; the answer to who is on them is with each one. The header `X-Cache` says whether the list was kept
/// (`HIT`) or drawn up (`MISS`).
#[utoipa::path(get, path = "/missions", operation_id = "list_missions", tag = "planning", params(MissionQuery), responses((status = 200, body = Vec<MissionBody>, headers(("Link"), ("X-Cache"))), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn list(
    client: OrgClient,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<MissionQuery>,
) -> Result<Response, Problem> {
    let permit = client.permit::<ReadPlan>()?;
    let zone = client.org.zone();
    let descending = match query.sort.as_deref() {
        None | Some("starts_at") => false,
        Some("-starts_at") => true,
        Some(_) => return Err(wrong("sort", "sort.unknown")),
    };
    let size = page_size(query.limit);
    let filter = MissionFilter {
        from: read_time("from", query.from.as_deref(), &zone)?,
        to: read_time("to", query.to.as_deref(), &zone)?,
        project: query.project_id.map(ProjectId),
        after: read_time_cursor(query.after.as_deref())?.map(|(at, id)| (at, MissionId(id))),
        descending,
        limit: size + 1,
    };
    let place = |sheet: &MissionSheet| cursor(sheet.mission.id.0, &sheet.mission.starts_at.0.to_string());
    kept_page(&client, &uri, "missions", &format!("{filter:?}"), async || {
        let rows = planning::list_plan(&client.app, permit, &filter).await?;
        Ok(Page::of(rows, size, place, MissionBody::from))
    })
    .await
}

/// Makes a mission. People hear of it when they are assigned and it is published to them.
#[utoipa::path(post, path = "/missions", operation_id = "create_mission", tag = "planning", request_body = NewMissionBody, responses((status = 200, body = MissionSheetBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Response, Problem> {
    let (app, permit) = (&client.app, client.permit::<ManageMissions>()?);
    let body = body.read::<NewMissionBody>()?;
    let project = body.project();
    let name = match project {
        Some(id) => planning::get_project(app, client.permit()?, id).await.ok().map(|project| project.name),
        None => None,
    };
    let new = body.made(project, name.as_deref())?;
    let sheet = planning::create_mission(app, permit, &new).await.map_err(refusal(MISSING))?;
    Ok(versioned(sheet.mission.version, MissionSheetBody::of(sheet, true)))
}

/// How many were made, and which.
#[derive(Serialize, ToSchema)]
pub struct CreatedBody {
    /// `ok`.
    status: &'static str,
    created: usize,
    ids: Vec<i64>,
}

/// Makes up to 500 missions of a project, all or none.
#[utoipa::path(post, path = "/projects/{id}/missions:bulk_create", operation_id = "create_missions", tag = "planning", params(("id" = i64, Path)), request_body = Vec<NewMissionBody>, responses((status = 200, body = CreatedBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn bulk_create(client: OrgClient, Path(id): Path<i64>, body: LaterBody) -> Result<Json<CreatedBody>, Problem> {
    let (app, id, permit) = (&client.app, ProjectId(id), client.permit::<ManageMissions>()?);
    let project = planning::get_project(app, client.permit()?, id).await.map_err(refusal("project.not_found"))?;
    let bodies = body.read::<Vec<NewMissionBody>>()?;
    let new: Vec<_> = bodies.into_iter().map(|body| body.made(Some(id), Some(&project.name))).collect::<Result<_, _>>()?;
    let sheets = planning::create_missions(app, permit, &new).await.map_err(refusal(MISSING))?;
    let ids: Vec<i64> = sheets.iter().map(|sheet| sheet.mission.id.0).collect();
    Ok(Json(CreatedBody { status: "ok", created: ids.len(), ids }))
}

async fn find(client: &OrgClient, id: MissionId) -> Result<MissionSheet, Problem> {
    let found = if client.plans() {
        planning::get_mission(&client.app, client.permit()?, id).await
    } else {
        let me = client.my_record().await?.map(|me| me.id);
        planning::get_mission_as_crew(&client.app, client.permit()?, me, id).await
    };
    found.map_err(refusal(MISSING))
}

/// One mission, with its version as `ETag`. Who is on it is for who plans; others see their own assignment.
#[utoipa::path(get, path = "/missions/{id}", operation_id = "read_mission", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = MissionSheetBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Response, Problem> {
    let sheet = find(&client, MissionId(id)).await?;
    Ok(versioned(sheet.mission.version, MissionSheetBody::of(sheet, client.plans())))
}

/// Changes a mission that nobody has changed since it was read: as `If-Match` says (412 if not), or `version` (409 if not).
/// People who were told hear of it when it is published again. A `project_id` of 0 takes it out of its project.
#[utoipa::path(put, path = "/missions/{id}", operation_id = "change_mission", tag = "planning", params(("id" = i64, Path), ("If-Match" = Option<String>, Header, nullable = false)), request_body = NewMissionBody, responses((status = 200, body = MissionSheetBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(client: OrgClient, Path(id): Path<i64>, headers: HeaderMap, body: LaterBody) -> Result<Response, Problem> {
    let (id, permit) = (MissionId(id), client.permit::<ManageMissions>()?);
    let body = body.read::<NewMissionBody>()?;
    let before = find(&client, id).await?;
    let wanted = Wanted::read(&headers, body.version, before.mission.version)?;
    let (version, new) = (wanted.version, body.over(&before)?);
    let changed = planning::change_mission(&client.app, permit, id, version, &new).await;
    let sheet = changed.map_err(wanted.refusal(MISSING))?;
    Ok(versioned(sheet.mission.version, MissionSheetBody::of(sheet, true)))
}

/// Deletes a mission of which nobody has heard, or calls off one of which people have: they are told.
#[utoipa::path(delete, path = "/missions/{id}", operation_id = "remove_mission", tag = "planning", params(("id" = i64, Path), ("If-Match" = Option<String>, Header, nullable = false)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody)))]
pub async fn remove(client: OrgClient, Path(id): Path<i64>, headers: HeaderMap) -> Result<Json<DoneBody>, Problem> {
    let (id, permit) = (MissionId(id), client.permit::<ManageMissions>()?);
    let before = find(&client, id).await?;
    let wanted = Wanted::read_or_present(&headers, before.mission.version)?;
    let version = wanted.version;
    planning::delete_mission(&client.app, permit, id, version).await.map_err(wanted.refusal(MISSING))?;
    Ok(DONE)
}

/// How a mission is copied.
#[derive(Default, Deserialize, ToSchema)]
pub struct DuplicateBody {
    /// How many days later; on the same day when absent.
    days: Option<i64>,
}

/// What is asked of one mission.
pub async fn act(client: OrgClient, Path(what): Path<String>, body: LaterBody) -> Result<Response, Problem> {
    match verb(&what) {
        Some((id, "duplicate")) => duplicate(client, id, body).await,
        _ => Err(missing("not_found")),
    }
}

/// Copies a mission without its people, some days later by the clocks of its place.
#[utoipa::path(post, path = "/missions/{id}:duplicate", operation_id = "duplicate_mission", tag = "planning", params(("id" = i64, Path)), request_body = Option<DuplicateBody>, responses((status = 200, body = MissionSheetBody, headers(("ETag"))), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn duplicate(client: OrgClient, id: i64, body: LaterBody) -> Result<Response, Problem> {
    let permit = client.permit::<ManageMissions>()?;
    let days = body.read_if_any::<DuplicateBody>()?.days.unwrap_or(0);
    if !(-3660..=3660).contains(&days) {
        return Err(wrong("days", "date.invalid"));
    }
    let sheet = planning::duplicate_mission(&client.app, permit, MissionId(id), days).await.map_err(refusal(MISSING))?;
    Ok(versioned(sheet.mission.version, MissionSheetBody::of(sheet, true)))
}
