//! Dates and durations as people read them.

use crate::kernel::Lang;
use crate::kernel::zone::Local;

pub use crate::platform::dates::{day_of_year, long_date, long_day, month, short_date, soon};

/// `7 h 30`, with spaces that do not break.
pub fn minutes(minutes: i64) -> String {
    crate::documents::format_minutes(minutes)
}

/// `lun. 16 nov., 08:05`.
pub fn date_time(local: Local, lang: Lang) -> String {
    format!("{}, {}", short_date(local.date, lang), local.hour_minute())
}

/// With a capital, for a heading.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `1 234,50 €` / `€1,234.50`, with spaces that do not break.
pub fn money(cents: i64, lang: Lang) -> String {
    let (sign, cents) = (if cents < 0 { "−" } else { "" }, cents.unsigned_abs());
    let digits = (cents / 100).to_string();
    let separator = if lang == Lang::Fr { '\u{202f}' } else { ',' };
    let mut euros = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            euros.push(separator);
        }
        euros.push(digit);
    }
    match lang {
        Lang::Fr => format!("{sign}{euros},{:02}\u{a0}€", cents % 100),
        Lang::En => format!("{sign}€{euros}.{:02}", cents % 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_well() {
        let cases =
            [(0, "0,00\u{a0}€", "€0.00"), (123_450, "1\u{202f}234,50\u{a0}€", "€1,234.50"), (-5, "−0,05\u{a0}€", "−€0.05")];
        for (cents, fr, en) in cases {
            assert_eq!((money(cents, Lang::Fr).as_str(), money(cents, Lang::En).as_str()), (fr, en));
        }
        assert_eq!(money(100_000_000, Lang::En), "€1,000,000.00");
    }
}
