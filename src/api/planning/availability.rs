//! When people can work, and time off that somebody agrees to.

use super::lists::{Page, cursor, page_size, read_time_cursor};
use super::{LaterBody, missing, read_time, verb, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{AvailabilityId, CrewMemberId, Failure, Kind, zone};
use crate::planning::{
    Availability, AvailabilityFilter, AvailabilityKind, AvailabilityStatus, DecideAvailability, DeclareAvailability,
    NewAvailability, PlanError, ReadAvailability, ReadMyProfile, service as planning,
};
use axum::Json;
use axum::extract::OriginalUri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MISSING: &str = "availability.not_found";

/// A time that somebody can or cannot work.
#[derive(Serialize, ToSchema)]
pub struct SlotBody {
    id: i64,
    user_id: i64,
    /// `AVAILABLE`, `UNAVAILABLE`, `PREFERRED` or `TIME_OFF`.
    kind: String,
    starts_at: String,
    ends_at: String,
    /// As `starts_at`: the predecessor's word.
    start_at: String,
    /// As `ends_at`: the predecessor's word.
    end_at: String,
    /// Comes again every so many weeks; 0 for once.
    every_weeks: i64,
    until: Option<String>,
    /// `PENDING`, `APPROVED` or `REJECTED`.
    status: String,
    note: String,
}

impl From<Availability> for SlotBody {
    fn from(slot: Availability) -> Self {
        let (starts_at, ends_at) = (zone::utc(slot.starts_at), zone::utc(slot.ends_at));
        Self {
            id: slot.id.0,
            user_id: slot.crew_member_id.0,
            kind: slot.kind.code().to_uppercase(),
            start_at: starts_at.clone(),
            end_at: ends_at.clone(),
            starts_at,
            ends_at,
            every_weeks: slot.every_weeks,
            until: slot.until_at.map(zone::utc),
            status: slot.status.code().to_uppercase(),
            note: slot.note,
        }
    }
}

/// The predecessor's words for what can go wrong with a time.
fn refusal(error: PlanError) -> Problem {
    match error {
        PlanError::Fields(fields) if fields == [("ends_at", "time.order")] => {
            Problem(Failure::new(Kind::Malformed, "availability.order"))
        }
        error => super::refusal(MISSING)(error),
    }
}

/// Which times.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AvailabilityQuery {
    /// Whose; everybody's for who plans, one's own for others, when absent.
    user_id: Option<i64>,
    /// `PENDING`, `APPROVED` or `REJECTED`.
    status: Option<String>,
    /// RFC 3339, a local time, or a date. What comes again is always listed.
    from: Option<String>,
    to: Option<String>,
    /// Where the page before ended: see its `Link` header.
    after: Option<String>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// Times, by beginning. Everybody's for who plans, one's own for others.
#[utoipa::path(get, path = "/availabilities", operation_id = "list_availabilities", tag = "people", params(AvailabilityQuery), responses((status = 200, body = Vec<SlotBody>, headers(("Link"))), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn list(
    client: OrgClient,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<AvailabilityQuery>,
) -> Result<Response, Problem> {
    let own = client.permit::<ReadMyProfile>()?;
    let zone = client.org.zone();
    let status = query.status.as_deref().map(|text| AvailabilityStatus::parse(text).ok_or(wrong("status", "status.unknown")));
    let size = page_size(query.limit);
    let filter = AvailabilityFilter {
        person: query.user_id.map(CrewMemberId),
        kind: None,
        status: status.transpose()?,
        from: read_time("from", query.from.as_deref(), &zone)?,
        to: read_time("to", query.to.as_deref(), &zone)?,
        after: read_time_cursor(query.after.as_deref())?.map(|(at, id)| (at, AvailabilityId(id))),
        limit: size + 1,
    };
    let rows = if client.plans() {
        planning::list_availabilities(&client.app, client.permit()?, &filter).await?
    } else {
        let me = match query.user_id {
            Some(id) => Some(client.only_me(CrewMemberId(id)).await?),
            None => client.my_record().await?,
        };
        match me {
            Some(me) => planning::list_my_availabilities(&client.app, own, &me, filter).await?,
            None => Vec::new(),
        }
    };
    let place = |slot: &Availability| cursor(slot.id.0, &slot.starts_at.0.to_string());
    Ok(Page::of(rows, size, place, SlotBody::from).answer(&uri))
}

/// A time to be asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSlotBody {
    user_id: i64,
    /// RFC 3339, or a local time of the organisation.
    starts_at: Option<String>,
    ends_at: Option<String>,
    /// The predecessor's word for `starts_at`, which is believed first.
    start_at: Option<String>,
    /// The predecessor's word for `ends_at`, which is believed first.
    end_at: Option<String>,
    /// `TIME_OFF` (when absent) waits to be approved; `AVAILABLE`, `UNAVAILABLE` and `PREFERRED` stand as they are said.
    kind: Option<String>,
    /// Comes again every so many weeks, 1 to 8.
    every_weeks: Option<i64>,
    /// The last day it comes again.
    until: Option<String>,
    note: Option<String>,
}

impl NewSlotBody {
    fn read(self, usual: AvailabilityKind) -> NewAvailability {
        NewAvailability {
            kind: self.kind.unwrap_or_else(|| usual.code().to_owned()),
            starts_at: self.starts_at.or(self.start_at).unwrap_or_default(),
            ends_at: self.ends_at.or(self.end_at).unwrap_or_default(),
            every_weeks: self.every_weeks.unwrap_or_default(),
            until: self.until.unwrap_or_default(),
            note: self.note.unwrap_or_default(),
        }
    }
}

/// Asks for time off, or says when one can work: for oneself, or for anybody by who plans.
#[utoipa::path(post, path = "/availabilities", operation_id = "request_availability", tag = "people", request_body = NewSlotBody, responses((status = 200, body = SlotBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn request(client: OrgClient, body: LaterBody) -> Result<Json<SlotBody>, Problem> {
    let (app, own) = (&client.app, client.permit::<DeclareAvailability>()?);
    let body = body.read::<NewSlotBody>()?;
    let person = CrewMemberId(body.user_id);
    let new = body.read(AvailabilityKind::TimeOff);
    if client.plans() {
        let id = planning::declare_for(app, client.permit()?, person, &new, true).await;
        let id = id.map_err(refusal)?;
        return Ok(Json(planning::get_availability(app, client.permit()?, id).await.map_err(refusal)?.into()));
    }
    let me = client.crew_record().await?;
    if me.id != person {
        return Err(Problem(Failure::forbidden()));
    }
    let id = planning::declare(app, own, &me, &new).await.map_err(refusal)?;
    Ok(Json(planning::get_my_availability(app, client.permit()?, &me, id).await.map_err(refusal)?.into()))
}

/// Says when somebody can work; it counts at once. The predecessor's older door: `/availabilities` can do more.
#[utoipa::path(post, path = "/availability", operation_id = "declare_availability", tag = "people", request_body = NewSlotBody, responses((status = 200, body = SlotBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn declare(client: OrgClient, body: LaterBody) -> Result<Json<SlotBody>, Problem> {
    let (app, permit) = (&client.app, client.permit::<DecideAvailability>()?);
    let reading = client.permit::<ReadAvailability>();
    let body = body.read::<NewSlotBody>()?;
    let person = CrewMemberId(body.user_id);
    let id = planning::declare_for(app, permit, person, &body.read(AvailabilityKind::Available), false).await;
    Ok(Json(planning::get_availability(app, reading?, id.map_err(refusal)?).await.map_err(refusal)?.into()))
}

/// What is asked of one time.
pub async fn act(client: OrgClient, Path(what): Path<String>) -> Result<Json<SlotBody>, Problem> {
    match verb(&what) {
        Some((id, "approve")) => approve(client, id).await,
        Some((id, "reject")) => reject(client, id).await,
        _ => Err(missing("not_found")),
    }
}

async fn decide(client: &OrgClient, id: i64, approves: bool) -> Result<Json<SlotBody>, Problem> {
    let decided = planning::decide(&client.app, client.permit()?, AvailabilityId(id), approves, None).await;
    Ok(Json(decided.map_err(refusal)?.into()))
}

/// Agrees to time off. 409 when it overlaps what was agreed.
#[utoipa::path(post, path = "/availabilities/{id}:approve", operation_id = "approve_availability", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = SlotBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn approve(client: OrgClient, id: i64) -> Result<Json<SlotBody>, Problem> {
    decide(&client, id, true).await
}

/// Does not agree to time off, or takes back what was agreed to. 409 when it is over, or was refused.
#[utoipa::path(post, path = "/availabilities/{id}:reject", operation_id = "reject_availability", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = SlotBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn reject(client: OrgClient, id: i64) -> Result<Json<SlotBody>, Problem> {
    decide(&client, id, false).await
}
