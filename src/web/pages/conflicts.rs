//! What the plan breaks: person by person, by which article, and the smallest change that cures it.

use super::*;
use crate::kernel::zone::{monday_of, parse_date};
use crate::kernel::{CrewMemberId, Lang};
use crate::planning::rules::{Calendar, Finding, Severity, When, Window};
use crate::planning::service::{self as planning, ConflictSheet, Worked};
use crate::planning::words::finding_words;
use crate::timeclock::service as clock;
use axum::extract::Query;
use axum::routing::get;
use jiff::ToSpan;
use serde::Deserialize;

/// Weeks on one page.
const WEEKS: i64 = 4;

pub fn routes() -> Router<App> {
    Router::new().route("/o/{org}/conflicts", get(page))
}

/// What the rules say of a window, with what people have really worked instead of what was planned.
pub(super) async fn find(member: &Member, window: Window) -> Result<ConflictSheet, Refusal> {
    let app = &member.visitor.app;
    let horizon = Calendar::new(&member.org.zone(), window).horizon();
    let hours = clock::list_hours(app, member.permit()?, horizon.from, horizon.to).await.map_err(|e| member.refuse(e))?;
    let mut worked = Vec::new();
    for hours in &hours {
        for (interval, _) in &hours.intervals {
            if let Some(end) = interval.end {
                let (person, start, break_minutes) = (hours.crew_member, interval.start, interval.break_minutes);
                worked.push(Worked { person, start, end, break_minutes });
            }
        }
    }
    planning::check_plan(app, member.permit()?, window, &worked).await.map_err(|e| member.refuse(e))
}

/// One finding: how bad, what, by which numbers, and the way out.
pub(super) fn finding_view(finding: &Finding, sheet: &ConflictSheet, lang: Lang) -> AnyView {
    let t = crate::platform::words::words(lang);
    let name_of = |key: i64| sheet.titles.get(&key).cloned();
    let words = finding_words(finding, lang, &name_of);
    let (tone, icon, word) = match finding.severity {
        Severity::Hard => ("danger", "stop", t.conflict_hard()),
        Severity::Soft => ("warning", "warn", t.conflict_soft()),
    };
    view! {
        <span class="grow"><Pill tone=tone icon=icon text=word />" "<span class="strong">{words.title}</span>
            <small>{words.text}</small><small>{words.cure}</small></span>
    }
    .into_any()
}

#[derive(Deserialize)]
struct WeekQuery {
    week: Option<String>,
}

async fn page(member: Member, Query(query): Query<WeekQuery>) -> Answer {
    let zone = member.org.zone();
    let today = zone.local(member.visitor.app.clock.now()).date;
    let first = monday_of(query.week.as_deref().and_then(parse_date).unwrap_or(today));
    let last = first.checked_add((WEEKS * 7 - 1).days()).unwrap_or(first);
    let sheet = find(&member, Window { first, last }).await?;
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(StatusCode::OK, move || {
        let is_empty = sheet.people.is_empty();
        let groups = sheet.people.iter().map(|person| {
            let lines = person.findings.iter().map(|finding| {
                let url = finding.shifts.iter().find(|key| **key > 0).map(|key| member.url(&format!("/missions/{key}")));
                let open = url.map(|url| view! { <a class="btn secondary" href=url>{t.conflict_open()}</a> });
                let when = when(finding, &member, lang);
                view! { <li>{finding_view(finding, &sheet, lang)}<span class="muted small num">{when}</span>{open}</li> }.into_any()
            });
            view! { <section class="stack tight"><h2>{person.name.clone()}</h2><ul class="list">{lines.collect_view()}</ul></section> }
        });
        let groups = groups.collect_view();
        let step =
            |weeks: i64| member.url(&format!("/conflicts?week={}", first.checked_add((weeks * 7).days()).unwrap_or(first)));
        let (before, after) = (step(-WEEKS), step(WEEKS));
        let span = format!("{} – {}", format::long_day(first, lang), format::long_day(last, lang));
        view! {
            <InOrg member=member.clone() title=t.nav_conflicts() here="conflicts">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.nav_conflicts()}</h1><p class="lead">{span}</p></div>
                        <div class="actions"><a class="btn secondary square" href=before aria-label=t.previous()><Icon name="left" /></a><a class="btn secondary square" href=after aria-label=t.next()><Icon name="right" /></a></div></header>
                    {is_empty.then(|| view! { <Empty title=t.conflicts_empty_title() text=t.conflicts_empty_text() /> })}
                    {groups}
                    <p class="muted small">{t.conflicts_about()}</p>
                </div>
            </InOrg>
        }
    }))
}

/// The day or week a finding is about.
fn when(finding: &Finding, member: &Member, lang: Lang) -> String {
    match finding.when {
        When::Span { from, .. } => format::short_date(member.org.zone().local(from).date, lang),
        When::Day(day) => format::short_date(day, lang),
        When::Week(monday) | When::Weeks { last: monday, .. } => {
            member.words().plan_week(i64::from(monday.iso_week_date().week()))
        }
    }
}

/// How bad the worst finding on somebody's mission is.
pub(super) fn worst(sheet: &ConflictSheet, person: CrewMemberId, mission: crate::kernel::MissionId) -> Option<Severity> {
    let mut worst = None;
    for finding in sheet.of(person, mission) {
        if finding.severity == Severity::Hard {
            return Some(Severity::Hard);
        }
        worst = Some(Severity::Soft);
    }
    worst
}
