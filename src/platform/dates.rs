//! Dates as people read them.

use super::words::words;
use crate::kernel::Lang;
use crate::kernel::zone::Local;
use jiff::civil::Date;

/// `lundi 16 novembre 2026` / `Monday 16 November 2026`.
pub fn long_date(date: Date, lang: Lang) -> String {
    format!("{} {}", day_of_year(date, lang), date.year())
}

/// `16 novembre 2026` / `16 November 2026`.
pub fn long_day(date: Date, lang: Lang) -> String {
    format!("{} {} {}", day_of_month(date, lang), month(date, lang), date.year())
}

/// From one day to another: `16–22 novembre 2026`, `30 novembre – 6 décembre 2026`, `28 décembre 2026 – 3 janvier 2027`.
pub fn day_span(first: Date, last: Date, lang: Lang) -> String {
    let (day, end) = (day_of_month(first, lang), long_day(last, lang));
    if first == last {
        end
    } else if first.year() != last.year() {
        format!("{} – {end}", long_day(first, lang))
    } else if first.month() != last.month() {
        format!("{day} {} – {end}", month(first, lang))
    } else {
        format!("{day}–{end}")
    }
}

/// `lun. 16 nov.` / `Mon 16 Nov`.
pub fn short_date(date: Date, lang: Lang) -> String {
    let cut = |word: &str, n: usize| word.chars().take(n).collect::<String>();
    let (weekday, day, month) = (cut(&weekday(date, lang), 3), day_of_month(date, lang), month(date, lang));
    match lang {
        Lang::En => format!("{weekday} {day} {}", cut(&month, 3)),
        // As the Unicode locale data (CLDR) have them: four letters stay whole, and `jui.` would be two months.
        Lang::Fr if month.chars().count() <= 4 => format!("{weekday}. {day} {month}"),
        Lang::Fr => format!("{weekday}. {day} {}.", cut(&month, if matches!(date.month(), 1 | 2 | 7 | 9) { 4 } else { 3 })),
    }
}

/// `lundi 16 novembre` / `Monday 16 November`.
pub fn day_of_year(date: Date, lang: Lang) -> String {
    format!("{} {} {}", weekday(date, lang), day_of_month(date, lang), month(date, lang))
}

/// `16`; the first is `1er` in French.
pub fn day_of_month(date: Date, lang: Lang) -> String {
    match (lang, date.day()) {
        (Lang::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    }
}

/// `mercredi, 20:00` in the week from `today` on, else `mercredi 2 décembre, 20:00`.
pub fn soon(local: Local, today: Date, lang: Lang) -> String {
    let day = day_of_year(local.date, lang);
    let is_near = (0..7).contains(&(local.date - today).get_days());
    let said = if is_near { day.split(' ').next().unwrap_or(&day) } else { &day };
    format!("{said}, {}", local.hour_minute())
}

fn weekday(date: Date, lang: Lang) -> String {
    let t = words(lang);
    match date.weekday().to_monday_zero_offset() {
        0 => t.day_1(),
        1 => t.day_2(),
        2 => t.day_3(),
        3 => t.day_4(),
        4 => t.day_5(),
        5 => t.day_6(),
        _ => t.day_7(),
    }
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
        assert_eq!(said(1, Lang::Fr), "mardi 1er décembre, 20:00");
    }

    #[test]
    fn the_first_of_a_month_has_its_own_word_in_french() {
        let (first, second) = (date(2026, 12, 1), date(2026, 12, 2));
        for (date, lang, long, day, short) in [
            (first, Lang::Fr, "mardi 1er décembre 2026", "1er décembre 2026", "mar. 1er déc."),
            (second, Lang::Fr, "mercredi 2 décembre 2026", "2 décembre 2026", "mer. 2 déc."),
            (first, Lang::En, "Tuesday 1 December 2026", "1 December 2026", "Tue 1 Dec"),
        ] {
            assert_eq!([long_date(date, lang), long_day(date, lang), short_date(date, lang)], [long, day, short]);
            assert_eq!(day_of_year(date, lang), long.trim_end_matches(" 2026"));
        }
    }

    #[test]
    fn months_are_cut_as_readers_know_them() {
        let short = |lang| {
            let month = |month| short_date(date(2026, month, 15), lang).split(' ').next_back().unwrap_or_default().to_owned();
            (1..=12).map(month).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(short(Lang::Fr), "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.");
        assert_eq!(short(Lang::En), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec");
    }

    #[test]
    fn a_span_says_what_both_ends_share_once() {
        let cases = [
            ((date(2026, 11, 16), date(2026, 11, 22)), "16–22 novembre 2026", "16–22 November 2026"),
            ((date(2027, 2, 1), date(2027, 2, 7)), "1er–7 février 2027", "1–7 February 2027"),
            ((date(2026, 11, 30), date(2026, 12, 6)), "30 novembre – 6 décembre 2026", "30 November – 6 December 2026"),
            ((date(2026, 12, 28), date(2027, 1, 3)), "28 décembre 2026 – 3 janvier 2027", "28 December 2026 – 3 January 2027"),
            ((date(2026, 12, 1), date(2026, 12, 1)), "1er décembre 2026", "1 December 2026"),
        ];
        for ((first, last), fr, en) in cases {
            assert_eq!((day_span(first, last, Lang::Fr).as_str(), day_span(first, last, Lang::En).as_str()), (fr, en));
        }
    }
}
