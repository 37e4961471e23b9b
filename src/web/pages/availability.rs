//! When people can work: what they say themselves, and time off that a manager agrees to.

use super::*;
use crate::kernel::zone::Zone;
use crate::kernel::{AvailabilityId, Instant, Lang};
use crate::orgs::{CrewFilter, CrewSheet, service as orgs};
use crate::planning::{
    Availability, AvailabilityFilter, AvailabilityKind, AvailabilityStatus, NewAvailability, service as planning,
};
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/availability", get(page).post(declare))
        .route("/o/{org}/availability/{id}/withdraw", post(withdraw))
        .route("/o/{org}/time-off", get(requests))
        .route("/o/{org}/time-off/{id}", post(decide))
}

fn kind_word(kind: AvailabilityKind, lang: Lang) -> String {
    let t = crate::platform::words::words(lang);
    match kind {
        AvailabilityKind::Available => t.kind_available(),
        AvailabilityKind::Unavailable => t.kind_unavailable(),
        AvailabilityKind::Preferred => t.kind_preferred(),
        AvailabilityKind::TimeOff => t.kind_time_off(),
    }
}

fn span(slot: &Availability, zone: &Zone, now: Instant, lang: Lang) -> String {
    let t = crate::platform::words::words(lang);
    let again = if slot.every_weeks > 0 { format!(" · {}", t.availability_every(slot.every_weeks)) } else { String::new() };
    let date = |at: Instant| format::date_time_near(zone.local(at), zone.local(now).date, lang);
    format!("{} – {}{again}", date(slot.starts_at), date(slot.ends_at))
}

fn state_pill(slot: &Availability, lang: Lang) -> AnyView {
    let t = crate::platform::words::words(lang);
    match (slot.kind, slot.status) {
        (_, AvailabilityStatus::Pending) => view! { <Pill tone="warning" icon="clock" text=t.time_off_pending() /> }.into_any(),
        (_, AvailabilityStatus::Rejected) => view! { <Pill tone="danger" icon="x" text=t.time_off_rejected() /> }.into_any(),
        (AvailabilityKind::TimeOff, AvailabilityStatus::Approved) => {
            view! { <Pill tone="positive" icon="check" text=t.time_off_approved() /> }.into_any()
        }
        _ => ().into_any(),
    }
}

async fn page(member: Member) -> Answer {
    let values = vec![("kind", "unavailable".to_owned()), ("every_weeks", "0".to_owned())];
    show(member, Typed { failure: None, values }).await
}

async fn show(member: Member, typed: Typed) -> Answer {
    let me = member.crew_record().await?;
    let slots = planning::list_mine(&member.visitor.app, member.permit()?, &me).await.map_err(|e| member.refuse(e))?;
    let (lang, t, zone, now) = (member.visitor.lang, member.words(), member.org.zone(), member.visitor.app.clock.now());
    Ok(render::page(form_status(&typed), move || {
        let is_empty = slots.is_empty();
        let lines = slots.into_iter().map(|slot| {
            let fixed = slot.kind == AvailabilityKind::TimeOff && slot.status == AvailabilityStatus::Approved;
            let action = member.url(&format!("/availability/{}/withdraw", slot.id));
            let note = (!slot.note.is_empty()).then(|| slot.note.clone());
            view! { <li><span class="grow"><span class="strong">{kind_word(slot.kind, lang)}</span>" "{state_pill(&slot, lang)}<small>{span(&slot, &zone, now, lang)}</small><small>{note}</small></span>
                {(!fixed).then(|| view! { <form method="post" action=action><button class="btn danger-quiet">{t.availability_withdraw()}</button></form> })}</li> }
        });
        let lines = lines.collect_view();
        let chosen = typed.value("kind");
        let repeats_wrongly = ["every_weeks", "until"].into_iter().any(|name| typed.invalid(name).is_some());
        let kinds = [AvailabilityKind::Unavailable, AvailabilityKind::Available, AvailabilityKind::Preferred, AvailabilityKind::TimeOff].map(|kind| {
            let checked = chosen == kind.code();
            let help = (kind == AvailabilityKind::TimeOff).then(|| view! { <span class="help">{t.time_off_help()}</span> });
            view! { <label class="check"><input type="radio" name="kind" value=kind.code() checked=checked /><span>{kind_word(kind, lang)}</span>{help}</label> }
        });
        let kinds = kinds.into_iter().collect_view();
        view! {
            <InOrg member=member.clone() title=t.nav_availability() here="missions">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.nav_availability()}</h1><p class="lead">{t.availability_lead()}</p></div></header>
                    {is_empty.then(|| view! { <Empty title=t.availability_empty_title() text=t.availability_empty_text() /> })}
                    <ul class="list">{lines}</ul>
                    <form class="card stack" method="post" action=member.url("/availability")><h2>{t.availability_new()}</h2><FormError typed=typed.clone() lang />
                        <fieldset class="field"><legend class="label">{t.availability_kind()}</legend>{kinds}</fieldset>
                        <div class="row"><Field typed=typed.clone() lang name="starts_at" label=t.mission_starts() kind="datetime-local" required=true /><Field typed=typed.clone() lang name="ends_at" label=t.mission_ends() kind="datetime-local" required=true /></div>
                        <Field typed=typed.clone() lang name="note" label=t.availability_note() />
                        <details open=repeats_wrongly><summary>{t.availability_again()}</summary><Field typed=typed.clone() lang name="every_weeks" label=t.availability_weeks() kind="number" /><Field typed=typed.clone() lang name="until" label=t.availability_until() kind="date" /></details>
                        <div class="row"><button class="btn primary">{t.save()}</button></div>
                    </form>
                </div>
            </InOrg>
        }
    }))
}

#[derive(Deserialize, Clone)]
struct SlotForm {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    starts_at: String,
    #[serde(default)]
    ends_at: String,
    #[serde(default)]
    every_weeks: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    note: String,
}

async fn declare(member: Member, session: Session, Form(form): Form<SlotForm>) -> Answer {
    let me = member.crew_record().await?;
    let every_weeks = if form.every_weeks.trim().is_empty() { 0 } else { form.every_weeks.trim().parse().unwrap_or(-1) };
    let SlotForm { kind, starts_at, ends_at, until, note, .. } = form.clone();
    let new = NewAvailability { kind, starts_at, ends_at, every_weeks, until, note };
    match planning::declare(&member.visitor.app, member.permit()?, &me, &new).await {
        Ok(_) => Ok(go_with(&session, "saved", &member.url("/availability")).await),
        Err(error) => {
            let values = vec![
                ("kind", form.kind),
                ("starts_at", form.starts_at),
                ("ends_at", form.ends_at),
                ("every_weeks", form.every_weeks),
                ("until", form.until),
                ("note", form.note),
            ];
            show(member, Typed { failure: Some(error.into()), values }).await
        }
    }
}

async fn withdraw(member: Member, session: Session, Path((_, id)): Path<(String, AvailabilityId)>) -> Answer {
    let proof = member.permit()?;
    let me = member.crew_record().await?;
    planning::withdraw(&member.visitor.app, proof, &me, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "saved", &member.url("/availability")).await)
}

/// Somebody's time off, and what can be decided about it.
fn off_line(member: &Member, crew: &[CrewSheet], slot: &Availability, buttons: AnyView) -> AnyView {
    let (lang, t, zone, now) = (member.visitor.lang, member.words(), member.org.zone(), member.visitor.app.clock.now());
    let name = crew.iter().find(|c| c.person.id == slot.crew_member_id).map(|c| c.person.name.clone()).unwrap_or_default();
    let action = member.url(&format!("/time-off/{}", slot.id));
    let note = (!slot.note.is_empty()).then(|| slot.note.clone());
    let granted = slot.decided_at.filter(|_| slot.status == AvailabilityStatus::Approved);
    let granted = granted.map(|at| t.time_off_granted_on(format::long_day(zone.local(at).date, lang)));
    let granted = granted.map(|text| view! { <small>{text}</small> });
    let form = member.support.is_none().then(|| view! { <form class="row" method="post" action=action><input type="hidden" name="shown" value=slot.status.code() />{buttons}</form> });
    view! { <li><span class="grow"><span class="strong">{name}</span><small>{span(slot, &zone, now, lang)}</small><small>{note}</small>{granted}</span>{form}</li> }.into_any()
}

/// Time off that waits for somebody to agree, and what was agreed to and is not over.
async fn requests(member: Member) -> Answer {
    let app = &member.visitor.app;
    let now = app.clock.now();
    let off = AvailabilityFilter { kind: Some(AvailabilityKind::TimeOff), limit: 500, ..AvailabilityFilter::default() };
    let pending = AvailabilityFilter { status: Some(AvailabilityStatus::Pending), ..off.clone() };
    let pending = planning::list_availabilities(app, member.permit()?, &pending).await.map_err(|e| member.refuse(e))?;
    let granted = AvailabilityFilter { status: Some(AvailabilityStatus::Approved), from: Some(now), ..off };
    let granted = planning::list_availabilities(app, member.permit()?, &granted).await.map_err(|e| member.refuse(e))?;
    let crew = CrewFilter { limit: 1000, ..CrewFilter::default() };
    let crew = orgs::list_crew(app, member.permit()?, &crew).await.map_err(|e| member.refuse(e))?;
    Ok(render::page(StatusCode::OK, move || {
        let t = member.words();
        let is_empty = pending.is_empty();
        let lines = pending.iter().map(|slot| {
            let buttons = view! { <button class="btn primary" name="approve" value="true">{t.time_off_approve()}</button><button class="btn secondary" name="approve" value="false">{t.time_off_reject()}</button> };
            off_line(&member, &crew, slot, buttons.into_any())
        });
        let lines = lines.collect_view();
        let granted = granted.iter().filter(|slot| slot.is_ahead(now)).map(|slot| {
            let button =
                view! { <button class="btn danger-quiet" name="approve" value="false">{t.time_off_take_back()}</button> };
            off_line(&member, &crew, slot, button.into_any())
        });
        let granted: Vec<AnyView> = granted.collect();
        let granted = (!granted.is_empty()).then(|| {
            view! { <section class="stack" aria-labelledby="granted"><h2 id="granted">{t.time_off_granted()}</h2><ul class="list">{granted}</ul></section> }
        });
        view! {
            <InOrg member=member.clone() title=t.nav_time_off() here="plan">
                <div class="stack wide narrow"><h1>{t.nav_time_off()}</h1>
                    {is_empty.then(|| view! { <Empty title=t.time_off_empty_title() text=t.time_off_empty_text() /> })}
                    <ul class="list">{lines}</ul>{granted}</div>
            </InOrg>
        }
    }))
}

#[derive(Deserialize)]
struct DecideForm {
    approve: bool,
    #[serde(default)]
    shown: String,
}

async fn decide(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AvailabilityId)>,
    Form(form): Form<DecideForm>,
) -> Answer {
    let shown = AvailabilityStatus::parse(&form.shown);
    planning::decide(&member.visitor.app, member.permit()?, id, form.approve, shown).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "saved", &member.url("/time-off")).await)
}
