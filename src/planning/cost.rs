//! What planned work costs, from what people cost. Before employers' contributions.
//!
//! How it is counted: the rate that began last on the day a mission starts is the one that counts. An hourly rate pays minutes of
//! work, breaks left out; a cachet pays a mission; a daily rate pays a day, once, however many missions start on it (it is
//! shared among them by their minutes), and once more for each further 24 h that one lasts. Additions for the night (21:00 to
//! 6:00, C. trav. L3122-20) and for Sundays or public holidays add up; on a holiday that is a Sunday the larger one counts.
//! Minutes are those that really pass, and a break of which only the length is known lies in the middle, as for the rules.

use super::holidays::is_public_holiday;
use super::rates::{Rate, RateUnit, rates_on};
use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

const NIGHT_ENDS: i8 = 6;
const NIGHT_STARTS: i8 = 21;

/// Time that somebody is to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    pub start: Instant,
    pub end: Instant,
    pub break_minutes: i64,
}

impl Work {
    /// Minutes of work.
    pub fn minutes(&self) -> i64 {
        self.pieces().iter().map(|(from, to)| (to - from).max(0)).sum()
    }

    /// Minutes since 1970, before and after the break.
    fn pieces(&self) -> [(i64, i64); 2] {
        let (start, end) = (self.start.0.div_euclid(60_000), self.end.0.div_euclid(60_000));
        let pause = self.break_minutes.clamp(0, (end - start).max(0));
        let from = start + (end - start - pause) / 2;
        [(start, from), (from + pause, end)]
    }
}

/// Minutes of work, and those that are paid more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    pub all: i64,
    pub night: i64,
    /// Sundays that are no public holidays.
    pub sunday: i64,
    pub holiday: i64,
    /// Of the holidays, those that are Sundays.
    pub holiday_sunday: i64,
}

impl Minutes {
    /// Counts a work by the clocks of a place.
    pub fn of(work: &Work, zone: &Zone) -> Self {
        let mut counted = Self::default();
        let (first, last) = (zone.local(work.start).date, zone.local(work.end).date);
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            counted.add_day(work, zone, day);
        }
        counted
    }

    fn add_day(&mut self, work: &Work, zone: &Zone, day: Date) {
        let minute = |at: Instant| at.0.div_euclid(60_000);
        let (from, to) = zone.span_of(day, day);
        let morning = minute(zone.instant(day, NIGHT_ENDS, 0));
        let evening = minute(zone.instant(day, NIGHT_STARTS, 0));
        let (from, to) = (minute(from), minute(to));
        for (start, end) in work.pieces() {
            let shared = |from: i64, to: i64| (end.min(to) - start.max(from)).max(0);
            let whole = shared(from, to);
            self.all += whole;
            self.night += shared(from, morning) + shared(evening, to);
            match (is_public_holiday(day), day.weekday() == Weekday::Sunday) {
                (true, is_sunday) => {
                    self.holiday += whole;
                    self.holiday_sunday += if is_sunday { whole } else { 0 };
                }
                (false, true) => self.sunday += whole,
                (false, false) => {}
            }
        }
    }

    /// Minutes weighed in percent: 100 for each, and what the rate adds.
    fn weighed(&self, rate: &Rate) -> i64 {
        let terms = &rate.terms;
        let on_holiday_sunday = terms.holiday_percent.max(terms.sunday_percent);
        100 * self.all
            + terms.night_percent * self.night
            + terms.sunday_percent * self.sunday
            + terms.holiday_percent * (self.holiday - self.holiday_sunday)
            + on_holiday_sunday * self.holiday_sunday
    }
}

/// What each of a person's works costs, in cents, in their order; `None` where no rate counts on its day. Give all works of the
/// days in question: a daily rate is shared among them.
pub fn costs_of(works: &[Work], rates: &[Rate], zone: &Zone) -> Vec<Option<i64>> {
    let mut costs = vec![None; works.len()];
    let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (n, work) in works.iter().enumerate().filter(|(_, work)| work.start < work.end) {
        days.entry(zone.local(work.start).date).or_default().push(n);
    }
    for (day, of_day) in days {
        let Some(rate) = rate_on(rates, day) else { continue };
        let amount = rate.terms.amount_cents;
        let counted: Vec<Minutes> = of_day.iter().map(|n| Minutes::of(&works[*n], zone)).collect();
        match rate.terms.unit {
            RateUnit::Hour => {
                for (n, minutes) in of_day.iter().zip(&counted) {
                    costs[*n] = Some(divided(amount * minutes.weighed(&rate), 6000));
                }
            }
            RateUnit::Cachet => {
                for (n, minutes) in of_day.iter().zip(&counted) {
                    costs[*n] = Some(raised(amount, minutes, &rate));
                }
            }
            RateUnit::Day => {
                let lasts = |n: &usize| works[*n].end.minutes_since(works[*n].start).max(1);
                let further: i64 = of_day.iter().map(|n| (lasts(n) - 1) / 1440).sum();
                let fee = amount * (1 + further);
                let total: i64 = counted.iter().map(|minutes| minutes.all).sum();
                // Each gets what brings the sum to its share so far: no cent is lost by rounding.
                let (mut passed, mut given) = (0, 0);
                for (n, minutes) in of_day.iter().zip(&counted) {
                    passed += minutes.all;
                    let so_far = if total == 0 { fee } else { divided(fee * passed, total) };
                    costs[*n] = Some(raised(so_far - given, minutes, &rate));
                    given = so_far;
                }
            }
        }
    }
    costs
}

/// The rate that began last; of several that began on one day, the cachet, then the day.
fn rate_on(rates: &[Rate], day: Date) -> Option<Rate> {
    // `rates_on` gives them in the order hour, day, cachet, and the last of equals wins.
    rates_on(rates, day).into_iter().max_by_key(|rate| rate.terms.from_date)
}

/// A sum with the additions that its minutes bring.
fn raised(cents: i64, minutes: &Minutes, rate: &Rate) -> i64 {
    if minutes.all == 0 { cents } else { divided(cents * minutes.weighed(rate), 100 * minutes.all) }
}

/// Rounded to the nearest, halves up.
const fn divided(sum: i64, by: i64) -> i64 {
    (2 * sum + by).div_euclid(2 * by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::RateId;
    use crate::kernel::zone::DEFAULT_ZONE;
    use crate::planning::rates::CheckedRate;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn paris() -> Zone {
        Zone::named(DEFAULT_ZONE).unwrap()
    }

    fn rate(from: Date, unit: RateUnit, amount_cents: i64, percents: [i64; 3]) -> Rate {
        let [night_percent, sunday_percent, holiday_percent] = percents;
        let terms = CheckedRate { from_date: from, unit, amount_cents, night_percent, sunday_percent, holiday_percent };
        Rate { id: RateId(1), terms }
    }

    /// From an hour of a day of 2026 for so many hours.
    fn work(month: i8, day: i8, hour: i8, hours: i64, break_minutes: i64) -> Work {
        let start = paris().instant(date(2026, month, day), hour, 0);
        Work { start, end: start.plus_minutes(hours * 60), break_minutes }
    }

    /// A name, somebody's rates and works, and what these cost.
    type Case<'a> = (&'a str, &'a [Rate], Vec<Work>, Vec<Option<i64>>);

    #[test]
    fn costs_are_as_somebody_would_reckon_them() {
        let since = date(2026, 1, 1);
        let hourly = [rate(since, RateUnit::Hour, 2_000, [25, 50, 100])];
        let daily = [rate(since, RateUnit::Day, 25_000, [0, 0, 100])];
        let cachet = [rate(since, RateUnit::Cachet, 15_000, [0, 0, 0])];
        let cases: [Case<'_>; 12] = [
            ("8 h of work at 20 €", &hourly, vec![work(11, 24, 9, 9, 60)], vec![Some(16_000)]),
            // 14:00 to 23:00, two hours of which at night: 9 h at 20 €, 2 h at 5 € more.
            ("a late shift", &hourly, vec![work(11, 24, 14, 9, 0)], vec![Some(19_000)]),
            ("a Sunday", &hourly, vec![work(11, 22, 9, 4, 0)], vec![Some(12_000)]),
            ("the 11th of November, a Wednesday", &hourly, vec![work(11, 11, 9, 4, 0)], vec![Some(16_000)]),
            // 1 November 2026 is a Sunday: 100 %, not 150 %.
            ("a holiday on a Sunday", &hourly, vec![work(11, 1, 9, 4, 0)], vec![Some(16_000)]),
            // Saturday 20:00 to Sunday 4:00: 1 h plain, 3 h night, 4 h night and Sunday.
            ("into the Sunday", &hourly, vec![work(11, 21, 20, 8, 0)], vec![Some(2_000 + 3 * 2_500 + 4 * 3_500)]),
            // The night of 25 October has an hour more: 22:00 to 6:00 is 9 h.
            (
                "the night of the clock change",
                &[rate(since, RateUnit::Hour, 2_000, [0, 0, 0])],
                vec![Work { end: paris().instant(date(2026, 10, 25), 6, 0), ..work(10, 24, 22, 1, 0) }],
                vec![Some(18_000)],
            ),
            ("a day", &daily, vec![work(11, 24, 9, 9, 60)], vec![Some(25_000)]),
            (
                "two missions of a day",
                &daily,
                vec![work(11, 24, 9, 3, 0), work(11, 24, 14, 6, 0)],
                vec![Some(8_333), Some(16_667)],
            ),
            ("a day on a holiday", &daily, vec![work(11, 11, 9, 9, 60)], vec![Some(50_000)]),
            ("two cachets", &cachet, vec![work(11, 24, 9, 3, 0), work(11, 24, 14, 6, 0)], vec![Some(15_000), Some(15_000)]),
            ("before any rate", &[rate(date(2027, 1, 1), RateUnit::Day, 1, [0, 0, 0])], vec![work(11, 24, 9, 3, 0)], vec![None]),
        ];
        for (name, rates, works, costs) in cases {
            assert_eq!(costs_of(&works, rates, &paris()), costs, "{name}");
        }
        let both = [rate(since, RateUnit::Hour, 2_000, [0; 3]), rate(date(2026, 6, 1), RateUnit::Day, 9_900, [0; 3])];
        assert_eq!(costs_of(&[work(11, 24, 9, 3, 0)], &both, &paris()), [Some(9_900)], "the newer one counts");
    }

    #[test]
    fn minutes_of_the_last_day_there_is_are_counted_and_done() {
        let zone = Zone::named("Pacific/Kiritimati").unwrap();
        let end = zone.instant(Date::MAX, 23, 59);
        assert_eq!(zone.local(end).date, Date::MAX);
        assert!(Minutes::of(&Work { start: end.plus_minutes(-60), end, break_minutes: 0 }, &zone).all <= 60);
    }

    proptest! {
        #[test]
        fn a_day_is_paid_to_the_cent(lengths in prop::collection::vec(1i64..300, 1..6), cents in 0i64..100_000) {
            let rates = [rate(date(2026, 1, 1), RateUnit::Day, cents, [0; 3])];
            let start = paris().instant(date(2026, 11, 24), 0, 0);
            let works: Vec<Work> = lengths.iter().enumerate().map(|(n, length)| {
                let start = start.plus_minutes(i64::try_from(n).unwrap_or(0) * 240);
                Work { start, end: start.plus_minutes(*length), break_minutes: 0 }
            }).collect();
            let sum: i64 = costs_of(&works, &rates, &paris()).into_iter().flatten().sum();
            prop_assert_eq!(sum, cents);
        }

        #[test]
        fn minutes_are_those_that_pass(start in 0i64..600_000, length in 1i64..4000, pause in 0i64..120) {
            let start = Instant(date(2026, 1, 1).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond()).plus_minutes(start);
            let work = Work { start, end: start.plus_minutes(length), break_minutes: pause.min(length - 1) };
            let counted = Minutes::of(&work, &paris());
            prop_assert_eq!(counted.all, length - work.break_minutes);
            prop_assert!(counted.night <= counted.all && counted.sunday + counted.holiday <= counted.all);
        }
    }
}
