//! Where a roster breaks a rule. The same code finds, and judges whether a change cures.

use super::calendar::Calendar;
use super::pack::{Kind, Period, Rule};
use super::roster::Roster;
use std::ops::Range;

/// Where something is broken, so that it is known again after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Two shifts and the time that they share.
    Pair {
        keys: (i64, i64),
        from: i64,
        to: i64,
    },
    /// One shift and the time in question.
    Shift {
        key: i64,
        from: i64,
        to: i64,
    },
    /// A rest between two blocks.
    Gap {
        from: i64,
        to: i64,
    },
    /// Time at work from a start to an end.
    Stretch {
        from: i64,
        to: i64,
    },
    Day(usize),
    Week(usize),
    /// So many weeks, up to this one.
    Weeks {
        last: usize,
        count: usize,
    },
}

impl Place {
    /// Whether both are the same thing, before and after a change.
    pub fn is_same(&self, other: &Self) -> bool {
        let meet = |a: (i64, i64), b: (i64, i64)| a.0 < b.1 && b.0 < a.1 || a == b;
        match (self, other) {
            (Self::Pair { keys, .. }, Self::Pair { keys: others, .. }) => keys == others,
            (Self::Shift { key, from, to }, Self::Shift { key: k, from: f, to: t }) => key == k && meet((*from, *to), (*f, *t)),
            (Self::Gap { from, to }, Self::Gap { from: f, to: t })
            | (Self::Stretch { from, to }, Self::Stretch { from: f, to: t }) => meet((*from, *to), (*f, *t)),
            (a, b) => a == b,
        }
    }
}

/// A broken rule at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub place: Place,
    pub measured: i64,
    pub limit: i64,
    /// By how many minutes something must change: a first guess for the cure.
    pub excess: i64,
}

impl Spot {
    const fn new(place: Place, measured: i64, limit: i64) -> Self {
        Self { place, measured, limit, excess: (measured - limit).abs() }
    }
}

/// What the rules look at besides the shifts.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub calendar: &'a Calendar,
    /// Sorted, without overlaps.
    pub unavailable: &'a [(i64, i64)],
    pub time_off: &'a [(i64, i64)],
}

/// All places where the rule is broken on some of these days. Rules about skills are in `skills`.
pub(super) fn spots(rule: &Rule, around: Around, roster: &Roster, days: Range<usize>) -> Vec<Spot> {
    let mut out = Vec::new();
    let calendar = around.calendar;
    let weeks = days.start / 7..days.end.div_ceil(7);
    let limit = rule.limit;
    match rule.kind {
        Kind::Overlap => overlaps(roster, &mut out),
        Kind::Unavailable => absences(roster, around.unavailable, &mut out),
        Kind::TimeOff => absences(roster, around.time_off, &mut out),
        Kind::OutsideProject => outside(roster, &mut out),
        Kind::MissingSkill | Kind::ExpiredSkill => {}
        Kind::DailyRest { span } => {
            out.extend(
                short_rests(roster, calendar, limit, span).map(|(from, to)| Spot::new(Place::Gap { from, to }, to - from, limit)),
            );
        }
        Kind::ShortRests { rest, span, period } => {
            let all: Vec<_> = short_rests(roster, calendar, rest, span).collect();
            many_rests(&all, calendar, limit, (rest, period), &mut out);
        }
        Kind::DailyWork => {
            let work = days.clone().zip(roster.work_by_day(calendar, days));
            out.extend(work.filter(|(_, work)| *work > limit).map(|(day, work)| Spot::new(Place::Day(day), work, limit)));
        }
        Kind::DailySpan { rest } => {
            let long = roster.work_days(calendar, rest, limit).into_iter().filter(|day| day.end - day.start > limit);
            out.extend(long.map(|day| Spot::new(Place::Stretch { from: day.start, to: day.end }, day.end - day.start, limit)));
        }
        Kind::WeeklyWork => {
            let work = weeks.map(|week| (week, roster.work_between(calendar.start(week * 7), calendar.start(week * 7 + 7))));
            out.extend(work.filter(|(_, work)| *work > limit).map(|(week, work)| Spot::new(Place::Week(week), work, limit)));
        }
        Kind::WeeklyAverage { weeks: count } => averages(roster, calendar, (weeks, count, limit), &mut out),
        Kind::WeeklyRest => {
            for week in weeks {
                if let Some(rest) = weekly_rest(roster, calendar, week).filter(|rest| *rest < limit) {
                    out.push(Spot::new(Place::Week(week), rest, limit));
                }
            }
        }
        Kind::MaxDaysInWeek => {
            for week in weeks {
                let work = roster.work_by_day(calendar, week * 7..week * 7 + 7);
                let count = i64::try_from(work.iter().filter(|work| **work > 0).count()).unwrap_or(0);
                if count > limit {
                    out.push(Spot::new(Place::Week(week), count, limit));
                }
            }
        }
        Kind::Break { from } => breaks(roster, from, limit, &mut out),
        Kind::NightWork { from_hour, to_hour, rest, span } => {
            for day in roster.work_days(calendar, rest, span) {
                let work = roster.work_between(day.start, day.end);
                if work > limit && night_work(roster, calendar, (from_hour, to_hour), (day.start, day.end)) > 0 {
                    out.push(Spot::new(Place::Stretch { from: day.start, to: day.end }, work, limit));
                }
            }
        }
        Kind::NightBan { from_hour, to_hour } => night_ban(roster, calendar, (from_hour, to_hour), limit, &mut out),
        Kind::ShortCall => {
            let short = roster.blocks.iter().filter(|(start, end)| end - start < limit);
            out.extend(short.map(|&(from, to)| Spot::new(Place::Stretch { from, to }, to - from, limit)));
        }
    }
    out
}

fn overlaps(roster: &Roster, out: &mut Vec<Spot>) {
    for (place, one) in roster.items.iter().enumerate() {
        for other in roster.items[place + 1..].iter().take_while(|other| other.start < one.end) {
            let (from, to) = (other.start, one.end.min(other.end));
            let keys = (one.key.min(other.key), one.key.max(other.key));
            out.push(Spot::new(Place::Pair { keys, from, to }, to - from, 0));
        }
    }
}

fn absences(roster: &Roster, absences: &[(i64, i64)], out: &mut Vec<Spot>) {
    for item in &roster.items {
        let first = absences.partition_point(|(_, end)| *end <= item.start);
        for (start, end) in absences[first..].iter().take_while(|(start, _)| *start < item.end) {
            let (from, to) = (item.start.max(*start), item.end.min(*end));
            out.push(Spot::new(Place::Shift { key: item.key, from, to }, to - from, 0));
        }
    }
}

fn outside(roster: &Roster, out: &mut Vec<Spot>) {
    for item in &roster.items {
        let Some((first, last)) = item.project else { continue };
        let inside = (item.end.min(last) - item.start.max(first)).max(0);
        if inside < item.len() {
            out.push(Spot::new(Place::Shift { key: item.key, from: item.start, to: item.end }, item.len() - inside, 0));
        }
    }
}

fn short_rests(roster: &Roster, calendar: &Calendar, rest: i64, span: i64) -> impl Iterator<Item = (i64, i64)> {
    roster.work_days(calendar, rest, span).into_iter().filter_map(|day| Some((day.after?, day.start)))
}

fn many_rests(rests: &[(i64, i64)], calendar: &Calendar, limit: i64, counted: (i64, Period), out: &mut Vec<Spot>) {
    let (rest, period) = counted;
    let days: Vec<_> = rests.iter().map(|(_, to)| calendar.day_of(*to)).collect();
    for (place, day) in days.iter().enumerate() {
        let is_last = days.get(place + 1).is_none_or(|next| match period {
            Period::CivilWeek => next / 7 != day / 7,
            Period::SevenDays => next != day,
        });
        let from = match period {
            Period::CivilWeek => day / 7 * 7,
            Period::SevenDays => day.saturating_sub(6),
        };
        let those: Vec<_> = (0..=place).filter(|other| days[*other] >= from).collect();
        let count = i64::try_from(those.len()).unwrap_or(0);
        if is_last && count > limit {
            let place = match period {
                Period::CivilWeek => Place::Week(day / 7),
                Period::SevenDays => Place::Day(*day),
            };
            // The longest of them lacks the least.
            let excess = those.iter().map(|place| rest - (rests[*place].1 - rests[*place].0)).min().unwrap_or(0);
            out.push(Spot { place, measured: count, limit, excess });
        }
    }
}

fn averages(roster: &Roster, calendar: &Calendar, asked: (Range<usize>, usize, i64), out: &mut Vec<Spot>) {
    let (weeks, count, limit) = asked;
    let most = limit * i64::try_from(count).unwrap_or(1);
    for last in weeks.filter(|last| last + 1 >= count) {
        let total = roster.work_between(calendar.start((last + 1 - count) * 7), calendar.start(last * 7 + 7));
        if total > most {
            // Rounded up: an average over the limit is never shown as the limit.
            let measured = (total - 1).div_euclid(i64::try_from(count).unwrap_or(1)) + 1;
            out.push(Spot { place: Place::Weeks { last, count }, measured, limit, excess: total - most });
        }
    }
}

/// The longest rest that starts in a week; `None` when nobody is at work in it, or when that rest has no end.
fn weekly_rest(roster: &Roster, calendar: &Calendar, week: usize) -> Option<i64> {
    let (monday, next) = (calendar.start(week * 7), calendar.start(week * 7 + 7));
    let first = roster.blocks.partition_point(|(_, end)| *end <= monday);
    let mut longest = 0;
    let mut free_from = monday;
    for (start, end) in &roster.blocks[first..] {
        if free_from == monday && *start >= next {
            return None;
        }
        longest = longest.max(start - free_from);
        free_from = *end;
        if free_from >= next {
            return Some(longest);
        }
    }
    None
}

fn breaks(roster: &Roster, from: i64, limit: i64, out: &mut Vec<Spot>) {
    let mut blocks = roster.blocks.iter().copied().peekable();
    while let Some((start, mut end)) = blocks.next() {
        let mut at_work = end - start;
        // A gap that is shorter than the break is none.
        while let Some((next, until)) = blocks.next_if(|(next, _)| next - end < limit) {
            at_work += until - next;
            end = until;
        }
        if at_work >= from {
            let longest = roster.during(start, end).map(|item| item.pause.clamp(0, item.len())).max().unwrap_or(0);
            if longest < limit {
                out.push(Spot::new(Place::Stretch { from: start, to: end }, longest, limit));
            }
        }
    }
}

/// The nights that have a minute in common with a time: the evening of each date to the morning of the next.
fn nights(calendar: &Calendar, hours: (i8, i8), time: (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
    let days = calendar.day_of(time.0).saturating_sub(1)..calendar.day_of(time.1) + 1;
    days.map(move |day| (calendar.at(day, hours.0), calendar.at(day + 1, hours.1)))
}

fn night_work(roster: &Roster, calendar: &Calendar, hours: (i8, i8), time: (i64, i64)) -> i64 {
    nights(calendar, hours, time).map(|(from, to)| roster.work_between(from.max(time.0), to.min(time.1))).sum()
}

fn night_ban(roster: &Roster, calendar: &Calendar, hours: (i8, i8), limit: i64, out: &mut Vec<Spot>) {
    for item in &roster.items {
        for (from, to) in nights(calendar, hours, (item.start, item.end)) {
            let (from, to) = (from.max(item.start), to.min(item.end));
            if to - from > limit {
                out.push(Spot::new(Place::Shift { key: item.key, from, to }, to - from, limit));
            }
        }
    }
}
