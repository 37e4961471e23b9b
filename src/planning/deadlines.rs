//! Until when an answer is waited for, and when to remind of it.

use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use jiff::ToSpan;

/// Why an assignment was cancelled whose deadline has passed.
pub const LATE: &str = "deadline.passed";
/// Longest time to answer, in hours: thirty days.
pub const MOST_HOURS: i64 = 720;
/// A reminder comes half-way to the deadline, but not sooner than this before it.
const LEAD_MINUTES: i64 = 24 * 60;
/// Who has less time than this is not reminded.
const LEAST_MINUTES: i64 = 60;
/// Nobody is reminded from the first hour to the second, when it can wait.
const NIGHT: (i8, i8) = (21, 8);

/// Deadlines are full quarters of an hour, in every time zone: people read and remember them.
const QUARTER_MS: i64 = 15 * 60_000;

/// Until when somebody who is asked now has time to answer: so many hours, and up to the next quarter. Nothing is waited for once
/// the mission has begun.
pub fn answer_by(asked: Instant, hours: i64, starts_at: Instant) -> Option<Instant> {
    (hours > 0 && starts_at > asked).then(|| due(asked, hours, starts_at))
}

fn due(asked: Instant, hours: i64, starts_at: Instant) -> Instant {
    let exact = asked.plus_minutes(hours * 60).0;
    Instant((exact + QUARTER_MS - 1).div_euclid(QUARTER_MS) * QUARTER_MS).min(starts_at)
}

/// When to remind somebody who was asked at `asked`; never when there is little time.
pub fn remind_at(asked: Instant, by: Instant, zone: &Zone) -> Option<Instant> {
    if by.minutes_since(asked) < LEAST_MINUTES {
        return None;
    }
    let half = Instant(asked.0 + by.millis_since(asked) / 2);
    let at = half.max(by.plus_minutes(-LEAD_MINUTES));
    let local = zone.local(at);
    let morning = match local.hour {
        hour if hour >= NIGHT.0 => local.date.checked_add(1.day()).ok(),
        hour if hour < NIGHT.1 => Some(local.date),
        _ => None,
    };
    let morning = morning.map(|date| zone.instant(date, NIGHT.1, 0)).filter(|morning| *morning < by);
    Some(morning.unwrap_or(at))
}

/// The deadline of who waits already, when the mission gives another time: it goes away or comes later, but never sooner than
/// the person was told.
pub fn extended(by: Instant, asked: Instant, hours: i64, starts_at: Instant) -> Option<Instant> {
    (hours > 0).then(|| by.max(due(asked, hours, starts_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::DEFAULT_ZONE;
    use jiff::civil::date;

    fn paris() -> Zone {
        Zone::named(DEFAULT_ZONE).unwrap()
    }

    #[test]
    fn a_deadline_is_never_later_than_the_mission_begins() {
        let asked = Instant(0);
        let hours = |hours: i64| Instant(hours * 3_600_000);
        for (given, starts, expected) in [
            (0, hours(100), None),
            (48, hours(100), Some(hours(48))),
            (48, hours(20), Some(hours(20))),
            (48, hours(0), None),
            (48, hours(-3), None),
        ] {
            assert_eq!(answer_by(asked, given, starts), expected, "{given} {starts:?}");
        }
        let (odd, even) = (Instant(60_001), hours(1).plus_minutes(15));
        assert_eq!(answer_by(odd, 1, hours(100)), Some(even), "up to the next quarter");
        assert_eq!(answer_by(odd, 1, hours(1).plus_minutes(5)), Some(hours(1).plus_minutes(5)), "but not beyond the beginning");
        assert_eq!(extended(hours(1), odd, 1, hours(100)), Some(even));
    }

    #[test]
    fn a_deadline_that_was_told_only_comes_later() {
        let hours = |hours: i64| Instant(hours * 3_600_000);
        for (given, expected) in [(0, None), (24, Some(hours(48))), (72, Some(hours(72))), (400, Some(hours(100)))] {
            assert_eq!(extended(hours(48), hours(0), given, hours(100)), expected, "{given}");
        }
    }

    #[test]
    fn reminders_come_half_way_a_day_before_at_most_and_not_at_night() {
        let zone = paris();
        let at = |day: i8, hour: i8| zone.instant(date(2026, 11, day), hour, 0);
        for (asked, by, expected, why) in [
            (at(23, 10), at(23, 18), Some(at(23, 14)), "half-way"),
            (at(23, 10), at(30, 10), Some(at(29, 10)), "not sooner than a day before"),
            (at(23, 15), at(24, 15), Some(at(24, 8)), "three in the night waits for the morning"),
            (at(23, 20), at(24, 2), Some(at(23, 23)), "there is no morning before the deadline"),
            (at(23, 22), at(25, 22), Some(at(25, 8)), "ten in the evening waits, too"),
        ] {
            assert_eq!(remind_at(asked, by, &zone), expected, "{why}");
        }
        assert_eq!(remind_at(at(23, 10), at(23, 10).plus_minutes(59), &zone), None);
    }

    /// Over a year with both clock changes: within its bounds, and at night only when no morning is left.
    #[test]
    fn reminders_keep_to_their_time_on_every_day_of_a_year() {
        let zone = paris();
        let start = zone.instant(date(2026, 1, 1), 0, 0);
        for step in 0..365 * 8 {
            let asked = start.plus_minutes(step * 180 + 7);
            for hours in [1, 5, 13, 24, 48, 200] {
                let by = asked.plus_minutes(hours * 60);
                let at = remind_at(asked, by, &zone).unwrap();
                let local = zone.local(at);
                assert!(at > asked && at < by, "{asked:?} {hours}");
                assert!(by.minutes_since(at) <= LEAD_MINUTES, "{asked:?} {hours}");
                let is_night = local.hour >= NIGHT.0 || local.hour < NIGHT.1;
                let morning = local.date.checked_add(i32::from(local.hour >= NIGHT.0).days()).unwrap();
                assert!(!is_night || zone.instant(morning, NIGHT.1, 0) >= by, "{asked:?} {hours}");
            }
        }
    }
}
