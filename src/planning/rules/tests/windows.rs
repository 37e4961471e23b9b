//! What a window shows, and pairs of shifts at once.

use super::random::{Dice, Weeks, person, shifts};
use crate::kernel::Instant;
use crate::planning::rules::{Person, Window, check, overlaps, packs};
use jiff::ToSpan as _;

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
        assert!(part.iter().all(|finding| whole.contains(finding)), "seed {seed}: {part:#?}\n{whole:#?}");
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
