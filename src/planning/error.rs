//! What can go wrong with the plan.

use crate::access::Denied;
use crate::kernel::{Failure, Kind};
use crate::orgs::OrgError;
use crate::platform::db::DbError;
use crate::platform::throttle::TooOften;
use crate::timeclock::PunchError;

/// Why a change of the plan did not happen.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("fields are wrong: {0:?}")]
    Fields(Vec<(&'static str, &'static str)>),
    #[error("there is no such thing")]
    NotFound,
    #[error("somebody else has changed it in the meantime")]
    Stale,
    #[error("there is no step to take back")]
    NoStep,
    #[error("somebody else has changed what the step changed")]
    StepStale,
    #[error("what the step would bring back cannot be any more")]
    StepLost,
    #[error("another template has the name")]
    TemplateTaken,
    #[error("another project has the name")]
    ProjectTaken,
    #[error("an archived project takes no new missions")]
    ProjectArchived,
    #[error("the person is on the mission already")]
    Assigned,
    #[error("the place is filled")]
    Filled,
    #[error("it overlaps an accepted mission")]
    Overlap,
    #[error("hard rules forbid it: {0:?}")]
    Blocked(Vec<&'static str>),
    #[error("the rule says nothing of it, or cannot be overruled")]
    NoRule,
    #[error("it is too late or too early for that")]
    State,
    #[error("soft rules want a written reason: {0:?}")]
    ReasonWanted(Vec<&'static str>),
    #[error("no mission ahead waits for an answer of the person")]
    NothingWaits,
    #[error("it was not answered in time, and the place was given back")]
    Released,
    #[error("the link is unknown or over")]
    LinkDead,
    #[error("it overlaps approved time off")]
    SlotTaken,
    #[error(transparent)]
    TooOften(#[from] TooOften),
    #[error(transparent)]
    Org(#[from] OrgError),
    #[error(transparent)]
    Hours(#[from] PunchError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let conflict = |code: &str| Self::new(Kind::Conflict, code);
        match error {
            PlanError::Fields(problems) => Self::fields(problems),
            PlanError::NotFound => Self::not_found(),
            PlanError::Stale => conflict("stale"),
            PlanError::NoStep => conflict("plan.no_step"),
            PlanError::StepStale => conflict("plan.step_stale"),
            PlanError::StepLost => conflict("plan.step_lost"),
            PlanError::TemplateTaken => {
                Self { kind: Kind::Conflict, code: "template.taken".to_owned(), ..Self::fields([("name", "template.taken")]) }
            }
            PlanError::ProjectTaken => {
                Self { kind: Kind::Conflict, code: "project.taken".to_owned(), ..Self::fields([("name", "project.taken")]) }
            }
            PlanError::ProjectArchived => conflict("project.archived"),
            PlanError::Assigned => conflict("assignment.exists"),
            PlanError::Filled => conflict("assignment.filled"),
            PlanError::Overlap => conflict("assignment.overlap"),
            PlanError::Blocked(rules) => {
                let fields = Self::fields(rules.into_iter().map(|rule| (rule, "rule.blocked")));
                Self { kind: Kind::Conflict, code: "rule.blocked".to_owned(), ..fields }
            }
            PlanError::ReasonWanted(rules) => {
                let fields = Self::fields(rules.into_iter().map(|rule| (rule, "rule.open")));
                Self { kind: Kind::Conflict, code: "rule.open".to_owned(), ..fields }
            }
            PlanError::NoRule => conflict("rule.none"),
            PlanError::State => conflict("assignment.state"),
            PlanError::NothingWaits => conflict("assignment.nothing_waits"),
            PlanError::Released => conflict("assignment.released"),
            PlanError::LinkDead => Self::new(Kind::Gone, "link.dead"),
            PlanError::SlotTaken => conflict("availability.overlap"),
            PlanError::TooOften(TooOften(seconds)) => Self::new(Kind::TooMany, "too_often").after(seconds),
            PlanError::Org(error) => error.into(),
            PlanError::Hours(error) => error.into(),
            PlanError::Denied(denied) => denied.into(),
            PlanError::Db(error) => error.into(),
        }
    }
}
