//! Who can do it: everybody for an open place, in the order in which it would best be offered, with reasons.

use super::missions::when;
use super::*;
use crate::kernel::{MissionId, NeedId};
use crate::planning::MissionSheet;
use crate::planning::ranking::{Ranked, Reason, Standing};
use crate::planning::service::{self as planning, Candidates};
use crate::planning::words::{duration, rule_title};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/o/{org}/missions/{id}/candidates", get(page))
}

#[derive(Deserialize)]
struct NeedQuery {
    #[serde(default)]
    need: String,
}

async fn page(member: Member, Path((_, id)): Path<(String, MissionId)>, Query(query): Query<NeedQuery>) -> Answer {
    let need: Option<NeedId> = query.need.parse().ok();
    let found = planning::rank_candidates(&member.visitor.app, member.permit()?, id, need).await;
    let (sheet, open) = found.map_err(|e| member.refuse(e))?;
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(StatusCode::OK, move || {
        let back = member.url(&format!("/missions/{id}"));
        let when = when(&sheet.mission, member.visitor.app.clock.now(), lang);
        let is_empty = open.is_empty();
        let parts = open.iter().map(|open| part(&member, &sheet, open)).collect_view();
        view! {
            <InOrg member=member.clone() title=t.candidates_title() here="plan">
                <div class="stack wide">
                    <header class="page-head"><div><nav class="crumbs"><ol><li><a href=back>{sheet.mission.title.clone()}</a></li></ol></nav><h1>{t.candidates_title()}</h1><p class="lead">{when}</p></div></header>
                    {is_empty.then(|| view! { <Empty title=t.candidates_none_title() text=t.candidates_none_text() /> })}
                    {parts}
                    <p class="muted small">{t.candidates_about()}</p>
                </div>
            </InOrg>
        }
    }))
}

/// The people for one need.
fn part(member: &Member, sheet: &MissionSheet, open: &Candidates) -> AnyView {
    let t = member.words();
    let may = member.support.is_none() && sheet.mission.cancelled_at.is_none();
    let role = open.need.as_ref().map_or_else(|| t.assign_anybody(), |need| need.role.clone());
    let row = |(n, ranked): (usize, &Ranked)| row(member, sheet, open, n + 1, ranked, may);
    let (can, cannot) = open.ranked.split_at(open.ranked.partition_point(|ranked| ranked.standing != Standing::Blocked));
    let rows = can.iter().enumerate().map(row).collect_view();
    let blocked = (!cannot.is_empty()).then(|| {
        let rows = (can.len()..).zip(cannot).map(row).collect_view();
        let count = i64::try_from(cannot.len()).unwrap_or(0);
        view! { <details open=can.is_empty()><summary>{t.candidates_who_cannot(count)}</summary>{table(t, &role, rows)}</details> }.into_any()
    });
    let found = (!can.is_empty()).then(|| table(t, &role, rows));
    view! { <section class="stack tight"><h2>{role.clone()}</h2>{found}{blocked}</section> }.into_any()
}

/// People with what speaks for and against them.
fn table(t: &Words, role: &str, rows: impl IntoView + 'static) -> AnyView {
    let role = role.to_owned();
    view! {
        <div class="table-wrap"><table class="table" role="table"><caption class="vh">{role}</caption>
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.candidates_place()}</th><th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.candidates_reasons()}</th><th role="columnheader" class="end">{t.candidates_week()}</th><th role="columnheader" class="end">{t.candidates_load()}</th><th role="columnheader" class="end">{t.candidates_cost()}</th><th role="columnheader"><span class="vh">{t.assign_button()}</span></th></tr></thead>
            <tbody role="rowgroup">{rows}</tbody></table></div>
    }
    .into_any()
}

fn row(member: &Member, sheet: &MissionSheet, open: &Candidates, place: usize, ranked: &Ranked, may: bool) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let one = &ranked.candidate;
    let (tone, icon, word) = match ranked.standing {
        Standing::Fits => ("positive", "check", t.candidates_fits()),
        Standing::NeedsReason => ("warning", "warn", t.candidates_needs_reason()),
        Standing::Blocked => ("danger", "stop", t.candidates_is_blocked()),
    };
    let load = format!("{} · {} · {}", one.load.nights, one.load.weekends, one.load.early_calls);
    let cost = one.cost_cents.map_or_else(|| "—".to_owned(), |cents| format::money(cents, lang));
    let actions = (may && ranked.standing != Standing::Blocked).then(|| {
        let url = member.url(&format!("/missions/{}/assign", sheet.mission.id));
        let need = open.need.as_ref().map(|need| need.id.to_string()).unwrap_or_default();
        let ask = (ranked.standing == Standing::Fits).then(|| view! { <button class="btn quiet" name="ask" value="true" aria-label=t.candidates_invite_name(one.name.as_str())>{t.candidates_invite()}</button> });
        view! { <form class="row" method="post" action=url><input type="hidden" name="need" value=need /><input type="hidden" name="person" value=one.person.to_string() /><button class="btn secondary" aria-label=t.candidates_assign_name(one.name.as_str())>{t.assign_button()}</button>{ask}</form> }
    });
    view! {
        <tr role="row"><td role="cell" class="num" data-label=t.candidates_place()>{place}</td><th scope="row" role="rowheader">{one.name.clone()}" "<Pill tone=tone icon=icon text=word /></th>
            <td role="cell" data-label=t.candidates_reasons()>{reasons(member, ranked)}</td><td role="cell" class="num end" data-label=t.candidates_week()>{duration(one.week_minutes)}</td>
            <td role="cell" class="num end" data-label=t.candidates_load()>{load}</td><td role="cell" class="num end" data-label=t.candidates_cost()>{cost}</td><td role="cell" class="bare">{actions}</td></tr>
    }
    .into_any()
}

/// What speaks for somebody, then what speaks against: sign and words.
pub(super) fn reasons(member: &Member, ranked: &Ranked) -> AnyView {
    let lang = member.visitor.lang;
    let line = |is_for: bool, text: String| {
        let (tone, icon) = if is_for { ("positive", "check") } else { ("warning", "warn") };
        view! { <li class=tone><Icon name=icon small=true />{text}</li> }.into_any()
    };
    let (good, bad): (Vec<Reason>, Vec<Reason>) = ranked.reasons.iter().partition(|reason| reason.is_for());
    let mut lines: Vec<AnyView> = good.into_iter().map(|reason| line(true, reason_words(reason, member.words()))).collect();
    lines.extend(ranked.candidate.findings.iter().map(|finding| {
        let words = crate::planning::words::finding_words(finding, lang, &|_| None);
        let (tone, icon) = match finding.severity {
            crate::planning::rules::Severity::Hard => ("danger", "stop"),
            crate::planning::rules::Severity::Soft => ("warning", "warn"),
        };
        view! { <li class=tone><Icon name=icon small=true /><span>{rule_title(finding.kind, lang)}<small>{words.text}</small></span></li> }.into_any()
    }));
    lines.extend(bad.into_iter().map(|reason| line(false, reason_words(reason, member.words()))));
    view! { <ul class="reasons">{lines}</ul> }.into_any()
}

fn reason_words(reason: Reason, t: &Words) -> String {
    match reason {
        Reason::Prefers => t.reason_prefers(),
        Reason::Skilled(level) => t.reason_skilled(level),
        Reason::LessLoad(count, middle) => t.reason_less_load(count, middle),
        Reason::MoreLoad(count, middle) => t.reason_more_load(count, middle),
        Reason::WasOn => t.reason_was_on(),
        Reason::NoRate => t.reason_no_rate(),
    }
}
