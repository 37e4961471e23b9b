//! Dates as people read them.

use super::words::words;
use crate::kernel::Lang;
use crate::kernel::zone::Local;
use jiff::civil::Date;

/// `lundi 16 novembre 2026` / `Monday 16 November 2026`.
pub fn long_date(date: Date, lang: Lang) -> String {
    let t = words(lang);
    let day = match date.weekday().to_monday_zero_offset() {
        0 => t.day_1(),
        1 => t.day_2(),
        2 => t.day_3(),
        3 => t.day_4(),
        4 => t.day_5(),
        5 => t.day_6(),
        _ => t.day_7(),
    };
    format!("{day} {} {} {}", date.day(), month(date, lang), date.year())
}

/// `16 novembre 2026` / `16 November 2026`.
pub fn long_day(date: Date, lang: Lang) -> String {
    format!("{} {} {}", date.day(), month(date, lang), date.year())
}

/// `lun. 16 nov.` / `Mon 16 Nov`.
pub fn short_date(date: Date, lang: Lang) -> String {
    let cut = |word: &str, n: usize| word.chars().take(n).collect::<String>();
    let long = long_date(date, lang);
    let (day, month) = (long.split(' ').next().unwrap_or_default(), month(date, lang));
    match lang {
        Lang::En => format!("{} {} {}", cut(day, 3), date.day(), cut(&month, 3)),
        Lang::Fr if month.chars().count() <= 4 => format!("{}. {} {month}", cut(day, 3), date.day()),
        Lang::Fr => format!("{}. {} {}.", cut(day, 3), date.day(), cut(&month, if month.starts_with("jui") { 4 } else { 3 })),
    }
}

/// `lundi 16 novembre` / `Monday 16 November`.
pub fn day_of_year(date: Date, lang: Lang) -> String {
    let long = long_date(date, lang);
    long.rsplit_once(' ').map(|(day, _)| day.to_owned()).unwrap_or(long)
}

/// `mercredi, 20:00` in the week from `today` on, else `mercredi 2 décembre, 20:00`.
pub fn soon(local: Local, today: Date, lang: Lang) -> String {
    let day = day_of_year(local.date, lang);
    let is_near = (0..7).contains(&(local.date - today).get_days());
    let said = if is_near { day.split(' ').next().unwrap_or(&day) } else { &day };
    format!("{said}, {}", local.hour_minute())
}

/// `novembre` / `November`.
pub fn month(date: Date, lang: Lang) -> String {
    let t = words(lang);
    match date.month() {
        1 => t.month_1(),
        2 => t.month_2(),
        3 => t.month_3(),
        4 => t.month_4(),
        5 => t.month_5(),
        6 => t.month_6(),
        7 => t.month_7(),
        8 => t.month_8(),
        9 => t.month_9(),
        10 => t.month_10(),
        11 => t.month_11(),
        _ => t.month_12(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::{DEFAULT_ZONE, Zone};
    use jiff::civil::date;

    #[test]
    fn what_is_near_is_called_by_its_day() {
        let zone = Zone::named(DEFAULT_ZONE).unwrap();
        let said = |day: i8, lang| soon(zone.local(zone.instant(date(2026, 12, day), 20, 0)), date(2026, 12, 2), lang);
        assert_eq!(said(2, Lang::Fr), "mercredi, 20:00");
        assert_eq!(said(8, Lang::Fr), "mardi, 20:00");
        assert_eq!(said(9, Lang::Fr), "mercredi 9 décembre, 20:00");
        assert_eq!(said(1, Lang::En), "Tuesday 1 December, 20:00");
    }
}
