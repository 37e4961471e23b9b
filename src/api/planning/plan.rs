//! Telling people what is planned.

use super::{LaterBody, read_time, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Problem, ProblemBody};
use crate::kernel::Instant;
use crate::planning::{Publish, ReadStaffing, Telling, service as planning};
use axum::Json;
use axum::extract::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The time that is published.
#[derive(Deserialize, IntoParams, ToSchema)]
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

/// Who would be told of what, by name.
#[utoipa::path(get, path = "/publish", operation_id = "preview_publication", tag = "planning", params(PublishBody), responses((status = 200, body = Vec<TellingBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn preview(client: OrgClient, Query(query): Query<SpanQuery>) -> Result<Json<Vec<TellingBody>>, Problem> {
    let permit = client.permit::<ReadStaffing>()?;
    let (from, to) = PublishBody::from(query).read(&client)?;
    let list = planning::preview_publish(&client.app, permit, from, to).await?;
    Ok(Json(list.into_iter().map(TellingBody::from).collect()))
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

/// How many people are told.
#[derive(Serialize, ToSchema)]
pub struct PublishedBody {
    people: usize,
}

/// Tells everybody what is new or has changed for them in a time.
#[utoipa::path(post, path = "/publish", operation_id = "publish_plan", tag = "planning", request_body = PublishBody, responses((status = 200, body = PublishedBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn publish(client: OrgClient, body: LaterBody) -> Result<Json<PublishedBody>, Problem> {
    let permit = client.permit::<Publish>()?;
    let (from, to) = body.read::<PublishBody>()?.read(&client)?;
    Ok(Json(PublishedBody { people: planning::publish(&client.app, permit, from, to).await? }))
}
