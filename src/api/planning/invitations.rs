//! Links that answer one assignment without an account.

use super::{DONE, DoneBody, LaterBody, ReasonBody, TokenQuery, refusal};
use crate::api::door::{Client, OrgClient};
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{AnswerLinkId, AssignmentId, zone};
use crate::planning::{AnswerByLink, Assign, Publish, service as planning};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MISSING: &str = "invitation.not_found";

/// What the link is to answer.
#[derive(Deserialize, ToSchema)]
pub struct NewInvitationBody {
    assignment_id: i64,
}

/// A link that was just made.
#[derive(Serialize, ToSchema)]
pub struct MadeInvitationBody {
    id: i64,
    /// Shown this once; only its fingerprint is kept.
    token: String,
    expires_at: String,
}

/// Makes a link for the person of an assignment, which answers that assignment alone. A draft becomes a question by it: 409 when a
/// hard rule forbids to ask the person.
#[utoipa::path(post, path = "/invitations", operation_id = "create_invitation", tag = "planning", request_body = NewInvitationBody, responses((status = 200, body = MadeInvitationBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Json<MadeInvitationBody>, Problem> {
    let (permit, asking) = client.permits::<Assign, Publish>()?;
    let id = AssignmentId(body.read::<NewInvitationBody>()?.assignment_id);
    let made = planning::make_invitation(&client.app, permit, asking, id).await.map_err(refusal("assignment.not_found"))?;
    Ok(Json(MadeInvitationBody { id: made.id.0, token: made.token, expires_at: zone::utc(made.expires_at) }))
}

/// Ends a link. Twice is no error.
#[utoipa::path(delete, path = "/invitations/{id}", operation_id = "revoke_invitation", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DoneBody>, Problem> {
    planning::revoke_invitation(&client.app, client.permit()?, AnswerLinkId(id)).await.map_err(refusal(MISSING))?;
    Ok(DONE)
}

/// What a link asks.
#[derive(Serialize, ToSchema)]
pub struct VerifiedBody {
    invitation_id: i64,
    /// `null` for the link of a mail, which answers all that its person was asked.
    assignment_id: Option<i64>,
    /// The assignment's.
    status: Option<String>,
    expires_at: String,
}

/// Looks at a link without answering.
#[utoipa::path(get, path = "/invitations/verify", operation_id = "verify_invitation", tag = "planning", params(TokenQuery), security(()), responses((status = 200, body = VerifiedBody), (status = 400, body = ProblemBody)))]
pub async fn verify(client: Client, Query(query): Query<TokenQuery>) -> Result<Json<VerifiedBody>, Problem> {
    let token = query.token.unwrap_or_default();
    let found = planning::find_invitation(&client.app, client.permit()?, &token).await.map_err(refusal(MISSING))?;
    Ok(Json(VerifiedBody {
        invitation_id: found.id.0,
        assignment_id: found.assignment.as_ref().map(|assignment| assignment.id.0),
        status: found.assignment.map(|assignment| assignment.status.code().to_uppercase()),
        expires_at: zone::utc(found.expires_at),
    }))
}

/// What was answered with a link.
#[derive(Serialize, ToSchema)]
pub struct InvitationAnsweredBody {
    invitation_id: i64,
    assignment_id: i64,
    accepted: bool,
    message: &'static str,
}

async fn answer(
    client: Client,
    id: i64,
    query: TokenQuery,
    body: LaterBody,
    accept: bool,
) -> Result<Json<InvitationAnsweredBody>, Problem> {
    let permit = client.permit::<AnswerByLink>()?;
    let token = query.token.unwrap_or_default();
    let reason = body.read_if_any::<ReasonBody>()?.reason.unwrap_or_default();
    let answered = planning::answer_invitation(&client.app, permit, AnswerLinkId(id), &token, accept, &reason).await;
    let assignment = answered.map_err(refusal(MISSING))?;
    let message = if accept { "invitation accepted" } else { "invitation declined" };
    Ok(Json(InvitationAnsweredBody { invitation_id: id, assignment_id: assignment.0, accepted: accept, message }))
}

/// Accepts with a link. Twice is no error; 400 when it overlaps what the person has accepted.
#[utoipa::path(post, path = "/invitations/{id}/accept", operation_id = "accept_invitation", tag = "planning", params(("id" = i64, Path), TokenQuery), request_body = Option<ReasonBody>, security(()), responses((status = 200, body = InvitationAnsweredBody), (status = 400, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn accept(
    client: Client,
    Path(id): Path<i64>,
    Query(query): Query<TokenQuery>,
    body: LaterBody,
) -> Result<Json<InvitationAnsweredBody>, Problem> {
    answer(client, id, query, body, true).await
}

/// Declines with a link. Twice is no error.
#[utoipa::path(post, path = "/invitations/{id}/decline", operation_id = "decline_invitation", tag = "planning", params(("id" = i64, Path), TokenQuery), request_body = Option<ReasonBody>, security(()), responses((status = 200, body = InvitationAnsweredBody), (status = 400, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn decline(
    client: Client,
    Path(id): Path<i64>,
    Query(query): Query<TokenQuery>,
    body: LaterBody,
) -> Result<Json<InvitationAnsweredBody>, Problem> {
    answer(client, id, query, body, false).await
}
