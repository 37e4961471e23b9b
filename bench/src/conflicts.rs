//! `conflicts[=ROSTERS]`: the rules of work and rest over a whole company, and against their oracle.

use crate::Asked;
use crate::kernel::Instant;
use crate::kernel::zone::{DEFAULT_ZONE, Zone};
use crate::oracle::{ask, told};
use crate::planning::rules::{Calendar, Need, Person, Shift, Skill, Standing, State, Window, check_in, packs};
use crate::random::{self, Dice, Weeks};
use crate::report::{Budget, Report};
use crate::stats::median;
use anyhow::{Context as _, Result, bail};
use jiff::ToSpan as _;
use jiff::civil::date;
use serde_json::json;
use std::time;

/// Milliseconds for 500 people over 13 weeks.
const COMPANY_MS: f64 = 100.0;
const PEOPLE: usize = 500;
const WEEKS: i64 = 13;
/// Random rosters that the oracle sees too.
const ROSTERS: usize = 1_000_000;
const THREADS: u64 = 2;

/// # Errors
/// When the engine and the oracle do not agree.
pub fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("conflicts")?;
    company(&mut report, if asked.quick { 5 } else { 21 })?;
    let rosters = asked.size.unwrap_or(if asked.quick { ROSTERS / 10 } else { ROSTERS });
    let start = time::Instant::now();
    let findings = agree(u64::try_from(rosters)?)?;
    report.figure("random rosters, the oracle agrees", rosters as f64, "");
    report.figure("findings in them", findings as f64, "");
    report.figure("for engine and oracle", start.elapsed().as_secs_f64(), "s");
    Ok(report)
}

/// A plan as it is before somebody looks at the conflicts: mostly good, some trouble.
fn company(report: &mut Report, rounds: usize) -> Result<()> {
    let zone = Zone::named(DEFAULT_ZONE).context("no zone")?;
    let first = date(2026, 9, 14);
    let window = Window { first, last: first.saturating_add((WEEKS * 7 - 1).days()) };
    let mut dice = Dice::new(20_261_121);
    let crew: Vec<_> = (0..PEOPLE).map(|_| (person(&mut dice), plan(&zone, window, &mut dice))).collect();
    let packs = packs::all();
    let mut times = Vec::new();
    let mut findings = 0;
    for _ in 0..rounds {
        let start = time::Instant::now();
        let calendar = Calendar::new(&zone, window);
        findings = crew.iter().map(|(person, shifts)| check_in(person, shifts, &packs, &calendar).len()).sum();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    let shifts: usize = crew.iter().map(|(_, shifts)| shifts.len()).sum();
    report.figure("missions", shifts as f64, "");
    report.figure("findings, each with its cure", findings as f64, "");
    let what = format!("{PEOPLE} people × {WEEKS} weeks, one thread, median of {rounds}");
    report.judged(what, median(&times), "ms", Budget::AtMost(COMPANY_MS));
    report.fact("rounds_ms", json!(times));
    Ok(())
}

fn person(dice: &mut Dice) -> Person {
    let standing = dice.pick(&[Standing::NightWorker, Standing::Uninterruptible, Standing::ShortCall]);
    let until = date(2026, 9, 1).saturating_add(dice.below(400).days());
    Person {
        skills: vec![Skill { name: "rigging".to_owned(), level: 1 + dice.below(3), until: Some(until) }],
        idcc: dice.pick(&[None, Some(2717), Some(2717), Some(1285)]),
        standings: if dice.one_in(5) { vec![standing] } else { Vec::new() },
        birth: Some(date(2026, 11, 1).saturating_sub((17 + dice.below(40)).years())),
        ..Person::default()
    }
}

fn plan(zone: &Zone, window: Window, dice: &mut Dice) -> Vec<Shift> {
    let mut all = Vec::new();
    // An average looks back eleven weeks.
    for week in -11..WEEKS {
        let days = dice.pick(&[4, 5, 5, 5, 5, 6]);
        let early = dice.pick(&[7, 8, 9, 14]);
        for day in 0..days {
            let on = window.first.saturating_add((week * 7 + day).days());
            let hour = if dice.one_in(12) { 16 } else { early };
            let start = zone.instant(on, hour, 0);
            let minutes = 60 * dice.pick(&[7, 8, 8, 9, 9, 9]) + 60 * dice.below(2) * dice.below(3);
            all.push(Shift {
                key: i64::try_from(all.len()).unwrap_or(0),
                start,
                end: Instant(start.0 + minutes * 60_000),
                break_minutes: dice.pick(&[60, 60, 60, 45, 20]),
                state: dice.pick(&[State::Assigned, State::Accepted]),
                project: Some((window.first.saturating_sub(80.days()), window.last)),
                needs: if dice.one_in(10) { vec![Need { skill: "rigging".to_owned(), level: 1 }] } else { Vec::new() },
            });
        }
    }
    all
}

/// Compares the engine with the oracle and counts what they find.
fn agree(rosters: u64) -> Result<u64> {
    let all = Weeks::all();
    let packs = packs::all();
    let calendars: Vec<_> = all.iter().map(|weeks| Calendar::new(&weeks.zone, weeks.window)).collect();
    let some = |thread: u64| -> Result<u64> {
        let mut count = 0;
        for seed in (0..rosters).filter(|seed| seed % THREADS == thread) {
            let mut dice = Dice::new(seed);
            let weeks = Weeks::pick(&all, &mut dice);
            let place = all.iter().position(|other| std::ptr::eq(other, weeks)).unwrap_or(0);
            let (person, shifts) = (random::person(weeks, &mut dice), random::shifts(weeks, &mut dice));
            let ours = told(&check_in(&person, &shifts, &packs, &calendars[place]));
            if ours != ask(&person, &shifts, &packs, weeks) {
                bail!("the engine and the oracle do not agree on seed {seed}");
            }
            count += ours.len() as u64;
        }
        Ok(count)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || some(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread died"))).sum()
    })
}
