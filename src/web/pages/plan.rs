//! The week on one sheet: missions by project above, people below; publishing; copying.

use super::*;
use crate::kernel::text::{first_name, initials};
use crate::kernel::zone::{Zone, monday_of, parse_date};
use crate::kernel::{CrewMemberId, Instant, Lang, ProjectId};
use crate::orgs::{CrewFilter, CrewSheet, service as orgs};
use crate::planning::rules::{Severity, Window};
use crate::planning::service::ConflictSheet;
use crate::planning::{
    Assignment, AssignmentStatus, Availability, AvailabilityFilter, AvailabilityKind, AvailabilityStatus, Mission, MissionFilter,
    MissionSheet, Project, ProjectFilter, Telling, service as planning,
};
use axum::extract::{Form, Query};
use axum::routing::{get, post};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::HashMap;

/// Most missions of a week on one page.
const MOST: i64 = 1000;
/// Planned minutes of a week from which the bar warns.
const WARN: i64 = 44 * 60;
/// The end of the bar: the most minutes of a week (Code du travail L3121-20).
const FULL: i64 = 48 * 60;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/plan", get(page))
        .route("/o/{org}/plan/publish", get(publish_page).post(publish))
        .route("/o/{org}/plan/copy", post(copy))
}

#[derive(Deserialize)]
struct WeekQuery {
    /// Any day of the week.
    week: Option<String>,
}

/// Seven days from a Monday, by the organisation's clocks.
struct Week {
    days: Vec<Date>,
    from: Instant,
    to: Instant,
}

impl Week {
    fn of(member: &Member, text: Option<&str>) -> Self {
        let zone = member.org.zone();
        let today = zone.local(member.visitor.app.clock.now()).date;
        let monday = monday_of(text.and_then(parse_date).unwrap_or(today));
        let days: Vec<Date> = (0..7).filter_map(|n| monday.checked_add(n.days()).ok()).collect();
        let last = days.last().copied().unwrap_or(monday);
        let (from, to) = zone.span_of(monday, last);
        Self { days, from, to }
    }

    fn monday(&self) -> Date {
        self.days.first().copied().unwrap_or_default()
    }

    /// The Monday some weeks later.
    fn step(&self, weeks: i64) -> Date {
        self.monday().checked_add((weeks * 7).days()).unwrap_or(self.monday())
    }
}

/// Everything the sheet shows.
struct Facts {
    sheets: Vec<MissionSheet>,
    projects: Vec<Project>,
    crew: Vec<CrewSheet>,
    absences: Vec<Availability>,
    conflicts: ConflictSheet,
}

async fn find_facts(member: &Member, week: &Week) -> Result<Facts, Refusal> {
    let app = &member.visitor.app;
    let refuse = |e: crate::planning::PlanError| member.refuse(e);
    let filter = MissionFilter { from: Some(week.from), to: Some(week.to), limit: MOST, ..MissionFilter::default() };
    let sheets = planning::list_sheets(app, member.permit()?, &filter).await.map_err(refuse)?;
    let projects = ProjectFilter { limit: 500, ..ProjectFilter::default() };
    let projects = planning::list_projects(app, member.permit()?, &projects).await.map_err(refuse)?;
    let crew = CrewFilter { limit: 500, ..CrewFilter::default() };
    let crew = orgs::list_crew(app, member.permit()?, &crew).await.map_err(|e| member.refuse(e))?;
    let filter = AvailabilityFilter {
        status: Some(AvailabilityStatus::Approved),
        from: Some(week.from),
        to: Some(week.to),
        limit: 2000,
        ..AvailabilityFilter::default()
    };
    let absences = planning::list_availabilities(app, member.permit()?, &filter).await.map_err(refuse)?;
    let last = week.days.last().copied().unwrap_or(week.monday());
    let conflicts = super::conflicts::find(member, Window { first: week.monday(), last }).await?;
    Ok(Facts { sheets, projects, crew, absences, conflicts })
}

async fn page(member: Member, Query(query): Query<WeekQuery>) -> Answer {
    let week = Week::of(&member, query.week.as_deref());
    let facts = find_facts(&member, &week).await?;
    let (lang, t) = (member.visitor.lang, member.words());
    let news = facts.sheets.iter().flat_map(|sheet| sheet.assignments.iter().map(move |a| (sheet, a)));
    let news = news.filter(|(sheet, a)| is_news(sheet, a)).count();
    Ok(render::page(StatusCode::OK, move || {
        let (number, monday) = (week.monday().iso_week_date().week(), week.monday());
        let last = week.days.last().copied().unwrap_or(monday);
        let span = format!("{} – {}", format::short_date(monday, lang), format::long_day(last, lang));
        let url = |date: Date| member.url(&format!("/plan?week={date}"));
        let (before, after, now) = (url(week.step(-1)), url(week.step(1)), member.url("/plan"));
        let publish = member.url(&format!("/plan/publish?week={monday}"));
        let (new, copy) = (member.url(&format!("/missions/new?day={monday}")), member.url("/plan/copy"));
        let may = member.support.is_none();
        let conflicts = i64::try_from(facts.conflicts.count()).unwrap_or(0);
        let conflicts_url = member.url(&format!("/conflicts?week={monday}"));
        let table = table(&member, &week, &facts);
        view! {
            <InOrg member=member.clone() title=t.nav_plan() here="plan" board=true>
                <header class="board-head">
                    <h1>{t.plan_week(i64::from(number))}" "<small>{span}</small></h1>
                    <div class="row" role="group" aria-label=t.plan_change_week()><a class="btn secondary square" href=before aria-label=t.plan_before()><Icon name="left" /></a><a class="btn secondary" href=now>{t.today()}</a><a class="btn secondary square" href=after aria-label=t.plan_after()><Icon name="right" /></a></div>
                    <div class="row push">
                        <a class="btn" href=conflicts_url>{t.plan_conflicts(conflicts)}</a>
                        <a class="btn" href=member.url("/time-off")>{t.nav_time_off()}</a>
                        {may.then(|| view! {
                            <form class="row" method="post" action=copy><input type="hidden" name="week" value=monday.to_string() /><button class="btn">{t.plan_copy()}</button></form>
                            <a class="btn secondary" href=new><Icon name="plus" />{t.mission_new()}</a>
                            <a class="btn primary" href=publish>{t.plan_publish(i64::try_from(news).unwrap_or(0))}</a>
                        })}
                    </div>
                </header>
                {table}
                <footer class="board-foot"><ul class="legend" aria-label=t.plan_legend()>
                    <li><i class="slot gel-1"></i>{t.assignment_accepted()}</li><li><i class="slot asked gel-1"></i>{t.assignment_invited()}</li>
                    <li><i class="slot draft gel-1"></i>{t.assignment_draft()}</li><li><i class="slot open"></i>{t.plan_open()}</li><li><i class="slot absent"></i>{t.plan_absent()}</li>
                </ul></footer>
            </InOrg>
        }
    }))
}

/// Whether a publication would tell somebody of it.
fn is_news(sheet: &MissionSheet, assignment: &Assignment) -> bool {
    assignment.status == AssignmentStatus::Draft || (assignment.status.is_active() && assignment.has_changed(&sheet.mission))
}

fn day_of(mission: &Mission) -> Date {
    mission.zone().local(mission.starts_at).date
}

fn hours(mission: &Mission) -> String {
    let zone = mission.zone();
    format!("{}–{}", zone.local(mission.starts_at).hour_minute(), zone.local(mission.ends_at).hour_minute())
}

/// The colour of a mission's project.
fn gel(mission: &Mission, projects: &HashMap<ProjectId, &Project>) -> String {
    let colour = mission.project_id.and_then(|id| projects.get(&id)).map_or(6, |project| project.colour);
    format!("gel-{colour}")
}

fn table(member: &Member, week: &Week, facts: &Facts) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let today = member.org.zone().local(member.visitor.app.clock.now()).date;
    let projects: HashMap<ProjectId, &Project> = facts.projects.iter().map(|project| (project.id, project)).collect();
    let class = |date: Date| {
        let rest = date.weekday().to_monday_zero_offset() >= 5;
        if date == today {
            "today"
        } else if rest {
            "rest"
        } else {
            ""
        }
    };
    let head = week.days.iter().map(|date| {
        let (filled, quota) = facts
            .sheets
            .iter()
            .filter(|s| day_of(&s.mission) == *date)
            .map(MissionSheet::fill)
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let fill = (quota > 0)
            .then(|| view! { <span class="fill">{filled}"/"{quota}<span class="vh">" "{t.plan_filled()}</span></span> });
        let name: String = format::short_date(*date, lang).split(' ').next().unwrap_or_default().to_owned();
        let current = (*date == today).then_some("date");
        view! { <th scope="col" class=class(*date) aria-current=current>{name}" "<b>{date.day()}</b>{fill}</th> }
    });
    let head = head.collect_view();
    let mut used: Vec<Option<ProjectId>> = facts.sheets.iter().map(|sheet| sheet.mission.project_id).collect();
    used.sort_by_key(|id| id.and_then(|id| projects.get(&id)).map_or((1, String::new()), |project| (0, project.name.clone())));
    used.dedup();
    let above = used.iter().map(|id| {
        let project = id.and_then(|id| projects.get(&id).copied());
        let (name, client) = project.map_or_else(|| (t.mission_no_project(), String::new()), |p| (p.name.clone(), p.client.clone()));
        let colour = project.map_or(6, |project| project.colour);
        let cells = week.days.iter().map(|date| {
            let slots = facts.sheets.iter().filter(|s| s.mission.project_id == *id && day_of(&s.mission) == *date);
            let slots = slots.map(|sheet| mission_slot(member, sheet, &gel(&sheet.mission, &projects))).collect_view();
            view! { <td class=class(*date)>{slots}</td> }
        });
        view! { <tr><th scope="row"><span class=format!("person gel-{colour}")><i class="swatch"></i><span><strong>{name}</strong><small>{client}</small></span></span></th>{cells.collect_view()}</tr> }
    });
    let above = above.collect_view();
    let open = open_row(member, week, facts, &projects, &class);
    let people = facts.crew.iter().map(|c| person_row(member, week, facts, c, &projects, &class)).collect_view();
    let (filled, quota) = facts.sheets.iter().map(MissionSheet::fill).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let crew = i64::try_from(facts.crew.len()).unwrap_or(0);
    view! {
        <div class="plan-scroll" tabindex="0" role="region" aria-label=t.nav_plan()>
            <table class="week">
                <caption class="vh">{t.plan_caption()}</caption>
                <colgroup><col class="who" /><col span="7" /></colgroup>
                <thead><tr><th scope="col"><span class="vh">{t.plan_who()}</span></th>{head}</tr></thead>
                <tbody><tr class="band"><th colspan="8" scope="rowgroup">{t.nav_projects()}" "<span>{t.plan_places(filled, quota)}</span></th></tr>{above}{open}</tbody>
                <tbody><tr class="band"><th colspan="8" scope="rowgroup">{t.nav_crew()}" "<span>{t.plan_people(crew)}</span></th></tr>{people}</tbody>
            </table>
        </div>
    }.into_any()
}

/// A mission of a project: its title, when it begins, how many places are filled.
fn mission_slot(member: &Member, sheet: &MissionSheet, gel: &str) -> AnyView {
    let t = member.words();
    let mission = &sheet.mission;
    let (filled, quota) = sheet.fill();
    let is_draft = sheet.assignments.iter().any(|a| a.status.is_active())
        && sheet.assignments.iter().all(|a| !a.status.is_active() || a.status == AssignmentStatus::Draft);
    let class = format!("slot {gel}{}", if is_draft { " draft" } else { "" });
    let seats = (quota > 0 && quota <= 30).then(|| {
        #[expect(clippy::cast_precision_loss, reason = "at most thirty")]
        let (width, count) = ((100.0 - 3.0 * (quota - 1) as f64) / quota as f64, quota);
        #[expect(clippy::cast_precision_loss, reason = "at most thirty")]
        let seat = (0..count).map(|n| view! { <rect class=(n >= filled).then_some("off") x=format!("{:.1}", n as f64 * (width + 3.0)) width=format!("{width:.1}") height="3" /> });
        view! { <svg class="seats" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">{seat.collect_view()}</svg> }
    });
    let starts = mission.zone().local(mission.starts_at).hour_minute();
    let draft = is_draft.then(|| format!(", {}", t.assignment_draft()));
    let fill = (quota > 0).then(|| view! { <b>{filled}"/"{quota}</b> });
    view! {
        <a class=class href=member.url(&format!("/missions/{}", mission.id))><b>{mission.title.clone()}</b><span class="line"><span>{starts}</span>{fill}</span>{seats}<span class="vh">" "{t.plan_filled()}{draft}</span></a>
    }.into_any()
}

/// The places that nobody has.
fn open_row(
    member: &Member,
    week: &Week,
    facts: &Facts,
    projects: &HashMap<ProjectId, &Project>,
    class: &dyn Fn(Date) -> &'static str,
) -> AnyView {
    let t = member.words();
    let mut total = 0;
    let cells: Vec<_> = week.days.iter().map(|date| {
        let mut slots = Vec::new();
        for sheet in facts.sheets.iter().filter(|s| day_of(&s.mission) == *date) {
            for need in &sheet.needs {
                let left = need.quota - sheet.filled(need.id);
                if left > 0 {
                    total += left;
                    let project = sheet.mission.project_id.and_then(|id| projects.get(&id)).map(|p| format!("{} · ", p.name)).unwrap_or_default();
                    let starts = sheet.mission.zone().local(sheet.mission.starts_at).hour_minute();
                    let url = member.url(&format!("/missions/{}", sheet.mission.id));
                    slots.push(view! { <a class="slot open" href=url><b>{left}" × "{need.role.clone()}</b><span>{project}{starts}</span><span class="vh">" "{t.plan_open()}</span></a> });
                }
            }
        }
        view! { <td class=class(*date)>{slots.collect_view()}</td> }
    }).collect();
    (total > 0).then(|| view! { <tr><th scope="row"><span class="person"><span class="avatar" aria-hidden="true"><Icon name="empty" small=true /></span><span><strong>{t.plan_open()}</strong><small>{t.plan_open_places(total)}</small></span></span></th>{cells.collect_view()}</tr> }).into_any()
}

/// A person's week: hours so far, missions, absences.
fn person_row(
    member: &Member,
    week: &Week,
    facts: &Facts,
    sheet: &CrewSheet,
    projects: &HashMap<ProjectId, &Project>,
    class: &dyn Fn(Date) -> &'static str,
) -> AnyView {
    let t = member.words();
    let person = &sheet.person;
    let mine: Vec<(&MissionSheet, &Assignment)> = facts
        .sheets
        .iter()
        .flat_map(|s| s.assignments.iter().map(move |a| (s, a)))
        .filter(|(_, a)| a.crew_member_id == person.id && a.status.is_active())
        .collect();
    let minutes: i64 = mine.iter().map(|(s, _)| s.mission.work_minutes()).sum();
    let tone = if minutes > WARN { "thin warning" } else { "thin ink" };
    let zone = member.org.zone();
    let cells = week.days.iter().map(|date| {
        let absent = absences_on(&facts.absences, person.id, *date, &zone).map(|kind| {
            let word = if kind == AvailabilityKind::TimeOff { t.kind_time_off() } else { t.kind_unavailable() };
            view! { <span class="slot absent"><b>{word}</b></span> }
        });
        let slots = mine.iter().filter(|(s, _)| day_of(&s.mission) == *date).map(|(s, a)| {
            let worst = super::conflicts::worst(&facts.conflicts, person.id, s.mission.id);
            let state = match (worst, a.status) {
                (Some(Severity::Hard), _) => " clash",
                (Some(Severity::Soft), _) => " watch",
                (None, AssignmentStatus::Draft) => " draft",
                (None, AssignmentStatus::Invited) => " asked",
                (None, _) => "",
            };
            let changed = if a.has_changed(&s.mission) { " changed" } else { "" };
            let class = format!("slot {}{state}{changed}", gel(&s.mission, projects));
            let words = match a.status {
                AssignmentStatus::Draft => t.assignment_draft(),
                AssignmentStatus::Invited => t.assignment_invited(),
                _ => t.assignment_accepted(),
            };
            let about = match worst {
                Some(Severity::Hard) => format!("{words}, {}", t.conflict_hard()),
                Some(Severity::Soft) => format!("{words}, {}", t.conflict_soft()),
                None if !changed.is_empty() => t.assignment_changed(),
                None => words,
            };
            let icon = match (worst, a.status) {
                (Some(Severity::Hard), _) => Some("stop"),
                (Some(Severity::Soft), _) => Some("warn"),
                (None, AssignmentStatus::Invited) => Some("mail"),
                (None, _) => None,
            };
            let url = member.url(&format!("/missions/{}", s.mission.id));
            view! { <a class=class href=url><b>{hours(&s.mission)}</b><span>{s.mission.title.clone()}</span>{icon.map(|name| view! { <Icon name small=true /> })}<span class="vh">" "{about}</span></a> }
        });
        view! { <td class=class(*date)>{absent.collect_view()}{slots.collect_view()}</td> }
    });
    let cells = cells.collect_view();
    let job = person.job.clone().map(|job| format!("{job} · ")).unwrap_or_default();
    let shown = minutes.min(FULL).to_string();
    view! {
        <tr><th scope="row"><span class="person"><span class="avatar gel-2" aria-hidden="true">{initials(&person.name)}</span><span><strong>{person.name.clone()}</strong><small>{job}{format::minutes(minutes)}</small><progress class=tone value=shown max=FULL.to_string() aria-label=t.plan_hours_of(first_name(&person.name))></progress></span></span></th>{cells}</tr>
    }.into_any()
}

/// What keeps a person away on a day.
fn absences_on<'a>(
    all: &'a [Availability],
    person: CrewMemberId,
    date: Date,
    zone: &'a Zone,
) -> impl Iterator<Item = AvailabilityKind> + 'a {
    let (from, to) = zone.span_of(date, date);
    let away = |kind| matches!(kind, AvailabilityKind::TimeOff | AvailabilityKind::Unavailable);
    let here = all.iter().filter(move |slot| slot.crew_member_id == person && away(slot.kind));
    here.filter(move |slot| !slot.occurrences(from, to, zone).is_empty()).map(|slot| slot.kind).take(1)
}

async fn publish_page(member: Member, Query(query): Query<WeekQuery>) -> Answer {
    let _: Permit<crate::planning::Publish> = member.permit()?;
    let week = Week::of(&member, query.week.as_deref());
    let tellings = planning::preview_publish(&member.visitor.app, member.permit()?, week.from, week.to).await;
    let tellings = tellings.map_err(|e| member.refuse(e))?;
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(StatusCode::OK, move || {
        let is_empty = tellings.is_empty();
        let lines = tellings.into_iter().map(|telling| telling_line(telling, lang)).collect_view();
        let monday = week.monday();
        view! {
            <InOrg member=member.clone() title=t.publish_title() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.publish_title()}</h1><p class="lead">{t.publish_lead()}</p></div></header>
                    {is_empty.then(|| view! { <Empty title=t.publish_empty_title() text=t.publish_empty_text() /> })}
                    <ul class="list">{lines}</ul>
                    <form class="row" method="post" action=member.url("/plan/publish")><input type="hidden" name="week" value=monday.to_string() />
                        {(!is_empty).then(|| view! { <button class="btn primary"><Icon name="mail" />{t.publish_button()}</button> })}
                        <a class="btn" href=member.url(&format!("/plan?week={monday}"))>{t.cancel()}</a></form>
                </div>
            </InOrg>
        }
    }))
}

fn telling_line(telling: Telling, lang: Lang) -> impl IntoView {
    let t = crate::platform::words::words(lang);
    let new = (!telling.new.is_empty()).then(|| t.publish_new(telling.new.join(", ")));
    let changed = (!telling.changed.is_empty()).then(|| t.publish_changed(telling.changed.join(", ")));
    view! { <li><span class="avatar" aria-hidden="true">{initials(&telling.name)}</span><span class="grow"><span class="strong">{telling.name}</span><small>{new}</small><small>{changed}</small></span>
    {(!telling.has_address).then(|| view! { <Pill tone="warning" icon="warn" text=t.publish_no_address() /> })}</li> }
}

#[derive(Deserialize)]
struct WeekForm {
    week: String,
}

async fn publish(member: Member, session: Session, Form(form): Form<WeekForm>) -> Answer {
    let week = Week::of(&member, Some(&form.week));
    planning::publish(&member.visitor.app, member.permit()?, week.from, week.to).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "plan.published", &member.url(&format!("/plan?week={}", week.monday()))).await)
}

/// Copies the week to the next one, people included, as drafts.
async fn copy(member: Member, session: Session, Form(form): Form<WeekForm>) -> Answer {
    let week = Week::of(&member, Some(&form.week));
    planning::copy_missions(&member.visitor.app, member.permit()?, week.from, week.to, 7, true)
        .await
        .map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "mission.copied", &member.url(&format!("/plan?week={}", week.step(1)))).await)
}
