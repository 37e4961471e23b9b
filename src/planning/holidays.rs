//! Public holidays.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// Whether a day is one of the eleven public holidays of France (C. trav. L3133-1). Those of Alsace-Moselle and overseas are not
/// among them.
pub fn is_public_holiday(day: Date) -> bool {
    const FIXED: [(i8, i8); 8] = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    // Easter Monday, Ascension and Whit Monday, in days after Easter.
    FIXED.contains(&(day.month(), day.day()))
        || [1i64, 39, 50].into_iter().any(|after| easter(day.year()).saturating_add(after.days()) == day)
}

/// Easter Sunday of a year of the Gregorian calendar (anonymous algorithm, Meeus, *Astronomical Algorithms*, ch. 8).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (i8::try_from(n / 31).unwrap_or(4), i8::try_from(n % 31 + 1).unwrap_or(1));
    date(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_when_the_church_says() {
        let known = [
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn a_year_has_eleven_holidays() {
        let of = |year: i16| {
            let days = date(year, 1, 1).series(1.day()).take(365).filter(|day| is_public_holiday(*day));
            days.map(|day| (day.month(), day.day())).collect::<Vec<_>>()
        };
        let of_2026 = [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
        assert_eq!(of(2026), of_2026);
        // In 2008 Ascension fell on the first of May.
        assert_eq!(of(2008).len(), 10);
    }
}
