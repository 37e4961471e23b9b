//! Findings in words: what is wrong, by how much and by which article, and what to do.

use super::model::MyMission;
use super::rules::{Cure, Finding, Kind, Period};
use crate::kernel::Lang;
use crate::platform::dates::{day_of_year, long_day};
use crate::platform::words::{Words, words};
use std::cmp::Ordering::{Equal, Greater, Less};

/// A finding, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingWords {
    /// The rule's name.
    pub title: String,
    /// The numbers and the article.
    pub text: String,
    /// The smallest change.
    pub cure: String,
}

/// A finding in words. `name_of` gives the name of the mission of a shift, where there is one to show.
pub fn finding_words(finding: &Finding, lang: Lang, name_of: &dyn Fn(i64) -> Option<String>) -> FindingWords {
    let t = words(lang);
    let sentence = sentence(finding, t);
    let text = match finding.article {
        "" => t.finding_plain(sentence),
        article => t.finding_cited(sentence, article),
    };
    FindingWords { title: rule_title(finding.kind, lang), text, cure: cure_words(&finding.cure, lang, name_of) }
}

/// What a move changed that the person has not answered since: `Fin avancée de 23:45 à 23:15`.
pub fn move_words(mine: &MyMission, lang: Lang) -> Option<String> {
    let (t, zone, was) = (words(lang), mine.mission.zone(), mine.assignment.unanswered_move()?);
    let (before, after) = (
        (zone.local(was.starts_at), zone.local(was.ends_at)),
        (zone.local(mine.mission.starts_at), zone.local(mine.mission.ends_at)),
    );
    let same_days = (before.0.date, before.1.date) == (after.0.date, after.1.date);
    let (starts, ends) = (mine.mission.starts_at.cmp(&was.starts_at), mine.mission.ends_at.cmp(&was.ends_at));
    let (from, to) = ((before.0.hour_minute(), before.1.hour_minute()), (after.0.hour_minute(), after.1.hour_minute()));
    let time = match (same_days, starts, ends) {
        (_, Equal, Equal) => None,
        (true, Equal, Less) => Some(t.move_end_earlier(from.1, to.1)),
        (true, Equal, Greater) => Some(t.move_end_later(from.1, to.1)),
        (true, Less, Equal) => Some(t.move_start_earlier(from.0, to.0)),
        (true, Greater, Equal) => Some(t.move_start_later(from.0, to.0)),
        _ => Some(t.move_from(format!("{}, {} – {}", day_of_year(before.0.date, lang), from.0, from.1))),
    };
    let place = (was.place != mine.mission.place && !was.place.is_empty()).then(|| t.move_place(was.place.as_str()));
    let said: Vec<String> = time.into_iter().chain(place).collect();
    (!said.is_empty()).then(|| said.join(" · "))
}

/// The name of what a rule is about.
pub fn rule_title(kind: Kind, lang: Lang) -> String {
    let t = words(lang);
    match kind {
        Kind::Overlap => t.rule_overlap(),
        Kind::Unavailable => t.rule_unavailable(),
        Kind::TimeOff => t.rule_time_off(),
        Kind::MissingSkill => t.rule_missing_skill(),
        Kind::ExpiredSkill => t.rule_expired_skill(),
        Kind::OutsideProject => t.rule_outside_project(),
        Kind::DailyRest { .. } => t.rule_daily_rest(),
        Kind::ShortRests { .. } => t.rule_short_rests(),
        Kind::DailyWork => t.rule_daily_work(),
        Kind::DailySpan { .. } => t.rule_daily_span(),
        Kind::WeeklyWork => t.rule_weekly_work(),
        Kind::WeeklyAverage { .. } => t.rule_weekly_average(),
        Kind::WeeklyRest => t.rule_weekly_rest(),
        Kind::MaxDaysInWeek => t.rule_days_in_week(),
        Kind::Break { .. } => t.rule_break(),
        Kind::NightWork { .. } => t.rule_night_work(),
        Kind::NightBan { .. } => t.rule_night_ban(),
        Kind::ShortCall => t.rule_short_call(),
    }
    .to_string()
}

fn sentence(finding: &Finding, t: &Words) -> String {
    let (measured, limit) = (duration(finding.measured), duration(finding.limit));
    let (count, most) = (finding.measured, finding.limit);
    let skill = finding.skill.as_deref().unwrap_or_default();
    match finding.kind {
        Kind::Overlap => t.finding_overlap(measured),
        Kind::Unavailable => t.finding_unavailable(measured),
        Kind::TimeOff => t.finding_time_off(measured),
        Kind::MissingSkill if count == 0 => t.finding_no_skill(skill, most),
        Kind::MissingSkill => t.finding_low_skill(skill, most, count),
        Kind::ExpiredSkill => t.finding_expired_skill(count, skill),
        Kind::OutsideProject => t.finding_outside_project(measured),
        Kind::DailyRest { .. } => t.finding_daily_rest(measured, limit),
        Kind::ShortRests { period: Period::CivilWeek, .. } => t.finding_short_rests_week(count, most),
        Kind::ShortRests { period: Period::SevenDays, .. } => t.finding_short_rests_days(count, most),
        Kind::DailyWork => t.finding_daily_work(measured, limit),
        Kind::DailySpan { .. } => t.finding_daily_span(measured, limit),
        Kind::WeeklyWork => t.finding_weekly_work(measured, limit),
        Kind::WeeklyAverage { weeks } => t.finding_weekly_average(measured, weeks, limit),
        Kind::WeeklyRest => t.finding_weekly_rest(measured, limit),
        Kind::MaxDaysInWeek => t.finding_days_in_week(count, most),
        Kind::Break { .. } if count == 0 => t.finding_no_break(limit),
        Kind::Break { .. } => t.finding_break(measured, limit),
        Kind::NightWork { .. } => t.finding_night_work(measured, limit),
        Kind::NightBan { from_hour, to_hour } => t.finding_night_ban(measured, from_hour, to_hour),
        Kind::ShortCall => t.finding_short_call(measured, limit),
    }
}

/// A cure in words.
pub fn cure_words(cure: &Cure, lang: Lang, name_of: &dyn Fn(i64) -> Option<String>) -> String {
    let t = words(lang);
    let mission = |key: &i64| name_of(*key).map_or_else(|| t.cure_the_mission().to_string(), |name| t.cure_this_mission(name));
    match cure {
        Cure::StartLater { key, minutes } => t.cure_start_later(mission(key), duration(*minutes)),
        Cure::EndEarlier { key, minutes } => t.cure_end_earlier(mission(key), duration(*minutes)),
        Cure::EndLater { key, minutes } => t.cure_end_later(mission(key), duration(*minutes)),
        Cure::AddBreak { key, minutes } => t.cure_add_break(duration(*minutes), mission(key)),
        Cure::Drop { key } => t.cure_drop(mission(key)),
        Cure::GiveSkill { skill, level } => t.cure_give_skill(skill.as_str(), *level),
        Cure::RenewSkill { skill, until } => t.cure_renew_skill(skill.as_str(), long_day(*until, lang)),
        Cure::AnotherDay { first, last, .. } => t.cure_another_day(long_day(*first, lang), long_day(*last, lang)),
        Cure::WorkLess { minutes } => t.cure_work_less(duration(*minutes)),
        Cure::Rework => t.cure_rework().to_string(),
        Cure::TooLate => t.cure_too_late().to_string(),
    }
}

/// `9 h`, `9 h 30`, `45 min`, with spaces that do not break. The same in both languages.
pub fn duration(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::{DEFAULT_ZONE, Zone};
    use crate::planning::rules::{Need, Person, Shift, State, Window, check, packs};
    use jiff::civil::date;

    fn shift(key: i64, zone: &Zone, day: i8, from: i8, to: i8) -> Shift {
        let day = date(2026, 11, day);
        Shift {
            key,
            start: zone.instant(day, from, 0),
            end: zone.instant(day, to, 0),
            break_minutes: 60,
            state: State::Proposed,
            project: None,
            needs: Vec::new(),
        }
    }

    #[test]
    fn a_finding_reads_well_in_both_languages() {
        let zone = Zone::named(DEFAULT_ZONE).unwrap();
        let mut shifts = [shift(1, &zone, 16, 14, 23), shift(2, &zone, 17, 8, 12)];
        shifts[1].needs.push(Need { skill: "habilitation BR".to_owned(), level: 1 });
        let window = Window { first: date(2026, 11, 16), last: date(2026, 11, 22) };
        let found = check(&Person::default(), &shifts, &packs::all(), &zone, window);
        let said = |lang, finding: &Finding| {
            let FindingWords { title, text, cure } =
                finding_words(finding, lang, &|key| (key == 2).then(|| "Montage".to_owned()));
            format!("{title} | {text} | {cure}").replace(['\u{a0}', '\u{202f}'], " ")
        };
        assert_eq!(
            said(Lang::Fr, &found[0]),
            "Repos trop court | Repos de 9 h entre deux journées ; il en faut 11 h (L3131-1). | Commencez « Montage » 2 h plus tard."
        );
        assert_eq!(
            said(Lang::En, &found[0]),
            "Rest too short | Rest of 9 h between two days; 11 h is needed (L3131-1). | Start “Montage” 2 h later."
        );
        assert_eq!(
            said(Lang::Fr, &found[1]),
            "Compétence manquante | La mission demande habilitation BR (niveau 1) ; la personne ne l’a pas. | \
             Choisissez quelqu’un d’autre, ou ajoutez habilitation BR (niveau 1) à ses compétences."
        );
    }

    #[test]
    fn a_cure_names_its_days_as_pages_do() {
        let cure = Cure::RenewSkill { skill: "CACES".to_owned(), until: date(2026, 12, 1) };
        assert!(cure_words(&cure, Lang::Fr, &|_| None).ends_with("CACES jusqu’au 1er décembre 2026."));
        assert!(cure_words(&cure, Lang::En, &|_| None).contains("1 December 2026"));
    }

    #[test]
    fn durations_are_short() {
        assert_eq!([45, 60, 570].map(|m| duration(m).replace('\u{a0}', " ")), ["45 min", "1 h", "9 h 30"]);
    }
}
