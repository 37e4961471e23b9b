//! The packs that come with the product. A specialist should read them before anybody relies on them: the numbers were
//! taken from secondary sources, and what those leave open is left out here.

mod french;
mod idcc_1285;
mod idcc_2717;
mod plan;

use super::pack::{Kind, Pack, Rule, Severity, Unit, Who};

/// The plan itself, French labour law, IDCC 2717, IDCC 1285.
pub fn all() -> Vec<Pack> {
    vec![plan::pack(), french::pack(), idcc_2717::pack(), idcc_1285::pack()]
}

/// A rule that concerns everybody, in minutes, hard.
const fn rule(code: &'static str, article: &'static str, kind: Kind, limit: i64) -> Rule {
    let (unit, who) = (Unit::Minutes, Who::Anyone);
    Rule { code, article, severity: Severity::Hard, hard_beyond: None, limit, unit, kind, who, replaces: &[] }
}
