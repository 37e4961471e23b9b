//! Accounts and tokens.

use super::door::Client;
use super::problem::{Body, FormBody, Problem, ProblemBody};
use crate::access::{Actor, Permit, Who, permit};
use crate::accounts::{Account, ApiTokens, NewAccount, SignIn, service as accounts};
use crate::kernel::{Failure, OrgId, Role, zone};
use crate::orgs::service as orgs;
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountBody {
    id: i64,
    email: String,
    full_name: String,
    /// The role in the first organisation, or `user`.
    role: String,
    is_active: bool,
    created_at: String,
}

fn account_body(account: Account, role: Option<Role>) -> AccountBody {
    let role = role.map_or("user", Role::code).to_owned();
    AccountBody {
        id: account.id.0,
        email: account.email,
        full_name: account.name,
        role,
        is_active: account.is_active,
        created_at: zone::utc(account.created_at),
    }
}

/// A new account.
#[derive(Deserialize, ToSchema)]
pub struct RegisterBody {
    email: String,
    password: String,
    full_name: Option<String>,
}

/// Creates an account. A role cannot be asked for.
#[utoipa::path(post, path = "/auth/register", tag = "auth", responses((status = 201, body = AccountBody), (status = 400, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn register(client: Client, Body(body): Body<RegisterBody>) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    let name = body.full_name.unwrap_or_else(|| body.email.split('@').next().unwrap_or_default().to_owned());
    let new = NewAccount { email: body.email, name, password: body.password, language: "fr".to_owned() };
    let account = accounts::register(&client.app, client.permit()?, new).await?;
    Ok((StatusCode::CREATED, Json(account_body(account, None))))
}

/// An access token and the refresh token that renews it.
#[derive(Serialize, ToSchema)]
pub struct TokensBody {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
}

fn tokens_body(tokens: ApiTokens) -> Json<TokensBody> {
    let ApiTokens { access_token, refresh_token, expires_in } = tokens;
    Json(TokensBody { access_token, refresh_token, token_type: "bearer", expires_in })
}

/// The OAuth2 password form.
#[derive(Deserialize, ToSchema)]
pub struct TokenForm {
    username: String,
    password: String,
    /// The name of an organisation in addresses; the first one when absent.
    org: Option<String>,
}

/// Signs in with a form.
#[utoipa::path(post, path = "/auth/token", tag = "auth", request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokensBody), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn token(client: Client, FormBody(form): FormBody<TokenForm>) -> Result<Json<TokensBody>, Problem> {
    sign_in(client, &form.username, &form.password, form.org).await
}

/// An address and a password.
#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    email: String,
    password: String,
    /// The name of an organisation in addresses; the first one when absent.
    org: Option<String>,
}

/// Signs in with JSON.
#[utoipa::path(post, path = "/auth/login", tag = "auth", responses((status = 200, body = TokensBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn login(client: Client, Body(body): Body<LoginBody>) -> Result<Json<TokensBody>, Problem> {
    sign_in(client, &body.email, &body.password, body.org).await
}

async fn sign_in(client: Client, email: &str, password: &str, org: Option<String>) -> Result<Json<TokensBody>, Problem> {
    let account = accounts::sign_in(&client.app, client.permit()?, email, password).await?;
    let permit: Permit<SignIn> = client.permit()?;
    let mine = my_places(&client, &account).await?;
    let place = match org {
        Some(slug) => Some(mine.into_iter().find(|place| place.2 == slug).ok_or(Problem(Failure::not_found()))?),
        None => mine.into_iter().next(),
    };
    let tokens = accounts::open_api_session(&client.app, permit, &account, place.map(|p| (p.0, p.1)), &client.agent).await?;
    Ok(tokens_body(tokens))
}

async fn my_places(client: &Client, account: &Account) -> Result<Vec<(OrgId, Role, String)>, Problem> {
    // The account has just proved itself; its session is only being opened.
    let who = Who::Account { account: account.id, session: crate::kernel::SessionId(0) };
    let actor = Actor { who, origin: client.actor.origin.clone() };
    let mine = orgs::list_my_orgs(&client.app, permit(&actor)?).await?;
    Ok(mine.into_iter().map(|place| (place.org.id, place.membership.role, place.org.slug)).collect())
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub struct RefreshBody {
    refresh_token: String,
}

/// Trades a refresh token for a new pair; the old one is dead from then on.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", responses((status = 200, body = TokensBody), (status = 401, body = ProblemBody)))]
pub async fn refresh(client: Client, Body(body): Body<RefreshBody>) -> Result<Json<TokensBody>, Problem> {
    let app = &client.app;
    let role_in = async |account, org| Ok(orgs::find_membership(app, org, account).await?.map(|m| m.role));
    Ok(tokens_body(accounts::refresh_tokens(app, client.permit()?, &body.refresh_token, role_in).await?))
}

/// Ends the session of the token.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", responses((status = 204), (status = 401, body = ProblemBody)))]
pub async fn logout(client: Client) -> Result<StatusCode, Problem> {
    accounts::sign_out(&client.app, client.permit()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The account of the token.
#[utoipa::path(get, path = "/auth/me", tag = "auth", responses((status = 200, body = AccountBody), (status = 401, body = ProblemBody)))]
pub async fn me(client: Client) -> Result<Json<AccountBody>, Problem> {
    let account = accounts::find_me(&client.app, client.permit()?).await?;
    let role = orgs::list_my_orgs(&client.app, client.permit()?).await?.first().map(|place| place.membership.role);
    Ok(Json(account_body(account, role)))
}
