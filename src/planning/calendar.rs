//! Missions as calendar entries (RFC 5545).

use super::model::{AssignmentStatus, MyMission};
use crate::kernel::Instant;
use icalendar::{Calendar, Component, Event as Entry, EventLike, EventStatus, Property};
use jiff::Timestamp;

/// Writes missions as a calendar of `name`. An entry keeps its UID for life; each time people are told, its SEQUENCE grows, so
/// that programs take the new one, and what was called off says so.
pub fn write(missions: &[MyMission], name: &str, now: Instant) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name).append_property(Property::new("METHOD", "PUBLISH"));
    calendar.append_property(Property::new("PRODID", "-//Régie//FR"));
    for mine in missions {
        calendar.push(entry(mine, now));
    }
    calendar.to_string()
}

fn utc(at: Instant) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn entry(mine: &MyMission, now: Instant) -> Entry {
    let mission = &mine.mission;
    let is_off = mission.cancelled_at.is_some() || !mine.assignment.status.is_active();
    let status = match mine.assignment.status {
        _ if is_off => EventStatus::Cancelled,
        AssignmentStatus::Accepted => EventStatus::Confirmed,
        _ => EventStatus::Tentative,
    };
    let place = [mission.place.as_str(), mission.address.as_str()];
    let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let about = [mine.role.as_str(), mine.project.as_deref().unwrap_or_default(), &mission.contact, &mission.notes];
    let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    let mut event = Entry::new();
    event
        .uid(&format!("assignment-{}@regie", mine.assignment.id))
        .sequence(u32::try_from(mission.sequence).unwrap_or(u32::MAX))
        .summary(&mission.title)
        .location(&place)
        .description(&about)
        .status(status)
        .add_property("DTSTAMP", utc(now))
        .add_property("DTSTART", utc(mission.starts_at))
        .add_property("DTEND", utc(mission.ends_at));
    event.done()
}
