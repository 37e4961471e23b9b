//! Artistic and cultural enterprises (CCNEAC), VI.6.
//!
//! The 12 h on tour and at festivals, in the 15 days before a premiere, to set up and to strike: the plan does not know which of
//! these a day is, so that beyond 10 h it asks for a reason, which says it, and beyond 12 h it says no.
//!
//! Left out: at most two sequences a day for part-time work (its span of 13 h is the law's), because a person's hours of
//! contract are not known here.

use super::super::model::{Employment, Standing};
use super::{Kind, Pack, Rule, Severity, Who, rule};
use crate::kernel::Convention;
use std::borrow::Cow;

const ARTICLE: &str = "IDCC 1285, art. VI.6";

const RULES: [Rule; 3] = [
    Rule {
        severity: Severity::Soft,
        hard_beyond: Some(12 * 60),
        replaces: &["fr.daily-work"],
        ..rule("1285.daily-work", ARTICLE, Kind::DailyWork, 10 * 60)
    },
    // Work that goes on after midnight is the same block: it opens no second minimum.
    Rule { severity: Severity::Soft, ..rule("1285.short-call", ARTICLE, Kind::ShortCall, 3 * 60 + 30) },
    Rule {
        severity: Severity::Soft,
        who: Who::With(Standing::ShortCall),
        replaces: &["1285.short-call"],
        ..rule("1285.short-call-listed", ARTICLE, Kind::ShortCall, 2 * 60)
    },
];

pub(super) fn pack() -> Pack {
    Pack {
        code: "1285",
        source: "IDCC 1285, entreprises artistiques et culturelles",
        valid_from: None,
        valid_to: None,
        idcc: Some(Convention::Artistic.idcc()),
        employments: &[Employment::Cdi, Employment::Cdd, Employment::Intermittent, Employment::Other],
        rules: Cow::Borrowed(&RULES),
    }
}
