//! The administration of users at the paths of the time clock that Régie replaces: the members of the organisation, by the numbers
//! of their accounts. `/members` has more to say of them.

use super::auth::name_or_address;
use super::door::OrgClient;
use super::problem::{Body, Path, Problem, ProblemBody, Query};
use super::punches::PageQuery;
use crate::access::Permit;
use crate::accounts::NewAccount;
use crate::kernel::{AccountId, Failure, Kind, Role, zone};
use crate::orgs::{AddMembers, ManageMembers, Member, OrgError, ReadMemberAccounts, service as orgs};
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member of the organisation, as a user.
#[derive(Serialize, ToSchema)]
pub struct AdminUserBody {
    /// The account's, as in `/auth/me`.
    id: i64,
    email: String,
    /// `owner`, `admin`, `manager` or `user`, which is a tech.
    role: String,
    /// When the account was made.
    created_at: String,
}

impl From<Member> for AdminUserBody {
    fn from(member: Member) -> Self {
        Self {
            id: member.account.0,
            email: member.email,
            role: role_word(member.role).to_owned(),
            created_at: zone::utc(member.account_since),
        }
    }
}

/// What the replaced system called a role.
const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Tech => "user",
        role => role.code(),
    }
}

/// Reads a role that can be given here, in any spelling: [`role_word`], or our own word for a user. Owners are made at `/members`.
fn read_role(word: &str) -> Result<Role, Problem> {
    match word.trim().to_lowercase().as_str() {
        "admin" => Ok(Role::Admin),
        "manager" => Ok(Role::Manager),
        "user" | "tech" => Ok(Role::Tech),
        _ => {
            let fields = Failure::fields([("role", "role.unknown")]);
            Err(Problem(Failure { kind: Kind::Malformed, code: "role.invalid".to_owned(), ..fields }))
        }
    }
}

/// What is missing here, in the words of the system that Régie replaces.
fn no_user(error: OrgError) -> Problem {
    match error {
        OrgError::NotFound => Problem(Failure::new(Kind::NotFound, "user.not_found")),
        error => error.into(),
    }
}

/// The answer to an admin.
#[derive(Serialize, ToSchema)]
pub struct PongBody {
    pong: bool,
}

/// Whether the token is an admin's.
#[utoipa::path(get, path = "/admin/ping", operation_id = "ping_admin", tag = "admin", responses((status = 200, body = PongBody), (status = 403, body = ProblemBody)))]
pub async fn ping(client: OrgClient) -> Result<Json<PongBody>, Problem> {
    let _: Permit<ReadMemberAccounts> = client.permit()?;
    Ok(Json(PongBody { pong: true }))
}

/// The members as users, by id. Suspended ones are among them.
#[utoipa::path(get, path = "/admin/users", operation_id = "list_admin_users", tag = "admin", params(("offset" = Option<i64>, Query, description = "0 when absent."), ("limit" = Option<i64>, Query, description = "50 when absent, 100 at most.")), responses((status = 200, body = Vec<AdminUserBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn list(client: OrgClient, Query(page): Query<PageQuery>) -> Result<Json<Vec<AdminUserBody>>, Problem> {
    let list = orgs::list_member_accounts(&client.app, client.permit()?, page.limit(), page.offset()).await?;
    Ok(Json(list.into_iter().map(AdminUserBody::from).collect()))
}

/// One member as a user.
#[utoipa::path(get, path = "/admin/users/{id}", operation_id = "read_admin_user", tag = "admin", params(("id" = i64, Path)), responses((status = 200, body = AdminUserBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Json<AdminUserBody>, Problem> {
    let member = orgs::get_member_of(&client.app, client.permit()?, AccountId(id)).await.map_err(no_user)?;
    Ok(Json(member.into()))
}

/// Somebody who is to be a user.
#[derive(Deserialize, ToSchema)]
pub struct NewAdminUserBody {
    email: String,
    password: String,
    /// `admin`, `manager` or `user`; below one's own, but that owners may give any.
    role: String,
    full_name: Option<String>,
}

/// Makes an account for somebody, who is a member at once and gets a mail. Their address is not verified by that.
#[utoipa::path(post, path = "/admin/users", operation_id = "create_admin_user", tag = "admin", request_body = NewAdminUserBody, responses((status = 201, body = AdminUserBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn create(client: OrgClient, Body(body): Body<NewAdminUserBody>) -> Result<(StatusCode, Json<AdminUserBody>), Problem> {
    let permit: Permit<AddMembers> = client.permit()?;
    let role = read_role(&body.role)?;
    let name = name_or_address(body.full_name, &body.email);
    let new = NewAccount { email: body.email, name, password: body.password, language: client.org.language.clone() };
    let member = orgs::add_member(&client.app, permit, role, new).await?;
    Ok((StatusCode::CREATED, Json(member.into())))
}

/// A user's new role.
#[derive(Deserialize, ToSchema)]
pub struct UserRoleBody {
    /// `admin`, `manager` or `user`; below one's own, but that owners may give any.
    role: String,
}

/// Gives a user another role. It counts from their next request on.
#[utoipa::path(patch, path = "/admin/users/{id}/role", operation_id = "change_admin_user_role", tag = "admin", params(("id" = i64, Path)), request_body = UserRoleBody, responses((status = 200, body = AdminUserBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn change_role(
    client: OrgClient,
    Path(id): Path<i64>,
    Body(body): Body<UserRoleBody>,
) -> Result<Json<AdminUserBody>, Problem> {
    let (app, id) = (&client.app, AccountId(id));
    let permit: Permit<ManageMembers> = client.permit()?;
    let role = read_role(&body.role)?;
    let member = orgs::get_member_of(app, client.permit()?, id).await.map_err(no_user)?;
    orgs::change_role(app, permit, member.id, role.code()).await.map_err(no_user)?;
    Ok(Json(orgs::get_member_of(app, client.permit()?, id).await.map_err(no_user)?.into()))
}

/// As `PATCH`, which not all clients can send.
#[utoipa::path(post, path = "/admin/users/{id}/role", operation_id = "set_admin_user_role", tag = "admin", params(("id" = i64, Path)), request_body = UserRoleBody, responses((status = 200, body = AdminUserBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn set_role(client: OrgClient, id: Path<i64>, body: Body<UserRoleBody>) -> Result<Json<AdminUserBody>, Problem> {
    change_role(client, id, body).await
}
