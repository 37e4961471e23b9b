//! Calendar addresses: made and ended by members, read by calendar programs that know nothing but the address.

use super::{DONE, DoneBody, refusal};
use crate::api::door::{Client, OrgClient};
use crate::api::problem::{Path, Problem, ProblemBody};
use crate::kernel::{CrewMemberId, Failure, ProjectId};
use crate::planning::{FeedAddress, FeedOf, ManageFeeds, ManageMyFeed, PlanError, service as planning};
use crate::platform::secret::fingerprint;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

const NO_PERSON: &str = "profile.not_found";
const NO_PROJECT: &str = "project.not_found";

/// An address that was just made.
#[derive(Serialize, ToSchema)]
pub struct FeedBody {
    /// For calendar programs that are given an address. Shown this once; only its fingerprint is kept.
    url: String,
    /// The same for programs that subscribe on a click.
    webcal_url: String,
}

impl From<FeedAddress> for FeedBody {
    fn from(made: FeedAddress) -> Self {
        Self { url: made.url, webcal_url: made.webcal }
    }
}

/// Makes the address of one's own missions. The one before stops working.
#[utoipa::path(post, path = "/users/{id}/calendar-feed", operation_id = "make_calendar_feed", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = FeedBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn make_mine(client: OrgClient, Path(id): Path<i64>) -> Result<Json<FeedBody>, Problem> {
    let permit = client.permit::<ManageMyFeed>()?;
    let me = client.only_me(CrewMemberId(id)).await?;
    let made = planning::make_my_feed(&client.app, permit, &me).await.map_err(refusal(NO_PERSON))?;
    Ok(Json(made.into()))
}

/// Ends a person's address. For who plans, and the person. Twice is no error.
#[utoipa::path(delete, path = "/users/{id}/calendar-feed", operation_id = "revoke_calendar_feed", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke_of_person(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DoneBody>, Problem> {
    let (app, id) = (&client.app, CrewMemberId(id));
    let ended = if client.plans() {
        planning::revoke_feed(app, client.permit()?, FeedOf::Person(id)).await
    } else {
        let permit = client.permit::<ManageMyFeed>()?;
        let me = client.only_me(id).await?;
        planning::revoke_my_feed(app, permit, &me).await
    };
    ended.map_err(refusal(NO_PERSON))?;
    Ok(DONE)
}

/// Makes the address of a project's missions, which names nobody. The one before stops working.
#[utoipa::path(post, path = "/projects/{id}/calendar-feed", operation_id = "make_project_calendar_feed", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = FeedBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn make_of_project(client: OrgClient, Path(id): Path<i64>) -> Result<Json<FeedBody>, Problem> {
    let permit = client.permit::<ManageFeeds>()?;
    let made = planning::make_project_feed(&client.app, permit, ProjectId(id)).await.map_err(refusal(NO_PROJECT))?;
    Ok(Json(made.into()))
}

/// Ends a project's address. Twice is no error.
#[utoipa::path(delete, path = "/projects/{id}/calendar-feed", operation_id = "revoke_project_calendar_feed", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke_of_project(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DoneBody>, Problem> {
    let of = FeedOf::Project(ProjectId(id));
    planning::revoke_feed(&client.app, client.permit()?, of).await.map_err(refusal(NO_PROJECT))?;
    Ok(DONE)
}

/// What a calendar address shows (RFC 5545): a person's missions as they were told of them, or a project's. Whoever knows the
/// address may read it; `.ics` may follow it.
#[utoipa::path(get, path = "/calendar/{token}", operation_id = "read_calendar_feed", tag = "planning", params(("token" = String, Path), ("If-None-Match" = Option<String>, Header, nullable = false)), security(()), responses((status = 200, body = String, content_type = "text/calendar", headers(("ETag"))), (status = 304, headers(("ETag"))), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn read(client: Client, Path(token): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let token = token.strip_suffix(".ics").unwrap_or(&token);
    let calendar = planning::read_feed(&client.app, client.permit()?, token).await.map_err(|error| match error {
        PlanError::NotFound => Problem(Failure::not_found()),
        error => error.into(),
    })?;
    // Weak: the same calendar may travel compressed or not.
    let tag = format!("W/\"{}\"", fingerprint(&calendar));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let strong = tag.trim_start_matches("W/");
    let is_known = known.split(',').any(|known| known.trim() == "*" || known.trim().trim_start_matches("W/") == strong);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], calendar).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    Ok(response)
}
