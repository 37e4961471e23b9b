//! What a check finds, and what would cure it.

use super::calendar::{instant_of, minute_of};
use super::model::{Person, Shift, Skill};
use super::pack::{Kind, Severity, Unit};
use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use jiff::civil::Date;

/// When a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// The rest that is too short, the work day that is too long, the time that two shifts share, …
    Span {
        from: Instant,
        to: Instant,
    },
    Day(Date),
    /// The ISO week of this Monday.
    Week(Date),
    /// So many ISO weeks; the Monday of the last.
    Weeks {
        last: Date,
        count: usize,
    },
}

/// The smallest change of one shift after which the finding is gone; one minute (or day) less leaves it.
///
/// Shifts of the past are never changed, and no shift is cut to less than an hour: it is rather dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cure {
    StartLater {
        key: i64,
        minutes: i64,
    },
    EndEarlier {
        key: i64,
        minutes: i64,
    },
    EndLater {
        key: i64,
        minutes: i64,
    },
    /// A break, or so many minutes more of one.
    AddBreak {
        key: i64,
        minutes: i64,
    },
    Drop {
        key: i64,
    },
    GiveSkill {
        skill: String,
        level: i64,
    },
    RenewSkill {
        skill: String,
        until: Date,
    },
    /// Any day of these: the first works.
    AnotherDay {
        key: i64,
        first: Date,
        last: Date,
    },
    /// No change of one shift is enough: so many minutes less, in several.
    WorkLess {
        minutes: i64,
    },
    /// No change of one shift is enough.
    Rework,
    /// All shifts in question are of the past.
    TooLate,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub article: &'static str,
    /// The pack's source.
    pub source: &'static str,
    pub severity: Severity,
    /// What was measured, for words.
    pub kind: Kind,
    /// Keys of the shifts in question, in order of time. For an average, those of its last week.
    pub shifts: Vec<i64>,
    pub measured: i64,
    /// The number that was applied: on some days another than the rule's own.
    pub limit: i64,
    pub unit: Unit,
    pub when: When,
    pub skill: Option<String>,
    pub cure: Cure,
}

impl Cure {
    /// Does it: to the person for skills, else to the shifts. The zone is that of the check.
    pub fn apply(&self, person: &mut Person, shifts: &mut Vec<Shift>, zone: &Zone) {
        let mut change = |key: i64, change: &dyn Fn(&mut Shift)| shifts.iter_mut().filter(|s| s.key == key).for_each(change);
        match self {
            Self::StartLater { key, minutes } => {
                change(*key, &|shift| shift.start = instant_of(minute_of(shift.start) + minutes));
            }
            Self::EndEarlier { key, minutes } => change(*key, &|shift| shift.end = instant_of(minute_of(shift.end) - minutes)),
            Self::EndLater { key, minutes } => change(*key, &|shift| shift.end = instant_of(minute_of(shift.end) + minutes)),
            Self::AddBreak { key, minutes } => change(*key, &|shift| shift.break_minutes = shift.break_minutes.max(0) + minutes),
            Self::Drop { key } => shifts.retain(|shift| shift.key != *key),
            Self::GiveSkill { skill, level } => {
                person.skills.push(Skill { name: skill.clone(), level: *level, until: None });
            }
            Self::RenewSkill { skill, until } => {
                let named = person.skills.iter_mut().filter(|known| known.name == *skill);
                named.filter(|known| known.until.is_some_and(|end| end < *until)).for_each(|known| known.until = Some(*until));
            }
            Self::AnotherDay { key, first, .. } => change(*key, &|shift| {
                let length = shift.end.millis_since(shift.start);
                shift.start = zone.start_of(*first);
                shift.end = Instant(shift.start.0 + length);
            }),
            Self::WorkLess { .. } | Self::Rework | Self::TooLate => {}
        }
    }
}
