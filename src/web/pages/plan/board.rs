//! The sheet: days or hours across, projects or missions above, people below.

use super::super::*;
use super::facts::{Facts, day_of};
use super::sight::{By, Sight, Span};
use super::slots::{Placed, absence_slots, mission_slot, open_slots, person_slot};
use crate::kernel::ProjectId;
use crate::kernel::text::first_name;
use crate::orgs::CrewSheet;
use crate::planning::MissionSheet;
use jiff::civil::Date;

/// Planned minutes of a week from which the bar warns.
const WARN: i64 = 44 * 60;
/// The end of the bar: the most minutes of a week (Code du travail L3121-20).
const FULL: i64 = 48 * 60;
/// The hours that a day always shows.
const HOURS: (i64, i64) = (8, 20);
/// The last hour that a day can show: six in the morning after.
const LATEST: i64 = 30;

/// A row: what it is about, and what stands in it.
struct Line {
    key: String,
    head: AnyView,
    placed: Vec<Placed>,
}

/// The table of a sight.
pub fn table(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    let t = member.words();
    let above = match sight.by {
        By::Project => project_lines(member, sight, facts),
        By::Mission => mission_lines(member, sight, facts),
        By::Person => Vec::new(),
    };
    let mut below: Vec<Line> = open_line(member, sight, facts).into_iter().collect();
    below.extend(facts.crew.iter().map(|sheet| person_line(member, sight, facts, sheet)));
    let hours = hours_of(&[&above, &below], sight.first());
    let columns = if sight.span == Span::Day { (hours.1 - hours.0) * 4 } else { i64::try_from(sight.days.len()).unwrap_or(7) };
    let width = (columns + 1).to_string();
    let head = if sight.span == Span::Day { hour_heads(hours) } else { day_heads(member, sight, facts) };
    let rows = |lines: Vec<Line>| {
        let row = |line| if sight.span == Span::Day { hour_row(sight, hours, line) } else { day_row(sight, line) };
        lines.into_iter().map(row).collect_view()
    };
    let (filled, quota) = facts.fill(&sight.days);
    let crew = i64::try_from(facts.crew.len()).unwrap_or(0);
    let band = if sight.by == By::Mission { t.plan_missions() } else { t.nav_projects() };
    let upper = (sight.by != By::Person).then(|| {
        let rows = rows(above);
        view! { <tbody><tr class="band"><th colspan=width.clone() scope="rowgroup">{band}" "<span>{t.plan_places(filled, quota)}</span></th></tr>{rows}</tbody> }
    });
    let below = rows(below);
    let class = format!("week of-{}", sight.span.code());
    view! {
        <div class="plan-scroll" tabindex="0" role="region" aria-label=t.nav_plan()>
            <table class=class>
                <caption class="vh">{t.plan_caption()}</caption>
                <colgroup><col class="who" /><col span=columns.to_string() /></colgroup>
                <thead><tr><th scope="col"><span class="vh">{t.plan_who()}</span></th>{head}</tr></thead>
                {upper}
                <tbody><tr class="band"><th colspan=width scope="rowgroup">{t.nav_crew()}" "<span>{t.plan_people(crew)}</span></th></tr>{below}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// How a day is painted.
fn tint(sight: &Sight, date: Date) -> &'static str {
    if date == sight.today {
        "today"
    } else if date.weekday().to_monday_zero_offset() >= 5 {
        "rest"
    } else {
        ""
    }
}

fn day_heads(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let heads = sight.days.iter().map(|date| {
        let (filled, quota) = facts.fill(&[*date]);
        let fill = (quota > 0 && sight.span == Span::Week)
            .then(|| view! { <span class="fill">{filled}"/"{quota}<span class="vh">" "{t.plan_filled()}</span></span> });
        let name: String = format::short_date(*date, lang).split(' ').next().unwrap_or_default().to_owned();
        let current = (*date == sight.today).then_some("date");
        let url = sight.at_day(member, *date);
        view! { <th scope="col" class=tint(sight, *date) aria-current=current><a href=url>{name}" "<b>{date.day()}</b></a>{fill}</th> }
    });
    heads.collect_view().into_any()
}

fn hour_heads(hours: (i64, i64)) -> AnyView {
    let head = (hours.0..hours.1).map(|hour| view! { <th scope="col" colspan="4"><b>{format!("{:02}", hour % 24)}</b>" h"</th> });
    head.collect_view().into_any()
}

/// The hours that a day has to show for all of these.
fn hours_of(lines: &[&Vec<Line>], day: Date) -> (i64, i64) {
    let mut hours = HOURS;
    for placed in lines.iter().copied().flatten().flat_map(|line| &line.placed).filter(|placed| placed.day == day) {
        hours.0 = hours.0.min(placed.from.div_euclid(60).max(0));
        // Whole days, which are absences, need not be seen to their end.
        if placed.to - placed.from < 1440 {
            hours.1 = hours.1.max((placed.to + 59).div_euclid(60).min(LATEST));
        }
    }
    hours
}

/// A row of days.
fn day_row(sight: &Sight, line: Line) -> AnyView {
    let mut cells: Vec<Vec<AnyView>> = sight.days.iter().map(|_| Vec::new()).collect();
    for placed in line.placed {
        if let Some(cell) = sight.days.iter().position(|day| *day == placed.day).and_then(|n| cells.get_mut(n)) {
            cell.push(placed.view);
        }
    }
    let cells = sight
        .days
        .iter()
        .zip(cells)
        .map(|(date, slots)| view! { <td class=tint(sight, *date) data-day=date.to_string()>{slots}</td> });
    let cells = cells.collect_view();
    view! { <tr data-row=line.key><th scope="row">{line.head}</th>{cells}</tr> }.into_any()
}

/// A row of quarters of an hour; what overlaps stands in rows of its own under the same head.
fn hour_row(sight: &Sight, hours: (i64, i64), line: Line) -> AnyView {
    let day = sight.first();
    let (first, last) = (hours.0 * 4, hours.1 * 4);
    let mut lanes: Vec<Vec<(i64, i64, AnyView)>> = vec![Vec::new()];
    let mut placed = line.placed;
    placed.sort_by_key(|placed| (placed.day, placed.from));
    for placed in placed {
        let offset = i64::from((placed.day - day).get_days()) * 1440;
        let from = (placed.from + offset).div_euclid(15).max(first);
        let to = (placed.to + offset + 14).div_euclid(15).min(last);
        if from >= to {
            continue;
        }
        let free = lanes.iter_mut().find(|lane| lane.last().is_none_or(|(_, end, _)| *end <= from));
        match free {
            Some(lane) => lane.push((from, to, placed.view)),
            None => lanes.push(vec![(from, to, placed.view)]),
        }
    }
    let height = lanes.len().to_string();
    let mut head = Some(view! { <th scope="row" rowspan=height>{line.head}</th> });
    let rows = lanes.into_iter().map(|lane| {
        let mut cells: Vec<AnyView> = Vec::new();
        let mut at = first;
        for (from, to, view) in lane {
            gap(day, at, from, &mut cells);
            cells.push(view! { <td class="on" colspan=(to - from).to_string() data-day=day.to_string() data-at=(from * 15).to_string()>{view}</td> }.into_any());
            at = to;
        }
        gap(day, at, last, &mut cells);
        view! { <tr data-row=line.key.clone()>{head.take()}{cells}</tr> }
    });
    rows.collect_view().into_any()
}

/// Free time, an hour a cell.
fn gap(day: Date, from: i64, to: i64, cells: &mut Vec<AnyView>) {
    let mut at = from;
    while at < to {
        let end = ((at / 4 + 1) * 4).min(to);
        cells.push(
            view! { <td colspan=(end - at).to_string() data-day=day.to_string() data-at=(at * 15).to_string()></td> }.into_any(),
        );
        at = end;
    }
}

/// Projects, by name; missions without one last.
fn project_lines(member: &Member, sight: &Sight, facts: &Facts) -> Vec<Line> {
    let t = member.words();
    let mut used: Vec<Option<ProjectId>> = facts.sheets.iter().map(|sheet| sheet.mission.project_id).collect();
    let name = |id: Option<ProjectId>| id.and_then(|id| facts.projects.get(&id)).map_or((1, ""), |project| (0, &project.name));
    used.sort_by(|a, b| name(*a).cmp(&name(*b)).then(a.cmp(b)));
    used.dedup();
    let line = |id: Option<ProjectId>| {
        let project = id.and_then(|id| facts.projects.get(&id));
        let (name, client, gel) =
            project.map_or_else(|| (t.mission_no_project(), String::new(), 0), |p| (p.name.clone(), p.client.clone(), p.colour));
        let head = view! { <span class=format!("person gel-{gel}")><i class="swatch"></i><span><strong>{name}</strong><small>{client}</small></span></span> };
        let theirs = facts.sheets.iter().filter(|sheet| sheet.mission.project_id == id);
        let placed = theirs.map(|sheet| mission_slot(member, sight, facts, sheet)).collect();
        Line { key: format!("p{}", id.map_or(0, |id| id.0)), head: head.into_any(), placed }
    };
    used.into_iter().map(line).collect()
}

/// Missions, by beginning, with how many of each role are there.
fn mission_lines(member: &Member, sight: &Sight, facts: &Facts) -> Vec<Line> {
    let line = |sheet: &MissionSheet| {
        let mission = &sheet.mission;
        let roles: Vec<String> =
            sheet.needs.iter().map(|need| format!("{} {}/{}", need.role, sheet.filled(need.id), need.quota)).collect();
        let gel = format!("person {}", facts.gel(mission));
        let head = view! { <span class=gel><i class="swatch"></i><span><strong>{mission.title.clone()}</strong><small>{roles.join(" · ")}</small></span></span> };
        let placed = vec![mission_slot(member, sight, facts, sheet)];
        Line { key: format!("m{}", mission.id), head: head.into_any(), placed }
    };
    facts.sheets.iter().filter(|sheet| sight.days.contains(&day_of(&sheet.mission))).map(line).collect()
}

/// The places that nobody has.
fn open_line(member: &Member, sight: &Sight, facts: &Facts) -> Option<Line> {
    let t = member.words();
    let left = |sheet: &MissionSheet| sheet.needs.iter().map(|need| (need.quota - sheet.filled(need.id)).max(0)).sum::<i64>();
    let total: i64 = facts.sheets.iter().filter(|sheet| sight.days.contains(&day_of(&sheet.mission))).map(left).sum();
    let placed: Vec<Placed> = facts.sheets.iter().flat_map(|sheet| open_slots(member, sight, facts, sheet)).collect();
    let count = (total > 0).then(|| t.plan_open_places(total));
    let head = view! { <span class="person"><span class="avatar" aria-hidden="true"><Icon name="empty" small=true /></span><span><strong>{t.plan_open()}</strong><small>{count}</small></span></span> };
    // A day shows the end of the night before it, too.
    let is_seen = total > 0 || (sight.span == Span::Day && !placed.is_empty());
    is_seen.then(|| Line { key: "open".to_owned(), head: head.into_any(), placed })
}

/// A person: hours of the missions of the days that are shown, missions, absences.
fn person_line(member: &Member, sight: &Sight, facts: &Facts, sheet: &CrewSheet) -> Line {
    let t = member.words();
    let person = &sheet.person;
    let mut placed = absence_slots(member, sight, facts, person.id);
    let mut minutes = 0;
    for mission in &facts.sheets {
        let mine = mission.assignments.iter().filter(|a| a.crew_member_id == person.id && a.status.is_active());
        let counts = sight.days.contains(&day_of(&mission.mission));
        for on_it in mine {
            minutes += if counts { mission.mission.work_minutes() } else { 0 };
            placed.push(person_slot(member, sight, facts, mission, on_it));
        }
    }
    let job = person.job.clone().map(|job| view! { <span>{job}</span>" · " });
    let tone = if minutes > WARN { "thin warning" } else { "thin ink" };
    let bar = (sight.span == Span::Week).then(|| {
        let value = minutes.min(FULL).to_string();
        view! { <progress class=tone value=value max=FULL.to_string() aria-label=t.plan_hours_of(first_name(&person.name))></progress> }
    });
    let head = view! { <span class="person"><Avatar name=person.name.clone() /><span><strong>{person.name.clone()}</strong><small class="load">{job}<span class="num">{format::minutes(minutes)}</span></small>{bar}</span></span> };
    Line { key: format!("c{}", person.id), head: head.into_any(), placed }
}
