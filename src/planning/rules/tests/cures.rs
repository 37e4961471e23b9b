//! A cure cures, and one minute less does not.

use super::random::{Dice, Weeks, person, shifts};
use crate::planning::rules::{Calendar, Cure, Finding, Kind, Person, Shift, State, When, check_in, packs};
use jiff::ToSpan as _;
use std::collections::BTreeMap;

const ROSTERS: u64 = 1_500;

/// Whether what was found is still there.
fn is_still_there(before: &Finding, after: &[Finding]) -> bool {
    let same = |after: &&Finding| {
        let place = match (before.when, after.when, before.kind) {
            (_, _, Kind::Overlap) => before.shifts.iter().all(|key| after.shifts.contains(key)),
            (_, _, Kind::MissingSkill | Kind::ExpiredSkill | Kind::OutsideProject) => before.shifts == after.shifts,
            (_, _, Kind::TimeOff | Kind::Unavailable | Kind::NightBan { .. }) if before.shifts != after.shifts => false,
            (When::Span { from, to }, When::Span { from: f, to: t }, _) => from < t && f < to,
            (one, other, _) => one == other,
        };
        place && before.rule == after.rule && before.skill == after.skill
    };
    after.iter().any(|after| same(&after))
}

/// The cure that gives a minute, or a day, less. None for cures without a number.
fn a_little_less(cure: &Cure) -> Option<Cure> {
    let mut less = cure.clone();
    match &mut less {
        Cure::StartLater { minutes, .. }
        | Cure::EndEarlier { minutes, .. }
        | Cure::EndLater { minutes, .. }
        | Cure::AddBreak { minutes, .. } => *minutes -= 1,
        Cure::RenewSkill { until, .. } => *until = until.saturating_sub(1.day()),
        Cure::GiveSkill { level, .. } => *level -= 1,
        _ => return None,
    }
    Some(less)
}

struct Case<'a> {
    person: &'a Person,
    shifts: &'a [Shift],
    weeks: &'a Weeks,
    calendar: &'a Calendar,
}

impl Case<'_> {
    fn leaves(&self, finding: &Finding, cure: &Cure) -> bool {
        let (mut person, mut shifts) = (self.person.clone(), self.shifts.to_vec());
        cure.apply(&mut person, &mut shifts, &self.weeks.zone);
        is_still_there(finding, &check_in(&person, &shifts, &packs::all(), self.calendar))
    }

    fn drop_of_one_cures(&self, finding: &Finding) -> bool {
        let movable = self.shifts.iter().filter(|s| s.state != State::Worked && finding.shifts.contains(&s.key));
        movable.into_iter().any(|shift| !self.leaves(finding, &Cure::Drop { key: shift.key }))
    }

    fn judge(&self, finding: &Finding) {
        let cure = &finding.cure;
        match cure {
            Cure::TooLate => {
                let changeable = self.shifts.iter().any(|s| s.state != State::Worked && finding.shifts.contains(&s.key));
                assert!(!changeable, "something can still be changed: {finding:#?}");
            }
            Cure::Rework | Cure::WorkLess { .. } => {
                // A missing break and a short call are not cured by dropping the shift.
                let other = matches!(finding.kind, Kind::Break { .. } | Kind::ShortCall);
                assert!(other || !self.drop_of_one_cures(finding), "one change is enough: {finding:#?}");
            }
            _ => {
                assert!(!self.leaves(finding, cure), "does not cure: {finding:#?}");
                if let Some(less) = a_little_less(cure) {
                    assert!(self.leaves(finding, &less), "less is enough: {finding:#?}");
                }
            }
        }
        if let Cure::StartLater { key, .. } | Cure::EndEarlier { key, .. } | Cure::Drop { key } = cure {
            let state = self.shifts.iter().find(|shift| shift.key == *key).map(|shift| shift.state);
            assert!(state.is_some_and(|state| state != State::Worked), "changes the past: {finding:#?}");
        }
    }
}

#[test]
fn a_cure_cures_and_one_minute_less_does_not() {
    let all = Weeks::all();
    let calendars: Vec<_> = all.iter().map(|weeks| Calendar::new(&weeks.zone, weeks.window)).collect();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..ROSTERS {
        let mut dice = Dice::new(seed ^ 0xC0FFEE);
        let weeks = Weeks::pick(&all, &mut dice);
        let calendar = all.iter().position(|other| std::ptr::eq(other, weeks)).map(|place| &calendars[place]).unwrap();
        let (person, shifts) = (person(weeks, &mut dice), shifts(weeks, &mut dice));
        let case = Case { person: &person, shifts: &shifts, weeks, calendar };
        for (place, finding) in check_in(&person, &shifts, &packs::all(), calendar).iter().enumerate() {
            // Long rosters have dozens: some of each will do.
            if place % (1 + shifts.len() / 20) == 0 {
                let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case.judge(finding)));
                assert!(judged.is_ok(), "seed {seed}\n{person:#?}\n{shifts:#?}");
            }
            let name = format!("{:?}", finding.cure);
            *seen.entry(name.split([' ', '{']).next().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 11, "not all cures were seen: {seen:#?}");
}
