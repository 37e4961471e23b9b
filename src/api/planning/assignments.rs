//! Who is on a mission, and what they answer.

use super::bodies::AssignmentBody;
use super::{LaterBody, ReasonBody, TokenQuery, missing, refusal, verb, wrong};
use crate::api::door::{Client, OrgClient};
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{AssignmentId, CrewMemberId, MissionId, NeedId};
use crate::planning::service::{self as planning, Asked};
use crate::planning::{AnswerByLink, AnswerMine, Assign, AssignmentStatus, PlanError, Publish};
use crate::platform::App;
use axum::Json;
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MISSING: &str = "assignment.not_found";

/// Who is to be put on which mission.
#[derive(Deserialize, ToSchema)]
pub struct NewAssignmentBody {
    mission_id: i64,
    user_id: i64,
    /// Which of the mission's needs they fill.
    need_id: Option<i64>,
    /// `INVITED` (when absent) asks the person at once; `DRAFT` waits for the plan to be published.
    status: Option<String>,
    /// Why the person is asked although soft rules speak against it.
    #[serde(default)]
    override_reason: String,
}

/// An assignment, and the soft rules that it leaves open: `GET /missions/{id}/candidates` and the conflicts of the plan say more,
/// `POST /assignments/{id}/overrides` writes a reason.
#[derive(Serialize, ToSchema)]
pub struct AskedBody {
    #[serde(flatten)]
    assignment: AssignmentBody,
    open_rules: Vec<&'static str>,
}

impl From<Asked> for AskedBody {
    fn from(asked: Asked) -> Self {
        Self { assignment: asked.assignment.into(), open_rules: asked.open_rules }
    }
}

/// Puts a person on a mission. 409 when a hard rule forbids to ask them.
#[utoipa::path(post, path = "/assignments", operation_id = "create_assignment", tag = "planning", request_body = NewAssignmentBody, responses((status = 200, body = AskedBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Json<AskedBody>, Problem> {
    let (permit, asking) = client.permits::<Assign, Publish>()?;
    let body = body.read::<NewAssignmentBody>()?;
    let (mission, person, need) = (MissionId(body.mission_id), CrewMemberId(body.user_id), body.need_id.map(NeedId));
    let made = match body.status.as_deref().map_or(Some(AssignmentStatus::Invited), AssignmentStatus::parse) {
        Some(AssignmentStatus::Invited) => {
            let reason = Some(body.override_reason.as_str());
            planning::assign_and_invite(&client.app, permit, asking, mission, person, need, reason).await
        }
        Some(AssignmentStatus::Draft) => planning::assign(&client.app, permit, mission, person, need)
            .await
            .map(|assignment| Asked { assignment, open_rules: Vec::new() }),
        _ => return Err(wrong("status", "status.unknown")),
    };
    Ok(Json(made.map_err(refusal("not_found"))?.into()))
}

/// What an assignment is to become.
#[derive(Deserialize, ToSchema)]
pub struct NewStatusBody {
    /// `INVITED`, `ACCEPTED`, `DECLINED` or `CANCELLED`.
    status: String,
    /// Why it is declined or cancelled; why the person is asked although soft rules speak against it.
    #[serde(default)]
    reason: String,
}

/// What is asked of one assignment.
pub async fn act(client: OrgClient, Path(what): Path<String>, body: LaterBody) -> Result<Json<AssignmentBody>, Problem> {
    match verb(&what) {
        Some((id, "status")) => set_status(client, id, body).await,
        _ => Err(missing("not_found")),
    }
}

/// Asks a person (again), notes what they have answered another way, or takes them off. 400 when an acceptance overlaps one
/// that is there.
#[utoipa::path(post, path = "/assignments/{id}:status", operation_id = "set_assignment_status", tag = "planning", params(("id" = i64, Path)), request_body = NewStatusBody, responses((status = 200, body = AssignmentBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set_status(client: OrgClient, id: i64, body: LaterBody) -> Result<Json<AssignmentBody>, Problem> {
    let (app, id) = (&client.app, AssignmentId(id));
    let (permit, asking) = client.permits::<Assign, Publish>()?;
    let body = body.read::<NewStatusBody>()?;
    let done = match AssignmentStatus::parse(&body.status) {
        Some(AssignmentStatus::Invited) => planning::invite(app, asking, id, &body.reason).await.map(drop),
        Some(AssignmentStatus::Accepted) => planning::answer_for(app, permit, id, true, &body.reason).await.map(drop),
        Some(AssignmentStatus::Declined) => planning::answer_for(app, permit, id, false, &body.reason).await.map(drop),
        Some(AssignmentStatus::Cancelled) => match planning::get_assignment(app, client.permit()?, id).await {
            Ok(found) if found.status == AssignmentStatus::Cancelled => Ok(()),
            Ok(_) => planning::unassign(app, permit, id, &body.reason).await.map(drop),
            Err(error) => Err(error),
        },
        _ => return Err(wrong("status", "status.unknown")),
    };
    done.map_err(refusal(MISSING))?;
    Ok(Json(planning::get_assignment(app, client.permit()?, id).await.map_err(refusal(MISSING))?.into()))
}

/// Who answers: the holder of a link, or the person with their own account.
pub enum Answerer {
    Holder(Client, String),
    Person(OrgClient),
}

impl FromRequestParts<App> for Answerer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::<TokenQuery>::from_request_parts(parts, app).await;
        match query.ok().and_then(|Query(query)| query.token) {
            Some(token) => Ok(Self::Holder(Client::from_request_parts(parts, app).await?, token)),
            None => Ok(Self::Person(OrgClient::from_request_parts(parts, app).await?)),
        }
    }
}

/// What was answered.
#[derive(Serialize, ToSchema)]
pub struct AnsweredBody {
    /// `ACCEPTED` or `DECLINED`.
    status: &'static str,
}

async fn answer(who: Answerer, id: i64, body: LaterBody, accept: bool) -> Result<Json<AnsweredBody>, Problem> {
    let id = AssignmentId(id);
    let done: Result<(), PlanError> = match who {
        Answerer::Holder(client, token) => {
            let permit = client.permit::<AnswerByLink>()?;
            let reason = body.read_if_any::<ReasonBody>()?.reason.unwrap_or_default();
            planning::answer_by_link(&client.app, permit, &token, id, accept, &reason).await
        }
        Answerer::Person(client) => {
            let permit = client.permit::<AnswerMine>()?;
            let reason = body.read_if_any::<ReasonBody>()?.reason.unwrap_or_default();
            let me = client.crew_record().await?;
            planning::answer_mine(&client.app, permit, &me, id, accept, &reason).await
        }
    };
    done.map_err(refusal(MISSING))?;
    Ok(Json(AnsweredBody { status: if accept { "ACCEPTED" } else { "DECLINED" } }))
}

/// Accepts: with the link of the person it was made for, or as that person. Twice is no error.
#[utoipa::path(post, path = "/assignments/{id}/accept", operation_id = "accept_assignment", tag = "planning", params(("id" = i64, Path), ("token" = Option<String>, Query)), request_body = Option<ReasonBody>, security((), ("bearerAuth" = [])), responses((status = 200, body = AnsweredBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn accept(who: Answerer, Path(id): Path<i64>, body: LaterBody) -> Result<Json<AnsweredBody>, Problem> {
    answer(who, id, body, true).await
}

/// Declines: with the link of the person it was made for, or as that person. Twice is no error.
#[utoipa::path(post, path = "/assignments/{id}/decline", operation_id = "decline_assignment", tag = "planning", params(("id" = i64, Path), ("token" = Option<String>, Query)), request_body = Option<ReasonBody>, security((), ("bearerAuth" = [])), responses((status = 200, body = AnsweredBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn decline(who: Answerer, Path(id): Path<i64>, body: LaterBody) -> Result<Json<AnsweredBody>, Problem> {
    answer(who, id, body, false).await
}
