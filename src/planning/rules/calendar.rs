//! Days and weeks of a place, in minutes that really passed.

use super::model::Span;
use crate::kernel::Instant;
use crate::kernel::zone::{Zone, monday_of};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::ops::Range;

/// Weeks known before a window: an average of twelve weeks looks back eleven.
const WEEKS_BEFORE: i64 = 12;
/// Weeks known after a window: the rest after its last day.
const WEEKS_AFTER: i64 = 2;

/// The days that are looked at, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub first: Date,
    pub last: Date,
}

/// The days around a window. Making one asks the time zone about each day: make it once for many people.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Zone,
    window: Window,
    /// A Monday.
    first: Date,
    /// The first minute of each day, and of the day after the last.
    starts: Vec<i64>,
    /// The days of the window.
    days: Range<usize>,
}

/// Whole minutes since 1970: seconds are left off.
pub(super) fn minute_of(at: Instant) -> i64 {
    at.0.div_euclid(60_000)
}

/// The instant at which a minute begins.
pub(super) fn instant_of(minute: i64) -> Instant {
    Instant(minute * 60_000)
}

impl Calendar {
    /// The calendar of a window in a zone.
    pub fn new(zone: &Zone, window: Window) -> Self {
        let first = monday_of(window.first).saturating_sub(WEEKS_BEFORE.weeks());
        let last = monday_of(window.last.max(window.first)).saturating_add((WEEKS_AFTER + 1).weeks());
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let starts = days.map(|day| minute_of(zone.start_of(day))).collect();
        let mut calendar = Self { zone: zone.clone(), window, first, starts, days: 0..0 };
        calendar.days = calendar.index(window.first)..calendar.index(window.last) + 1;
        calendar
    }

    /// The window.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The shifts that a check needs to see: those that start and end in here. Others are passed over.
    pub fn horizon(&self) -> Span {
        Span { from: instant_of(self.begin()), to: instant_of(self.end()) }
    }

    pub(super) fn begin(&self) -> i64 {
        self.starts.first().copied().unwrap_or(0)
    }

    pub(super) fn end(&self) -> i64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The number of days that it knows.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The days of the window.
    pub(super) fn days(&self) -> Range<usize> {
        self.days.clone()
    }

    /// The weeks that the window touches. Day `7 w` is the Monday of week `w`.
    pub(super) fn weeks(&self) -> Range<usize> {
        self.days.start / 7..self.days.end.div_ceil(7)
    }

    /// The first minute of a day.
    pub(super) fn start(&self, day: usize) -> i64 {
        self.starts.get(day).copied().unwrap_or_else(|| self.end())
    }

    /// The day of a minute; the nearest known one for a minute out of the calendar.
    pub(super) fn day_of(&self, minute: i64) -> usize {
        let last = self.len() - 1;
        let guess = usize::try_from((minute - self.begin()).div_euclid(1440)).unwrap_or(0).min(last);
        // Clock changes move a day by an hour or two: the guess is one off at most.
        if guess < last && minute >= self.start(guess + 1) {
            guess + 1
        } else if guess > 0 && minute < self.start(guess) {
            guess - 1
        } else {
            guess
        }
    }

    /// The date of a day.
    pub(super) fn date(&self, day: usize) -> Date {
        self.first.saturating_add(i64::try_from(day).unwrap_or(0).days())
    }

    /// The date of a minute, by the zone itself: it may be far away.
    pub(super) fn date_of(&self, minute: i64) -> Date {
        self.zone.local(instant_of(minute)).date
    }

    /// The day of a date, or the nearest.
    pub(super) fn index(&self, date: Date) -> usize {
        let days = self.first.until(date).map_or(0, |span| span.get_days());
        usize::try_from(days).unwrap_or(0).min(self.len() - 1)
    }

    /// The minutes from the first of `first` to the last of `last`, by the zone itself: dates may be far away.
    pub(super) fn minutes_of(&self, first: Date, last: Date) -> (i64, i64) {
        let (from, to) = self.zone.span_of(first, last);
        (minute_of(from), minute_of(to))
    }

    /// The minute at which the clocks show an hour on a day.
    pub(super) fn at(&self, day: usize, hour: i8) -> i64 {
        minute_of(self.zone.instant(self.date(day), hour, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::DEFAULT_ZONE;
    use jiff::civil::date;

    #[test]
    fn a_calendar_at_an_end_of_time_ends() {
        let zone = Zone::named(DEFAULT_ZONE).unwrap();
        for (first, last) in
            [(date(9999, 12, 1), Date::MAX), (Date::MAX, Date::MAX), (Date::MAX, Date::MIN), (Date::MIN, Date::MIN)]
        {
            let calendar = Calendar::new(&zone, Window { first, last });
            assert!(calendar.starts.is_sorted() && calendar.days().end <= calendar.len(), "{first} {last}");
        }
    }
}
