//! The engine and the oracle agree on random rosters.

use super::oracle::{ask, told};
use super::random::{Dice, Weeks, person, shifts};
use crate::planning::rules::check::look;
use crate::planning::rules::{Calendar, Cure, packs};
use std::collections::BTreeMap;

/// Rosters in every run.
const ROSTERS: u64 = 100_000;
const THREADS: u64 = 2;

#[test]
fn the_engine_and_the_oracle_agree() {
    let all = Weeks::all();
    let packs = packs::all();
    let calendars: Vec<_> = all.iter().map(|weeks| Calendar::new(&weeks.zone, weeks.window)).collect();
    let some = |thread: u64| {
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        for seed in (0..ROSTERS).filter(|seed| seed % THREADS == thread) {
            let mut dice = Dice::new(seed);
            let weeks = Weeks::pick(&all, &mut dice);
            let calendar = all.iter().position(|other| std::ptr::eq(other, weeks)).map(|place| &calendars[place]).unwrap();
            let (person, shifts) = (person(weeks, &mut dice), shifts(weeks, &mut dice));
            let ours = look(&person, &shifts, &packs, calendar, |_, _, _, _, _| Cure::Rework);
            let theirs = ask(&person, &shifts, &packs, weeks);
            assert_eq!(told(&ours), theirs, "seed {seed}\n{person:#?}\n{shifts:#?}");
            ours.iter().for_each(|finding| *seen.entry(finding.rule).or_default() += 1);
        }
        seen
    };
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || some(thread))).collect();
        for (rule, count) in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            *seen.entry(rule).or_default() += count;
        }
    });
    // A rule that never speaks was not compared.
    for rule in packs.iter().flat_map(|pack| pack.rules.iter()) {
        assert!(seen.get(rule.code).is_some_and(|count| *count > 20), "{}: {seen:#?}", rule.code);
    }
}
