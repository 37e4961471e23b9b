//! The badge, and the phones that may show it.

use super::*;
use crate::islands::badge::{BadgeCode, BadgeWords};
use crate::kernel::{DeviceId, Instant};
use crate::orgs::CrewMember;
use crate::platform::random;
use crate::platform::secret::fingerprint;
use crate::timeclock::{Device, IssuedBadge, NewDevice, PunchError, PunchKind, service as clock};
use crate::web::qr;
use axum::Json;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/badge", get(page))
        .route("/o/{org}/badge/code", post(renew))
        .route("/o/{org}/devices", get(devices).post(register))
        .route("/o/{org}/devices/{id}/revoke", post(revoke))
}

/// The phone that asks, if it is registered: it holds a secret in a cookie, of which we keep a hash.
async fn this_phone(member: &Member, me: &CrewMember, jar: &CookieJar) -> Result<Option<Device>, Refusal> {
    let Some(cookie) = jar.get(device_cookie_name(&member.visitor.app)) else { return Ok(None) };
    let mark = mark_of(cookie.value());
    clock::find_my_device(&member.visitor.app, member.permit()?, me, &mark).await.map_err(|e| member.refuse(e))
}

fn mark_of(secret: &str) -> String {
    format!("web-{}", &fingerprint(secret)[..40])
}

/// The secret that this browser keeps already, from registering in another organisation or for another person who signs in here: with
/// a new one in its place, the phone would be unknown there. The secret alone opens nothing: a phone is only looked for among those of
/// the member who asks. One that we cannot have made is not taken over.
fn kept_secret(app: &App, jar: &CookieJar) -> Option<String> {
    let secret = jar.get(device_cookie_name(app))?.value();
    let is_ours = secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    is_ours.then(|| secret.to_owned())
}

async fn page(member: Member, jar: CookieJar) -> Answer {
    let me = member.crew_record().await?;
    let t = member.words();
    let Some(phone) = this_phone(&member, &me, &jar).await? else { return Ok(show_register(&member, Typed::default())) };
    let badge = issue(&member, &me, phone.id).await?;
    let code = code_of(&member, &badge)?;
    let (nonce, renew_url) = (member.visitor.nonce.clone(), member.url("/badge/code"));
    let words = badge_words(t);
    let refresh = member.visitor.app.config.badge.seconds - 3;
    Ok(render::island_page(&nonce, false, move || {
        view! {
            <InOrg member=member.clone() title=t.badge_title() here="badge" islands=true>
                <h1 class="vh">{t.badge_title()}</h1>
                <noscript><meta http-equiv="refresh" content=refresh.to_string() /></noscript>
                <crate::islands::badge::BadgeIsland first=code words=words renew_url=renew_url />
                <p class="small muted row badge-phone"><Icon name="phone" small=true />{phone.name}" · "<a href=member.url("/devices")>{t.nav_devices()}</a></p>
            </InOrg>
        }
    }))
}

/// The words of a badge.
pub(super) fn badge_words(t: &Words) -> BadgeWords {
    BadgeWords {
        enter: t.badge_in(),
        exit: t.badge_out(),
        pause_end: t.badge_break_end(),
        renews: t.badge_renews(),
        failed: t.badge_failed(),
        label: t.badge_label(),
    }
}

/// The badge's page on a phone that has none.
fn show_register(member: &Member, typed: Typed) -> Response {
    let (member, t) = (member.clone(), member.words());
    render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.badge_title() here="badge">
                <div class="stack narrow">
                    <h1>{t.badge_register_title()}</h1><p class="muted">{t.badge_register_text()}</p>
                    {register_form(&member, "/badge", typed)}
                </div>
            </InOrg>
        }
    })
}

async fn issue(member: &Member, me: &CrewMember, device: DeviceId) -> Result<IssuedBadge, Refusal> {
    clock::issue_badge(&member.visitor.app, member.permit()?, me, device).await.map_err(|e| member.refuse(e))
}

fn code_of(member: &Member, badge: &IssuedBadge) -> Result<BadgeCode, Refusal> {
    let drawing =
        qr::badge(&badge.code).ok_or_else(|| member.refuse(Failure::new(crate::kernel::Kind::Unexpected, "unexpected")))?;
    let left = badge.expires_at.millis_since(member.visitor.app.clock.now());
    let zone = member.org.zone();
    let since = badge.since.map(|at: Instant| member.words().badge_since(zone.local(at).hour_minute())).unwrap_or_default();
    let next = match badge.next {
        PunchKind::In => "in",
        PunchKind::BreakEnd => "break_end",
        _ => "out",
    };
    Ok(BadgeCode {
        path: drawing.path,
        side: i64::try_from(drawing.side).unwrap_or(33),
        left_ms: left,
        life_ms: member.visitor.app.config.badge.seconds * 1000,
        next: next.to_owned(),
        since,
    })
}

/// A new code for the island.
async fn renew(member: Member, jar: CookieJar) -> Result<Json<BadgeCode>, Refusal> {
    let me = member.crew_record().await?;
    let phone = this_phone(&member, &me, &jar).await?.ok_or_else(|| member.refuse(PunchError::DeviceNotFound))?;
    let badge = issue(&member, &me, phone.id).await?;
    Ok(Json(code_of(&member, &badge)?))
}

/// Registers this phone, under a name that is proposed or was typed.
fn register_form(member: &Member, next: &'static str, typed: Typed) -> impl IntoView + use<> {
    let (t, lang) = (member.words(), member.visitor.lang);
    let name = t.device_default_name(
        member.visitor.account.as_ref().map(|a| crate::kernel::text::first_name(&a.name).to_owned()).unwrap_or_default(),
    );
    let typed = if typed.values.is_empty() { Typed { values: vec![("name", name)], ..typed } } else { typed };
    view! {
        <form class="stack" method="post" action=member.url("/devices")>
            <input type="hidden" name="next" value=next />
            <FormError typed=typed.clone() lang />
            <Field typed lang name="name" label=t.device_name() maxlength=100 required=true />
            <div class="row"><button class="btn primary large"><Icon name="phone" />{t.device_register_button()}</button></div>
        </form>
    }
}

async fn devices(member: Member, jar: CookieJar) -> Answer {
    let me = member.crew_record().await?;
    show_devices(&member, &me, &jar, Typed::default()).await
}

async fn show_devices(member: &Member, me: &CrewMember, jar: &CookieJar, typed: Typed) -> Answer {
    let list = clock::list_my_devices(&member.visitor.app, member.permit()?, me, true).await.map_err(|e| member.refuse(e))?;
    let mine = this_phone(member, me, jar).await?.map(|d| d.id);
    let (member, t) = (member.clone(), member.words());
    Ok(render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.nav_devices() here="devices">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.nav_devices()}</h1><p class="lead">{t.device_lead()}</p></div></header>
                    {list.is_empty().then(|| view! { <Empty title=t.device_empty_title() text=t.device_empty_text() /> })}
                    <ul class="list">{list.into_iter().map(|device| {
                        let is_this = Some(device.id) == mine;
                        device_line(&member, device, is_this)
                    }).collect_view()}</ul>
                    {(mine.is_none() || typed.failure.is_some()).then(|| register_form(&member, "/devices", typed))}
                </div>
            </InOrg>
        }
    }))
}

/// A phone in the list of one's own; `is_this` for the one that asks.
pub(super) fn device_line(member: &Member, device: Device, is_this: bool) -> AnyView {
    let (t, lang, zone) = (member.words(), member.visitor.lang, member.org.zone());
    let revoke = member.url(&format!("/devices/{}/revoke", device.id));
    view! { <li>
        <span class="tile-icon"><Icon name="phone" /></span>
        <span class="grow"><span class="strong">{device.name}</span>{is_this.then(|| view! { " "<Pill tone="accent" icon="check" text=t.device_this() /> })}
            <small>{t.device_since(format::long_day(zone.local(device.registered_at).date, lang))}</small></span>
        {if device.revoked_at.is_some() { view! { <Pill tone="" icon="ban" text=t.device_revoked() /> }.into_any() } else {
            view! { <form method="post" action=revoke><button class="btn danger-quiet">{t.device_revoke_button()}</button></form> }.into_any() }}
    </li> }
    .into_any()
}

#[derive(Deserialize)]
struct RegisterForm {
    name: String,
    next: Option<String>,
}

async fn register(
    member: Member,
    session: Session,
    jar: CookieJar,
    Form(form): Form<RegisterForm>,
) -> Result<(CookieJar, Response), Refusal> {
    let me = member.crew_record().await?;
    let app = &member.visitor.app;
    let secret = kept_secret(app, &jar).unwrap_or_else(random::token::<32>);
    let next = if form.next.as_deref() == Some("/badge") { "/badge" } else { "/devices" };
    let new = NewDevice { fingerprint: mark_of(&secret), name: form.name.clone(), attestation: None };
    match clock::register_device(app, member.permit()?, &me, new).await {
        // That it is registered is all that was wanted.
        Ok(_) | Err(PunchError::DeviceKnown) => {}
        Err(error @ PunchError::Fields(_)) => {
            let failure = Failure::from(error).named("device_name", "name");
            let typed = Typed { failure: Some(failure), values: vec![("name", form.name)] };
            let page = match next {
                "/badge" => show_register(&member, typed),
                _ => show_devices(&member, &me, &jar, typed).await?,
            };
            return Ok((jar, page));
        }
        Err(error) => return Err(member.refuse(error)),
    }
    let cookie = Cookie::build((device_cookie_name(app), secret))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(app.config.is_secure())
        .permanent();
    Ok((jar.add(cookie), go_with(&session, "device.registered", &member.url(next)).await))
}

async fn revoke(member: Member, session: Session, Path((_, id)): Path<(String, DeviceId)>) -> Answer {
    let me = member.crew_record().await?;
    clock::revoke_my_device(&member.visitor.app, member.permit()?, &me, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "device.revoked", &member.url("/devices")).await)
}
