//! The planning room for programs, at the paths and with the fields of the crew-planning predecessor.
//!
//! Times go out as `starts_at` and `ends_at`, RFC 3339 in UTC. The predecessor called them `start_at` and `end_at`, and a
//! mission's first need its `role`: these are understood, and sent, too. Times come in as RFC 3339, or as a local time of the
//! mission or, where there is none, of the organisation.
//!
//! The router knows no suffix after a parameter: `/missions/{id}:duplicate` arrives at `/missions/{id}`, whose handler takes
//! the number and the verb apart. The description of the API has them as they are documented.

mod assignments;
mod availability;
mod bodies;
mod feeds;
mod invitations;
mod lists;
mod missions;
mod people;
mod plan;
mod profile;
mod projects;
mod rates;
mod rules;
mod templates;

use super::door::OrgClient;
use super::problem::{Problem, body_failure, read_body};
use crate::access::Action;
use crate::kernel::zone::{Zone, parse_date, parse_local};
use crate::kernel::{CrewMemberId, Failure, Instant, Kind, Role};
use crate::orgs::CrewMember;
use crate::planning::PlanError;
use crate::platform::App;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What is written with a colon.
#[derive(OpenApi)]
#[openapi(paths(
    missions::duplicate,
    assignments::set_status,
    availability::approve,
    availability::reject,
    templates::paste_verb
))]
struct Verbs;

/// What is read at the root: people see this address in their calendar program.
pub fn root_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(feeds::read))
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Verbs::openapi())
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::read, projects::change, projects::remove))
        .routes(routes!(missions::bulk_create))
        .routes(routes!(missions::list, missions::create))
        .routes(routes!(missions::read, missions::change, missions::remove))
        .route("/missions/{id}", post(missions::act))
        .routes(routes!(assignments::create))
        .route("/assignments/{id}", post(assignments::act))
        .routes(routes!(assignments::accept))
        .routes(routes!(assignments::decline))
        .routes(routes!(invitations::create))
        .routes(routes!(invitations::revoke))
        .routes(routes!(invitations::verify))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::decline))
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::members))
        .routes(routes!(people::calendar))
        .routes(routes!(feeds::make_mine, feeds::revoke_of_person))
        .routes(routes!(feeds::make_of_project, feeds::revoke_of_project))
        .routes(routes!(people::conflicts))
        .routes(routes!(profile::read, profile::change))
        .routes(routes!(rates::read, rates::set))
        .routes(routes!(availability::list, availability::request))
        .routes(routes!(availability::declare))
        .route("/availabilities/{id}", post(availability::act))
        .routes(routes!(templates::list, templates::create))
        .routes(routes!(templates::read, templates::remove))
        .routes(routes!(templates::paste))
        .route("/mission-templates/{id}", post(templates::act))
        .routes(routes!(plan::preview, plan::publish))
        .routes(routes!(plan::held))
        .routes(routes!(rules::candidates))
        .routes(routes!(rules::mission_cost))
        .routes(routes!(rules::project_cost))
        .routes(routes!(rules::overrule))
        .routes(routes!(rules::restore))
}

/// It is done.
#[derive(Serialize, ToSchema)]
pub struct DoneBody {
    /// `ok`.
    status: &'static str,
}

const DONE: axum::Json<DoneBody> = axum::Json(DoneBody { status: "ok" });

/// A reason in words, if there is one.
#[derive(Default, Deserialize, ToSchema)]
pub struct ReasonBody {
    #[serde(default)]
    reason: Option<String>,
}

/// The token of a link.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TokenQuery {
    #[param(required = true)]
    token: Option<String>,
}

/// A JSON body that is read when it is known that its sender may write: who may not learns nothing of what is wrong with it.
struct LaterBody(Bytes);

impl<S: Send + Sync> FromRequest<S> for LaterBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read_body(request, state).await.map(Self)
    }
}

impl LaterBody {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.0).map_err(|error| Problem(body_failure(&error.to_string())))
    }

    /// As [`Self::read`]; what is not there has nothing in it.
    fn read_if_any<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.0.trim_ascii().is_empty() { Ok(T::default()) } else { self.read() }
    }
}

/// What a failure of the plan is here. The predecessor had its own words for what is missing, answered 400 when an acceptance
/// overlaps another and to a token that is none.
fn refusal(missing: &'static str) -> impl Fn(PlanError) -> Problem {
    move |error| match error {
        PlanError::NotFound => Problem(Failure::new(Kind::NotFound, missing)),
        PlanError::Overlap => Problem(Failure::new(Kind::Malformed, "assignment.overlap")),
        PlanError::LinkDead => Problem(Failure::new(Kind::Malformed, "invitation.token")),
        error => error.into(),
    }
}

fn missing(code: &'static str) -> Problem {
    Problem(Failure::new(Kind::NotFound, code))
}

fn wrong(field: &str, code: &str) -> Problem {
    Problem(Failure::fields([(field, code)]))
}

/// Takes `12:duplicate` apart.
fn verb(text: &str) -> Option<(i64, &str)> {
    let (id, verb) = text.split_once(':')?;
    Some((id.parse().ok()?, verb))
}

impl OrgClient {
    /// Whether the client plans: what is personal is shown to it.
    fn plans(&self) -> bool {
        self.actor.role().is_some_and(|role| role >= Role::Manager)
    }

    /// The client's own crew record, if it is the one of `id`; a refusal if it is another's.
    async fn only_me(&self, id: CrewMemberId) -> Result<CrewMember, Problem> {
        let me = self.my_record().await?;
        me.filter(|me| me.id == id).ok_or(Problem(Failure::forbidden()))
    }

    /// The client's own crew record, which is not made for looking.
    async fn my_record(&self) -> Result<Option<CrewMember>, Problem> {
        Ok(crate::orgs::service::find_my_crew_if_any(&self.app, self.permit()?).await?)
    }

    /// Asks for two permissions at once.
    fn permits<A: Action, B: Action>(&self) -> Result<(crate::access::Permit<A>, crate::access::Permit<B>), Problem> {
        Ok((self.permit()?, self.permit()?))
    }
}

/// Reads a time of a query: RFC 3339, a local time, or a date, which means its first instant.
fn read_time(field: &'static str, text: Option<&str>, zone: &Zone) -> Result<Option<Instant>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    // A plus that was not escaped arrives as a space.
    let text = text.replace(' ', "+");
    let found = parse_date(&text).map(|date| zone.start_of(date)).or_else(|| parse_local(&text, zone));
    found.map(Some).ok_or(wrong(field, "date.invalid"))
}

/// The validator of a version (RFC 9110 §8.8.3).
fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// An answer that carries its version.
fn versioned<T: Serialize>(version: i64, body: T) -> Response {
    let mut response = axum::Json(body).into_response();
    if let Ok(value) = HeaderValue::from_str(&etag(version)) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// Which version a change is for, and what a client learns when there is a newer one: 412 to who asked by `If-Match`, 409 to
/// who sent the version in the body.
struct Wanted {
    version: i64,
    by_header: bool,
}

impl Wanted {
    /// # Errors
    /// 412 at once when `If-Match` names no version of ours; 422 when no version is named at all.
    fn read(headers: &HeaderMap, in_body: Option<i64>, present: i64) -> Result<Self, Problem> {
        match (Self::header(headers, present)?, in_body) {
            (Some(wanted), _) => Ok(wanted),
            (None, Some(version)) => Ok(Self { version, by_header: false }),
            (None, None) => Err(wrong("version", "version.missing")),
        }
    }

    /// As [`Self::read`]; who names none means what is there.
    fn read_or_present(headers: &HeaderMap, present: i64) -> Result<Self, Problem> {
        Ok(Self::header(headers, present)?.unwrap_or(Self { version: present, by_header: false }))
    }

    fn header(headers: &HeaderMap, present: i64) -> Result<Option<Self>, Problem> {
        let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
        let named = value.to_str().unwrap_or_default();
        // Weak validators never match here (RFC 9110 §13.1.1).
        let matches = named.trim() == "*" || named.split(',').any(|tag| tag.trim() == etag(present));
        if matches { Ok(Some(Self { version: present, by_header: true })) } else { Err(stale()) }
    }

    /// What a stale version is to this client.
    fn refusal(self, missing: &'static str) -> impl Fn(PlanError) -> Problem {
        move |error| match error {
            PlanError::Stale if self.by_header => stale(),
            error => refusal(missing)(error),
        }
    }
}

fn stale() -> Problem {
    Problem(Failure::new(Kind::Conflict, "version.stale"))
}
