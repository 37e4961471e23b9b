//! Dates and durations as people read them.

use crate::kernel::Lang;
use crate::kernel::zone::Local;

pub use crate::platform::dates::{long_date, long_day, month, short_date};

/// `7 h 30`, with spaces that do not break.
pub fn minutes(minutes: i64) -> String {
    crate::documents::format_minutes(minutes)
}

/// `lun. 16 nov., 08:05`.
pub fn date_time(local: Local, lang: Lang) -> String {
    format!("{}, {}", short_date(local.date, lang), local.hour_minute())
}
