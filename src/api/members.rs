//! Members and invitations.

use super::door::OrgClient;
use super::problem::{Body, OptionalBody, Path, Problem, ProblemBody, Query};
use crate::kernel::{Failure, InvitationId, MembershipId, Role, SessionId, zone};
use crate::orgs::{Invitation, Member, MemberFilter, NewInvitation, service as orgs};
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A member of the organisation.
#[derive(Serialize, ToSchema)]
pub struct MemberBody {
    id: i64,
    account_id: i64,
    full_name: String,
    email: String,
    /// `owner`, `admin`, `manager` or `tech`.
    role: String,
    is_suspended: bool,
    second_factor: bool,
    joined_at: String,
    /// `null` also for who is a member of another organisation, too: what people do there is not told here.
    last_seen_at: Option<String>,
}

impl From<Member> for MemberBody {
    fn from(member: Member) -> Self {
        Self {
            id: member.id.0,
            account_id: member.account.0,
            full_name: member.name,
            email: member.email,
            role: member.role.code().to_owned(),
            is_suspended: member.is_suspended,
            second_factor: member.has_factor,
            joined_at: zone::utc(member.since),
            last_seen_at: member.last_seen_at.map(zone::utc),
        }
    }
}

/// Which members.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// Part of a name or an address.
    search: Option<String>,
    role: Option<String>,
    suspended: Option<bool>,
    /// The id of the last one of the page before.
    after: Option<i64>,
    /// 1 to 200.
    limit: Option<i64>,
}

/// The members, by id.
#[utoipa::path(get, path = "/members", operation_id = "list_members", tag = "members", params(MemberQuery), responses((status = 200, body = Vec<MemberBody>), (status = 403, body = ProblemBody)))]
pub async fn list(client: OrgClient, Query(query): Query<MemberQuery>) -> Result<Json<Vec<MemberBody>>, Problem> {
    let unknown = || Problem(Failure::fields([("role", "role.unknown")]));
    let filter = MemberFilter {
        search: query.search,
        role: query.role.map(|role| Role::parse(&role).ok_or_else(unknown)).transpose()?,
        suspended: query.suspended,
        after: query.after.map(MembershipId),
        limit: query.limit.unwrap_or(100).clamp(1, 200),
        ..MemberFilter::default()
    };
    let list = orgs::list_members(&client.app, client.permit()?, &filter).await?;
    Ok(Json(list.into_iter().map(MemberBody::from).collect()))
}

/// What may change of a member; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct ChangeMemberBody {
    role: Option<String>,
    is_suspended: Option<bool>,
}

/// Changes a member's role or suspends them. It counts from their next request on.
#[utoipa::path(patch, path = "/members/{id}", operation_id = "change_member", tag = "members", params(("id" = i64, Path)), request_body = ChangeMemberBody, responses((status = 200, body = MemberBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn change(
    client: OrgClient,
    Path(id): Path<i64>,
    Body(body): Body<ChangeMemberBody>,
) -> Result<Json<MemberBody>, Problem> {
    let (app, id) = (&client.app, MembershipId(id));
    if let Some(role) = &body.role {
        orgs::change_role(app, client.permit()?, id, role).await?;
    }
    if let Some(suspended) = body.is_suspended
        && orgs::get_member(app, client.permit()?, id).await?.is_suspended != suspended
    {
        orgs::suspend_member(app, client.permit()?, id, suspended).await?;
    }
    Ok(Json(orgs::get_member(app, client.permit()?, id).await?.into()))
}

/// Takes a member out. Their crew record and hours stay.
#[utoipa::path(delete, path = "/members/{id}", operation_id = "remove_member", tag = "members", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn remove(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    orgs::remove_member(&client.app, client.permit()?, MembershipId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member's session.
#[derive(Serialize, ToSchema)]
pub struct MemberSessionBody {
    id: i64,
    kind: String,
    client: String,
    ip_address: String,
    created_at: String,
    last_seen_at: String,
}

/// The living sessions of a member below one's own role.
#[utoipa::path(get, path = "/members/{id}/sessions", operation_id = "list_member_sessions", tag = "members", params(("id" = i64, Path)), responses((status = 200, body = Vec<MemberSessionBody>), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn sessions(client: OrgClient, Path(id): Path<i64>) -> Result<Json<Vec<MemberSessionBody>>, Problem> {
    let list = orgs::list_member_sessions(&client.app, client.permit()?, MembershipId(id)).await?;
    let body = |s: crate::accounts::Session| MemberSessionBody {
        id: s.id.0,
        kind: s.kind,
        client: s.client,
        ip_address: s.address,
        created_at: zone::utc(s.created_at),
        last_seen_at: zone::utc(s.last_seen_at),
    };
    Ok(Json(list.into_iter().map(body).collect()))
}

/// Which session to end; all of them when absent.
#[derive(Deserialize, ToSchema)]
pub struct EndSessionsBody {
    session_id: Option<i64>,
}

/// Ends a member's sessions.
#[utoipa::path(delete, path = "/members/{id}/sessions", operation_id = "end_member_sessions", tag = "members", params(("id" = i64, Path)), request_body = Option<EndSessionsBody>, responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn end_sessions(
    client: OrgClient,
    Path(id): Path<i64>,
    OptionalBody(body): OptionalBody<EndSessionsBody>,
) -> Result<StatusCode, Problem> {
    let one = body.and_then(|body| body.session_id).map(SessionId);
    orgs::end_member_sessions(&client.app, client.permit()?, MembershipId(id), one).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a member the link that sets a new password. Nobody sets it for them.
#[utoipa::path(post, path = "/members/{id}/reset", operation_id = "start_member_reset", tag = "members", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn start_reset(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    orgs::start_member_reset(&client.app, client.permit()?, MembershipId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An open invitation.
#[derive(Serialize, ToSchema)]
pub struct InvitationBody {
    id: i64,
    email: String,
    role: String,
    message: String,
    sent_at: String,
    expires_at: String,
    invited_by: String,
}

impl From<Invitation> for InvitationBody {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.0,
            email: invitation.email,
            role: invitation.role.code().to_owned(),
            message: invitation.message,
            sent_at: zone::utc(invitation.sent_at),
            expires_at: zone::utc(invitation.expires_at),
            invited_by: invitation.invited_by,
        }
    }
}

/// Invitations that nobody has answered, newest first.
#[utoipa::path(get, path = "/members/invitations", operation_id = "list_member_invitations", tag = "members", responses((status = 200, body = Vec<InvitationBody>), (status = 403, body = ProblemBody)))]
pub async fn invitations(client: OrgClient) -> Result<Json<Vec<InvitationBody>>, Problem> {
    let list = orgs::list_invitations(&client.app, client.permit()?).await?;
    Ok(Json(list.into_iter().map(InvitationBody::from).collect()))
}

/// An invitation to be sent.
#[derive(Deserialize, ToSchema)]
pub struct InviteBody {
    email: String,
    role: String,
    #[serde(default)]
    message: String,
    /// 1 to 30; 14 when absent.
    days: Option<i64>,
}

/// The number of what was made.
#[derive(Serialize, ToSchema)]
pub struct MadeBody {
    id: i64,
}

/// Invites somebody by mail.
#[utoipa::path(post, path = "/members/invitations", operation_id = "invite_member", tag = "members", request_body = InviteBody, responses((status = 201, body = MadeBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn invite(client: OrgClient, Body(body): Body<InviteBody>) -> Result<(StatusCode, Json<MadeBody>), Problem> {
    let new = NewInvitation { email: body.email, role: body.role, message: body.message, days: body.days.unwrap_or(14) };
    let id = orgs::invite_member(&client.app, client.permit()?, new).await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id: id.0 })))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/members/invitations/{id}", operation_id = "revoke_member_invitation", tag = "members", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke_invitation(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    orgs::revoke_invitation(&client.app, client.permit()?, InvitationId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails an invitation again, with a new link.
#[utoipa::path(post, path = "/members/invitations/{id}/resend", operation_id = "resend_member_invitation", tag = "members", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn resend_invitation(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    orgs::resend_invitation(&client.app, client.permit()?, InvitationId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
