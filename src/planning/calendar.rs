//! Missions as calendar entries (RFC 5545), for mails and for the addresses that calendar programs read.

use super::model::{AssignmentStatus, Mission, MyMission};
use crate::kernel::Instant;
use icalendar::{Calendar, Component, Event as Entry, EventStatus, Property};
use jiff::Timestamp;

/// How long an address shows what was called off, in days: long enough for a program that was switched off.
pub const OFF_DAYS: i64 = 14;
/// What an address shows: from so many days ago to so many days ahead.
pub const DAYS_BACK: i64 = 90;
pub const DAYS_AHEAD: i64 = 400;
/// How often programs should look.
const REFRESH: &str = "PT1H";

/// Writes missions for a mail, as a calendar of `name`. An entry keeps its UID for life; each time people are told, its
/// SEQUENCE grows, so that programs take the new one, and what was called off says so.
pub fn write(missions: &[MyMission], name: &str) -> String {
    calendar(name, missions.iter().map(assigned)).to_string()
}

/// Writes what a person has been told, for programs that come again and again.
pub fn write_person(missions: &[MyMission], name: &str, now: Instant) -> String {
    let shown = missions.iter().filter(|mine| is_shown(mine, now));
    subscribed(calendar(name, shown.map(assigned)))
}

/// Writes the missions of a project, without anybody's name: its address is passed on.
pub fn write_project(missions: &[Mission], name: &str) -> String {
    subscribed(calendar(name, missions.iter().map(planned)))
}

/// Whether a person's address shows it: not what they declined, and what is off only for a while.
fn is_shown(mine: &MyMission, now: Instant) -> bool {
    let is_recent = |at: Option<Instant>| at.is_some_and(|at| at.plus_days(OFF_DAYS) > now);
    match mine.assignment.status {
        AssignmentStatus::Draft | AssignmentStatus::Declined => false,
        AssignmentStatus::Cancelled => is_recent(mine.assignment.told_at),
        AssignmentStatus::Invited | AssignmentStatus::Accepted => {
            mine.mission.cancelled_at.is_none() || is_recent(mine.mission.cancelled_at)
        }
    }
}

fn calendar(name: &str, entries: impl Iterator<Item = Entry>) -> Calendar {
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", "-//Régie//FR"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")] {
        calendar.append_property(Property::new(key, value));
    }
    for key in ["NAME", "X-WR-CALNAME"] {
        // The writer escapes what it knows to be a text; it does not know this one.
        calendar.append_property(Property::new(key, name).add_parameter("VALUE", "TEXT").done());
    }
    calendar.extend(entries);
    calendar
}

/// Adds how often to come again: the standard's word (RFC 7986) and the one that older programs know.
fn subscribed(mut calendar: Calendar) -> String {
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    calendar.to_string()
}

fn utc(at: Instant) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A person's entry.
fn assigned(mine: &MyMission) -> Entry {
    let (mission, assignment) = (&mine.mission, &mine.assignment);
    let is_off = mission.cancelled_at.is_some() || !assignment.status.is_active();
    let status = match assignment.status {
        _ if is_off => EventStatus::Cancelled,
        AssignmentStatus::Accepted => EventStatus::Confirmed,
        _ => EventStatus::Tentative,
    };
    let about = [mine.role.as_str(), mine.project.as_deref().unwrap_or_default(), &mission.contact, &mission.notes];
    let modified = [assignment.told_at, assignment.answered_at, mission.cancelled_at].into_iter().flatten();
    let modified = modified.fold(mission.changed_at, Instant::max);
    let mut entry = entry(mission, status, &about, modified);
    entry.uid(&format!("assignment-{}@regie", assignment.id)).sequence(sequence(mission.sequence)).done()
}

/// A project's entry. Nobody is told of a project, so each change counts.
fn planned(mission: &Mission) -> Entry {
    let status = if mission.cancelled_at.is_some() { EventStatus::Cancelled } else { EventStatus::Confirmed };
    let mut entry = entry(mission, status, &[&mission.contact, &mission.notes], mission.changed_at);
    entry.uid(&format!("mission-{}@regie", mission.id)).sequence(sequence(mission.version - 1)).done()
}

fn sequence(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn entry(mission: &Mission, status: EventStatus, about: &[&str], modified: Instant) -> Entry {
    let joined =
        |parts: &[&str], with: &str| parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(with);
    let mut event = Entry::new();
    event
        .summary(&mission.title)
        .status(status)
        .add_property("DTSTAMP", utc(modified))
        .add_property("LAST-MODIFIED", utc(modified))
        .add_property("DTSTART", utc(mission.starts_at))
        .add_property("DTEND", utc(mission.ends_at));
    for (key, text) in [("LOCATION", joined(&[&mission.place, &mission.address], ", ")), ("DESCRIPTION", joined(about, "\n"))] {
        if !text.is_empty() {
            event.add_property(key, text);
        }
    }
    event.done()
}
