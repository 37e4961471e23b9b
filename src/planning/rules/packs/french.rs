//! French labour law (Code du travail, numbers in force since 10 August 2016).
//!
//! Hard, unless the law lets an agreement go further: then soft up to where the agreement may go. Left out: exceptions by an
//! authority (60 h a week, L3121-21), Sundays and holidays, the weekly threshold of overtime (L3121-27, no maximum), when
//! somebody becomes a night worker (L3122-5: the caller says so), the hours until midnight that minors may be authorised
//! for in shows (L3163-1 s.: they stay hard). The 8 h of night workers are counted over the work day: a night passes
//! midnight, and no source at hand says how else. Weekly rest of minors is "2 days": at most 5 days of work.

use super::super::model::{Employment, Standing};
use super::{Kind, Pack, Rule, Severity, Unit, Who, rule};
use jiff::civil::date;
use std::borrow::Cow;

/// 24 h less the daily rest.
const SPAN: i64 = 13 * 60;
const REST: i64 = 11 * 60;
const ALL_WORK: &[&str] = &["fr.daily-work", "2717.daily-work", "2717.daily-work-5.5", "1285.daily-work"];
const ALL_REST: &[&str] = &["fr.daily-rest", "2717.daily-rest", "2717.daily-rest-5.5"];
const ALL_REST_UNDER_16: &[&str] = &["fr.daily-rest", "2717.daily-rest", "2717.daily-rest-5.5", "fr.minor-daily-rest"];

const fn minors(code: &'static str, article: &'static str, kind: Kind, limit: i64, replaces: &'static [&'static str]) -> Rule {
    Rule { who: Who::Under(18), replaces, ..rule(code, article, kind, limit) }
}

const fn soft(rule: Rule, hard_beyond: i64) -> Rule {
    Rule { severity: Severity::Soft, hard_beyond: Some(hard_beyond), ..rule }
}

const RULES: [Rule; 18] = [
    // 9 h by agreement (L3131-2, D3131-4 s.).
    soft(rule("fr.daily-rest", "L3131-1", Kind::DailyRest { span: SPAN }, REST), 9 * 60),
    // 12 h by agreement (L3121-19).
    soft(rule("fr.daily-work", "L3121-18", Kind::DailyWork, 10 * 60), 12 * 60),
    // No article: what 11 h of rest leave of 24 h.
    Rule { severity: Severity::Soft, ..rule("fr.daily-span", "L3131-1", Kind::DailySpan { rest: REST }, SPAN) },
    rule("fr.weekly-work", "L3121-20", Kind::WeeklyWork, 48 * 60),
    // 46 h by agreement (L3121-23).
    soft(rule("fr.weekly-average", "L3121-22", Kind::WeeklyAverage { weeks: 12 }, 44 * 60), 46 * 60),
    rule("fr.weekly-rest", "L3132-2", Kind::WeeklyRest, 35 * 60),
    Rule { unit: Unit::Days, ..rule("fr.days-in-week", "L3132-1", Kind::MaxDaysInWeek, 6) },
    Rule { severity: Severity::Soft, ..rule("fr.break", "L3121-16", Kind::Break { from: 6 * 60 }, 20) },
    Rule {
        who: Who::With(Standing::NightWorker),
        ..rule("fr.night-work", "L3122-6", Kind::NightWork { from_hour: 21, to_hour: 6, rest: REST, span: SPAN }, 8 * 60)
    },
    Rule {
        // 44 h by agreement (L3122-18).
        who: Who::With(Standing::NightWorker),
        replaces: &["fr.weekly-average", "2717.weekly-average"],
        ..soft(rule("fr.night-average", "L3122-7", Kind::WeeklyAverage { weeks: 12 }, 40 * 60), 44 * 60)
    },
    minors("fr.minor-daily-work", "L3162-1 s.", Kind::DailyWork, 8 * 60, ALL_WORK),
    minors("fr.minor-weekly-work", "L3162-1 s.", Kind::WeeklyWork, 35 * 60, &["fr.weekly-work", "2717.weekly-work"]),
    // "After 4 h 30": from the first minute more.
    minors("fr.minor-break", "L3162-1 s.", Kind::Break { from: 4 * 60 + 31 }, 30, &["fr.break"]),
    minors("fr.minor-daily-rest", "L3164-1 s.", Kind::DailyRest { span: 12 * 60 }, 12 * 60, ALL_REST),
    Rule {
        who: Who::Under(16),
        ..minors("fr.under-16-daily-rest", "L3164-1 s.", Kind::DailyRest { span: 10 * 60 }, 14 * 60, ALL_REST_UNDER_16)
    },
    // Two days of rest a week.
    Rule { unit: Unit::Days, ..minors("fr.minor-days-in-week", "L3164-1 s.", Kind::MaxDaysInWeek, 5, &["fr.days-in-week"]) },
    minors("fr.minor-night", "L3163-1 s.", Kind::NightBan { from_hour: 22, to_hour: 6 }, 0, &[]),
    Rule {
        who: Who::Under(16),
        ..minors("fr.under-16-night", "L3163-1 s.", Kind::NightBan { from_hour: 20, to_hour: 6 }, 0, &["fr.minor-night"])
    },
];

pub(super) fn pack() -> Pack {
    Pack {
        code: "fr",
        source: "Code du travail",
        valid_from: Some(date(2016, 8, 10)),
        valid_to: None,
        idcc: None,
        employments: &[Employment::Cdi, Employment::Cdd, Employment::Intermittent, Employment::Other],
        rules: Cow::Borrowed(&RULES),
    }
}
