//! How one signs in: password, authenticator app, recovery codes, passkeys.

use super::sign_in::{Challenge, GoTo, keep, new_challenge, unavailable};
use super::*;
use crate::accounts::passkeys::{ALGORITHMS, NewPasskey, Site};
use crate::accounts::service::{self as accounts, TotpState};
use crate::accounts::{AccountError, Passkey};
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, Lang, PasskeyId};
use axum::Json;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

/// Under this name a session keeps the challenge for a new passkey, and since when, in milliseconds: the password was right then. One
/// challenge, one try.
const NEW_PASSKEY: &str = "new_passkey";
/// Minutes that making a passkey may take.
const NEW_PASSKEY_MINUTES: i64 = 10;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/me/security", get(page))
        .route("/me/security/password", post(change_password))
        .route("/me/security/totp", post(start_totp))
        .route("/me/security/totp/confirm", post(confirm_totp))
        .route("/me/security/totp/remove", post(remove_totp))
        .route("/me/security/codes", post(renew_codes))
        .route("/me/security/passkeys/challenge", post(passkey_challenge))
        .route("/me/security/passkeys", post(add_passkey))
        .route("/me/security/passkeys/{id}/remove", post(remove_passkey))
}

#[derive(Deserialize)]
struct PageQuery {
    /// The organisation that asks for a second factor.
    required: Option<String>,
}

async fn page(own: Own, Query(query): Query<PageQuery>) -> Answer {
    show(own, Typed::default(), query.required).await
}

/// `typed` says in its value `form` which form it is of.
async fn show(own: Own, typed: Typed, required: Option<String>) -> Answer {
    let app = &own.visitor.app;
    let totp = accounts::find_totp_state(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let passkeys = accounts::list_my_passkeys(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let (lang, t) = (own.visitor.lang, own.visitor.words());
    let asking =
        required.and_then(|slug| own.places.iter().find(|place| place.org.slug == slug).map(|place| place.org.name.clone()));
    let asking = asking.filter(|_| !own.account.has_second_factor());
    Ok(render::script_page(form_status(&typed), move || {
        let of = move |form: &str| if typed.value("form") == form { typed.clone() } else { Typed::default() };
        let (password, app, codes, keys) = (of("password"), of("totp"), of("codes"), of("passkeys"));
        let zone = Zone::named_or_utc(&own.account.time_zone);
        let no_codes = own.account.has_second_factor() && totp.recovery_codes_left == 0;
        view! {
            <OfMine own=own.clone() title=t.nav_security() here="security">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.nav_security()}</h1><p class="lead">{t.security_lead()}</p></div></header>
                    {asking.map(|org| view! { <div class="note warning" role="status"><Icon name="shield" /><p>{t.security_required(org)}</p></div> })}
                    {no_codes.then(|| view! { <div class="note warning"><Icon name="warn" /><p>{t.security_no_codes()}</p></div> })}
                    <PasswordPart typed=password lang email=own.account.email.clone() />
                    <TotpPart typed=app lang state=totp.clone() />
                    {own.account.has_second_factor().then(|| view! { <CodesPart typed=codes lang left=totp.recovery_codes_left /> })}
                    <PasskeysPart typed=keys lang zone=zone passkeys=passkeys />
                </div>
            </OfMine>
        }
    }))
}

#[component]
fn PasswordPart(typed: Typed, lang: Lang, email: String) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    view! {
        <section class="stack tight"><h2>{t.field_password()}</h2>
            <details open=typed.failure.is_some()><summary>{t.password_change()}</summary>
                <form class="stack" method="post" action="/me/security/password">
                    <FormError typed=typed.clone() lang />
                    <p class="muted small">{t.password_change_lead()}</p>
                    // Tells password managers whose password it is.
                    <input class="vh" type="email" autocomplete="username" value=email readonly tabindex="-1" aria-hidden="true" />
                    <PresentPassword typed=typed.clone() lang id="password-present" />
                    <NewPassword typed=typed.clone() lang />
                    <div class="row"><button class="btn primary">{t.password_change()}</button></div>
                </form>
            </details>
        </section>
    }
}

#[component]
fn TotpPart(typed: Typed, lang: Lang, state: TotpState) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    let body = match (state.confirmed_at.is_some(), state.waiting) {
        (true, _) => view! {
            <p class="row"><Pill tone="positive" icon="check" text=t.totp_on() /></p>
            <details open=typed.failure.is_some()><summary>{t.totp_remove()}</summary>
                <form class="stack" method="post" action="/me/security/totp/remove"><PresentPassword typed=typed.clone() lang id="totp-present" /><div class="row"><button class="btn danger-quiet">{t.totp_remove()}</button></div></form></details>
        }.into_any(),
        (false, Some((secret, address))) => view! {
            <ol class="steps stack tight">
                <li>{t.totp_step_scan()}<QrCode text=address label=t.totp_qr() />
                    <p class="small muted">{t.totp_step_type()}" "<code>{secret}</code></p></li>
                <li>{t.totp_step_code()}</li>
            </ol>
            <form class="stack" method="post" action="/me/security/totp/confirm">
                <Field typed=typed.clone() lang name="code" label=t.second_code() autocomplete="one-time-code" required=true />
                <div class="row"><button class="btn primary">{t.totp_confirm()}</button></div>
            </form>
            <form method="post" action="/me/security/totp/remove"><details open=typed.invalid("present_password").is_some()><summary>{t.cancel()}</summary><PresentPassword typed=typed.clone() lang id="totp-cancel" /><button class="btn secondary">{t.totp_remove()}</button></details></form>
        }.into_any(),
        (false, None) => view! {
            <p class="muted small">{t.totp_lead()}</p>
            <details open=typed.failure.is_some()><summary>{t.totp_add()}</summary>
                <form class="stack" method="post" action="/me/security/totp"><PresentPassword typed=typed.clone() lang id="totp-present" /><div class="row"><button class="btn secondary">{t.totp_add()}</button></div></form></details>
        }.into_any(),
    };
    view! { <section class="stack tight" id="totp"><h2>{t.totp_title()}</h2><FormError typed=typed.clone() lang />{body}</section> }
}

#[component]
fn CodesPart(typed: Typed, lang: Lang, left: i64) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    view! {
        <section class="stack tight" id="codes"><h2>{t.codes_title()}</h2><FormError typed=typed.clone() lang />
            <p class="muted">{t.codes_left(left)}</p>
            <details open=typed.failure.is_some()><summary>{t.codes_renew()}</summary>
                <form class="stack" method="post" action="/me/security/codes"><p class="small muted">{t.codes_renew_lead()}</p><PresentPassword typed=typed.clone() lang id="codes-present" /><div class="row"><button class="btn secondary">{t.codes_renew()}</button></div></form></details>
        </section>
    }
}

#[component]
fn PasskeysPart(typed: Typed, lang: Lang, zone: Zone, passkeys: Vec<Passkey>) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    let of = |key: &Passkey| if typed.value("key") == key.id.to_string() { typed.clone() } else { Typed::default() };
    let line = |key: Passkey| {
        let typed = of(&key);
        let since = t.passkey_since(format::long_day(zone.local(key.created_at).date, lang));
        let used = key.last_used_at.map(|at| t.passkey_used(format::long_date_time(zone.local(at), lang)));
        let id = format!("passkey-{}", key.id);
        view! { <li><span class="tile-icon"><Icon name="key" /></span><span class="grow"><span class="strong">{key.name}</span><small>{since}</small><small>{used}</small></span>
        <details open=typed.failure.is_some()><summary>{t.passkey_remove()}</summary><form class="stack tight" method="post" action=format!("/me/security/passkeys/{}/remove", key.id)>
            <PresentPassword typed=typed.clone() lang id />
            <button class="btn danger-quiet">{t.passkey_remove()}</button></form></details></li> }
    };
    view! {
        <section class="stack tight" id="passkeys"><h2>{t.passkeys_title()}</h2><FormError typed=typed.clone() lang />
            <p class="muted small">{t.passkeys_lead()}</p>
            <ul class="list">{passkeys.into_iter().map(line).collect_view()}</ul>
            <passkey-form hidden data-failed=t.passkey_failed() data-password=t.failure_present_password()>
                <details><summary>{t.passkey_add()}</summary><form class="stack" method="post" action="/me/security/passkeys">
                    <div class="field"><label for="passkey_name">{t.passkey_name()}</label><input class="input" id="passkey_name" name="passkey_name" maxlength="60" required /></div>
                    <div class="field"><label for="passkey_password">{t.field_present_password()}</label><input class="input" id="passkey_password" name="present_password" type="password" autocomplete="current-password" required /></div>
                    <p class="error small"></p>
                    <div class="row"><button class="btn secondary"><Icon name="key" />{t.passkey_add()}</button></div>
                </form></details>
            </passkey-form>
        </section>
    }
}

/// The form again, with what was wrong.
async fn again(own: Own, form: &str, error: AccountError) -> Answer {
    show(own, Typed { failure: Some(error.into()), values: vec![("form", form.to_owned())] }, None).await
}

#[derive(Deserialize)]
struct NewPasswordForm {
    present_password: String,
    password: String,
}

async fn change_password(own: Own, session: Session, Form(form): Form<NewPasswordForm>) -> Answer {
    match accounts::change_password(&own.visitor.app, own.permit()?, &form.present_password, &form.password).await {
        Ok(()) => Ok(go_with(&session, "password.changed", "/me/security").await),
        Err(error) => again(own, "password", error).await,
    }
}

#[derive(Deserialize)]
struct PresentForm {
    present_password: String,
}

async fn start_totp(own: Own, Form(form): Form<PresentForm>) -> Answer {
    match accounts::start_totp(&own.visitor.app, own.permit()?, &form.present_password).await {
        Ok(()) => Ok(Redirect::to("/me/security#totp").into_response()),
        Err(error) => again(own, "totp", error).await,
    }
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

async fn confirm_totp(own: Own, Form(form): Form<CodeForm>) -> Answer {
    match accounts::confirm_totp(&own.visitor.app, own.permit()?, &form.code).await {
        Ok(codes) => Ok(show_codes(own, codes)),
        Err(error) => again(own, "totp", error).await,
    }
}

async fn remove_totp(own: Own, session: Session, Form(form): Form<PresentForm>) -> Answer {
    match accounts::remove_totp(&own.visitor.app, own.permit()?, &form.present_password).await {
        Ok(()) => Ok(go_with(&session, "factor.removed", "/me/security").await),
        Err(error) => again(own, "totp", error).await,
    }
}

async fn renew_codes(own: Own, Form(form): Form<PresentForm>) -> Answer {
    match accounts::renew_recovery_codes(&own.visitor.app, own.permit()?, &form.present_password).await {
        Ok(codes) => Ok(show_codes(own, codes)),
        Err(error) => again(own, "codes", error).await,
    }
}

/// The recovery codes, this once.
fn show_codes(own: Own, codes: Vec<String>) -> Response {
    let t = own.visitor.words();
    let own = own.once();
    render::page(StatusCode::OK, move || {
        view! {
            <OfMine own=own.clone() title=t.codes_title() here="security">
                <div class="stack narrow">
                    <h1>{t.codes_title()}</h1>
                    <p>{t.codes_once()}</p>
                    <ul class="codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
                    <p><a class="btn primary" href="/me/security">{t.codes_kept()}</a></p>
                </div>
            </OfMine>
        }
    })
}

/// What the browser needs to make a passkey.
#[derive(Serialize)]
struct NewKeyChallenge {
    #[serde(flatten)]
    challenge: Challenge,
    /// The account, as the key will call it: no address, no name.
    user: String,
    email: String,
    name: String,
    algorithms: Vec<i32>,
    known: Vec<String>,
}

async fn passkey_challenge(own: Own, session: Session, Json(form): Json<PresentForm>) -> Result<Json<NewKeyChallenge>, Refusal> {
    let app = &own.visitor.app;
    let account = accounts::start_passkey(app, own.permit()?, &form.present_password).await.map_err(|e| own.refuse(e))?;
    let known = accounts::list_my_passkeys(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let challenge = new_challenge(&own.visitor);
    keep(&own.visitor, &session, NEW_PASSKEY, (&challenge.challenge, app.clock.now().0)).await?;
    Ok(Json(NewKeyChallenge {
        challenge,
        user: crate::platform::secret::fingerprint(format!("passkey/{}", account.id)),
        email: account.email,
        name: account.name,
        algorithms: ALGORITHMS.iter().map(|(number, _)| *number).collect(),
        known: known.into_iter().map(|key| key.credential_id).collect(),
    }))
}

async fn add_passkey(own: Own, session: Session, Json(new): Json<NewPasskey>) -> Answer {
    let kept = session.remove::<(String, i64)>(NEW_PASSKEY).await.map_err(|_| unavailable(&own.visitor))?;
    let age = |since: i64| own.visitor.app.clock.now().minutes_since(Instant(since));
    let kept = kept.filter(|(_, since)| age(*since) < NEW_PASSKEY_MINUTES);
    let (challenge, _) = kept.ok_or_else(|| own.refuse(AccountError::Passkey))?;
    let origin = own.visitor.app.config.server.public_url.trim_end_matches('/').to_owned();
    let site = Site { origin: &origin, challenge: &challenge };
    accounts::add_passkey(&own.visitor.app, own.permit()?, site, &new).await.map_err(|e| own.refuse(e))?;
    drop(session.insert("flash", "passkey.added").await);
    Ok(Json(GoTo { next: "/me/security".to_owned() }).into_response())
}

async fn remove_passkey(own: Own, session: Session, Path(id): Path<PasskeyId>, Form(form): Form<PresentForm>) -> Answer {
    match accounts::remove_passkey(&own.visitor.app, own.permit()?, id, &form.present_password).await {
        Ok(()) => Ok(go_with(&session, "passkey.removed", "/me/security").await),
        Err(error) => {
            let values = vec![("form", "passkeys".to_owned()), ("key", id.to_string())];
            show(own.at("/me/security"), Typed { failure: Some(error.into()), values }, None).await
        }
    }
}
