//! Signing in, up and out, with a password, a second factor or a passkey.

use super::*;
use crate::accounts::passkeys::{PasskeyProof, Site, host_of};
use crate::accounts::service::{self as accounts, Attempt, SignedIn};
use crate::accounts::{ACCOUNT, ADDRESS, Account, AccountError, CLIENT, METHOD, NewAccount};
use crate::kernel::{AccountId, Kind, SessionId};
use crate::platform::config::Registration;
use crate::platform::random;
use axum::Json;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};

/// Under this name a session keeps whose password was right, until the second factor is shown.
const PENDING: &str = "pending";
/// Since when, in milliseconds.
const PENDING_SINCE: &str = "pending_since";
/// Where to go after the second factor.
const PENDING_NEXT: &str = "pending_next";
/// Minutes that the second factor may take.
const PENDING_MINUTES: i64 = 10;
/// The password that was right was set then, in milliseconds: a newer one ends the wait.
const PENDING_PASSWORD: &str = "pending_password";
/// Under this name a session keeps the challenge for a passkey that signs in. One challenge, one try. Anybody gets one: those for a new
/// passkey are kept elsewhere.
const CHALLENGE: &str = "challenge";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-in/second", get(second_page).post(second))
        .route("/sign-in/passkey", post(passkey))
        .route("/sign-in/passkey/challenge", post(passkey_challenge))
        .route("/sign-up", get(sign_up_page).post(sign_up))
        .route("/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn sign_in_page(visitor: Visitor, Query(query): Query<Next>) -> Response {
    show_sign_in(visitor, Typed::default(), query.next)
}

fn show_sign_in(visitor: Visitor, typed: Typed, next: Option<String>) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    let open = visitor.app.config.server.registration == Registration::Open;
    let retry = typed.failure.as_ref().and_then(|failure| failure.retry_seconds);
    let page = render::script_page(form_status(&typed), move || {
        let next = safe_next(next.as_deref()).to_owned();
        view! {
            <Plain lang title=t.sign_in_title() visitor=visitor>
                <h1>{t.sign_in_title()}</h1>
                <p class="muted">{t.sign_in_lead()}</p>
                <form class="stack" method="post" action="/sign-in">
                    <FormError typed=typed.clone() lang />
                    <input type="hidden" name="next" value=next.clone() />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username webauthn" required=true />
                    <Field typed=typed.clone() lang name="password" label=t.field_password() kind="password" autocomplete="current-password" required=true />
                    <button class="btn primary large block">{t.sign_in_button()}</button>
                </form>
                <PasskeyButton lang next=next.clone() />
                <p class="small muted"><a href="/recover">{t.recover_link()}</a></p>
                {open.then(|| view! { <p class="small muted">{t.sign_in_new()}" "<a href=format!("/sign-up?next={}", url_part(&next))>{t.sign_up_button()}</a></p> })}
            </Plain>
        }
    });
    with_retry(page, retry)
}

/// Signs in with a passkey. Hidden until the browser has said that it can.
#[component]
fn PasskeyButton(lang: crate::kernel::Lang, next: String) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    view! {
        <passkey-button data-next=next data-failed=t.passkey_failed()>
            <button class="btn secondary large block" type="button" hidden><Icon name="key" />{t.passkey_sign_in()}</button>
            <p class="error small"></p>
        </passkey-button>
        <script type="module" src="/account.js"></script>
    }
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
}

async fn sign_in(visitor: Visitor, session: Session, Form(form): Form<SignInForm>) -> Answer {
    let known_browser = visitor.browser.as_deref();
    let attempt = Attempt { email: &form.email, password: &form.password, known_browser };
    match accounts::sign_in(&visitor.app, visitor.permit()?, attempt).await {
        Ok(account) if account.has_second_factor() => {
            let next = safe_next(form.next.as_deref());
            keep(&visitor, &session, PENDING, account.id.0).await?;
            keep(&visitor, &session, PENDING_SINCE, visitor.app.clock.now().0).await?;
            keep(&visitor, &session, PENDING_PASSWORD, password_of(&account)).await?;
            keep(&visitor, &session, PENDING_NEXT, next).await?;
            Ok(Redirect::to("/sign-in/second").into_response())
        }
        Ok(account) => arrive(&visitor, &session, &account, "password", form.next.as_deref()).await,
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("email", form.email)] };
            Ok(show_sign_in(visitor, typed, form.next))
        }
    }
}

/// When the password of an account was set, as a session keeps it.
fn password_of(account: &Account) -> i64 {
    account.password_changed_at.map_or(0, |at| at.0)
}

pub(super) fn unavailable(visitor: &Visitor) -> Refusal {
    visitor.refuse(Failure::new(Kind::Unavailable, "unavailable"))
}

pub(super) async fn keep(visitor: &Visitor, session: &Session, name: &str, value: impl Serialize) -> Result<(), Refusal> {
    session.insert(name, value).await.map_err(|_| unavailable(visitor))
}

/// Whose password was right a moment ago in this browser, and still is.
async fn pending(visitor: &Visitor, session: &Session) -> Result<Option<Account>, Refusal> {
    let get = async |name: &str| session.get::<i64>(name).await.map_err(|_| unavailable(visitor));
    let (Some(id), Some(since)) = (get(PENDING).await?, get(PENDING_SINCE).await?) else { return Ok(None) };
    let Some(password) = get(PENDING_PASSWORD).await? else { return Ok(None) };
    let age = visitor.app.clock.now().minutes_since(crate::kernel::Instant(since));
    if age >= PENDING_MINUTES {
        return Ok(None);
    }
    let account = accounts::find_account(&visitor.app, AccountId(id)).await.map_err(|e| visitor.refuse(e))?;
    Ok(account.filter(|account| account.is_active && password_of(account) == password))
}

async fn second_page(visitor: Visitor, session: Session) -> Answer {
    let Some(account) = pending(&visitor, &session).await? else { return Ok(Redirect::to("/sign-in").into_response()) };
    Ok(show_second(visitor, account, Typed::default()))
}

fn show_second(visitor: Visitor, account: Account, typed: Typed) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    let retry = typed.failure.as_ref().and_then(|failure| failure.retry_seconds);
    let page = render::script_page(form_status(&typed), move || {
        let has_app = account.totp_confirmed_at.is_some();
        view! {
            <Plain lang title=t.second_title() visitor=visitor>
                <h1>{t.second_title()}</h1>
                <p class="muted">{if has_app { t.second_lead() } else { t.second_lead_passkey() }}</p>
                {account.has_passkey.then(|| view! { <PasskeyButton lang next=String::new() /> })}
                <form class="stack" method="post" action="/sign-in/second">
                    <FormError typed=typed.clone() lang />
                    <Field typed=typed.clone() lang name="code" label=if has_app { t.second_code() } else { t.second_recovery() } autocomplete="one-time-code" help=t.second_help() required=true />
                    <button class="btn primary large block">{t.sign_in_button()}</button>
                </form>
                <p class="small muted"><a href="/sign-in">{t.second_back()}</a></p>
            </Plain>
        }
    });
    with_retry(page, retry)
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

async fn second(visitor: Visitor, session: Session, Form(form): Form<CodeForm>) -> Answer {
    let Some(account) = pending(&visitor, &session).await? else { return Ok(Redirect::to("/sign-in").into_response()) };
    match accounts::check_second_factor(&visitor.app, visitor.permit()?, account.id, &form.code).await {
        Ok(method) => {
            // Once more: the password may have been changed meanwhile.
            let account = pending(&visitor, &session).await?.ok_or_else(|| visitor.refuse(AccountError::Credentials))?;
            let next = session.get::<String>(PENDING_NEXT).await.map_err(|_| unavailable(&visitor))?;
            arrive(&visitor, &session, &account, method, next.as_deref()).await
        }
        Err(error) => Ok(show_second(visitor, account, Typed { failure: Some(error.into()), values: Vec::new() })),
    }
}

/// What the script of a passkey is told.
#[derive(Serialize)]
pub(super) struct Challenge {
    pub challenge: String,
    /// The relying party: our host name.
    pub host: String,
}

/// A challenge that is kept nowhere yet.
pub(super) fn new_challenge(visitor: &Visitor) -> Challenge {
    Challenge { challenge: random::token::<32>(), host: host_of(&visitor.app.config.server.public_url).to_owned() }
}

/// Takes the challenge for signing in out of the session of this browser.
async fn take_challenge(visitor: &Visitor, session: &Session) -> Result<String, Refusal> {
    let challenge = session.remove::<String>(CHALLENGE).await.map_err(|_| unavailable(visitor))?;
    challenge.ok_or_else(|| visitor.refuse(AccountError::Passkey))
}

async fn passkey_challenge(visitor: Visitor, session: Session) -> Result<Json<Challenge>, Refusal> {
    accounts::allow_challenge(&visitor.app, &visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    let made = new_challenge(&visitor);
    // In place of the one before.
    keep(&visitor, &session, CHALLENGE, &made.challenge).await?;
    Ok(Json(made))
}

#[derive(Deserialize)]
struct PasskeyBody {
    #[serde(flatten)]
    proof: PasskeyProof,
    #[serde(default)]
    next: String,
}

/// Where a script goes next.
#[derive(Serialize)]
pub(super) struct GoTo {
    pub next: String,
}

async fn passkey(visitor: Visitor, session: Session, Json(body): Json<PasskeyBody>) -> Answer {
    let challenge = take_challenge(&visitor, &session).await?;
    let site = Site { origin: visitor.app.config.server.public_url.trim_end_matches('/'), challenge: &challenge };
    let found = accounts::sign_in_with_passkey(&visitor.app, visitor.permit()?, site, &body.proof).await;
    let account = found.map_err(|e| visitor.refuse(e))?;
    let kept = session.get::<String>(PENDING_NEXT).await.map_err(|_| unavailable(&visitor))?;
    let next = if body.next.is_empty() { kept.unwrap_or_default() } else { body.next };
    let cookies = open_session(&visitor, &session, &account, "passkey", false).await?;
    Ok((cookies, Json(GoTo { next: safe_next(Some(&next)).to_owned() })).into_response())
}

/// Opens the session and goes on.
async fn arrive(visitor: &Visitor, session: &Session, account: &Account, method: &str, next: Option<&str>) -> Answer {
    let cookies = open_session(visitor, session, account, method, false).await?;
    Ok((cookies, Redirect::to(safe_next(next))).into_response())
}

/// Binds the browser to an account, under a new session number: one that was planted before is worth nothing. Gives the
/// cookie by which the account will know the browser again.
pub(super) async fn open_session(
    visitor: &Visitor,
    session: &Session,
    account: &Account,
    method: &str,
    is_first: bool,
) -> Result<CookieJar, Refusal> {
    let app = &visitor.app;
    if session.id().is_some() {
        session.flush().await.map_err(|_| unavailable(visitor))?;
    }
    keep(visitor, session, ACCOUNT, account.id.0).await?;
    keep(visitor, session, ADDRESS, &visitor.actor.origin.address).await?;
    keep(visitor, session, CLIENT, &visitor.agent).await?;
    keep(visitor, session, METHOD, method).await?;
    session.save().await.map_err(|_| unavailable(visitor))?;
    let permit: Permit<crate::accounts::SignIn> = visitor.permit()?;
    let number: Option<SessionId> = match session.id() {
        Some(id) => accounts::find_browser_session_id(app, &permit, &id.to_string()).await.map_err(|e| visitor.refuse(e))?,
        None => None,
    };
    let mark = visitor.browser.clone().filter(|mark| mark.len() <= 64).unwrap_or_else(random::token::<24>);
    let how = SignedIn { session: number, method, client: &visitor.agent, browser: Some(&mark), is_first };
    accounts::complete_sign_in(app, permit, account, how).await.map_err(|e| visitor.refuse(e))?;
    let cookie = Cookie::build((browser_cookie_name(app), mark))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(app.config.is_secure())
        .permanent();
    Ok(CookieJar::new().add(cookie))
}

async fn sign_up_page(visitor: Visitor, Query(query): Query<Next>) -> Answer {
    if visitor.app.config.server.registration != Registration::Open {
        return Err(visitor.refuse(AccountError::RegistrationClosed));
    }
    Ok(show_sign_up(visitor, Typed::default(), query.next))
}

fn show_sign_up(visitor: Visitor, typed: Typed, next: Option<String>) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    render::script_page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.sign_up_title() visitor=visitor>
                <h1>{t.sign_up_title()}</h1>
                <form class="stack" method="post" action="/sign-up">
                    <FormError typed=typed.clone() lang />
                    <input type="hidden" name="next" value=safe_next(next.as_deref()).to_owned() />
                    <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username" required=true />
                    <NewPassword typed=typed.clone() lang />
                    <button class="btn primary large block">{t.sign_up_button()}</button>
                </form>
                <p class="small muted">{t.join_known()}" "<a href="/sign-in">{t.sign_in_button()}</a></p>
            </Plain>
        }
    })
}

#[derive(Deserialize)]
struct SignUpForm {
    name: String,
    email: String,
    password: String,
    next: Option<String>,
}

async fn sign_up(visitor: Visitor, session: Session, Form(form): Form<SignUpForm>) -> Answer {
    let new = NewAccount {
        email: form.email.clone(),
        name: form.name.clone(),
        password: form.password,
        language: visitor.lang.code().to_owned(),
    };
    match accounts::register(&visitor.app, visitor.permit()?, new).await {
        Ok(account) => {
            let cookies = open_session(&visitor, &session, &account, "password", true).await?;
            Ok((cookies, go_with(&session, "welcome", safe_next(form.next.as_deref())).await).into_response())
        }
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("name", form.name), ("email", form.email)] };
            Ok(show_sign_up(visitor, typed, form.next))
        }
    }
}

async fn sign_out(visitor: Visitor, session: Session) -> Answer {
    accounts::sign_out(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    session.flush().await.map_err(|_| unavailable(&visitor))?;
    let clear = [("clear-site-data", "\"cache\", \"storage\"")];
    Ok((clear, Redirect::to("/sign-in")).into_response())
}
