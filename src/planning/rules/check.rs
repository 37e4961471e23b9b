//! Looks at one person's shifts.

use super::calendar::{Calendar, Window, instant_of, minute_of};
use super::cure::{cure, involved};
use super::finding::{Cure, Finding, When};
use super::model::{Person, Shift, Span};
use super::pack::{Kind, Pack, Rule, for_person, holds};
use super::roster::Roster;
use super::skills::lacks;
use super::spots::{Around, Place, Spot, spots};
use crate::kernel::Instant;
use crate::kernel::zone::Zone;

/// What a person's shifts break within the window, in order of time and then of rule.
///
/// Pass all shifts of the person that lie in [`Calendar::horizon`], those of other employers too (C. trav. L8261-1): a
/// rest has two ends and an average twelve weeks. For many people, make one [`Calendar`] and use [`check_in`].
pub fn check(person: &Person, shifts: &[Shift], packs: &[Pack], zone: &Zone, window: Window) -> Vec<Finding> {
    check_in(person, shifts, packs, &Calendar::new(zone, window))
}

/// As [`check`], with a calendar made before.
pub fn check_in(person: &Person, shifts: &[Shift], packs: &[Pack], calendar: &Calendar) -> Vec<Finding> {
    look(person, shifts, packs, calendar, cure)
}

/// How a cure is found.
type Healer = fn(&Rule, &Spot, Around, &Roster, &dyn Fn(Place) -> bool) -> Cure;

/// As [`check_in`], with another way to find cures: the tests against the oracle need none.
pub(super) fn look(person: &Person, shifts: &[Shift], packs: &[Pack], calendar: &Calendar, heal: Healer) -> Vec<Finding> {
    let roster = Roster::of_shifts(shifts, calendar);
    let (unavailable, time_off) = (minutes(&person.unavailable), minutes(&person.time_off));
    let around = Around { calendar, unavailable: &unavailable, time_off: &time_off };
    let first = calendar.date(calendar.weeks().start * 7);
    let mut found = Vec::new();
    for (pack, rule) in for_person(packs, person, first, calendar.window().last) {
        let asked = Asked { person, packs, pack, rule, around, roster: &roster, heal };
        if matches!(rule.kind, Kind::MissingSkill | Kind::ExpiredSkill) {
            asked.skills(shifts, &mut found);
        } else {
            asked.times(&mut found);
        }
    }
    found.sort_by(|(a, one), (b, other)| {
        (a, one.rule, &one.shifts, &one.skill).cmp(&(b, other.rule, &other.shifts, &other.skill))
    });
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// A rule, asked about a person.
struct Asked<'a> {
    person: &'a Person,
    packs: &'a [Pack],
    pack: &'a Pack,
    rule: &'a Rule,
    around: Around<'a>,
    roster: &'a Roster,
    heal: Healer,
}

impl Asked<'_> {
    fn times(&self, found: &mut Vec<(i64, Finding)>) {
        let calendar = self.around.calendar;
        for spot in spots(self.rule, self.around, self.roster, calendar.days()) {
            let (from, to) = minutes_of(spot.place, calendar);
            if !self.counts(from, to) {
                continue;
            }
            let shifts = involved(self.rule.kind, spot.place, self.around, self.roster).iter().map(|item| item.key).collect();
            let holds = |place| self.holds_at(minutes_of(place, calendar).0);
            let cure = (self.heal)(self.rule, &spot, self.around, self.roster, &holds);
            let finding = Finding {
                rule: self.rule.code,
                article: self.rule.article,
                source: self.pack.source,
                severity: self.rule.severity_of(spot.measured),
                kind: self.rule.kind,
                shifts,
                measured: spot.measured,
                limit: spot.limit,
                unit: self.rule.unit,
                when: when(spot.place, calendar),
                skill: None,
                cure,
            };
            found.push((from, finding));
        }
    }

    fn skills(&self, shifts: &[Shift], found: &mut Vec<(i64, Finding)>) {
        for item in self.roster.items.iter().filter(|item| self.counts(item.start, item.end)) {
            for lack in lacks(self.rule.kind, self.person, &shifts[item.index], item, self.around.calendar) {
                let finding = Finding {
                    rule: self.rule.code,
                    article: self.rule.article,
                    source: self.pack.source,
                    severity: self.rule.severity_of(lack.measured),
                    kind: self.rule.kind,
                    shifts: vec![item.key],
                    measured: lack.measured,
                    limit: lack.limit,
                    unit: self.rule.unit,
                    when: When::Span { from: instant_of(item.start), to: instant_of(item.end) },
                    skill: Some(lack.skill),
                    cure: lack.cure,
                };
                found.push((item.start, finding));
            }
        }
    }

    /// Whether it is in the window, and the rule holds that day.
    fn counts(&self, from: i64, to: i64) -> bool {
        let calendar = self.around.calendar;
        let days = calendar.days();
        from < calendar.start(days.end) && to > calendar.start(days.start) && self.holds_at(from)
    }

    fn holds_at(&self, minute: i64) -> bool {
        let calendar = self.around.calendar;
        holds(self.packs, self.person, self.pack, self.rule, calendar.date(calendar.day_of(minute)))
    }
}

/// The minutes of a place. Of an average, only its last week: that is where it is shown and dated.
fn minutes_of(place: Place, calendar: &Calendar) -> (i64, i64) {
    match place {
        Place::Pair { from, to, .. } | Place::Shift { from, to, .. } | Place::Gap { from, to } | Place::Stretch { from, to } => {
            (from, to)
        }
        Place::Day(day) => (calendar.start(day), calendar.start(day + 1)),
        Place::Week(week) | Place::Weeks { last: week, .. } => (calendar.start(week * 7), calendar.start(week * 7 + 7)),
    }
}

fn when(place: Place, calendar: &Calendar) -> When {
    match place {
        Place::Pair { from, to, .. } | Place::Shift { from, to, .. } | Place::Gap { from, to } | Place::Stretch { from, to } => {
            When::Span { from: instant_of(from), to: instant_of(to) }
        }
        Place::Day(day) => When::Day(calendar.date(day)),
        Place::Week(week) => When::Week(calendar.date(week * 7)),
        Place::Weeks { last, count } => When::Weeks { last: calendar.date(last * 7), count },
    }
}

/// Sorted, and one where some overlap.
fn minutes(spans: &[Span]) -> Vec<(i64, i64)> {
    let mut all: Vec<_> = spans.iter().map(|span| (minute_of(span.from), minute_of(span.to))).filter(|(a, b)| a < b).collect();
    all.sort_unstable();
    let mut out: Vec<(i64, i64)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// Two shifts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The keys; the one that starts first comes first.
    pub shifts: (i64, i64),
    /// The time that they share.
    pub from: Instant,
    pub to: Instant,
}

/// All pairs of shifts that share time, to the millisecond. For the rule that nobody accepts two missions at once.
pub fn overlaps(shifts: &[Shift]) -> Vec<Clash> {
    let mut sorted: Vec<_> = shifts.iter().filter(|shift| shift.start < shift.end).collect();
    sorted.sort_by_key(|shift| (shift.start, shift.end, shift.key));
    let mut out = Vec::new();
    for (place, one) in sorted.iter().enumerate() {
        for other in sorted[place + 1..].iter().take_while(|other| other.start < one.end) {
            out.push(Clash { shifts: (one.key, other.key), from: other.start, to: one.end.min(other.end) });
        }
    }
    out
}
