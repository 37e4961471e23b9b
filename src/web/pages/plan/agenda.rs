//! The sheet as a list, day by day: the first view of a phone, where a grid shows two days.

use super::super::*;
use super::facts::{Facts, day_of};
use super::sight::{By, Sight, Span};
use crate::planning::MissionSheet;
use crate::planning::rules::Severity;
use jiff::civil::Date;

/// The list, for sights by project and by mission. By person the grid stays.
pub fn list(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    if sight.by == By::Person {
        return ().into_any();
    }
    let days = sight.days.iter().filter_map(|date| {
        let theirs: Vec<&MissionSheet> = facts.sheets.iter().filter(|sheet| day_of(&sheet.mission) == *date).collect();
        (!theirs.is_empty() || sight.span != Span::Month).then(|| day(member, sight, facts, *date, &theirs))
    });
    view! { <div class="agenda">{days.collect_view()}</div> }.into_any()
}

fn day(member: &Member, sight: &Sight, facts: &Facts, date: Date, sheets: &[&MissionSheet]) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let name = format::capitalised(&format::short_date(date, lang));
    let mark = (date == sight.today).then(|| view! { <span class="pill now">{t.today()}</span> });
    let new = member.support.is_none().then(|| {
        let label = format!("{} · {name}", t.plan_new_title());
        view! { <a class="btn square push" href=sight.with_new(member, date) aria-label=label><Icon name="plus" /></a> }
    });
    let lines = sheets.iter().map(|sheet| line(member, sight, facts, sheet)).collect_view();
    view! { <section><h2 class="day">{name}{mark}{new}</h2><ul class="list">{lines}</ul></section> }.into_any()
}

fn line(member: &Member, sight: &Sight, facts: &Facts, sheet: &MissionSheet) -> AnyView {
    let t = member.words();
    let mission = &sheet.mission;
    let zone = mission.zone();
    let (starts, ends) = (zone.local(mission.starts_at).hour_minute(), zone.local(mission.ends_at).hour_minute());
    let active = || sheet.assignments.iter().filter(|on_it| on_it.status.is_active());
    let name = |id| facts.crew.iter().find(|known| known.person.id == id).map(|known| known.person.name.as_str());
    let people: Vec<&str> = active().filter_map(|on_it| name(on_it.crew_member_id)).collect();
    let worst =
        active().filter_map(|on_it| facts.worst(on_it.crew_member_id, mission.id)).max_by_key(|worst| *worst == Severity::Hard);
    let trouble = worst.map(|worst| match worst {
        Severity::Hard => view! { <Pill tone="danger" icon="stop" text=t.conflict_hard() /> }.into_any(),
        Severity::Soft => view! { <Pill tone="warning" icon="warn" text=t.conflict_soft() /> }.into_any(),
    });
    let (filled, quota) = sheet.fill();
    let fill = (quota > 0).then(|| view! { <b class="num">{filled}"/"{quota}<span class="vh">" "{t.plan_filled()}</span></b> });
    let about =
        format!("{}{}", facts.code(mission), if mission.place.is_empty() { people.join(", ") } else { mission.place.clone() });
    let people = (!mission.place.is_empty() && !people.is_empty()).then(|| view! { <small>{people.join(", ")}</small> });
    let url = sight.with_panel(member, mission.id.0);
    view! {
        <li class=facts.gel(mission)>
            <a href=url data-on=mission.id.to_string()><span class="time"><b>{starts}</b><small>{ends}</small></span><i class="swatch"></i><span class="grow"><strong>{mission.title.clone()}</strong><small>{about}</small>{people}{trouble}</span>{fill}</a>
        </li>
    }
    .into_any()
}
