//! What people cost.

use super::codes::codes;
use crate::kernel::RateId;
use crate::kernel::zone::parse_date;
use jiff::civil::Date;

/// Dearest unit, in cents: more is a mistyped amount.
const DEAREST: i64 = 10_000_000;

codes! {
    /// What an amount is for.
    RateUnit { Hour => "hour", Day => "day", Cachet => "cachet" }
}

/// What a person costs from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub id: RateId,
    pub terms: CheckedRate,
}

/// A rate to be set, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewRate {
    /// The first day it counts; empty for today.
    pub from_date: String,
    pub unit: String,
    /// In cents; `None` when the amount could not be read.
    pub amount_cents: Option<i64>,
    pub night_percent: i64,
    pub sunday_percent: i64,
    pub holiday_percent: i64,
}

/// A rate that may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedRate {
    pub from_date: Date,
    pub unit: RateUnit,
    pub amount_cents: i64,
    /// Added for hours at night, on Sundays and on public holidays.
    pub night_percent: i64,
    pub sunday_percent: i64,
    pub holiday_percent: i64,
}

/// Checks a rate.
///
/// # Errors
/// Every wrong field.
pub fn check_rate(new: &NewRate, today: Date) -> Result<CheckedRate, Vec<(&'static str, &'static str)>> {
    let mut problems = Vec::new();
    let unit = RateUnit::parse(new.unit.trim());
    let from = if new.from_date.trim().is_empty() { Some(today) } else { parse_date(new.from_date.trim()) };
    let amount = new.amount_cents.filter(|cents| (0..=DEAREST).contains(cents));
    if unit.is_none() {
        problems.push(("unit", "status.unknown"));
    }
    if from.is_none() {
        problems.push(("from_date", "date.invalid"));
    }
    if amount.is_none() {
        problems.push(("amount", "amount.invalid"));
    }
    let percents =
        [("night_percent", new.night_percent), ("sunday_percent", new.sunday_percent), ("holiday_percent", new.holiday_percent)];
    problems.extend(percents.iter().filter(|(_, n)| !(0..=500).contains(n)).map(|(field, _)| (*field, "amount.invalid")));
    match (unit, from, amount) {
        (Some(unit), Some(from_date), Some(amount_cents)) if problems.is_empty() => Ok(CheckedRate {
            from_date,
            unit,
            amount_cents,
            night_percent: new.night_percent,
            sunday_percent: new.sunday_percent,
            holiday_percent: new.holiday_percent,
        }),
        _ => Err(problems),
    }
}

/// Reads euros as people and programs write them, `250`, `250.5`, `250,50`, without a detour over binary fractions.
pub fn read_cents(text: &str) -> Option<i64> {
    let (euros, cents) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let cents = cents.trim_end_matches('0');
    if !digits(euros) || cents.len() > 2 || !(cents.is_empty() || digits(cents)) {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    euros.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

/// The rates that count on a day, one for each unit, in the order of units.
pub fn rates_on(rates: &[Rate], day: Date) -> Vec<Rate> {
    let newest = |unit: &RateUnit| {
        let before = rates.iter().filter(|rate| rate.terms.unit == *unit && rate.terms.from_date <= day);
        before.max_by_key(|rate| rate.terms.from_date).copied()
    };
    RateUnit::ALL.iter().filter_map(newest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn euros_are_read_exactly() {
        for (text, cents) in
            [("250", Some(25_000)), ("250.5", Some(25_050)), ("19,99", Some(1_999)), ("0.10", Some(10)), ("1.100", Some(110))]
        {
            assert_eq!(read_cents(text), cents, "{text}");
        }
        for bad in ["", "-1", "1.234", "1e3", ".5", "NaN", "99999999999999999999"] {
            assert_eq!(read_cents(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_rate_counts_from_its_day_until_the_next() {
        let new = |from: &str, unit: &str, cents| NewRate {
            from_date: from.into(),
            unit: unit.into(),
            amount_cents: Some(cents),
            ..NewRate::default()
        };
        let today = date(2026, 11, 21);
        let typed =
            [new("2026-01-01", "day", 100), new("2026-11-01", "DAY", 200), new("2027-01-01", "day", 300), new("", "hour", 5)];
        let rates: Vec<Rate> = typed.iter().map(|new| Rate { id: RateId(1), terms: check_rate(new, today).unwrap() }).collect();
        let amounts = |day| rates_on(&rates, day).iter().map(|rate| rate.terms.amount_cents).collect::<Vec<_>>();
        assert_eq!(amounts(date(2026, 10, 31)), [100]);
        assert_eq!(amounts(today), [5, 200]);
        assert_eq!(amounts(date(2027, 1, 1)), [5, 300]);
        let bad = NewRate { night_percent: -1, ..new("demain", "week", -5) };
        let fields: Vec<_> = check_rate(&bad, today).unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["unit", "from_date", "amount", "night_percent"]);
    }
}
