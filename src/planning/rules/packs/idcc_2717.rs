//! Technical companies serving creation and events, art. 5.1 (extended on 21 October 2008).
//!
//! Left out: the recovery owed for each hour of rest that lacks, the 25 % of night work: neither is a conflict of a plan.

use super::super::model::{Employment, Standing};
use super::super::pack::Period;
use super::{Kind, Pack, Rule, Severity, Unit, Who, rule};
use crate::kernel::Convention;
use jiff::civil::date;
use std::borrow::Cow;

const SPAN: i64 = 13 * 60;
const REST: i64 = 11 * 60;
const ARTICLE: &str = "IDCC 2717, art. 5.1";

/// Instead of the law's rule, or of this agreement's for everybody.
const fn instead(of: &'static [&'static str], rule: Rule) -> Rule {
    Rule { replaces: of, ..rule }
}

/// For staff of art. 5.5.
const fn uninterruptible(rule: Rule) -> Rule {
    Rule { who: Who::With(Standing::Uninterruptible), ..rule }
}

const RULES: [Rule; 9] = [
    instead(&["fr.daily-work"], rule("2717.daily-work", ARTICLE, Kind::DailyWork, 10 * 60)),
    uninterruptible(instead(
        &["fr.daily-work", "2717.daily-work"],
        rule("2717.daily-work-5.5", ARTICLE, Kind::DailyWork, 12 * 60),
    )),
    instead(&["fr.daily-rest"], rule("2717.daily-rest", ARTICLE, Kind::DailyRest { span: SPAN }, REST)),
    uninterruptible(instead(
        &["fr.daily-rest", "2717.daily-rest"],
        rule("2717.daily-rest-5.5", ARTICLE, Kind::DailyRest { span: SPAN }, 9 * 60),
    )),
    uninterruptible(Rule {
        unit: Unit::Times,
        ..rule("2717.short-rests-week", ARTICLE, Kind::ShortRests { rest: REST, span: SPAN, period: Period::CivilWeek }, 2)
    }),
    uninterruptible(Rule {
        unit: Unit::Times,
        ..rule("2717.short-rests-7-days", ARTICLE, Kind::ShortRests { rest: REST, span: SPAN, period: Period::SevenDays }, 3)
    }),
    instead(&["fr.weekly-work"], rule("2717.weekly-work", ARTICLE, Kind::WeeklyWork, 48 * 60)),
    instead(
        &["fr.weekly-average"],
        Rule { severity: Severity::Soft, ..rule("2717.weekly-average", ARTICLE, Kind::WeeklyAverage { weeks: 12 }, 44 * 60) },
    ),
    instead(&["fr.weekly-rest"], rule("2717.weekly-rest", ARTICLE, Kind::WeeklyRest, 35 * 60)),
];

pub(super) fn pack() -> Pack {
    Pack {
        code: "2717",
        source: "IDCC 2717, entreprises techniques au service de la création et de l’événement",
        valid_from: Some(date(2008, 10, 21)),
        valid_to: None,
        idcc: Some(Convention::Technical.idcc()),
        employments: &[Employment::Cdi, Employment::Cdd, Employment::Intermittent, Employment::Other],
        rules: Cow::Borrowed(&RULES),
    }
}
