//! Kiosks, for admins: adding, renaming, pairing, switching off.

use super::*;
use crate::kernel::KioskId;
use crate::timeclock::{Kiosk, NewKiosk, PunchError, service as clock};
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/kiosks", get(list).post(create))
        .route("/o/{org}/kiosks/{id}", post(change))
        .route("/o/{org}/kiosks/{id}/pairing", post(pairing))
        .route("/o/{org}/kiosks/{id}/key", post(key))
        .route("/o/{org}/kiosks/{id}/remove", post(remove))
}

async fn list(member: Member) -> Answer {
    show(member, None, Typed::default()).await
}

/// `typed` belongs to the kiosk that was to be changed, or else to the new one.
async fn show(member: Member, changed: Option<KioskId>, typed: Typed) -> Answer {
    let kiosks = clock::list_kiosks(&member.visitor.app, member.permit()?, None, 200, 0).await.map_err(|e| member.refuse(e))?;
    let (t, lang) = (member.words(), member.visitor.lang);
    Ok(render::page(form_status(&typed), move || {
        let typed_for = |kiosk: Option<KioskId>| if kiosk == changed { typed.clone() } else { Typed::default() };
        let none = kiosks.is_empty().then(|| view! { <Empty title=t.kiosks_empty_title() text=t.kiosks_empty_text() /> });
        let lines = kiosks.into_iter().map(|kiosk| {
            let typed = typed_for(Some(kiosk.id));
            line(&member, kiosk, typed)
        });
        let lines = lines.collect_view();
        let typed = typed_for(None);
        view! {
            <InOrg member=member.clone() title=t.nav_kiosks() here="kiosks">
                <header class="page-head"><div><h1>{t.nav_kiosks()}</h1><p class="lead">{t.kiosks_lead()}</p></div></header>
                <div class="split">
                    <div class="stack">{none}<ul class="list">{lines}</ul></div>
                    <form class="card stack" method="post" action=member.url("/kiosks")><h2>{t.kiosks_add()}</h2><FormError typed=typed.clone() lang />
                        <Field typed=typed.clone() lang name="name" label=t.kiosks_name() required=true />
                        <Field typed=typed.clone() lang name="place" label=t.kiosks_place() help=t.kiosks_place_help() required=true />
                        <button class="btn primary block">{t.kiosks_add()}</button>
                    </form>
                </div>
            </InOrg>
        }
    }))
}

/// A kiosk in the list, with what can be done to it.
pub(super) fn line(member: &Member, kiosk: Kiosk, typed: Typed) -> impl IntoView + use<> {
    let (t, lang, zone, now) = (member.words(), member.visitor.lang, member.org.zone(), member.visitor.app.clock.now());
    let base = member.url(&format!("/kiosks/{}", kiosk.id));
    let (tone, icon, state) = if !kiosk.is_active {
        ("", "ban", t.kiosks_inactive())
    } else if kiosk.is_online(now) {
        ("positive", "wifi", t.kiosks_online())
    } else if kiosk.paired_at.is_none() && !kiosk.has_key {
        ("info", "info", t.kiosks_unpaired())
    } else {
        ("warning", "wifioff", t.kiosks_offline())
    };
    let today = zone.local(now).date;
    let seen = kiosk.last_seen_at.map(|at| t.kiosks_seen(format::date_time_near(zone.local(at), today, lang)));
    let failed = typed.failure.is_some();
    let change = change_form(&kiosk, typed, lang, base.clone());
    view! {
        <li>
            <span class="tile-icon"><Icon name="tablet" /></span>
            <span class="grow"><span class="strong">{kiosk.name}</span><small>{kiosk.place}</small><small>{seen}</small></span>
            <Pill tone=tone icon=icon text=state />
            <form method="post" action=format!("{base}/pairing")><button class="btn secondary">{t.kiosks_pair_button()}</button></form>
            <details open=failed><summary>{t.more()}</summary><div class="stack tight">
                {change}
                <form method="post" action=format!("{base}/key")><button class="btn">{t.kiosks_key_button()}</button></form>
                <form method="post" action=base.clone()><input type="hidden" name="active" value=(!kiosk.is_active).to_string() />
                    <button class="btn">{if kiosk.is_active { t.kiosks_switch_off() } else { t.kiosks_switch_on() }}</button></form>
                <form method="post" action=format!("{base}/remove")><button class="btn danger-quiet">{t.kiosks_remove()}</button></form>
            </div></details>
        </li>
    }
}

/// The name and the place of a kiosk, as they are or as they were typed.
fn change_form(kiosk: &Kiosk, typed: Typed, lang: Lang, action: String) -> impl IntoView + use<> {
    let t = words(lang);
    let stored = vec![("name", kiosk.name.clone()), ("place", kiosk.place.clone())];
    let typed = if typed.values.is_empty() { Typed { values: stored, ..typed } } else { typed };
    let id = |name: &str| format!("{name}-{}", kiosk.id);
    let (name_id, place_id) = (id("name"), id("place"));
    view! {
        <form class="stack tight" method="post" action=action aria-label=kiosk.name.clone()><FormError typed=typed.clone() lang />
            <Field typed=typed.clone() lang name="name" id=name_id label=t.kiosks_name() required=true />
            <Field typed lang name="place" id=place_id label=t.kiosks_place() required=true />
            <button class="btn secondary">{t.save()}</button></form>
    }
}

#[derive(Deserialize)]
struct KioskForm {
    name: String,
    place: String,
}

async fn create(member: Member, Form(form): Form<KioskForm>) -> Answer {
    let new = NewKiosk { name: form.name.clone(), place: form.place.clone(), fingerprint: None };
    match clock::create_kiosk(&member.visitor.app, member.permit()?, new).await {
        Ok((kiosk, code)) => Ok(show_code(&member, kiosk.name, code)),
        Err(error) => {
            show(member, None, Typed { failure: Some(error.into()), values: vec![("name", form.name), ("place", form.place)] })
                .await
        }
    }
}

/// What to do at the tablet: go to an address and type a code there, or read a link.
pub(super) fn pairing_steps(t: &Words, address: String, code: String, link: &str) -> AnyView {
    view! {
        <ol class="steps stack tight"><li>{t.pairing_step_1()}" "<strong>{address}</strong></li><li>{t.pairing_step_2()}<p class="pairing-code"><code>{code}</code></p></li></ol>
        <QrCode text=link label=t.pairing_qr() />
    }
    .into_any()
}

/// The pairing code, once: as text, as a link and as a QR of the link.
fn show_code(member: &Member, name: String, code: String) -> Response {
    let (member, t) = (member.clone().once(), member.words());
    let link = member.visitor.app.link(&format!("/kiosk?code={code}"));
    let address = member.visitor.app.link("/kiosk");
    render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=name.clone() here="kiosks">
                <div class="stack wide narrow">
                    <h1>{t.pairing_title(name.as_str())}</h1>
                    {pairing_steps(t, address, code, &link)}
                    <p class="muted">{t.pairing_life()}</p>
                    <p><a class="btn secondary" href=member.url("/kiosks")>{t.nav_kiosks()}</a></p>
                </div>
            </InOrg>
        }
    })
}

async fn pairing(member: Member, Path((_, id)): Path<(String, KioskId)>) -> Answer {
    let app = &member.visitor.app;
    let kiosk = clock::get_kiosk(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let code = clock::renew_pairing_code(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(show_code(&member, kiosk.name, code))
}

async fn key(member: Member, Path((_, id)): Path<(String, KioskId)>) -> Answer {
    let key = clock::issue_kiosk_key(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let t = member.words();
    let member = member.once();
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=t.kiosks_key_button() here="kiosks">
                <div class="stack narrow"><h1>{t.key_title()}</h1><p class="muted">{t.key_text()}</p><p><code>{key}</code></p><p><a class="btn secondary" href=member.url("/kiosks")>{t.nav_kiosks()}</a></p></div>
            </InOrg>
        }
    }))
}

/// What to change; the rest stays as it is by then, not as it was when the page was made.
#[derive(Deserialize)]
struct ChangeForm {
    name: Option<String>,
    place: Option<String>,
    active: Option<bool>,
}

async fn change(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, KioskId)>,
    Form(form): Form<ChangeForm>,
) -> Answer {
    let (app, proof) = (&member.visitor.app, member.permit()?);
    let known = clock::get_kiosk(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (name, place) = (form.name.unwrap_or(known.name), form.place.unwrap_or(known.place));
    match clock::change_kiosk(app, proof, id, &name, &place, form.active.unwrap_or(known.is_active)).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url("/kiosks")).await),
        // Somebody was faster.
        Err(PunchError::KioskNotFound) => Err(member.refuse(PunchError::KioskNotFound)),
        Err(error) => {
            show(member, Some(id), Typed { failure: Some(error.into()), values: vec![("name", name), ("place", place)] }).await
        }
    }
}

async fn remove(member: Member, session: Session, Path((_, id)): Path<(String, KioskId)>) -> Answer {
    clock::remove_kiosk(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "kiosk.removed", &member.url("/kiosks")).await)
}
