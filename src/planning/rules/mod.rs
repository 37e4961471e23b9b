//! The conflicts of a person's shifts with the law and with the plan. Pure: everything comes in as an argument.
//!
//! Rules are data in dated packs ([`packs`]), each with its article, its number and three worked examples
//! (`examples.txt`). [`check`] looks at one person's shifts and says what is broken, by how much and what would cure it.
//!
//! How time is counted, everywhere here:
//! - in whole minutes that really passed, so a night of clock change is one hour shorter or longer than its clocks say;
//!   seconds of punches are left off, as on every page;
//! - days and ISO weeks (Monday 0:00 to Sunday 24:00) are those of the organisation's zone: a day may have 23 or 25 hours;
//! - a break of which only the length is known lies in the middle of its shift (this matters when a shift passes midnight);
//! - time in two shifts at once counts once;
//! - a *block* is time at work without any gap; a *work day* is one or several blocks from one daily rest to the next: a
//!   further block belongs to it when it starts on the same date or ends within the span that the rest leaves (13 h for
//!   11 h of rest). So the evening show and its strike after midnight are one day, and the gap between them is no rest;
//! - for a shift of the past the caller passes the punches instead of the plan, never both.

mod calendar;
mod check;
mod cure;
mod finding;
mod model;
mod pack;
pub mod packs;
mod roster;
mod skills;
mod spots;
#[cfg(test)]
pub(crate) mod tests;

pub use calendar::{Calendar, Window};
pub use check::{Clash, check, check_in, overlaps};
pub use finding::{Cure, Finding, When};
pub use model::{Employment, Need, Person, Shift, Skill, Span, Standing, State};
pub use pack::{Kind, Pack, Period, Rule, Severity, Unit, Who, holds};
