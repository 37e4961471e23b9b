//! Telling people what is planned.

use super::{LaterBody, read_time, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Problem, ProblemBody, Query};
use crate::kernel::Instant;
use crate::planning::rules::Severity;
use crate::planning::service::{self as planning, HeldBack, Published};
use crate::planning::{Publish, ReadStaffing, Telling};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The time that is published.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct PublishBody {
    /// RFC 3339, a local time, or a date.
    from: String,
    to: String,
}

impl PublishBody {
    fn read(&self, client: &OrgClient) -> Result<(Instant, Instant), Problem> {
        let zone = client.org.zone();
        let from = read_time("from", Some(&self.from), &zone)?.ok_or(wrong("from", "date.invalid"))?;
        let to = read_time("to", Some(&self.to), &zone)?.ok_or(wrong("to", "date.invalid"))?;
        if to <= from { Err(wrong("to", "time.order")) } else { Ok((from, to)) }
    }
}

/// What one person would be told.
#[derive(Serialize, ToSchema)]
pub struct TellingBody {
    user_id: i64,
    name: String,
    /// Whether a mail can reach them.
    has_address: bool,
    /// Titles of missions that are new to them.
    new: Vec<String>,
    /// Titles of missions that have changed since they were told.
    changed: Vec<String>,
    /// Titles of missions that they were taken off.
    off: Vec<String>,
}

impl From<Telling> for TellingBody {
    fn from(telling: Telling) -> Self {
        let Telling { crew_member, name, has_address, new, changed, off } = telling;
        let changed = changed.into_iter().map(|moved| moved.title).collect();
        Self { user_id: crew_member.0, name, has_address, new, changed, off }
    }
}

/// News that rules keep back.
#[derive(Serialize, ToSchema)]
pub struct HeldBody {
    assignment_id: i64,
    user_id: i64,
    name: String,
    mission_id: i64,
    /// The codes of hard rules, which forbid it.
    blocked_by: Vec<&'static str>,
    /// The codes of soft rules, which want a written reason.
    needs_reason_for: Vec<&'static str>,
}

impl From<HeldBack> for HeldBody {
    fn from(held: HeldBack) -> Self {
        let rules = |severity| held.findings.iter().filter(move |f| f.severity == severity).map(|f| f.rule).collect();
        let (blocked_by, needs_reason_for) = (rules(Severity::Hard), rules(Severity::Soft));
        let (assignment_id, user_id, mission_id) = (held.assignment.0, held.person.0, held.mission.id.0);
        Self { assignment_id, user_id, name: held.name, mission_id, blocked_by, needs_reason_for }
    }
}

/// What rules would keep back from a publication of a time, by name.
#[utoipa::path(get, path = "/publish/held", operation_id = "list_held", tag = "planning", params(PublishBody), responses((status = 200, body = Vec<HeldBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn held(client: OrgClient, Query(query): Query<SpanQuery>) -> Result<Json<Vec<HeldBody>>, Problem> {
    let permit = client.permit::<ReadStaffing>()?;
    let (from, to) = PublishBody::from(query).read(&client)?;
    let preview = planning::preview_publish(&client.app, permit, from, to).await?;
    Ok(Json(preview.held.into_iter().map(HeldBody::from).collect()))
}

/// Who would be told of what, by name.
#[utoipa::path(get, path = "/publish", operation_id = "preview_publication", tag = "planning", params(PublishBody), responses((status = 200, body = Vec<TellingBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn preview(client: OrgClient, Query(query): Query<SpanQuery>) -> Result<Json<Vec<TellingBody>>, Problem> {
    let permit = client.permit::<ReadStaffing>()?;
    let (from, to) = PublishBody::from(query).read(&client)?;
    let preview = planning::preview_publish(&client.app, permit, from, to).await?;
    Ok(Json(preview.tellings.into_iter().map(TellingBody::from).collect()))
}

/// As [`PublishBody`], read when it is known that its sender may see.
#[derive(Deserialize)]
pub struct SpanQuery {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

impl From<SpanQuery> for PublishBody {
    fn from(query: SpanQuery) -> Self {
        Self { from: query.from, to: query.to }
    }
}

/// What a publication did.
#[derive(Serialize, ToSchema)]
pub struct PublishedBody {
    /// How many people are told.
    people: usize,
    /// How many news rules have kept back.
    held: usize,
}

/// Tells everybody what is new or has changed for them in a time.
#[utoipa::path(post, path = "/publish", operation_id = "publish_plan", tag = "planning", request_body = PublishBody, responses((status = 200, body = PublishedBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn publish(client: OrgClient, body: LaterBody) -> Result<Json<PublishedBody>, Problem> {
    let permit = client.permit::<Publish>()?;
    let (from, to) = body.read::<PublishBody>()?.read(&client)?;
    let Published { people, held } = planning::publish(&client.app, permit, from, to).await?;
    Ok(Json(PublishedBody { people, held }))
}
