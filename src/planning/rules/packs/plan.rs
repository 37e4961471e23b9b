//! What the plan itself forbids. No law: a person is in one place at a time, and when they said they could come.

use super::{Kind, Pack, Rule, Severity, Unit, rule};
use std::borrow::Cow;

const RULES: [Rule; 6] = [
    rule("plan.overlap", "", Kind::Overlap, 0),
    rule("plan.time-off", "", Kind::TimeOff, 0),
    Rule { severity: Severity::Soft, ..rule("plan.unavailable", "", Kind::Unavailable, 0) },
    Rule { severity: Severity::Soft, ..rule("plan.outside-project", "", Kind::OutsideProject, 0) },
    Rule { severity: Severity::Soft, unit: Unit::Level, ..rule("plan.missing-skill", "", Kind::MissingSkill, 0) },
    Rule { severity: Severity::Soft, unit: Unit::Days, ..rule("plan.expired-skill", "", Kind::ExpiredSkill, 0) },
];

pub(super) fn pack() -> Pack {
    Pack {
        code: "plan",
        source: "Régie",
        valid_from: None,
        valid_to: None,
        idcc: None,
        employments: &[],
        rules: Cow::Borrowed(&RULES),
    }
}
