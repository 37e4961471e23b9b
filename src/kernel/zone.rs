//! Wall clocks: what an instant is called in a place. Time zones come from the IANA database built into the binary.

use super::Instant;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::ops::RangeInclusive;

/// The zone of a new organisation.
pub const DEFAULT_ZONE: &str = "Europe/Paris";
/// The years that dates and times from outside may be of. Others are slips of the hand, and the end of time is a bad neighbour.
const YEARS: RangeInclusive<i16> = 2000..=2200;

/// The place whose clocks count.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// What an instant is on a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local {
    pub date: Date,
    pub hour: i8,
    pub minute: i8,
    pub second: i8,
}

impl Local {
    /// `08:05`.
    pub fn hour_minute(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }
}

impl Zone {
    /// A zone by its IANA name; `None` when there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        // Names come from forms: the crate would also take POSIX strings, which mean something else on each server.
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c)) {
            return None;
        }
        TimeZone::get(name).ok().map(Self)
    }

    /// As [`Zone::named`], and UTC for a name that is no more in the database: hours are then still right, only unfamiliar.
    pub fn named_or_utc(name: &str) -> Self {
        Self::named(name).unwrap_or(Self(TimeZone::UTC))
    }

    fn zoned(&self, at: Instant) -> Zoned {
        Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.0.clone())
    }

    /// What the clocks of this place show at `at`.
    pub fn local(&self, at: Instant) -> Local {
        let zoned = self.zoned(at);
        Local { date: zoned.date(), hour: zoned.hour(), minute: zoned.minute(), second: zoned.second() }
    }

    /// Whether an instant is of a year that may be asked for or planned in, by the clocks of this place.
    pub fn reaches(&self, at: Instant) -> bool {
        YEARS.contains(&self.zoned(at).year())
    }

    /// The first instant of a local day. Where midnight is skipped by a clock change, the first that exists.
    pub fn start_of(&self, date: Date) -> Instant {
        instant_of(date.to_zoned(self.0.clone()).and_then(|day| day.start_of_day()), date)
    }

    /// From the first instant of `first` to the first after `last` (half open).
    pub fn span_of(&self, first: Date, last: Date) -> (Instant, Instant) {
        (self.start_of(first), self.start_of(last.saturating_add(1.day())))
    }

    /// The instant of a wall-clock time. A time skipped by a clock change means the same distance after the gap; one
    /// that happens twice means the first.
    pub fn instant(&self, date: Date, hour: i8, minute: i8) -> Instant {
        instant_of(date.at(hour, minute, 0, 0).to_zoned(self.0.clone()), date)
    }

    /// RFC 3339 with this zone's offset, to the second, as the JSON API writes times.
    pub fn rfc3339(&self, at: Instant) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

/// The instant, or the nearest there is: calendars have a day more than clocks at both ends of time.
fn instant_of(zoned: Result<Zoned, jiff::Error>, date: Date) -> Instant {
    // The last second there is has no milliseconds that the crate would read again.
    let nearest = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }.as_second() * 1000;
    Instant(zoned.map_or(nearest, |zoned| zoned.timestamp().as_millisecond()))
}

/// RFC 3339 in UTC, to the millisecond: for logs, exports and the API where no organisation's zone applies.
pub fn utc(at: Instant) -> String {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Monday of the week of a date (ISO 8601).
pub fn monday_of(date: Date) -> Date {
    let back = i64::from(date.weekday().since(Weekday::Monday));
    date.saturating_sub(back.days())
}

/// Reads `2026-11-21`.
pub fn parse_date(text: &str) -> Option<Date> {
    // The crate would also take the date of a longer text.
    text.parse().ok().filter(|date: &Date| text.len() == 10 && YEARS.contains(&date.year()))
}

/// Reads an RFC 3339 time, or a date alone, which then means its first instant in `zone`; of the years that a date may be of.
pub fn parse_instant(text: &str, zone: &Zone) -> Option<Instant> {
    match parse_date(text) {
        Some(date) => Some(zone.start_of(date)),
        None => parse_rfc3339(text).filter(|at| zone.reaches(*at)),
    }
}

/// Reads what a browser's field for a date and a time gives (`2026-11-21T08:00`), by the clocks of `zone`; or RFC 3339. Of the years
/// that a date may be of.
pub fn parse_local(text: &str, zone: &Zone) -> Option<Instant> {
    parse_clock(text, zone).filter(|at| zone.reaches(*at))
}

/// Reads what a clock shows, as [`parse_local`] but of any year: one that is wrong may be so by decades.
pub fn parse_clock(text: &str, zone: &Zone) -> Option<Instant> {
    // The crate would also take a time with an offset, and drop that.
    let is_local = |clock: &str| clock.chars().all(|c| c.is_ascii_digit() || c == ':');
    if let Ok(at) = text.parse::<DateTime>()
        && text.len() <= 19
        && text.split_once('T').is_some_and(|(_, clock)| is_local(clock))
    {
        return Some(zone.instant(at.date(), at.hour(), at.minute()));
    }
    parse_rfc3339(text)
}

fn parse_rfc3339(text: &str) -> Option<Instant> {
    text.parse::<Timestamp>().ok().map(|at| Instant(at.as_millisecond()))
}

/// As a browser's field for a date and a time takes it.
pub fn field(local: Local) -> String {
    format!("{}T{}", local.date, local.hour_minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn paris() -> Zone {
        Zone::named(DEFAULT_ZONE).unwrap()
    }

    #[test]
    fn days_have_23_24_or_25_hours() {
        for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 21), 24)] {
            let (from, to) = paris().span_of(day, day);
            assert_eq!(to.minutes_since(from), hours * 60, "{day}");
        }
    }

    #[test]
    fn a_night_across_the_clock_change_counts_its_real_minutes() {
        let zone = paris();
        let spring = zone.instant(date(2026, 3, 29), 6, 0).minutes_since(zone.instant(date(2026, 3, 28), 22, 0));
        let autumn = zone.instant(date(2026, 10, 25), 6, 0).minutes_since(zone.instant(date(2026, 10, 24), 22, 0));
        assert_eq!((spring, autumn), (7 * 60, 9 * 60));
    }

    #[test]
    fn instants_and_walls_agree() {
        let zone = paris();
        let at = zone.instant(date(2026, 11, 21), 8, 5);
        assert_eq!(zone.local(at).hour_minute(), "08:05");
        assert_eq!(zone.rfc3339(at), "2026-11-21T08:05:00+01:00");
        assert_eq!(utc(at), "2026-11-21T07:05:00.000Z");
        assert_eq!(parse_instant("2026-11-21T08:05:00+01:00", &zone), Some(at));
        assert_eq!(parse_instant("2026-11-21", &zone), Some(zone.start_of(date(2026, 11, 21))));
    }

    #[test]
    fn a_time_with_an_offset_is_never_local() {
        let zone = paris();
        for (text, utc_hour) in [
            ("2026-11-21T08:00", 7),
            ("2026-11-21T08:00:00", 7),
            ("2026-11-21T08:00Z", 8),
            ("2026-11-21T08:00+01", 7),
            ("2026-11-21T08:00+09", -1),
            ("2026-11-21T08:00-05", 13),
            ("2026-11-21T08:00+05:30", 2),
            ("2026-11-21T08:00:00-05:00", 13),
        ] {
            let minutes = if text.ends_with(":30") { 30 } else { 0 };
            let midnight = Zone::named("UTC").unwrap().start_of(date(2026, 11, 21));
            assert_eq!(parse_clock(text, &zone), Some(midnight.plus_minutes(utc_hour * 60 + minutes)), "{text}");
            assert_eq!(parse_local(text, &zone), parse_clock(text, &zone), "{text}");
        }
        assert_eq!(parse_clock("2026-11-21 08:00+01", &zone), parse_clock("2026-11-21T08:00+01", &zone), "never eight in Paris");
    }

    #[test]
    fn times_from_outside_are_of_our_years_however_they_are_written() {
        let zone = paris();
        for good in ["2000-01-01", "2200-12-31"] {
            assert_eq!(parse_instant(good, &zone), Some(zone.start_of(good.parse().unwrap())), "{good}");
        }
        for good in ["2000-01-01T00:00", "1999-12-31T23:00:00Z", "2200-12-31T23:59", "2200-12-31T22:59:59Z"] {
            assert!(parse_local(good, &zone).is_some_and(|at| zone.reaches(at)), "{good}");
        }
        for bad in [
            "1999-12-31T22:59:59Z",
            "2200-12-31T23:00:00Z",
            "9999-12-30T10:00:00Z",
            "9999-12-31T00:00:00+14:00",
            "-009999-01-03T00:00:00Z",
        ] {
            assert_eq!((parse_instant(bad, &zone), parse_local(bad, &zone)), (None, None), "{bad}");
            assert!(parse_clock(bad, &zone).is_some(), "a clock may show it: {bad}");
        }
        for bad in ["1999-12-31T23:59", "2201-01-01T00:00", "9999-12-31T23:59", "nine", "2026-11-21"] {
            assert_eq!(parse_local(bad, &zone), None, "{bad}");
        }
        assert_eq!(parse_clock("1970-01-01T01:00", &zone), Some(Instant(0)));
        assert!([i64::MIN, -1, i64::MAX].iter().all(|at| !zone.reaches(Instant(*at))));
    }

    #[test]
    fn days_at_the_ends_of_time_are_in_order() {
        for zone in [paris(), Zone::named("UTC").unwrap(), Zone::named("Pacific/Kiritimati").unwrap()] {
            let day = |date: Date| (zone.start_of(date), zone.instant(date, 12, 0));
            let last = [date(9999, 12, 29), date(9999, 12, 30), Date::MAX].map(day);
            let first = [Date::MIN, date(-9999, 1, 2), date(-9999, 1, 3)].map(day);
            assert!(first.is_sorted() && last.is_sorted() && first[2] < last[0], "{first:?} {last:?}");
            assert!(first[1].0 < Instant(0) && last[2].0 > Instant(0));
        }
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(monday_of(date(2026, 11, 22)), date(2026, 11, 16));
        assert_eq!(monday_of(date(2026, 11, 16)), date(2026, 11, 16));
    }

    #[test]
    fn only_names_of_the_database_are_zones() {
        assert!(Zone::named("Europe/Paris").is_some());
        for bad in ["", "Europe/Nowhere", "../etc/passwd", "EST5EDT,M3", "<a>"] {
            assert!(Zone::named(bad).is_none(), "{bad}");
        }
    }
}
