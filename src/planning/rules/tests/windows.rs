//! What a window shows, and pairs of shifts at once.

use super::random::{Dice, Weeks, person, shifts};
use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use crate::planning::rules::{Person, When, Window, check, overlaps, packs};
use jiff::ToSpan as _;

/// Whether something is in a window, by its dates.
fn is_in(when: When, window: Window, zone: &Zone) -> bool {
    let (first, last) = match when {
        When::Span { from, to } => (zone.local(from).date, zone.local(Instant(to.0 - 1)).date),
        When::Day(day) => (day, day),
        When::Week(monday) | When::Weeks { last: monday, .. } => (monday, monday.saturating_add(6.days())),
    };
    first <= window.last && last >= window.first
}

#[test]
fn a_small_window_shows_what_a_large_one_shows_there() {
    let all = Weeks::all();
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let weeks = Weeks::pick(&all, &mut dice);
        let (person, shifts) = (person(weeks, &mut dice), shifts(weeks, &mut dice));
        let whole = check(&person, &shifts, &packs::all(), &weeks.zone, weeks.window);
        let first = weeks.window.first.saturating_add(dice.below(7).days());
        let window = Window { first, last: first.saturating_add(dice.below(7).days()) };
        let part = check(&person, &shifts, &packs::all(), &weeks.zone, window);
        let expected: Vec<_> = whole.into_iter().filter(|finding| is_in(finding.when, window, &weeks.zone)).collect();
        assert_eq!(part, expected, "seed {seed}");
        let mut mixed = shifts.clone();
        mixed.reverse();
        assert_eq!(
            check(&person, &mixed, &packs::all(), &weeks.zone, window),
            part,
            "seed {seed}: the order of the shifts shows"
        );
    }
}

#[test]
fn shifts_at_once_are_found_to_the_millisecond() {
    let weeks = &Weeks::all()[0];
    let mut dice = Dice::new(7);
    let mut two = std::iter::repeat_with(|| shifts(weeks, &mut dice)).find(|shifts| shifts.len() >= 2).unwrap();
    two.truncate(2);
    (two[0].start, two[0].end) = (Instant(0), Instant(1000));
    (two[1].start, two[1].end) = (Instant(999), Instant(2000));
    let clash = overlaps(&two)[0];
    assert_eq!((clash.shifts, clash.from, clash.to), ((0, 1), Instant(999), Instant(1000)));
    two[1].start = Instant(1000);
    assert_eq!(overlaps(&two), []);
    assert_eq!(check(&Person::default(), &[], &packs::all(), &weeks.zone, weeks.window), []);
}
