//! What stands in a cell: a mission, a person on it, a place that nobody has, an absence.

use super::super::*;
use super::facts::{Facts, day_of, hours};
use super::sight::{Sight, Span};
use crate::kernel::zone::Local;
use crate::kernel::{CrewMemberId, Instant};
use crate::planning::rules::Severity;
use crate::planning::{Assignment, AssignmentStatus, AvailabilityKind, Mission, MissionSheet};
use jiff::civil::Date;

/// A slot and its place: a day, and minutes from that day's midnight.
pub struct Placed {
    pub day: Date,
    pub from: i64,
    pub to: i64,
    pub view: AnyView,
}

/// Minutes from the midnight that begins `day`, as clocks show them.
fn minute_of(local: Local, day: Date) -> i64 {
    i64::from((local.date - day).get_days()) * 1440 + i64::from(local.hour) * 60 + i64::from(local.minute)
}

fn place(mission: &Mission, view: AnyView) -> Placed {
    let (zone, day) = (mission.zone(), day_of(mission));
    let minute = |at: Instant| minute_of(zone.local(at), day);
    Placed { day, from: minute(mission.starts_at), to: minute(mission.ends_at), view }
}

/// What is open in the panel is marked on the sheet.
fn current(sight: &Sight, mission: &Mission) -> Option<&'static str> {
    (sight.on == Some(mission.id.0)).then_some("true")
}

/// The mark by which the planner calls a slot, with the version it shows.
fn mark(key: &str, mission: &Mission) -> (String, String) {
    (key.to_owned(), mission.version.to_string())
}

/// A mission of a project: its title, when it begins, how many places are filled.
pub fn mission_slot(member: &Member, sight: &Sight, facts: &Facts, sheet: &MissionSheet) -> Placed {
    let t = member.words();
    let mission = &sheet.mission;
    let (filled, quota) = sheet.fill();
    let is_draft = sheet.assignments.iter().any(|a| a.status.is_active())
        && sheet.assignments.iter().all(|a| !a.status.is_active() || a.status == AssignmentStatus::Draft);
    let class = format!("slot {}{}", facts.gel(mission), if is_draft { " draft" } else { "" });
    let (key, version) = mark(&format!("m{}", mission.id), mission);
    let starts = mission.zone().local(mission.starts_at).hour_minute();
    let draft = is_draft.then(|| format!(", {}", t.assignment_draft()));
    let fill = (quota > 0).then(|| view! { <b>{filled}"/"{quota}</b> });
    let url = sight.with_panel(member, mission.id.0);
    let (title, hours) = (mission.title.clone(), hours(mission));
    let roles = sheet.needs.iter().map(|need| format!(" · {} {}/{}", need.role, sheet.filled(need.id), need.quota));
    let hint = format!("{title} · {hours}{}", roles.collect::<String>());
    let content = match sight.span {
        Span::Month => {
            let hour = starts.get(..2).unwrap_or_default().to_owned();
            view! { <b>{hour}</b>{fill}<span class="vh">" "{hint.clone()}" "{t.plan_filled()}{draft}</span> }.into_any()
        }
        Span::Day => {
            view! { <b>{title}</b><span class="line"><span>{hours}</span>{fill}</span>{seats(filled, quota)}<span class="vh">" "{t.plan_filled()}{draft}</span><i class="edge"></i> }.into_any()
        }
        Span::Week => {
            view! { <b>{title}</b><span class="line"><span>{starts}</span>{fill}</span>{seats(filled, quota)}<span class="vh">" "{t.plan_filled()}{draft}</span> }.into_any()
        }
    };
    let view = view! { <a class=class href=url title=hint aria-current=current(sight, mission) data-key=key data-v=version>{content}</a> };
    place(mission, view.into_any())
}

/// A segment for each place.
fn seats(filled: i64, quota: i64) -> Option<AnyView> {
    if !(1..=30).contains(&quota) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most thirty")]
    let width = (100.0 - 3.0 * (quota - 1) as f64) / quota as f64;
    #[expect(clippy::cast_precision_loss, reason = "at most thirty")]
    let seat = (0..quota).map(|n| view! { <rect class=(n >= filled).then_some("off") x=format!("{:.1}", n as f64 * (width + 3.0)) width=format!("{width:.1}") height="3" /> });
    Some(view! { <svg class="seats" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">{seat.collect_view()}</svg> }.into_any())
}

/// The places of a mission that nobody has, need by need.
pub fn open_slots(member: &Member, sight: &Sight, facts: &Facts, sheet: &MissionSheet) -> Vec<Placed> {
    let t = member.words();
    let mission = &sheet.mission;
    let left = sheet.needs.iter().map(|need| (need, need.quota - sheet.filled(need.id))).filter(|(_, left)| *left > 0);
    left.map(|(need, left)| {
        let (key, version) = mark(&format!("o{}.{}", mission.id, need.id), mission);
        let starts = mission.zone().local(mission.starts_at).hour_minute();
        let code = facts.code(mission);
        let url = sight.with_panel(member, mission.id.0);
        let hint = format!("{} · {} · {}", need.role, mission.title, hours(mission));
        let content = if sight.span == Span::Month {
            view! { <b>{left}</b><span class="vh">" × "{need.role.clone()}", "{code}{mission.title.clone()}" "{starts}" "{t.plan_open()}</span> }.into_any()
        } else {
            view! { <b>{left}" × "{need.role.clone()}</b><span>{code}{starts}" · "{mission.title.clone()}</span><span class="vh">" "{t.plan_open()}</span> }.into_any()
        };
        let view = view! { <a class="slot open" href=url title=hint aria-current=current(sight, mission) data-key=key data-v=version>{content}</a> };
        place(mission, view.into_any())
    })
    .collect()
}

/// A person on a mission.
pub fn person_slot(member: &Member, sight: &Sight, facts: &Facts, sheet: &MissionSheet, on_it: &Assignment) -> Placed {
    let t = member.words();
    let mission = &sheet.mission;
    let worst = facts.worst(on_it.crew_member_id, mission.id);
    let (trouble, icon) = match (worst, on_it.status) {
        (Some(Severity::Hard), _) => (" clash", Some("stop")),
        (Some(Severity::Soft), _) => (" watch", Some("warn")),
        (None, AssignmentStatus::Invited) => ("", Some("mail")),
        (None, _) => ("", None),
    };
    let state = match on_it.status {
        AssignmentStatus::Draft => " draft",
        AssignmentStatus::Invited => " asked",
        _ => "",
    };
    let is_changed = on_it.has_changed(mission);
    let class = format!("slot {}{state}{trouble}{}", facts.gel(mission), if is_changed { " changed" } else { "" });
    let status = match on_it.status {
        AssignmentStatus::Draft => t.assignment_draft(),
        AssignmentStatus::Invited => t.assignment_invited(),
        _ => t.assignment_accepted(),
    };
    let mut about = vec![status];
    about.extend(worst.map(|worst| if worst == Severity::Hard { t.conflict_hard() } else { t.conflict_soft() }));
    about.extend(is_changed.then(|| t.assignment_changed()));
    let about = about.join(", ");
    let (key, version) = mark(&format!("a{}", on_it.id), mission);
    let (title, hours) = (mission.title.clone(), hours(mission));
    let hint = format!("{title} · {hours} · {about}");
    let url = sight.with_panel(member, mission.id.0);
    let content = if sight.span == Span::Month {
        let hour = hours.get(..2).unwrap_or_default().to_owned();
        view! { <b>{hour}</b><span class="vh">" "{hours}" "{title}", "{about}</span> }.into_any()
    } else {
        view! { <b>{hours}</b><span>{facts.code(mission)}{title}</span>{icon.map(|name| view! { <Icon name small=true /> })}<span class="vh">" "{about}</span>{(sight.span == Span::Day).then(|| view! { <i class="edge"></i> })} }.into_any()
    };
    let view = view! { <a class=class href=url title=hint aria-current=current(sight, mission) data-key=key data-v=version>{content}</a> };
    place(mission, view.into_any())
}

/// What keeps a person away, day by day.
pub fn absence_slots(member: &Member, sight: &Sight, facts: &Facts, person: CrewMemberId) -> Vec<Placed> {
    let t = member.words();
    let away = |kind| matches!(kind, AvailabilityKind::TimeOff | AvailabilityKind::Unavailable);
    let theirs: Vec<_> = facts.absences.iter().filter(|slot| slot.crew_member_id == person && away(slot.kind)).collect();
    if theirs.is_empty() {
        return Vec::new();
    }
    let mut placed = Vec::new();
    for day in &sight.days {
        let (from, to) = sight.zone.span_of(*day, *day);
        let here = theirs.iter().find_map(|slot| Some((slot.kind, *slot.occurrences(from, to, &sight.zone).first()?)));
        let Some((kind, (starts, ends))) = here else { continue };
        let word = if kind == AvailabilityKind::TimeOff { t.kind_time_off() } else { t.kind_unavailable() };
        let (starts, ends) = (starts.max(from), ends.min(to));
        let minute = |at: Instant| minute_of(sight.zone.local(at), *day);
        let content = if sight.span == Span::Month {
            view! { <span class="vh">{word.clone()}</span> }.into_any()
        } else {
            view! { <b>{word.clone()}</b> }.into_any()
        };
        let view = view! { <span class="slot absent" title=word>{content}</span> }.into_any();
        placed.push(Placed { day: *day, from: minute(starts), to: minute(ends), view });
    }
    placed
}
