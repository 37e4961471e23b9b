//! Rules as data.

use super::model::{Employment, Person, Standing};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::borrow::Cow;

/// What a broken rule means for the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Needs a written reason by a role that may.
    Soft,
    /// Blocks.
    Hard,
}

/// What a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Minutes,
    Days,
    Times,
    Level,
}

/// Over what a number of times is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    CivilWeek,
    /// Any seven dates in a row.
    SevenDays,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two shifts at once.
    Overlap,
    /// A shift in time declared unavailable.
    Unavailable,
    /// A shift in approved time off.
    TimeOff,
    /// A skill that a shift needs and the person lacks, or has at a lower level.
    MissingSkill,
    /// A skill that ends before the shift does.
    ExpiredSkill,
    /// A shift outside the dates of its project.
    OutsideProject,
    /// At least the limit between two work days. `span`: how long a work day may be, to know one from the next.
    DailyRest { span: i64 },
    /// At most the limit of rests shorter than `rest` in a period.
    ShortRests { rest: i64, span: i64, period: Period },
    /// At most the limit in a civil day.
    DailyWork,
    /// At most the limit from the start to the end of a work day. `rest`: what ends a work day.
    DailySpan { rest: i64 },
    /// At most the limit in an ISO week.
    WeeklyWork,
    /// At most the limit as the average of so many ISO weeks in a row.
    WeeklyAverage { weeks: usize },
    /// At least the limit in a row that starts in the ISO week; what belongs to the week before is left off, what runs
    /// into the next week counts.
    WeeklyRest,
    /// At most so many dates with work in an ISO week.
    MaxDaysInWeek,
    /// At least the limit in one go, as soon as somebody is at work for `from` minutes without such a break.
    Break { from: i64 },
    /// At most the limit of work in a work day that has a minute of the night.
    NightWork { from_hour: i8, to_hour: i8, rest: i64, span: i64 },
    /// No work at all between these hours.
    NightBan { from_hour: i8, to_hour: i8 },
    /// Nobody is called for a block shorter than the limit.
    ShortCall,
}

/// Whom a rule concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    /// Not yet that many years old on the day.
    Under(i16),
    With(Standing),
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique, for ever: it is in the audit.
    pub code: &'static str,
    /// Where it is written; empty for rules of the plan itself.
    pub article: &'static str,
    pub severity: Severity,
    /// A soft rule broken beyond this number is hard: where the law leaves room to an agreement, but not without end.
    pub hard_beyond: Option<i64>,
    pub limit: i64,
    pub unit: Unit,
    pub kind: Kind,
    pub who: Who,
    /// Rules that it stands in for, whatever it finds itself.
    pub replaces: &'static [&'static str],
}

/// Rules of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    pub code: &'static str,
    /// The text that they come from.
    pub source: &'static str,
    /// First day on which they hold.
    pub valid_from: Option<Date>,
    /// Last day on which they hold.
    pub valid_to: Option<Date>,
    /// Only for people under this collective agreement.
    pub idcc: Option<u16>,
    /// Only for people employed so; for all when empty. Somebody of whom it is unknown counts as an employee.
    pub employments: &'static [Employment],
    pub rules: Cow<'static, [Rule]>,
}

impl Pack {
    /// Whether it concerns this person on any day.
    pub fn concerns(&self, person: &Person) -> bool {
        self.idcc.is_none_or(|idcc| person.idcc == Some(idcc))
            && (self.employments.is_empty() || person.employment.is_none_or(|employment| self.employments.contains(&employment)))
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| day >= from) && self.valid_to.is_none_or(|to| day <= to)
    }
}

impl Who {
    /// Whether somebody is meant on a day.
    pub fn means(self, person: &Person, day: Date) -> bool {
        match self {
            Self::Anyone => true,
            Self::Under(years) => person.birth.is_some_and(|birth| birth.saturating_add(years.years()) > day),
            Self::With(standing) => person.standings.contains(&standing),
        }
    }
}

impl Rule {
    /// Blocks, or needs a reason, when this was measured.
    pub fn severity_of(&self, measured: i64) -> Severity {
        let beyond = |hard: i64| if self.limit < hard { measured > hard } else { measured < hard };
        if self.hard_beyond.is_some_and(beyond) { Severity::Hard } else { self.severity }
    }
}

/// The rules that hold for a person on some day from `first` to `last`, each with its pack.
pub(super) fn for_person<'a>(packs: &'a [Pack], person: &Person, first: Date, last: Date) -> Vec<(&'a Pack, &'a Rule)> {
    let all =
        || packs.iter().filter(|pack| pack.concerns(person)).flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
    let some_day = |(pack, rule): &(&Pack, &Rule)| rule.who.means(person, first) && overlaps(pack, first, last);
    let always = |pack: &Pack, rule: &Rule, day| pack.holds_on(day) && rule.who.means(person, day);
    all()
        .filter(some_day)
        .filter(|(_, rule)| {
            // Left out at once only when another stands in for it on all days; else day by day in `holds`.
            !all().any(|(pack, by)| by.replaces.contains(&rule.code) && always(pack, by, first) && always(pack, by, last))
        })
        .collect()
}

fn overlaps(pack: &Pack, first: Date, last: Date) -> bool {
    pack.valid_from.is_none_or(|from| last >= from) && pack.valid_to.is_none_or(|to| first <= to)
}

/// Whether a rule holds for a person on a day, with no other that stands in for it.
pub fn holds(packs: &[Pack], person: &Person, pack: &Pack, rule: &Rule, day: Date) -> bool {
    let on_day = |pack: &Pack, rule: &Rule| pack.concerns(person) && pack.holds_on(day) && rule.who.means(person, day);
    on_day(pack, rule)
        && !packs.iter().any(|other| other.rules.iter().any(|by| by.replaces.contains(&rule.code) && on_day(other, by)))
}
