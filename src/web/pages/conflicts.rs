//! What the plan breaks: person by person, by which article, and the smallest change that cures it.

use super::*;
use crate::kernel::zone::{monday_of, parse_date};
use crate::kernel::{AssignmentId, CrewMemberId, Lang, MissionId};
use crate::planning::rules::{Finding, Severity, When, Window};
use crate::planning::service::{self as planning, ConflictSheet};
use crate::planning::words::finding_words;
use axum::routing::get;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

/// Weeks on one page.
const WEEKS: i64 = 4;

pub fn routes() -> Router<App> {
    Router::new().route("/o/{org}/conflicts", get(page))
}

/// What the rules say of a window, with what people have really worked instead of what was planned.
pub(super) async fn find(member: &Member, window: Window) -> Result<Arc<ConflictSheet>, Refusal> {
    planning::check_plan(&member.visitor.app, member.permit()?, window).await.map_err(|e| member.refuse(e))
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

/// What is open of somebody's mission, with a field for the reason where a rule may be overruled. `back` is where the form leads.
pub(super) fn findings_of(
    member: &Member,
    sheet: &ConflictSheet,
    person: CrewMemberId,
    mission: MissionId,
    may: bool,
    back: &str,
) -> AnyView {
    let lang = member.visitor.lang;
    let assignment = sheet.people.iter().find(|known| known.person == person).and_then(|known| known.assignments.get(&mission));
    let lines = sheet.of(person, mission).map(|finding| {
        let soft = may && finding.severity == Severity::Soft;
        let form = assignment.filter(|_| soft).map(|id| overrule_form(member, *id, finding, back));
        view! { <div class="row">{finding_view(finding, sheet, lang)}{form}</div> }.into_any()
    });
    lines.collect_view().into_any()
}

/// Overrules a soft rule for an assignment.
pub(super) fn overrule_form(member: &Member, id: AssignmentId, finding: &Finding, back: &str) -> AnyView {
    let t = member.words();
    let (url, field) = (member.url(&format!("/assignments/{id}/override")), format!("reason-{id}-{}", finding.rule));
    view! {
        <details><summary>{t.overrule()}</summary><form class="stack tight" method="post" action=url>
            <input type="hidden" name="rule" value=finding.rule /><input type="hidden" name="back" value=back.to_owned() />
            <div class="field"><label for=field.clone()>{t.overrule_reason()}</label><input class="input" id=field.clone() name="reason" minlength="3" maxlength="300" required aria-describedby=format!("{field}-help") /><p class="help" id=format!("{field}-help")>{t.overrule_help()}</p></div>
            <button class="btn secondary">{t.overrule_button()}</button></form></details>
    }
    .into_any()
}

/// What was overruled of somebody's mission, by which reason, and a way to let the rule count again. `back` is where that leads.
pub(super) fn overruled_of(
    member: &Member,
    sheet: &ConflictSheet,
    person: CrewMemberId,
    mission: MissionId,
    may: bool,
    back: &str,
) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let lines = sheet.overruled(person, mission).map(|(finding, known)| {
        let url = member.url(&format!("/assignments/{}/restore-rule", known.assignment_id));
        let form = may.then(|| view! { <form method="post" action=url><input type="hidden" name="rule" value=finding.rule /><input type="hidden" name="back" value=back.to_owned() /><button class="btn quiet">{t.overrule_restore()}</button></form> });
        let title = crate::planning::words::rule_title(finding.kind, lang);
        view! { <div class="row"><span class="grow"><Pill tone="" icon="check" text=t.overruled() />" "<span class="strong">{title}</span><small>{known.reason.clone()}</small></span>{form}</div> }.into_any()
    });
    lines.collect_view().into_any()
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
        let is_empty = sheet.count() == 0;
        let groups = sheet.people.iter().filter(|person| !person.findings.is_empty()).map(|person| {
            let lines = person.findings.iter().map(|finding| {
                let url = finding.shifts.iter().find(|key| **key > 0).map(|key| member.url(&format!("/missions/{key}")));
                let open = url.map(|url| view! { <a class="btn secondary" href=url>{t.conflict_open()}</a> });
                let when = when(finding, &member, today);
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
fn when(finding: &Finding, member: &Member, today: Date) -> String {
    let day = |day| format::short_date_near(day, today, member.visitor.lang);
    match finding.when {
        When::Span { from, .. } => day(member.org.zone().local(from).date),
        When::Day(date) => day(date),
        When::Week(monday) | When::Weeks { last: monday, .. } => {
            member.words().plan_week(i64::from(monday.iso_week_date().week()))
        }
    }
}

/// How bad the worst finding on somebody's mission is.
pub(super) fn worst(sheet: &ConflictSheet, person: CrewMemberId, mission: MissionId) -> Option<Severity> {
    let mut worst = None;
    for finding in sheet.of(person, mission) {
        if finding.severity == Severity::Hard {
            return Some(Severity::Hard);
        }
        worst = Some(Severity::Soft);
    }
    worst
}
