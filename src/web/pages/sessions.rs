//! "My devices": signed-in browsers and programs, and the phones that show badges.

use super::*;
use crate::accounts::{AccountError, Session as OpenSession, client_words, is_local, service as accounts};
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, Lang, SessionId};
use crate::orgs::service as orgs;
use crate::timeclock::{Device, service as clock};
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/me/devices", get(page))
        .route("/me/devices/others/end", post(end_others))
        .route("/me/devices/all/end", post(end_all))
        .route("/me/devices/{id}/end", post(end))
        .route("/me/devices/{id}/label", post(label))
}

/// A phone that shows badges, and where.
struct Phone {
    device: Device,
    org: String,
    revoke: String,
}

async fn list_phones(own: &Own) -> Result<Vec<Phone>, Refusal> {
    let app = &own.visitor.app;
    let mut phones = Vec::new();
    for place in &own.places {
        let Some(member) = own.member_of(place) else { continue };
        let crew = orgs::find_my_crew_if_any(app, member.permit()?).await.map_err(|e| own.refuse(e))?;
        let Some(crew) = crew else { continue };
        let devices = clock::list_my_devices(app, member.permit()?, &crew, false).await.map_err(|e| own.refuse(e))?;
        phones.extend(devices.into_iter().map(|device| {
            let revoke = member.url(&format!("/devices/{}/revoke", device.id));
            Phone { device, org: place.org.name.clone(), revoke }
        }));
    }
    Ok(phones)
}

async fn page(own: Own) -> Answer {
    show(own, None).await
}

/// The list; `wrong` is what was typed as the name of one of the sessions.
async fn show(own: Own, wrong: Option<(SessionId, Typed)>) -> Answer {
    let sessions = accounts::list_my_sessions(&own.visitor.app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let phones = list_phones(&own).await?;
    let here = own.visitor.actor.session();
    let others = sessions.iter().filter(|session| Some(session.id) != here).count();
    let (lang, t) = (own.visitor.lang, own.visitor.words());
    let zone = Zone::named_or_utc(&own.account.time_zone);
    let now = own.visitor.app.clock.now();
    let status = wrong.as_ref().map_or(StatusCode::OK, |(_, typed)| form_status(typed));
    Ok(render::page(status, move || {
        let sessions = sessions.into_iter().map(|session| {
            let typed = wrong.as_ref().filter(|(id, _)| *id == session.id).map(|(_, typed)| typed.clone());
            line(session, here, typed, lang, &zone, now)
        });
        let sessions = sessions.collect_view();
        let phone = |phone: Phone| {
            let since = t.device_since(format::long_day(zone.local(phone.device.registered_at).date, lang));
            view! { <li>
                <span class="tile-icon"><Icon name="phone" /></span>
                <span class="grow"><span class="strong">{phone.device.name}</span><small>{phone.org}" · "{since}</small></span>
                <form method="post" action=phone.revoke><button class="btn danger-quiet">{t.device_revoke_button()}</button></form>
            </li> }
        };
        let has_phones = !phones.is_empty();
        let phones = phones.into_iter().map(phone).collect_view();
        view! {
            <OfMine own=own.clone() title=t.sessions_title() here="sessions">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.sessions_title()}</h1><p class="lead">{t.sessions_lead()}</p></div></header>
                    <section class="stack tight"><h2>{t.sessions_open()}</h2>
                        <ul class="list">{sessions}</ul>
                        <div class="row">
                            {(others > 0).then(|| view! { <form method="post" action="/me/devices/others/end"><button class="btn secondary"><Icon name="exit" />{t.sessions_end_others(i64::try_from(others).unwrap_or(0))}</button></form> })}
                            <form method="post" action="/me/devices/all/end"><button class="btn danger-quiet">{t.sessions_end_all()}</button></form>
                        </div>
                    </section>
                    {has_phones.then(|| view! { <section class="stack tight"><h2>{t.sessions_phones()}</h2><ul class="list">{phones}</ul></section> })}
                </div>
            </OfMine>
        }
    }))
}

fn line(
    session: OpenSession,
    here: Option<SessionId>,
    typed: Option<Typed>,
    lang: Lang,
    zone: &Zone,
    now: Instant,
) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let is_wrong = typed.is_some();
    let typed = typed.unwrap_or_else(|| Typed { failure: None, values: vec![("label", session.label.clone())] });
    let is_here = Some(session.id) == here;
    let client = client_words(&session.client, t);
    let name = if session.label.is_empty() { client.clone() } else { session.label.clone() };
    let is_mobile = ["Android", "iPhone", "Mobile"].iter().any(|mark| session.client.contains(mark));
    let icon = if session.kind == "api" {
        "key"
    } else if is_mobile {
        "phone"
    } else {
        "laptop"
    };
    let place = if is_local(&session.address) { t.sessions_local() } else { session.address.clone() };
    let kind = if session.kind == "api" { t.sessions_program() } else { t.sessions_browser() };
    let seen = t.sessions_seen(format::date_time_near(zone.local(session.last_seen_at), zone.local(now).date, lang));
    let since = t.sessions_since(format::long_day(zone.local(session.created_at).date, lang));
    let method = method_words(&session.method, lang);
    let base = format!("/me/devices/{}", session.id);
    let field = format!("label-{}", session.id);
    view! { <li>
        <span class="tile-icon"><Icon name=icon /></span>
        <span class="grow"><span class="strong">{name.clone()}</span>{is_here.then(|| view! { " "<Pill tone="positive" icon="check" text=t.sessions_here() /> })}
            <small>{(!session.label.is_empty()).then(|| format!("{client} · "))}{kind}" · "{place}" · "{seen}</small><small>{since}{(!method.is_empty()).then(|| format!(" · {method}"))}</small></span>
        <details open=is_wrong><summary>{t.sessions_rename()}</summary><form class="stack tight" method="post" action=format!("{base}/label")>
            <Field typed lang name="label" id=field label=t.sessions_label() maxlength=60 />
            <button class="btn secondary">{t.save()}</button></form></details>
        {(!is_here).then(|| view! { <form method="post" action=format!("{base}/end")><button class="btn danger-quiet">{t.sessions_end()}<span class="vh">" "{name}</span></button></form> })}
    </li> }
}

/// How somebody proved who they are.
pub(super) fn method_words(method: &str, lang: Lang) -> String {
    let t = crate::platform::words::words(lang);
    match method {
        "password" => t.method_password(),
        "password+totp" => t.method_totp(),
        "password+recovery" => t.method_recovery(),
        "passkey" => t.method_passkey(),
        _ => String::new(),
    }
}

async fn end(own: Own, session: Session, Path(id): Path<SessionId>) -> Answer {
    accounts::end_my_session(&own.visitor.app, own.permit()?, id).await.map_err(|e| own.refuse(e))?;
    Ok(go_with(&session, "session.ended", "/me/devices").await)
}

async fn end_others(own: Own, session: Session) -> Answer {
    accounts::end_my_other_sessions(&own.visitor.app, own.permit()?, true).await.map_err(|e| own.refuse(e))?;
    Ok(go_with(&session, "sessions.ended", "/me/devices").await)
}

async fn end_all(own: Own) -> Answer {
    accounts::end_my_other_sessions(&own.visitor.app, own.permit()?, false).await.map_err(|e| own.refuse(e))?;
    Ok(Redirect::to("/sign-in").into_response())
}

#[derive(Deserialize)]
struct LabelForm {
    label: String,
}

async fn label(own: Own, session: Session, Path(id): Path<SessionId>, Form(form): Form<LabelForm>) -> Answer {
    match accounts::label_my_session(&own.visitor.app, own.permit()?, id, &form.label).await {
        Ok(()) => Ok(go_with(&session, "saved", "/me/devices").await),
        Err(error @ AccountError::Name) => {
            let failure = Failure::from(error).named("name", "label");
            let typed = Typed { failure: Some(failure), values: vec![("label", form.label)] };
            show(own.at("/me/devices"), Some((id, typed))).await
        }
        Err(error) => Err(own.refuse(error)),
    }
}
