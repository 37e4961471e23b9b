//! The hours sheet as its readers see it: every label and date is already in words.

/// Stands where there is nothing to tell.
pub(super) const NOTHING: &str = "–";

/// The hours of one person over one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursSheet {
    pub organisation: String,
    pub person: String,
    pub job: Option<String>,
    /// `Semaine 47 · 16–22 novembre 2026`.
    pub period: String,
    /// `Établi le 21 novembre 2026 à 10:02`.
    pub issued: String,
    /// The same moment in milliseconds since 1970 UTC, for the properties of the file.
    pub issued_at_millis: i64,
    pub time_zone: String,
    /// In order of time; spans of the same day follow each other.
    pub rows: Vec<HoursRow>,
    pub total_minutes: i64,
    pub words: HoursWords,
}

/// One span of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursRow {
    /// Year, month, day.
    pub date: (i32, u8, u8),
    /// `lun. 16 nov.`.
    pub day: String,
    /// `08:02`.
    pub start: String,
    /// Nothing while the span is running, and nothing when its end was forgotten.
    pub end: Option<String>,
    pub end_next_day: bool,
    /// The end is still to come.
    pub is_running: bool,
    pub break_minutes: i64,
    pub worked_minutes: i64,
    pub place: String,
    pub note: Option<String>,
}

/// The labels of a sheet, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursWords {
    /// The language of all these words, as `fr` or `en`; screen readers need it.
    pub language: String,
    pub title: String,
    pub person: String,
    pub job: String,
    pub period: String,
    pub day: String,
    pub start: String,
    pub end: String,
    pub pause: String,
    pub worked: String,
    pub day_total: String,
    /// Stands before the number of a week: `Semaine`.
    pub week: String,
    pub place: String,
    pub note: String,
    pub total: String,
    /// Stands in place of the end while a span is running: `en cours`.
    pub running: String,
    /// Follows an end that falls on the next day: `+1`.
    pub next_day: String,
    /// `{n}` is the page, `{m}` the number of pages: `Page {n} / {m}`.
    pub page: String,
    /// Stands in place of the rows when there are none.
    pub empty: String,
    pub signature_person: String,
    pub signature_manager: String,
}

impl HoursSheet {
    /// True when a day has several spans, which makes a total by day worth its column.
    pub(super) fn has_split_days(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].date == pair[1].date)
    }

    /// True when the rows fall into several weeks, which makes a total by week worth its line.
    pub(super) fn has_several_weeks(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].week() != pair[1].week())
    }

    pub(super) fn is_running(&self) -> bool {
        self.rows.iter().any(|row| row.is_running)
    }
}

impl HoursRow {
    /// The ISO year and week of the day the span starts on.
    pub(super) fn week(&self) -> (i64, i64) {
        iso_week(self.date)
    }
}

/// Writes a duration as `7 h 30`, with no-break spaces.
pub fn format_minutes(minutes: i64) -> String {
    let sign = if minutes < 0 { "\u{2212}" } else { "" };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{}\u{a0}h\u{a0}{:02}", minutes / 60, minutes % 60)
}

/// A week belongs to the year of its Thursday.
fn iso_week(date: (i32, u8, u8)) -> (i64, i64) {
    let day = days_since_1970(date);
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    let mut year = i64::from(date.0) + 1;
    while first_day(year) > thursday {
        year -= 1;
    }
    (year, (thursday - first_day(year)) / 7 + 1)
}

fn first_day(year: i64) -> i64 {
    days_before_month(year, 1)
}

fn days_since_1970((year, month, day): (i32, u8, u8)) -> i64 {
    days_before_month(i64::from(year), i64::from(month)) + i64::from(day) - 1
}

/// Counts years from March, so that the leap day comes last.
fn days_before_month(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_hours_and_minutes() {
        assert_eq!(format_minutes(450), "7\u{a0}h\u{a0}30");
        assert_eq!(format_minutes(4925), "82\u{a0}h\u{a0}05");
        assert_eq!(format_minutes(0), "0\u{a0}h\u{a0}00");
        assert_eq!(format_minutes(-14), "\u{2212}0\u{a0}h\u{a0}14");
    }

    #[test]
    fn the_week_of_a_day_follows_the_iso_calendar() {
        assert_eq!(iso_week((2026, 11, 16)), (2026, 47));
        assert_eq!(iso_week((2026, 11, 22)), (2026, 47));
        assert_eq!(iso_week((2027, 1, 3)), (2026, 53));
        assert_eq!(iso_week((2027, 1, 4)), (2027, 1));
        assert_eq!(iso_week((2024, 12, 30)), (2025, 1));
        assert_eq!(iso_week((2024, 2, 29)), (2024, 9));
    }
}
