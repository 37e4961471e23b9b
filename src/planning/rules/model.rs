//! Facts that the rules are about.

use crate::kernel::Instant;
use crate::planning::codes::codes;
use jiff::civil::Date;

/// How sure a shift is. The order is also the order in which a cure prefers to change shifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Somebody thinks of it: nothing is kept yet.
    Proposed,
    Assigned,
    Accepted,
    /// Real punches. Nothing can change it any more.
    Worked,
}

/// A skill that a shift needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Compared as it is: the caller normalises names.
    pub skill: String,
    pub level: i64,
}

/// Time of one person at work, planned or real.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The caller's number for it, unique among the shifts of a call.
    pub key: i64,
    pub start: Instant,
    /// Not after the start: the shift is passed over.
    pub end: Instant,
    /// The break planned or taken, as one.
    pub break_minutes: i64,
    pub state: State,
    /// First and last day of its project, where there are such.
    pub project: Option<(Date, Date)>,
    pub needs: Vec<Need>,
}

/// From `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Instant,
    pub to: Instant,
}

/// What a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    pub name: String,
    pub level: i64,
    /// The last day on which it holds; for ever when `None`.
    pub until: Option<Date>,
}

/// How somebody is employed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Employment {
    Cdi,
    Cdd,
    Freelance,
    Intermittent,
    Other,
}

codes! {
    /// What a rule may ask about somebody's work.
    Standing {
        /// A night worker in the sense of C. trav. L3122-5.
        NightWorker => "night_worker",
        /// Staff of IDCC 2717 art. 5.5: safety, or work that cannot be interrupted.
        Uninterruptible => "uninterruptible",
        /// A job that IDCC 1285 art. VI.6 lists for calls of 2 h.
        ShortCall => "short_call",
    }
}

/// What the rules need to know of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub skills: Vec<Skill>,
    /// Declared by the person.
    pub unavailable: Vec<Span>,
    /// Approved.
    pub time_off: Vec<Span>,
    /// For ranking; no rule looks at it.
    pub preferred: Vec<Span>,
    /// Unknown: an adult.
    pub birth: Option<Date>,
    /// Unknown: an employee.
    pub employment: Option<Employment>,
    /// The collective agreement that covers this person's work.
    pub idcc: Option<u16>,
    pub standings: Vec<Standing>,
}
