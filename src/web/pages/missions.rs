//! One mission: what it is and what it needs. Who is on it is in `staffing`.

use super::staffing::Staff;
use super::*;
use crate::kernel::zone::{field, parse_date};
use crate::kernel::{Instant, Lang, MissionId, ProjectId};
use crate::planning::{
    MissionSheet, NewMission, PlanError, Project, ProjectFilter, ProjectStatus, read_needs, service as planning, spell_needs,
};
use crate::platform::markup::typed_text;
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/missions/new", get(new_page).post(create))
        .route("/o/{org}/missions/{id}", get(edit_page).post(change))
        .route("/o/{org}/missions/{id}/duplicate", post(duplicate))
        .route("/o/{org}/missions/{id}/delete", post(delete))
}

/// When a mission is: `sam. 21 nov., 08:00 – 18:00`, with the second day when it ends on another.
pub(super) fn when(mission: &crate::planning::Mission, now: Instant, lang: Lang) -> String {
    let zone = mission.zone();
    let (starts, ends, today) = (zone.local(mission.starts_at), zone.local(mission.ends_at), zone.local(now).date);
    let end = if starts.date == ends.date { ends.hour_minute() } else { format::date_time_near(ends, today, lang) };
    format!("{} – {end}", format::date_time_near(starts, today, lang))
}

#[derive(Deserialize, Clone)]
struct MissionForm {
    title: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    starts_at: String,
    #[serde(default)]
    ends_at: String,
    #[serde(default)]
    break_minutes: String,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    answer_hours: String,
    #[serde(default)]
    cascades: String,
    #[serde(default)]
    needs: String,
    #[serde(default)]
    version: i64,
}

impl MissionForm {
    fn typed(&self) -> NewMission {
        // What is no number is out of bounds.
        let number = |text: &str| if text.trim().is_empty() { 0 } else { text.trim().parse().unwrap_or(-1) };
        let (break_minutes, answer_hours) = (number(&self.break_minutes), number(&self.answer_hours));
        let project_id = self.project.trim().parse().ok();
        let Self { title, place, address, time_zone, starts_at, ends_at, notes, contact, needs, .. } = self.clone();
        NewMission {
            title,
            project_id,
            place,
            address,
            time_zone,
            starts_at,
            ends_at,
            break_minutes,
            notes,
            contact,
            answer_hours,
            cascades: self.cascades == "true",
            needs,
        }
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let form = self.clone();
        vec![
            ("title", form.title),
            ("project", form.project),
            ("place", form.place),
            ("address", form.address),
            ("time_zone", form.time_zone),
            ("starts_at", form.starts_at),
            ("ends_at", form.ends_at),
            ("break_minutes", form.break_minutes),
            ("notes", form.notes),
            ("contact", form.contact),
            ("answer_hours", form.answer_hours),
            ("cascades", form.cascades),
            ("needs", form.needs),
            ("version", form.version.to_string()),
        ]
    }
}

fn fields(typed: &Typed, lang: Lang, projects: &[Project]) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let typed = typed.clone();
    let chosen = typed.value("project");
    let options = projects.iter().map(|project| {
        let id = project.id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected>{project.name.clone()}</option> }
    });
    let options = options.collect_view();
    let (of_needs, of_notes) = (typed.described("needs", "needs", true), typed.described("notes", "notes", false));
    view! {
        <Field typed=typed.clone() lang name="title" label=t.mission_title() required=true />
        <div class="field"><label for="project">{t.mission_project()}</label><select class="input" id="project" name="project"><option value="">{t.mission_no_project()}</option>{options}</select></div>
        <div class="row"><Field typed=typed.clone() lang name="starts_at" label=t.mission_starts() kind="datetime-local" required=true /><Field typed=typed.clone() lang name="ends_at" label=t.mission_ends() kind="datetime-local" required=true /></div>
        <Field typed=typed.clone() lang name="break_minutes" label=t.mission_break() kind="number" />
        <div class="field"><label for="needs">{t.mission_needs()}</label><textarea class="input" id="needs" name="needs" rows="4" aria-describedby=of_needs aria-invalid=typed.invalid("needs")>{typed_text(&typed.value("needs"))}</textarea><p class="help" id="needs-help">{t.mission_needs_help()}</p>
            <FieldError typed=typed.clone() lang name="needs" /></div>
        <Field typed=typed.clone() lang name="place" label=t.mission_place() />
        <Field typed=typed.clone() lang name="address" label=t.mission_address() autocomplete="street-address" />
        <Field typed=typed.clone() lang name="contact" label=t.mission_contact() help=t.mission_contact_help() />
        <Field typed=typed.clone() lang name="answer_hours" label=t.mission_answer_hours() kind="number" help=t.mission_answer_hours_help() />
        <label class="check"><input type="checkbox" name="cascades" value="true" checked=typed.value("cascades") == "true" /><span>{t.mission_cascades()}</span></label>
        <div class="field"><label for="notes">{t.mission_notes()}</label><textarea class="input" id="notes" name="notes" rows="3" maxlength="4000" aria-describedby=of_notes aria-invalid=typed.invalid("notes")>{typed_text(&typed.value("notes"))}</textarea><FieldError typed=typed.clone() lang name="notes" /></div>
        <details open=typed.invalid("time_zone").is_some()><summary>{t.more()}</summary><Field typed=typed.clone() lang name="time_zone" label=t.field_time_zone() help=t.field_time_zone_help() /></details>
    }
}

pub(super) async fn open_projects(member: &Member) -> Result<Vec<Project>, Refusal> {
    let filter = ProjectFilter { limit: 200, ..ProjectFilter::default() };
    let all = planning::list_projects(&member.visitor.app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    Ok(all.into_iter().filter(|project| project.status != ProjectStatus::Archived).collect())
}

#[derive(Deserialize)]
struct NewQuery {
    project: Option<ProjectId>,
    day: Option<String>,
}

async fn new_page(member: Member, Query(query): Query<NewQuery>) -> Answer {
    let _: Permit<crate::planning::ManageMissions> = member.permit()?;
    let today = member.org.zone().local(member.visitor.app.clock.now()).date;
    let day = query.day.as_deref().and_then(parse_date).unwrap_or(today);
    let values = vec![
        ("project", query.project.map(|id| id.to_string()).unwrap_or_default()),
        ("starts_at", format!("{day}T09:00")),
        ("ends_at", format!("{day}T18:00")),
        ("break_minutes", "60".to_owned()),
        ("answer_hours", "0".to_owned()),
        ("time_zone", member.org.time_zone.clone()),
    ];
    show_new(member, Typed { failure: None, values }).await
}

async fn show_new(member: Member, typed: Typed) -> Answer {
    let projects = open_projects(&member).await?;
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.mission_new() here="plan">
                <div class="stack wide narrow"><h1>{t.mission_new()}</h1>
                    <form class="stack" method="post" action=member.url("/missions/new")><FormError typed=typed.clone() lang />{fields(&typed, lang, &projects)}
                        <div class="row"><button class="btn primary">{t.mission_create()}</button><a class="btn" href=member.url("/plan")>{t.cancel()}</a></div></form></div>
            </InOrg>
        }
    }))
}

async fn create(member: Member, session: Session, Form(form): Form<MissionForm>) -> Answer {
    match planning::create_mission(&member.visitor.app, member.permit()?, &form.typed()).await {
        Ok(sheet) => Ok(go_with(&session, "saved", &member.url(&format!("/missions/{}", sheet.mission.id))).await),
        Err(error) => show_new(member, Typed { failure: Some(error.into()), values: form.values() }).await,
    }
}

async fn edit_page(member: Member, Path((_, id)): Path<(String, MissionId)>) -> Answer {
    show(member, id, Typed::default()).await
}

fn stored(sheet: &MissionSheet) -> Vec<(&'static str, String)> {
    let mission = &sheet.mission;
    let zone = mission.zone();
    vec![
        ("title", mission.title.clone()),
        ("project", mission.project_id.map(|id| id.to_string()).unwrap_or_default()),
        ("place", mission.place.clone()),
        ("address", mission.address.clone()),
        ("time_zone", mission.time_zone.clone()),
        ("starts_at", field(zone.local(mission.starts_at))),
        ("ends_at", field(zone.local(mission.ends_at))),
        ("break_minutes", mission.break_minutes.to_string()),
        ("notes", mission.notes.clone()),
        ("contact", mission.contact.clone()),
        ("answer_hours", mission.answer_hours.to_string()),
        // As a box is sent that is not ticked.
        ("cascades", if mission.cascades { "true" } else { "" }.to_owned()),
        ("needs", spell_needs(&sheet.needs)),
    ]
}

/// What is stored, in words.
fn in_words(sheet: &MissionSheet, projects: &[Project], lang: Lang) -> Vec<Stored> {
    let (t, mission) = (words(lang), &sheet.mission);
    let project = projects.iter().find(|project| Some(project.id) == mission.project_id);
    let project = project.map_or_else(|| t.mission_no_project(), |project| project.name.clone());
    let date_time = |at: Instant| format::long_date_time(mission.zone().local(at), lang);
    let cascades = if mission.cascades { t.value_yes() } else { t.value_no() };
    let known = stored(sheet).into_iter().map(|(name, value)| match name {
        "title" => Stored::new(name, t.mission_title(), &value),
        "project" => Stored::new(name, t.mission_project(), &value).in_words(project.clone()),
        "place" => Stored::new(name, t.mission_place(), &value),
        "address" => Stored::new(name, t.mission_address(), &value),
        "time_zone" => Stored::new(name, t.field_time_zone(), &value),
        "starts_at" => Stored::new(name, t.mission_starts(), &value).in_words(date_time(mission.starts_at)),
        "ends_at" => Stored::new(name, t.mission_ends(), &value).in_words(date_time(mission.ends_at)),
        "break_minutes" => Stored::new(name, t.mission_break(), &value),
        "notes" => Stored::new(name, t.mission_notes(), &value),
        "contact" => Stored::new(name, t.mission_contact(), &value),
        "answer_hours" => Stored::new(name, t.mission_answer_hours(), &value),
        "cascades" => Stored::new(name, t.mission_cascades(), &value).in_words(cascades.clone()),
        _ => Stored::new(name, t.mission_needs(), &value).in_words(value.replace('\n', ", ")),
    });
    known.collect()
}

/// What was typed; what would be stored as it is already, as it is stored.
fn meant(typed: &Typed, sheet: &MissionSheet) -> Typed {
    let needs = spell_needs(&sheet.needs);
    let values = typed.values.iter().map(|(name, value)| {
        let value = match *name {
            "break_minutes" | "answer_hours" if value.trim().is_empty() => "0".to_owned(),
            "needs" if read_needs(value) == read_needs(&needs) => needs.clone(),
            _ => value.clone(),
        };
        (*name, value)
    });
    Typed { values: values.collect(), failure: typed.failure.clone() }
}

pub(super) async fn show(member: Member, id: MissionId, typed: Typed) -> Answer {
    let app = &member.visitor.app;
    let sheet = planning::get_mission(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let mut projects = open_projects(&member).await?;
    // An archived project stays with its missions.
    if let Some(own) = sheet.mission.project_id.filter(|own| !projects.iter().any(|project| project.id == *own)) {
        projects.push(planning::get_project(app, member.permit()?, own).await.map_err(|e| member.refuse(e))?);
    }
    let staff = Staff::read(&member, sheet.clone()).await?;
    let (lang, t) = (member.visitor.lang, member.words());
    let failed = typed.failure.clone().filter(|_| typed.values.is_empty());
    let typed = Typed { values: [typed.values.clone(), stored(&sheet)].concat(), failure: typed.failure };
    let now = in_words(&sheet, &projects, lang);
    let may = member.support.is_none() && sheet.mission.cancelled_at.is_none();
    Ok(render::page(form_status(&typed), move || {
        let base = member.url(&format!("/missions/{id}"));
        let back = member.url(&format!("/plan?week={}", sheet.mission.zone().local(sheet.mission.starts_at).date));
        let staffing = staff.view(&member, may);
        let version = sheet.mission.version;
        let when = when(&sheet.mission, member.visitor.app.clock.now(), lang);
        view! {
            <InOrg member=member.clone() title=sheet.mission.title.clone() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div><nav class="crumbs"><ol><li><a href=back>{t.nav_plan()}</a></li></ol></nav><h1>{sheet.mission.title.clone()}</h1><p class="lead">{when}</p></div></header>
                    {sheet.mission.cancelled_at.map(|_| view! { <div class="note warning"><Icon name="ban" /><p>{t.mission_off()}</p></div> })}
                    {failed.map(|failure| view! { <FormError typed=Typed { failure: Some(failure), values: Vec::new() } lang /> })}
                    {staffing}
                    {may.then(|| view! {
                        <details open=typed.failure.as_ref().is_some_and(|f| !f.fields.is_empty() || f.code == "stale")><summary>{t.mission_edit()}</summary>
                            <form class="stack" method="post" action=base.clone()><FormError typed=typed.clone() lang /><Meanwhile typed=meant(&typed, &sheet) lang known=now /><input type="hidden" name="version" value=typed.version(version) />{fields(&typed, lang, &projects)}
                                <div class="row"><button class="btn primary">{t.save()}</button></div></form></details>
                        <form class="row" method="post" action=format!("{base}/duplicate")>
                            <div class="field"><label for="days">{t.mission_duplicate_days()}</label><input class="input" id="days" name="days" type="number" value="7" min="-366" max="366" required /></div>
                            <button class="btn secondary">{t.mission_duplicate()}</button></form>
                        <form class="stack tight" method="post" action=format!("{base}/delete")><input type="hidden" name="version" value=version /><p class="muted small">{t.mission_delete_lead()}</p><div class="row"><button class="btn danger-quiet">{t.mission_delete()}</button></div></form>
                    })}
                </div>
            </InOrg>
        }
    }))
}

async fn change(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionId)>,
    Form(form): Form<MissionForm>,
) -> Answer {
    match planning::change_mission(&member.visitor.app, member.permit()?, id, form.version, &form.typed()).await {
        Ok(_) => Ok(go_with(&session, "saved", &member.url(&format!("/missions/{id}"))).await),
        Err(PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show(member, id, Typed { failure: Some(error.into()), values: form.values() }).await,
    }
}

#[derive(Deserialize)]
struct DaysForm {
    days: i64,
}

async fn duplicate(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionId)>,
    Form(form): Form<DaysForm>,
) -> Answer {
    let made = planning::duplicate_mission(&member.visitor.app, member.permit()?, id, form.days.clamp(-366, 366)).await;
    let made = made.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "mission.copied", &member.url(&format!("/missions/{}", made.mission.id))).await)
}

#[derive(Deserialize)]
struct VersionForm {
    version: i64,
}

async fn delete(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionId)>,
    Form(form): Form<VersionForm>,
) -> Answer {
    match planning::delete_mission(&member.visitor.app, member.permit()?, id, form.version).await {
        Ok(()) => Ok(go_with(&session, "mission.deleted", &member.url("/plan")).await),
        Err(error @ PlanError::Stale) => show(member, id, Typed { failure: Some(error.into()), values: Vec::new() }).await,
        Err(error) => Err(member.refuse(error)),
    }
}
