//! Beside the sheet: the mission that is chosen, or one to be made.

use super::super::conflicts::{findings_of, overruled_of};
use super::super::staffing::Staff;
use super::super::*;
use super::edit::sight_fields;
use super::facts::hours;
use super::sight::Sight;
use crate::kernel::zone::field;
use crate::kernel::{CrewMemberId, MissionId, NeedId};
use crate::orgs::{CrewFilter, service as orgs};
use crate::planning::{Assignment, PlanError, Project, ProjectFilter, ProjectStatus, Row, service as planning};
use crate::platform::markup::typed_text;

/// What the panel shows.
pub enum Panel {
    Mission(Box<Staff>),
    New(Box<Blank>),
}

/// A mission to be made, in a cell or as it was typed.
pub struct Blank {
    projects: Vec<Project>,
    typed: Typing,
    person: Option<(CrewMemberId, String)>,
}

/// What is in the fields of a mission to be made.
#[derive(Clone, Default)]
pub struct Typing {
    pub title: String,
    pub project: String,
    pub starts_at: String,
    pub ends_at: String,
    pub break_minutes: String,
    pub needs: String,
}

impl Blank {
    /// With what is in its fields, and for whom it is.
    ///
    /// # Errors
    /// The page that says why not.
    pub async fn read(member: &Member, typed: Typing, person: Option<CrewMemberId>) -> Result<Self, Refusal> {
        let app = &member.visitor.app;
        let filter = ProjectFilter { limit: 200, ..ProjectFilter::default() };
        let projects = planning::list_projects(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
        let projects = projects.into_iter().filter(|project| project.status != ProjectStatus::Archived).collect();
        let mut named = None;
        if let Some(id) = person {
            let crew = CrewFilter { limit: 500, ..CrewFilter::default() };
            let crew = orgs::list_crew(app, member.permit()?, &crew).await.map_err(|e| member.refuse(e))?;
            named = crew.into_iter().find(|sheet| sheet.person.id == id).map(|sheet| (id, sheet.person.name));
        }
        Ok(Self { projects, typed, person: named })
    }
}

/// Reads what the panel of a sight shows; none when it shows none, or the mission is not there any more.
///
/// # Errors
/// The page that says why not.
pub async fn find(member: &Member, sight: &Sight) -> Result<Option<Panel>, Refusal> {
    let app = &member.visitor.app;
    if let Some(id) = sight.on {
        let sheet = match planning::get_mission(app, member.permit()?, MissionId(id)).await {
            Ok(sheet) if sheet.mission.cancelled_at.is_none() => sheet,
            Ok(_) | Err(PlanError::NotFound) => return Ok(None),
            Err(error) => return Err(member.refuse(error)),
        };
        return Ok(Some(Panel::Mission(Box::new(Staff::read(member, sheet).await?))));
    }
    let Some(cell) = &sight.cell else { return Ok(None) };
    let (project, person) = match cell.row {
        Some(Row::Project(Some(id))) => (id.to_string(), None),
        Some(Row::Person(id)) => (String::new(), Some(id)),
        _ => (String::new(), None),
    };
    let starts = cell.at.unwrap_or(9 * 60);
    // A break as long as the page's, where the law asks for one (L3121-16).
    let (length, break_minutes) = if cell.at.is_some() { (4 * 60, 0) } else { (9 * 60, 60) };
    let ends = starts + length;
    let time = |minute: i64| {
        let day = cell.day.checked_add(jiff::ToSpan::days(minute.div_euclid(1440))).unwrap_or(cell.day);
        format!("{day}T{:02}:{:02}", minute.rem_euclid(1440) / 60, minute.rem_euclid(60))
    };
    let (starts_at, ends_at, break_minutes) = (time(starts), time(ends), break_minutes.to_string());
    let typed = Typing { project, starts_at, ends_at, break_minutes, ..Typing::default() };
    Ok(Some(Panel::New(Box::new(Blank::read(member, typed, person).await?))))
}

/// Draws it.
pub fn view(member: &Member, sight: &Sight, panel: Option<&Panel>) -> AnyView {
    match panel {
        None => ().into_any(),
        Some(Panel::Mission(chosen)) => mission_panel(member, sight, chosen),
        Some(Panel::New(blank)) => new_panel(member, sight, blank),
    }
}

fn close(member: &Member, sight: &Sight) -> AnyView {
    let t = member.words();
    view! { <a class="btn square push" href=sight.here(member) aria-label=t.plan_close_panel() data-do="close"><Icon name="x" /></a> }.into_any()
}

/// The start of a form of the panel: where it goes, what it does, to what.
fn about(member: &Member, sight: &Sight, kind: &'static str, keys: String) -> (String, AnyView) {
    let fields =
        view! { <input type="hidden" name="do" value=kind /><input type="hidden" name="keys" value=keys />{sight_fields(sight)} };
    (member.url("/plan/edit"), fields.into_any())
}

fn mission_panel(member: &Member, sight: &Sight, chosen: &Staff) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let mission = &chosen.sheet.mission;
    let key = format!("m{}:{}", mission.id, mission.version);
    let day = format::long_day(mission.zone().local(mission.starts_at).date, lang);
    let findings = findings(member, sight, chosen);
    let full = member.url(&format!("/missions/{}", mission.id));
    let place = (!mission.place.is_empty()).then(|| view! { <p class="muted small">{mission.place.clone()}</p> });
    let may = member.support.is_none();
    let forms = may.then(|| forms(member, sight, chosen, &key));
    view! {
        <aside class="panel" aria-labelledby="panel-title" data-panel=mission.id.to_string()>
            <div class="row top"><h2 id="panel-title" tabindex="-1">{mission.title.clone()}</h2>{close(member, sight)}</div>
            <div class="stack tight"><p>{day}", "{hours(mission)}</p>{place}<p><a href=full>{t.plan_full_page()}</a></p></div>
            {findings}
            {people(member, sight, chosen)}
            {chosen.cost_line(lang)}
            {forms}
        </aside>
    }
    .into_any()
}

/// What rules say of those who are on it.
fn findings(member: &Member, sight: &Sight, chosen: &Staff) -> AnyView {
    let id = chosen.sheet.mission.id;
    let (may, here) = (member.support.is_none(), sight.with_panel(member, id.0));
    let back = here.strip_prefix(&member.url("")).unwrap_or("/plan");
    let lines = chosen.conflicts.people.iter().map(|person| {
        let open = chosen.conflicts.of(person.person, id).next().is_some();
        let overruled = chosen.conflicts.overruled(person.person, id).next().is_some();
        (open || overruled).then(|| {
            let said = findings_of(member, &chosen.conflicts, person.person, id, may, back);
            let past = overruled_of(member, &chosen.conflicts, person.person, id, may, back);
            view! { <li><span class="strong">{person.name.clone()}</span>{said}{past}</li> }
        })
    });
    view! { <ul class="findings">{lines.collect_view()}</ul> }.into_any()
}

/// Who is on it, need by need, and the form that adds somebody.
fn people(member: &Member, sight: &Sight, chosen: &Staff) -> AnyView {
    let t = member.words();
    let sheet = &chosen.sheet;
    let of_need = |need: Option<_>| sheet.assignments.iter().filter(move |a| a.need_id == need && a.status.is_active());
    let groups = sheet.needs.iter().map(|need| {
        let lines = of_need(Some(need.id)).map(|on_it| person_line(member, sight, chosen, on_it)).collect_view();
        let left = need.quota - sheet.filled(need.id);
        let add = (left > 0 && member.support.is_none()).then(|| add_form(member, sight, chosen, Some(need.id), &need.role));
        view! { <section class="stack tight"><h3>{need.role.clone()}" "<span class="num">{sheet.filled(need.id)}"/"{need.quota}</span></h3><ul class="picks">{lines}</ul>{add}</section> }.into_any()
    });
    let groups = groups.collect_view();
    let mut others = of_need(None).peekable();
    let has_others = others.peek().is_some();
    let lines = others.map(|on_it| person_line(member, sight, chosen, on_it)).collect_view();
    let add = (sheet.needs.is_empty() && member.support.is_none()).then(|| add_form(member, sight, chosen, None, ""));
    let rest = (has_others || add.is_some()).then(
        || view! { <section class="stack tight"><h3>{t.assign_others()}</h3><ul class="picks">{lines}</ul>{add}</section> },
    );
    view! { {groups}{rest} }.into_any()
}

fn person_line(member: &Member, sight: &Sight, chosen: &Staff, on_it: &Assignment) -> AnyView {
    let t = member.words();
    let name = chosen.name_of(on_it.crew_member_id);
    let (lang, now) = (member.visitor.lang, member.visitor.app.clock.now());
    let pill = super::super::staffing::assignment_pill(on_it.status, lang);
    let by = super::super::staffing::answer_by(&chosen.sheet.mission, on_it, now, lang);
    let by = by.map(|by| view! { <br /><small class="muted">{by}</small> });
    let remove = member.support.is_none().then(|| {
        let (url, fields) = about(member, sight, "delete", format!("a{}:{}", on_it.id, chosen.sheet.mission.version));
        let label = t.plan_take_off(name.clone());
        view! { <form class="push" method="post" action=url>{fields}<button class="btn square" aria-label=label.clone() title=label><Icon name="x" /></button></form> }
    });
    view! { <li><Avatar name=name.clone() /><span>{name.clone()}<br />{pill}{by}</span>{remove}</li> }.into_any()
}

fn add_form(member: &Member, sight: &Sight, chosen: &Staff, need: Option<NeedId>, role: &str) -> AnyView {
    let t = member.words();
    let mission = &chosen.sheet.mission;
    let (url, fields) = about(member, sight, "assign", format!("m{}:{}", mission.id, mission.version));
    let label = if role.is_empty() { t.assign_anybody() } else { t.assign_role(role) };
    let need = need.map(|need| (need, need.to_string()));
    let options = chosen.choices(need.as_ref().map(|(need, _)| *need), member.visitor.lang);
    let need = need.map(|(_, text)| text).unwrap_or_default();
    let why = member.url(&format!("/missions/{}/candidates?need={need}", mission.id));
    view! {
        <form class="row add" method="post" action=url data-form="assign">{fields}<input type="hidden" name="need" value=need />
            <select class="input" name="person" required aria-label=label>{options}</select>
            <button class="btn secondary">{t.assign_button()}</button></form>
        <p><a class="small" href=why>{t.candidates_title()}</a></p>
    }
    .into_any()
}

/// Times, copying, splitting, deleting: everything a mouse can do to a mission, by fields.
fn forms(member: &Member, sight: &Sight, chosen: &Staff, key: &str) -> AnyView {
    let t = member.words();
    let mission = &chosen.sheet.mission;
    let zone = mission.zone();
    let (starts, ends) = (field(zone.local(mission.starts_at)), field(zone.local(mission.ends_at)));
    let middle = field(zone.local(crate::kernel::Instant((mission.starts_at.0 + mission.ends_at.0) / 2 / 900_000 * 900_000)));
    let (times_url, times) = about(member, sight, "times", key.to_owned());
    let (split_url, split) = about(member, sight, "split", key.to_owned());
    let (copy_url, copy) = about(member, sight, "duplicate", key.to_owned());
    let (delete_url, delete) = about(member, sight, "delete", key.to_owned());
    view! {
        <form class="stack tight" method="post" action=times_url data-form="times">{times}
            <div class="field"><label for="panel-starts">{t.mission_starts()}</label><input class="input" type="datetime-local" id="panel-starts" name="starts_at" value=starts required /></div>
            <div class="field"><label for="panel-ends">{t.mission_ends()}</label><input class="input" type="datetime-local" id="panel-ends" name="ends_at" value=ends required /></div>
            <button class="btn secondary block">{t.plan_set_times()}</button></form>
        <form class="stack tight" method="post" action=split_url data-form="split">{split}
            <div class="field"><label for="panel-split">{t.plan_split_at()}</label><input class="input" type="datetime-local" id="panel-split" name="starts_at" value=middle required /></div>
            <button class="btn secondary block"><Icon name="split" />{t.plan_split()}</button></form>
        <form class="row" method="post" action=copy_url data-form="duplicate">{copy}
            <div class="field grow"><label for="panel-days">{t.mission_duplicate_days()}</label><input class="input" type="number" id="panel-days" name="days" value="1" min="-366" max="366" required /></div>
            <button class="btn secondary end"><Icon name="copy" />{t.mission_duplicate()}</button></form>
        <form class="more" method="post" action=delete_url data-form="delete">{delete}<button class="btn danger block">{t.mission_delete()}</button></form>
    }
    .into_any()
}

fn new_panel(member: &Member, sight: &Sight, blank: &Blank) -> AnyView {
    let t = member.words();
    view! {
        <aside class="panel" aria-labelledby="panel-title" data-panel="new">
            <div class="row top"><h2 id="panel-title" tabindex="-1">{t.plan_new_title()}</h2>{close(member, sight)}</div>
            {new_form(member, sight, blank)}
        </aside>
    }
    .into_any()
}

/// The form that makes a mission.
pub fn new_form(member: &Member, sight: &Sight, blank: &Blank) -> AnyView {
    let t = member.words();
    let typed = blank.typed.clone();
    let (url, fields) = about(member, sight, "create", String::new());
    let options = blank.projects.iter().map(|project| {
        let id = project.id.to_string();
        let selected = id == typed.project;
        view! { <option value=id selected=selected>{project.name.clone()}</option> }
    });
    let options = options.collect_view();
    let person = blank.person.as_ref().map(|(id, name)| {
        view! { <p class="muted">{t.plan_new_for(name.as_str())}</p><input type="hidden" name="person" value=id.to_string() /> }
    });
    view! {
        <form class="stack" method="post" action=url data-form="create">{fields}{person}
            <div class="field"><label for="panel-name">{t.mission_title()}</label><input class="input" id="panel-name" name="title" value=typed.title maxlength="200" required /></div>
            <div class="field"><label for="panel-project">{t.mission_project()}</label><select class="input" id="panel-project" name="project"><option value="">{t.mission_no_project()}</option>{options}</select></div>
            <div class="field"><label for="panel-starts">{t.mission_starts()}</label><input class="input" type="datetime-local" id="panel-starts" name="starts_at" value=typed.starts_at required /></div>
            <div class="field"><label for="panel-ends">{t.mission_ends()}</label><input class="input" type="datetime-local" id="panel-ends" name="ends_at" value=typed.ends_at required /></div>
            <div class="field"><label for="panel-break">{t.mission_break()}</label><input class="input" type="number" id="panel-break" name="break_minutes" value=typed.break_minutes min="0" max="1440" required /></div>
            <div class="field"><label for="panel-needs">{t.mission_needs()}</label><textarea class="input" id="panel-needs" name="needs" rows="3" aria-describedby="panel-needs-help">{typed_text(&typed.needs)}</textarea><p class="help" id="panel-needs-help">{t.mission_needs_help()}</p></div>
            <button class="btn primary block">{t.mission_create()}</button>
        </form>
    }
    .into_any()
}
