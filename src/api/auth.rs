//! Signing in, the account of a token, its sessions.

use super::door::Client;
use super::problem::{Body, FormBody, OptionalBody, Path, Problem, ProblemBody};
use crate::access::{Actor, Permit, Who, permit};
use crate::accounts::service::{self as accounts, Attempt};
use crate::accounts::{Account, AccountError, ApiTokens, NewAccount, Session, SignIn};
use crate::kernel::{Failure, Kind, Lang, OrgId, Role, SessionId, zone};
use crate::orgs::service as orgs;
use crate::platform::App;
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
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

/// The name that was given, or the beginning of the address.
pub(super) fn name_or_address(name: Option<String>, email: &str) -> String {
    name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned())
}

/// A new account.
#[derive(Deserialize, ToSchema)]
pub struct RegisterBody {
    email: String,
    password: String,
    full_name: Option<String>,
}

/// Creates an account. A role cannot be asked for.
#[utoipa::path(post, path = "/auth/register", operation_id = "register_account", tag = "auth", request_body = RegisterBody, security(()), responses((status = 201, body = AccountBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn register(client: Client, Body(body): Body<RegisterBody>) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    let name = name_or_address(body.full_name, &body.email);
    let new = NewAccount { email: body.email, name, password: body.password, language: "fr".to_owned() };
    let account = accounts::register(&client.app, client.permit()?, new).await?;
    Ok((StatusCode::CREATED, Json(account_body(account, None))))
}

/// An access token and the refresh token that renews it.
#[derive(Serialize, ToSchema)]
pub struct TokensBody {
    access_token: String,
    /// Absent when the old one came in a cookie: so does the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
}

/// The cookie of browsers' refresh tokens. It goes to the paths of this file only, and no script can read it.
const REFRESH: &str = "refresh_token";

/// Where the paths of this file are for who asks: below `/api/v1`, or at the root. A browser's refresh token goes there and
/// nowhere else, so who signs in at both has two of them, each for its own place.
pub struct Place(&'static str);

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, state).await?;
        Ok(Self(if uri.path().starts_with("/api/v1/") { "/api/v1/auth" } else { "/auth" }))
    }
}

fn refresh_cookie(app: &App, place: &Place, token: String, seconds: i64) -> Cookie<'static> {
    Cookie::build((REFRESH, token))
        .path(place.0)
        .same_site(SameSite::Strict)
        .http_only(true)
        .secure(app.config.is_secure())
        .max_age(tower_sessions::cookie::time::Duration::seconds(seconds))
        .build()
}

fn tokens_answer(app: &App, place: &Place, tokens: ApiTokens, by_cookie: bool) -> (CookieJar, Json<TokensBody>) {
    let ApiTokens { access_token, refresh_token, expires_in, refresh_expires_in } = tokens;
    let jar = CookieJar::new().add(refresh_cookie(app, place, refresh_token.clone(), refresh_expires_in));
    let refresh_token = (!by_cookie).then_some(refresh_token);
    (jar, Json(TokensBody { access_token, refresh_token, token_type: "bearer", expires_in }))
}

type Tokens = Result<(CookieJar, Json<TokensBody>), Problem>;

/// The OAuth2 password form.
#[derive(Deserialize, ToSchema)]
pub struct TokenForm {
    username: String,
    password: String,
    /// The name of an organisation in addresses; the first one when absent.
    org: Option<String>,
    /// The code of an authenticator app, or a recovery code.
    otp: Option<String>,
}

/// Signs in with a form.
#[utoipa::path(post, path = "/auth/token", operation_id = "issue_token", tag = "auth", request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security(()), responses((status = 200, body = TokensBody, headers(("Set-Cookie"))), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn token(client: Client, place: Place, FormBody(form): FormBody<TokenForm>) -> Tokens {
    let login = LoginBody { email: form.username, password: form.password, org: form.org, otp: form.otp };
    sign_in(client, &place, login).await
}

/// An address and a password.
#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    email: String,
    password: String,
    /// The name of an organisation in addresses; the first one when absent.
    org: Option<String>,
    /// The code of an authenticator app, or a recovery code: asked for with `account.second_factor`.
    otp: Option<String>,
}

/// Signs in with JSON. The refresh token also comes as an HttpOnly cookie.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = LoginBody, security(()), responses((status = 200, body = TokensBody, headers(("Set-Cookie"))), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn login(client: Client, place: Place, Body(body): Body<LoginBody>) -> Tokens {
    sign_in(client, &place, body).await
}

async fn sign_in(client: Client, place: &Place, login: LoginBody) -> Tokens {
    let attempt = Attempt { email: &login.email, password: &login.password, known_browser: None };
    let account = accounts::sign_in(&client.app, client.permit()?, attempt).await?;
    let method = match &login.otp {
        _ if !account.has_second_factor() => "password",
        None => return Err(AccountError::SecondFactor.into()),
        Some(code) => accounts::check_second_factor(&client.app, client.permit()?, account.id, code).await?,
    };
    let permit: Permit<SignIn> = client.permit()?;
    let mine = my_places(&client, &account).await?;
    let org = match login.org {
        Some(slug) => Some(mine.into_iter().find(|org| org.2 == slug).ok_or(Problem(Failure::not_found()))?),
        None => mine.into_iter().next(),
    };
    let org = org.map(|org| (org.0, org.1));
    let tokens = accounts::open_api_session(&client.app, permit, &account, org, &client.agent, method).await?;
    Ok(tokens_answer(&client.app, place, tokens, false))
}

async fn my_places(client: &Client, account: &Account) -> Result<Vec<(OrgId, Role, String)>, Problem> {
    // The account has just proved itself; its session is only being opened.
    let who = Who::Account { account: account.id, session: SessionId(0) };
    let actor = Actor { who, origin: client.actor.origin.clone() };
    let mine = orgs::list_my_orgs(&client.app, permit(&actor)?).await?;
    Ok(mine.into_iter().map(|place| (place.org.id, place.membership.role, place.org.slug)).collect())
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub struct RefreshBody {
    refresh_token: String,
}

/// The refresh token of the body, or of the cookie when it comes from our own pages.
fn find_refresh_token(body: Option<RefreshBody>, jar: &CookieJar, headers: &HeaderMap) -> Option<(String, bool)> {
    if let Some(body) = body {
        return Some((body.refresh_token, false));
    }
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let is_ours = site.is_none_or(|site| site == "same-origin");
    jar.get(REFRESH).filter(|_| is_ours).map(|cookie| (cookie.value().to_owned(), true))
}

/// Trades a refresh token for a new pair; the old one is dead from then on. It is read from the body, else from the cookie.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = Option<RefreshBody>, security((), ("refreshCookie" = [])), responses((status = 200, body = TokensBody, headers(("Set-Cookie"))), (status = 401, body = ProblemBody)))]
pub async fn refresh(
    client: Client,
    place: Place,
    jar: CookieJar,
    headers: HeaderMap,
    OptionalBody(body): OptionalBody<RefreshBody>,
) -> Tokens {
    let (token, by_cookie) = find_refresh_token(body, &jar, &headers).ok_or(AccountError::RefreshToken)?;
    let app = &client.app;
    let role_in = async |account, org| Ok(orgs::find_membership(app, org, account).await?.map(|m| m.role));
    let tokens = accounts::refresh_tokens(app, client.permit()?, &token, role_in).await?;
    Ok(tokens_answer(app, &place, tokens, by_cookie))
}

/// Ends the session of the refresh token, unknown ones included, or else of the access token.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = Option<RefreshBody>, security((), ("bearerAuth" = []), ("refreshCookie" = [])), responses((status = 204, headers(("Set-Cookie"))), (status = 401, body = ProblemBody)))]
pub async fn logout(
    client: Client,
    place: Place,
    jar: CookieJar,
    headers: HeaderMap,
    OptionalBody(body): OptionalBody<RefreshBody>,
) -> Result<(CookieJar, StatusCode), Problem> {
    match find_refresh_token(body, &jar, &headers) {
        Some((token, _)) => accounts::end_family(&client.app, client.permit()?, &token).await?,
        None => accounts::sign_out(&client.app, client.permit()?).await?,
    }
    let gone = refresh_cookie(&client.app, &place, String::new(), 0);
    Ok((CookieJar::new().add(gone), StatusCode::NO_CONTENT))
}

/// As `/auth/logout`, under the name that a predecessor's clients know.
#[utoipa::path(post, path = "/auth/revoke", operation_id = "revoke_token", tag = "auth", request_body = Option<RefreshBody>, security((), ("bearerAuth" = []), ("refreshCookie" = [])), responses((status = 204, headers(("Set-Cookie"))), (status = 401, body = ProblemBody)))]
pub async fn revoke(
    client: Client,
    place: Place,
    jar: CookieJar,
    headers: HeaderMap,
    body: OptionalBody<RefreshBody>,
) -> Result<(CookieJar, StatusCode), Problem> {
    logout(client, place, jar, headers, body).await
}

/// Ends all sessions of the account, browsers included.
#[utoipa::path(post, path = "/auth/revoke-all", operation_id = "end_all_sessions", tag = "auth", responses((status = 204), (status = 401, body = ProblemBody)))]
pub async fn revoke_all(client: Client) -> Result<StatusCode, Problem> {
    accounts::end_my_other_sessions(&client.app, client.permit()?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A signed-in browser or program.
#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    id: i64,
    /// `browser` or `api`.
    kind: String,
    issued_at: String,
    last_seen_at: String,
    expires_at: String,
    revoked_at: Option<String>,
    device_label: String,
    ip_address: String,
    user_agent: String,
    /// Whether it is the session that asks.
    current: bool,
}

fn session_body(session: Session, here: Option<SessionId>) -> SessionBody {
    SessionBody {
        id: session.id.0,
        current: Some(session.id) == here,
        kind: session.kind,
        issued_at: zone::utc(session.created_at),
        last_seen_at: zone::utc(session.last_seen_at),
        expires_at: zone::utc(session.expires_at),
        revoked_at: session.revoked_at.map(zone::utc),
        device_label: session.label,
        ip_address: session.address,
        user_agent: session.client,
    }
}

/// One's own living sessions, the one seen last first.
#[utoipa::path(get, path = "/auth/devices", operation_id = "list_sessions", tag = "auth", responses((status = 200, body = Vec<SessionBody>), (status = 401, body = ProblemBody)))]
pub async fn sessions(client: Client) -> Result<Json<Vec<SessionBody>>, Problem> {
    let here = client.actor.session();
    let list = accounts::list_my_sessions(&client.app, client.permit()?).await?;
    Ok(Json(list.into_iter().map(|session| session_body(session, here)).collect()))
}

/// What is missing here, in the words of the system that Régie replaces.
fn no_session(error: AccountError) -> Problem {
    match error {
        AccountError::NotFound => Problem(Failure::new(Kind::NotFound, "session.not_found")),
        error => error.into(),
    }
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/auth/devices/{id}", tag = "auth", params(("id" = i64, Path)), responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn end_session(client: Client, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    accounts::end_my_session(&client.app, client.permit()?, SessionId(id)).await.map_err(no_session)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session's new name.
#[derive(Deserialize, ToSchema)]
pub struct LabelBody {
    /// Empty takes the name away.
    device_label: String,
}

/// Names one of one's own sessions.
#[utoipa::path(patch, path = "/auth/devices/{id}", tag = "auth", params(("id" = i64, Path)), request_body = LabelBody, responses((status = 204), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn label_session(client: Client, Path(id): Path<i64>, Body(body): Body<LabelBody>) -> Result<StatusCode, Problem> {
    let named = accounts::label_my_session(&client.app, client.permit()?, SessionId(id), &body.device_label).await;
    named.map_err(no_session)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The account of the token.
#[utoipa::path(get, path = "/auth/me", operation_id = "read_me", tag = "auth", responses((status = 200, body = AccountBody), (status = 401, body = ProblemBody)))]
pub async fn me(client: Client) -> Result<Json<AccountBody>, Problem> {
    let account = accounts::find_me(&client.app, client.permit()?).await?;
    let role = orgs::list_my_orgs(&client.app, client.permit()?).await?.first().map(|place| place.membership.role);
    Ok(Json(account_body(account, role)))
}

/// What one may change of oneself.
#[derive(Deserialize, ToSchema)]
pub struct ChangeMeBody {
    full_name: Option<String>,
    /// `fr` or `en`.
    language: Option<String>,
    /// An IANA name: `Europe/Paris`.
    time_zone: Option<String>,
}

/// Changes one's own name, language and time zone; what is absent stays.
#[utoipa::path(patch, path = "/auth/me", tag = "auth", request_body = ChangeMeBody, responses((status = 200, body = AccountBody), (status = 401, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change_me(client: Client, Body(body): Body<ChangeMeBody>) -> Result<Json<AccountBody>, Problem> {
    let before = accounts::find_me(&client.app, client.permit()?).await?;
    let language = body.language.unwrap_or(before.language);
    let language = Lang::parse(&language).ok_or(Problem(Failure::fields([("language", "language.unknown")])))?;
    let (name, zone) = (body.full_name.unwrap_or(before.name), body.time_zone.unwrap_or(before.time_zone));
    accounts::change_me(&client.app, client.permit()?, &name, language, &zone).await?;
    me(client).await
}

/// The present password and the new one.
#[derive(Deserialize, ToSchema)]
pub struct PasswordBody {
    present_password: String,
    new_password: String,
}

/// Sets a new password. All other sessions and all tokens end.
#[utoipa::path(post, path = "/auth/password", tag = "auth", request_body = PasswordBody, responses((status = 204), (status = 401, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn change_password(client: Client, Body(body): Body<PasswordBody>) -> Result<StatusCode, Problem> {
    accounts::change_password(&client.app, client.permit()?, &body.present_password, &body.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something was done.
#[derive(Serialize, ToSchema)]
pub struct OkBody {
    status: &'static str,
}

/// An address.
#[derive(Deserialize, ToSchema)]
pub struct EmailBody {
    email: String,
}

/// Asks for a mailed link that sets a new password. Unknown addresses get the same answer.
#[utoipa::path(post, path = "/auth/reset/request", tag = "auth", request_body = EmailBody, security(()), responses((status = 200, body = OkBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn request_reset(client: Client, Body(body): Body<EmailBody>) -> Result<Json<OkBody>, Problem> {
    accounts::request_reset(&client.app, client.permit()?, &body.email).await?;
    Ok(Json(OkBody { status: "ok" }))
}

/// As `/auth/reset/request`, under the name that a predecessor promised.
#[utoipa::path(post, path = "/auth/recover", tag = "auth", request_body = EmailBody, security(()), responses((status = 200, body = OkBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn recover(client: Client, body: Body<EmailBody>) -> Result<Json<OkBody>, Problem> {
    request_reset(client, body).await
}

/// The token of a mailed link and the new password.
#[derive(Deserialize, ToSchema)]
pub struct ResetBody {
    token: String,
    new_password: String,
}

/// Sets a new password with the token of a mailed link. All sessions and tokens end.
#[utoipa::path(post, path = "/auth/reset/confirm", tag = "auth", request_body = ResetBody, security(()), responses((status = 200, body = OkBody), (status = 410, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn confirm_reset(client: Client, Body(body): Body<ResetBody>) -> Result<Json<OkBody>, Problem> {
    accounts::reset_password(&client.app, client.permit()?, &body.token, &body.new_password).await?;
    Ok(Json(OkBody { status: "ok" }))
}

/// As `/auth/reset/confirm`, under the name that a predecessor promised.
#[utoipa::path(post, path = "/auth/reset", tag = "auth", request_body = ResetBody, security(()), responses((status = 200, body = OkBody), (status = 410, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn reset(client: Client, body: Body<ResetBody>) -> Result<Json<OkBody>, Problem> {
    confirm_reset(client, body).await
}

/// Whether signing in works: the database answers and a key is there to sign with.
#[utoipa::path(get, path = "/auth/health", operation_id = "auth_health", tag = "auth", security(()), responses((status = 200, body = OkBody), (status = 503, body = ProblemBody)))]
pub async fn health(client: Client) -> Result<Json<OkBody>, Problem> {
    accounts::has_accounts(&client.app).await?;
    Ok(Json(OkBody { status: "ok" }))
}
