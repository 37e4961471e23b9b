//! The worked examples of `examples.txt`, three a rule at least.

use crate::kernel::Convention;
use crate::kernel::zone::{DEFAULT_ZONE, Zone};
use crate::planning::rules::{Need, Person, Shift, Skill, Span, Standing, State, Unit, When, Window, check, packs};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};

const EXAMPLES: &str = include_str!("../examples.txt");
const ALL: Window = Window { first: date(2026, 1, 1), last: date(2026, 12, 31) };

fn paris() -> Zone {
    Zone::named(DEFAULT_ZONE).unwrap()
}

fn day(text: &str) -> Date {
    if text.len() == 5 { format!("2026-{text}").parse().unwrap() } else { text.parse().unwrap() }
}

/// `08:00`, up to `24:00`, as minutes of the wall.
fn wall(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').unwrap();
    hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
}

/// `08:00-12:00` on a date.
fn span(date: Date, text: &str) -> Span {
    let (from, to) = text.split_once('-').unwrap();
    let (from, to) = (wall(from), wall(to));
    let at = |minutes: i64| {
        let on = date.saturating_add((minutes / 1440).days());
        paris().instant(on, (minutes % 1440 / 60) as i8, (minutes % 60) as i8)
    };
    Span { from: at(from), to: at(if to <= from { to + 1440 } else { to }) }
}

fn person(text: &str, idcc: Option<u16>) -> Person {
    let mut person = Person { idcc, ..Person::default() };
    for fact in text.split(',').map(str::trim).filter(|fact| !fact.is_empty()) {
        let absence = |text: &str| text.split_once(' ').map(|(date, times)| span(day(date), times)).unwrap();
        match fact.split_once('=') {
            None if fact == "night" => person.standings.push(Standing::NightWorker),
            None if fact == "5.5" => person.standings.push(Standing::Uninterruptible),
            None if fact == "listed" => person.standings.push(Standing::ShortCall),
            Some(("born", date)) => person.birth = Some(day(date)),
            Some(("off", when)) => person.time_off.push(absence(when)),
            Some(("busy", when)) => person.unavailable.push(absence(when)),
            Some(("skill", skill)) => {
                let mut parts = skill.split(':');
                let (name, level) = (parts.next().unwrap().to_owned(), parts.next().unwrap().parse().unwrap());
                person.skills.push(Skill { name, level, until: parts.next().map(day) });
            }
            _ => panic!("not understood: {fact}"),
        }
    }
    person
}

fn shifts(text: &str) -> Vec<Shift> {
    let mut all = Vec::new();
    for one in text.split(';').map(str::trim) {
        let (rest, project) = one.split_once('~').map_or((one, None), |(rest, dates)| (rest, dates.split_once("..")));
        let (rest, need) = rest.split_once('!').map_or((rest, None), |(rest, need)| (rest, need.split_once(':')));
        let (rest, pause) = rest.split_once('/').map_or((rest, "0"), |(rest, pause)| (rest, pause));
        let (dates, times) = rest.split_once(' ').unwrap();
        let (dates, weeks) = dates.split_once('w').unwrap_or((dates, "1"));
        let (date, days) = dates.split_once('x').unwrap_or((dates, "1"));
        for offset in (0..weeks.parse::<i64>().unwrap()).flat_map(|w| (0..days.parse::<i64>().unwrap()).map(move |d| w * 7 + d)) {
            let Span { from, to } = span(day(date).saturating_add(offset.days()), times);
            all.push(Shift {
                key: all.len() as i64,
                start: from,
                end: to,
                break_minutes: pause.parse().unwrap(),
                state: State::Proposed,
                project: project.map(|(first, last)| (day(first), day(last))),
                needs: need.iter().map(|(n, level)| Need { skill: (*n).to_owned(), level: level.parse().unwrap() }).collect(),
            });
        }
    }
    all
}

/// `9h00`, `45m`, `7`.
fn number(text: &str) -> Option<i64> {
    if text == "-" {
        return None;
    }
    let minutes = text.strip_suffix('m').map(|minutes| minutes.parse().unwrap());
    Some(minutes.or_else(|| text.contains('h').then(|| wall(&text.replace('h', ":")))).unwrap_or_else(|| text.parse().unwrap()))
}

#[test]
fn every_worked_example_holds() {
    let packs = packs::all();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for line in EXAMPLES.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let [code, facts, roster, measured] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{line}") };
        let pack = packs.iter().find(|pack| pack.rules.iter().any(|rule| rule.code == code)).expect(line);
        let rule = pack.rules.iter().find(|rule| rule.code == code).unwrap();
        let found = check(&person(facts, pack.idcc), &shifts(roster), &packs, &paris(), ALL);
        // Averages that are over in one week often are in the next too: the last is what the example is about.
        let ours = found.iter().rfind(|finding| finding.rule == code);
        assert_eq!(ours.map(|finding| finding.measured), number(measured), "{line}\n{found:#?}");
        assert_eq!(measured.contains(['h', 'm']), measured != "-" && rule.unit == Unit::Minutes, "{line}");
        assert!(ours.is_none_or(|finding| finding.article == rule.article && finding.source == pack.source), "{line}");
        let count = counts.entry(rule.code).or_default();
        if measured == "-" { count.1 += 1 } else { count.0 += 1 }
    }
    for rule in packs.iter().flat_map(|pack| pack.rules.iter()) {
        let (broken, kept) = counts.get(rule.code).copied().unwrap_or_default();
        assert!(broken >= 2 && kept >= 1, "{}: {broken} examples that break it, {kept} that keep it", rule.code);
    }
}

#[test]
fn codes_are_unique_and_those_replaced_exist() {
    let packs = packs::all();
    let rules: Vec<_> = packs.iter().flat_map(|pack| pack.rules.iter()).collect();
    for rule in &rules {
        assert_eq!(rules.iter().filter(|other| other.code == rule.code).count(), 1, "{}", rule.code);
        assert!(rule.replaces.iter().all(|code| rules.iter().any(|other| other.code == *code)), "{}", rule.code);
    }
    for pack in packs.iter().filter(|pack| pack.code != "plan") {
        assert!(
            pack.rules
                .iter()
                .all(|rule| !rule.article.is_empty() && rule.code.starts_with(pack.code) || rule.code.starts_with("fr."))
        );
    }
}

#[test]
fn what_the_agreement_says_stands_in_for_the_law() {
    let twelve = shifts("11-16 08:00-20:30/60");
    let rules = |person: &Person| {
        let found = check(person, &twelve, &packs::all(), &paris(), ALL);
        found.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(&person("", None)), ["fr.daily-work"]);
    assert_eq!(rules(&person("", Some(2717))), ["2717.daily-work"]);
    assert_eq!(rules(&person("5.5", Some(2717))), [""; 0]);
    assert_eq!(rules(&person("", Some(1285))), ["1285.daily-work"]);
    let freelance = Person { employment: Some(crate::planning::rules::Employment::Freelance), ..Person::default() };
    assert_eq!(rules(&freelance), [""; 0]);
}

#[test]
fn a_soft_rule_is_hard_beyond_what_an_agreement_may_allow() {
    use crate::planning::rules::Severity::{Hard, Soft};
    for (idcc, rule) in [(None, "fr.daily-work"), (Some(1285), "1285.daily-work")] {
        for (times, severity) in [("08:00-19:00", Soft), ("08:00-20:00", Soft), ("08:00-20:01", Hard)] {
            let found = check(&person("", idcc), &shifts(&format!("11-16 {times}/0")), &packs::all(), &paris(), ALL);
            let work = found.iter().find(|finding| finding.rule == rule).unwrap();
            assert_eq!(work.severity, severity, "{rule} {times}");
        }
    }
}

#[test]
fn what_an_organisation_can_choose_are_the_agreements_of_the_packs() {
    let packs: BTreeSet<_> = packs::all().iter().filter_map(|pack| pack.idcc).collect();
    assert_eq!(Convention::ALL.map(Convention::idcc).into_iter().collect::<BTreeSet<_>>(), packs);
}

#[test]
fn packs_hold_from_their_first_to_their_last_day() {
    let mut packs = packs::all();
    let law = packs.iter_mut().find(|pack| pack.code == "fr").unwrap();
    (law.valid_from, law.valid_to) = (Some(date(2026, 11, 17)), Some(date(2026, 11, 18)));
    let found = check(&person("", None), &shifts("11-16x4 08:00-19:00/60"), &packs, &paris(), ALL);
    assert!(found.is_empty(), "{found:#?}");
    let found = check(&person("", None), &shifts("11-16x4 08:00-19:00/30"), &packs, &paris(), ALL);
    let days: Vec<_> = found.iter().filter(|found| found.rule == "fr.daily-work").map(|found| found.when).collect();
    assert_eq!(days, [When::Day(date(2026, 11, 17)), When::Day(date(2026, 11, 18))]);
}

#[test]
fn a_short_weekly_rest_names_the_shift_that_ends_it() {
    let of = |roster: &str| {
        let found = check(&person("", None), &shifts(roster), &packs::all(), &paris(), ALL);
        found.into_iter().find(|finding| finding.rule == "fr.weekly-rest").unwrap().shifts
    };
    let week = "11-16x6 10:00-20:00/60; 11-22 08:00-12:00";
    assert_eq!(of(&format!("{week}; 11-23 09:00-12:00; 11-24 09:00-12:00")), [0, 1, 2, 3, 4, 5, 6, 7]);
    // Who works over midnight has no rest that begins in the one week and ends in the next.
    assert_eq!(of(&format!("{week}; 11-22 20:00-02:00/20; 11-23 14:00-17:00")), [0, 1, 2, 3, 4, 5, 6, 7]);
}
