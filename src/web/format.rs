//! Dates and durations as people read them.

use crate::kernel::Lang;
use crate::kernel::zone::Local;
use jiff::civil::Date;

pub use crate::platform::dates::{day_of_month, day_of_year, day_span, long_date, long_day, month, short_date, soon};

/// `7 h 30`, with spaces that do not break.
pub fn minutes(minutes: i64) -> String {
    crate::documents::format_minutes(minutes)
}

/// `lun. 16 nov., 08:05`; `lun. 16 nov. 2026, 08:05` where `today` is of another year.
pub fn date_time_near(local: Local, today: Date, lang: Lang) -> String {
    format!("{}, {}", short_date_near(local.date, today, lang), local.hour_minute())
}

/// `lun. 16 nov.`; `lun. 16 nov. 2026` where `today` is of another year.
pub fn short_date_near(date: Date, today: Date, lang: Lang) -> String {
    let short = short_date(date, lang);
    if date.year() == today.year() { short } else { format!("{short} {}", date.year()) }
}

/// `lundi 16 novembre`; `lundi 16 novembre 2026` where `today` is of another year.
pub fn day_near(date: Date, today: Date, lang: Lang) -> String {
    if date.year() == today.year() { day_of_year(date, lang) } else { long_date(date, lang) }
}

/// `16 novembre 2026, 08:05`: for what may be of another year.
pub fn long_date_time(local: Local, lang: Lang) -> String {
    format!("{}, {}", long_day(local.date, lang), local.hour_minute())
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
    use jiff::civil::date;

    #[test]
    fn what_is_of_another_year_says_so() {
        let at = Local { date: date(2027, 1, 1), hour: 8, minute: 5, second: 9 };
        for (today, fr, en, day) in [
            (date(2027, 12, 31), "ven. 1er janv., 08:05", "Fri 1 Jan, 08:05", "vendredi 1er janvier"),
            (date(2026, 12, 31), "ven. 1er janv. 2027, 08:05", "Fri 1 Jan 2027, 08:05", "vendredi 1er janvier 2027"),
            (date(2028, 1, 1), "ven. 1er janv. 2027, 08:05", "Fri 1 Jan 2027, 08:05", "vendredi 1er janvier 2027"),
        ] {
            let said = [Lang::Fr, Lang::En].map(|lang| date_time_near(at, today, lang));
            assert_eq!((said[0].as_str(), said[1].as_str(), day_near(at.date, today, Lang::Fr).as_str()), (fr, en, day));
        }
    }

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
