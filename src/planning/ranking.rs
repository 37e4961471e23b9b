//! Who can do it: people in the order in which a place would best be offered to them, with reasons. Pure.
//!
//! The order is said in words rather than hidden in points. First who breaks no rule, then who would need a written reason, last
//! who cannot. Among them: who has not declined or been taken off this mission; who asked for such a time; who has had fewer of what is
//! hard about it (nights, weekends, early calls); who has worked less that week, by whole days; who costs less. Names and numbers
//! settle the rest, so the same people come in the same order.

use super::rules::{Finding, Severity, Shift};
use crate::kernel::zone::Zone;
use crate::kernel::{CrewMemberId, Instant};
use jiff::civil::Weekday;

/// A day of work, in minutes: smaller differences of a week do not count.
const DAY: i64 = 7 * 60;
/// The night for this: from midnight to this hour (part of every night work period, C. trav. L3122-2).
const NIGHT_UNTIL: i8 = 5;
/// A call before this hour is early.
const EARLY_UNTIL: i8 = 7;

/// What is hard about a time of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strain {
    pub night: bool,
    pub weekend: bool,
    pub early: bool,
}

impl Strain {
    /// Of a shift, by the clocks of a place.
    pub fn of(start: Instant, end: Instant, zone: &Zone) -> Self {
        let (starts, ends) = (zone.local(start), zone.local(end));
        let night = |date| zone.start_of(date) < end && zone.instant(date, NIGHT_UNTIL, 0) > start;
        let weekend = |day: Weekday| matches!(day, Weekday::Saturday | Weekday::Sunday);
        Self {
            night: night(starts.date) || night(ends.date),
            weekend: weekend(starts.date.weekday()) || (end > zone.start_of(ends.date) && weekend(ends.date.weekday())),
            early: (NIGHT_UNTIL..EARLY_UNTIL).contains(&starts.hour),
        }
    }
}

/// How often somebody has had what is hard: the fairness counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub nights: i64,
    pub weekends: i64,
    pub early_calls: i64,
}

impl Load {
    /// Counts shifts.
    pub fn of<'a>(shifts: impl Iterator<Item = &'a Shift>, zone: &Zone) -> Self {
        shifts.map(|shift| Strain::of(shift.start, shift.end, zone)).fold(Self::default(), |load, strain| Self {
            nights: load.nights + i64::from(strain.night),
            weekends: load.weekends + i64::from(strain.weekend),
            early_calls: load.early_calls + i64::from(strain.early),
        })
    }

    /// What counts for a time: only what is hard about it.
    const fn against(self, strain: Strain) -> i64 {
        (if strain.night { self.nights } else { 0 })
            + (if strain.weekend { self.weekends } else { 0 })
            + (if strain.early { self.early_calls } else { 0 })
    }
}

/// Somebody who might do it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub person: CrewMemberId,
    pub name: String,
    /// The name as it is ordered.
    pub search: String,
    /// What rules would say.
    pub findings: Vec<Finding>,
    /// They asked for such a time.
    pub prefers: bool,
    /// They have declined this mission, or been taken off it.
    pub was_on: bool,
    /// How well they can do what is asked; `None` when nothing is asked, or they cannot.
    pub level: Option<i64>,
    /// Minutes of work that week, this mission included.
    pub week_minutes: i64,
    /// In the twelve weeks before, and the week itself.
    pub load: Load,
    /// What they would cost; `None` without a rate.
    pub cost_cents: Option<i64>,
}

/// Whether somebody can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No rule says anything.
    Fits,
    /// A soft rule: somebody would have to write why.
    NeedsReason,
    /// A hard rule.
    Blocked,
}

impl Standing {
    /// The word of the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::NeedsReason => "needs_reason",
            Self::Blocked => "blocked",
        }
    }
}

/// What speaks for or against somebody, besides findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Prefers,
    Skilled(i64),
    /// So many of such times, and how many the others have in the middle.
    LessLoad(i64, i64),
    MoreLoad(i64, i64),
    WasOn,
    NoRate,
}

impl Reason {
    /// Whether it speaks for the person.
    pub const fn is_for(self) -> bool {
        matches!(self, Self::Prefers | Self::Skilled(_) | Self::LessLoad(..))
    }

    /// The word of the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prefers => "prefers",
            Self::Skilled(_) => "skilled",
            Self::LessLoad(..) => "less_load",
            Self::MoreLoad(..) => "more_load",
            Self::WasOn => "was_on",
            Self::NoRate => "no_rate",
        }
    }
}

/// Somebody in their place of the order.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub candidate: Candidate,
    pub standing: Standing,
    pub reasons: Vec<Reason>,
}

fn standing_of(candidate: &Candidate) -> Standing {
    match candidate.findings.iter().map(|finding| finding.severity).max() {
        None => Standing::Fits,
        Some(Severity::Soft) => Standing::NeedsReason,
        Some(Severity::Hard) => Standing::Blocked,
    }
}

/// Orders people for a time of work that is hard in this way.
pub fn rank(mut candidates: Vec<Candidate>, strain: Strain) -> Vec<Ranked> {
    let mut loads: Vec<i64> = candidates.iter().map(|candidate| candidate.load.against(strain)).collect();
    loads.sort_unstable();
    let middle = loads.get(loads.len() / 2).copied().unwrap_or(0);
    candidates.sort_by_cached_key(|one| {
        let time = (one.load.against(strain), one.week_minutes / DAY, one.cost_cents.unwrap_or(i64::MAX));
        (standing_of(one), one.was_on, !one.prefers, time, one.week_minutes, one.search.clone(), one.person)
    });
    let is_hard = strain != Strain::default();
    let ranked = candidates.into_iter().map(|candidate| {
        let load = candidate.load.against(strain);
        let reasons = [
            candidate.prefers.then_some(Reason::Prefers),
            candidate.level.map(Reason::Skilled),
            (is_hard && load < middle).then_some(Reason::LessLoad(load, middle)),
            (is_hard && load > middle).then_some(Reason::MoreLoad(load, middle)),
            candidate.was_on.then_some(Reason::WasOn),
            candidate.cost_cents.is_none().then_some(Reason::NoRate),
        ];
        Ranked { standing: standing_of(&candidate), reasons: reasons.into_iter().flatten().collect(), candidate }
    });
    ranked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::DEFAULT_ZONE;
    use crate::planning::rules::{Cure, Kind, Unit, When};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn candidate(person: i64) -> Candidate {
        Candidate {
            person: CrewMemberId(person),
            name: format!("P{person}"),
            search: format!("p{person}"),
            findings: Vec::new(),
            prefers: false,
            was_on: false,
            level: None,
            week_minutes: 0,
            load: Load::default(),
            cost_cents: Some(100),
        }
    }

    fn finding(severity: Severity) -> Finding {
        Finding {
            rule: "r",
            article: "",
            source: "",
            severity,
            kind: Kind::WeeklyRest,
            shifts: vec![1],
            measured: 0,
            limit: 0,
            unit: Unit::Minutes,
            when: When::Day(date(2026, 11, 24)),
            skill: None,
            cure: Cure::Rework,
        }
    }

    fn order(candidates: Vec<Candidate>, strain: Strain) -> Vec<i64> {
        rank(candidates, strain).iter().map(|ranked| ranked.candidate.person.0).collect()
    }

    #[test]
    fn each_ground_counts_in_its_turn() {
        let night = Strain { night: true, ..Strain::default() };
        let nights = |person, nights| Candidate { load: Load { nights, ..Load::default() }, ..candidate(person) };
        let cases = [
            // Blocked last, a written reason before, whatever else speaks for them.
            vec![
                candidate(1),
                Candidate { findings: vec![finding(Severity::Soft)], prefers: true, cost_cents: Some(0), ..candidate(2) },
                Candidate { findings: vec![finding(Severity::Soft), finding(Severity::Hard)], prefers: true, ..candidate(3) },
            ],
            vec![candidate(1), Candidate { was_on: true, prefers: true, ..candidate(2) }],
            vec![Candidate { prefers: true, week_minutes: 2000, ..candidate(1) }, candidate(2)],
            vec![nights(1, 2), Candidate { cost_cents: Some(1), ..nights(2, 3) }],
            vec![candidate(1), Candidate { week_minutes: DAY, cost_cents: Some(1), ..candidate(2) }],
            vec![Candidate { week_minutes: DAY - 1, cost_cents: Some(1), ..candidate(1) }, candidate(2)],
            vec![candidate(1), Candidate { cost_cents: None, ..candidate(2) }],
            vec![candidate(1), candidate(2)],
        ];
        for case in cases {
            let wanted: Vec<i64> = case.iter().map(|one| one.person.0).collect();
            assert_eq!(order(case.iter().cloned().rev().collect(), night), wanted);
        }
        // Nights do not count for a time that is none.
        assert_eq!(order(vec![nights(1, 9), nights(2, 0)], Strain::default()), [1, 2]);
    }

    #[test]
    fn reasons_say_what_the_order_does_not_show() {
        let strain = Strain { weekend: true, ..Strain::default() };
        let weekends = |person, weekends| Candidate { load: Load { weekends, ..Load::default() }, ..candidate(person) };
        let ranked = rank(vec![weekends(1, 4), weekends(2, 1), Candidate { cost_cents: None, ..weekends(3, 2) }], strain);
        let reasons: Vec<_> = ranked.into_iter().map(|ranked| (ranked.candidate.person.0, ranked.reasons)).collect();
        assert_eq!(reasons, [(2, vec![Reason::LessLoad(1, 2)]), (3, vec![Reason::NoRate]), (1, vec![Reason::MoreLoad(4, 2)])]);
    }

    #[test]
    fn what_is_hard_is_seen_on_the_clocks() {
        let zone = Zone::named(DEFAULT_ZONE).unwrap();
        let strain = |day: i8, hour: i8, hours: i64| {
            let start = zone.instant(date(2026, 11, day), hour, 0);
            let Strain { night, weekend, early } = Strain::of(start, start.plus_minutes(hours * 60), &zone);
            (night, weekend, early)
        };
        assert_eq!(strain(24, 9, 9), (false, false, false));
        assert_eq!(strain(24, 20, 4), (false, false, false), "it ends at midnight");
        assert_eq!(strain(24, 20, 5), (true, false, false));
        assert_eq!(strain(24, 4, 4), (true, false, false));
        assert_eq!(strain(24, 5, 4), (false, false, true));
        assert_eq!(strain(27, 18, 6), (false, false, false), "Friday until midnight");
        assert_eq!(strain(27, 18, 7), (true, true, false), "Friday into Saturday");
        assert_eq!(strain(29, 10, 7), (false, true, false));
    }

    proptest! {
        #[test]
        fn the_same_people_come_in_the_same_order(
            facts in prop::collection::vec((any::<bool>(), any::<bool>(), 0i64..3000, 0i64..4, prop::option::of(0i64..3)), 1..40),
            turn in 0usize..40,
        ) {
            let people: Vec<Candidate> = facts.iter().zip(1..).map(|((prefers, was_on, week_minutes, nights, cost_cents), n)| Candidate {
                prefers: *prefers, was_on: *was_on, week_minutes: *week_minutes, cost_cents: *cost_cents,
                load: Load { nights: *nights, ..Load::default() }, ..candidate(n)
            }).collect();
            let mut turned = people.clone();
            turned.rotate_left(turn % people.len());
            let strain = Strain { night: true, ..Strain::default() };
            prop_assert_eq!(order(people, strain), order(turned, strain));
        }
    }
}
