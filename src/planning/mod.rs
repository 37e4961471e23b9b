//! Planning: projects, missions and what they need, who is assigned and answers, who can when.
//!
//! Owns the tables `projects`, `missions`, `mission_needs`, `assignments`, `assignment_changes`, `answer_links`,
//! `availabilities`, `calendar_feeds`, `mission_templates`, `plan_steps`, `rule_overrides`, `rates`, `plan_tags`, and what a
//! profile says of a crew member. Calls
//! the orgs room for people and the time clock for what they have worked. Invariants: one active
//! assignment of a person to a mission; two accepted missions of a person never overlap, however the answers race; people hear
//! of a mission only when it is published to them; what they were told is kept beside what is now; who breaks a hard rule,
//! or a soft one without a written reason, is not told. `rules` is pure: what a
//! person's shifts break, by which article, and the smallest change that cures it.

mod actions;
pub mod calendar;
mod check;
mod codes;
pub mod conflicts;
pub mod cost;
pub mod deadlines;
mod edit;
mod error;
pub mod figures;
mod holidays;
mod model;
pub mod overrides;
pub mod profiles;
pub mod ranking;
pub mod rates;
pub mod rules;
pub mod service;
mod steps;
mod store;
pub mod templates;
pub mod words;

pub use actions::*;
pub use check::{CheckedMission, CheckedNeed, CheckedProject, check_mission, check_project, read_needs, spell_needs};
pub use edit::{Edit, EditKind, EditWords, Key, MOST_KEYS, Row, Target};
pub use error::PlanError;
pub use model::*;
pub use store::{AvailabilityFilter, Override};
