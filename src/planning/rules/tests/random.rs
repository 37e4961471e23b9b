//! Random rosters that often come close to a limit. Also compiled by the benchmarks.

use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use crate::planning::rules::{Employment, Need, Person, Shift, Skill, Span, Standing, State, Window};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// Numbers that look random and are the same for the same seed (splitmix64, Steele et al. 2014).
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 2) as i64 % end.max(1)
    }

    pub fn one_in(&mut self, times: i64) -> bool {
        self.below(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as i64)).unwrap_or(0)]
    }
}

/// One moment of a place, as the oracle sees it.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub date: Date,
    pub hour: i8,
    /// Days since the first of the place.
    pub day: usize,
}

/// Whole weeks of a place, cut in steps of so many minutes.
pub struct Weeks {
    pub zone: Zone,
    pub window: Window,
    pub tick: i64,
    /// The first minute.
    pub from: i64,
    pub cells: Vec<Cell>,
    /// How often it is chosen.
    weight: i64,
}

impl Weeks {
    fn new(zone: &str, first: Date, weeks: i64, tick: i64, weight: i64) -> Self {
        let zone = Zone::named_or_utc(zone);
        let window = Window { first, last: first.saturating_add((weeks * 7 - 1).days()) };
        let (from, to) = zone.span_of(window.first, window.last);
        let (from, to) = (from.0 / 60_000, to.0 / 60_000);
        let cell = |step: i64| {
            let local = zone.local(Instant((from + step * tick) * 60_000));
            let day = first.until(local.date).map_or(0, |span| span.get_days());
            Cell { date: local.date, hour: local.hour, day: usize::try_from(day).unwrap_or(0) }
        };
        let cells = (0..(to - from) / tick).map(cell).collect();
        Self { zone, window, tick, from, cells, weight }
    }

    /// Ordinary weeks, both nights of clock change in Paris, the turn of the year, other places: a clock change of half an
    /// hour, one at midnight. Most in steps of 10 or 20
    /// minutes, some minute by minute, some over a quarter.
    pub fn all() -> Vec<Self> {
        let paris = "Europe/Paris";
        vec![
            Self::new(paris, date(2026, 11, 16), 1, 20, 20),
            Self::new(paris, date(2026, 3, 23), 2, 20, 20),
            Self::new(paris, date(2026, 10, 19), 2, 20, 20),
            Self::new(paris, date(2026, 12, 28), 1, 10, 10),
            Self::new("Australia/Lord_Howe", date(2026, 3, 30), 2, 10, 4),
            Self::new("Africa/Cairo", date(2026, 4, 20), 2, 20, 4),
            Self::new(paris, date(2026, 3, 23), 1, 1, 1),
            Self::new(paris, date(2026, 10, 19), 1, 1, 1),
            Self::new(paris, date(2026, 1, 12), 13, 30, 2),
        ]
    }

    /// One of them.
    pub fn pick<'a>(all: &'a [Self], dice: &mut Dice) -> &'a Self {
        let mut left = dice.below(all.iter().map(|weeks| weeks.weight).sum());
        for weeks in all {
            left -= weeks.weight;
            if left < 0 {
                return weeks;
            }
        }
        &all[0]
    }

    /// The number of steps.
    pub fn steps(&self) -> i64 {
        self.cells.len() as i64
    }

    pub fn instant(&self, step: i64) -> Instant {
        Instant((self.from + step * self.tick) * 60_000)
    }
}

/// Shifts of one person in these weeks.
pub fn shifts(weeks: &Weeks, dice: &mut Dice) -> Vec<Shift> {
    let per_hour = 60 / weeks.tick;
    let is_long = weeks.window.first.until(weeks.window.last).is_ok_and(|span| span.get_days() > 60);
    let most = if is_long { 50 + dice.below(50) } else { 2 + dice.below(9) };
    let in_chain = dice.below(10) < 7;
    let mut at = dice.below(if in_chain { 36 * per_hour } else { weeks.steps() });
    let mut all = Vec::new();
    for key in 0..most {
        let pause = dice.pick(&[0, 0, 0, 10, 20, 30, 60]) / weeks.tick * weeks.tick;
        let longest = if is_long || dice.one_in(3) { 14 } else { 11 };
        // A length that leaves the break in the middle on whole steps; where a step is a minute, any length.
        let length = match weeks.tick {
            1 => 30 + dice.below(longest * 60),
            tick => (1 + dice.below(longest * per_hour / 2)) * 2 * tick + pause % (2 * tick),
        };
        let length = if dice.one_in(20) { 10 * 60 + pause % (2 * weeks.tick) } else { length };
        let steps = length / weeks.tick;
        if at + steps > weeks.steps() {
            break;
        }
        all.push(shift(weeks, key, (at, at + steps), pause, dice));
        at = if in_chain {
            let gap = match dice.below(8) {
                0 => 0,
                1 => dice.below(2 * per_hour) - per_hour / 2,
                2 => dice.below(8 * per_hour),
                3 => dice.below(60 * per_hour),
                4 => 11 * per_hour,
                _ => (8 * per_hour) + dice.below(6 * per_hour),
            };
            (at + steps + gap).max(0)
        } else {
            dice.below(weeks.steps())
        };
    }
    all
}

fn shift(weeks: &Weeks, key: i64, steps: (i64, i64), pause: i64, dice: &mut Dice) -> Shift {
    let day = weeks.window.first.saturating_add(dice.below(10).days());
    Shift {
        key,
        start: weeks.instant(steps.0),
        end: weeks.instant(steps.1),
        break_minutes: pause,
        state: dice.pick(&[State::Proposed, State::Assigned, State::Accepted, State::Worked]),
        project: dice.one_in(8).then(|| (day, day.saturating_add(dice.below(9).days()))),
        needs: if dice.one_in(8) { vec![Need { skill: "rigging".to_owned(), level: dice.below(4) }] } else { Vec::new() },
    }
}

/// Somebody.
pub fn person(weeks: &Weeks, dice: &mut Dice) -> Person {
    let some_day = |dice: &mut Dice| weeks.window.first.saturating_add((dice.below(20) - 3).days());
    let absence = |dice: &mut Dice| {
        let from = dice.below(weeks.steps());
        Span { from: weeks.instant(from), to: weeks.instant(from + dice.below(40 * 60 / weeks.tick)) }
    };
    let skill = |dice: &mut Dice| Skill {
        name: dice.pick(&["rigging", "sound"]).to_owned(),
        level: dice.below(4),
        until: dice.one_in(2).then(|| some_day(dice)),
    };
    let standings = [Standing::NightWorker, Standing::Uninterruptible, Standing::ShortCall];
    Person {
        skills: (0..dice.below(3)).map(|_| skill(dice)).collect(),
        unavailable: (0..(dice.below(6) - 3).max(0)).map(|_| absence(dice)).collect(),
        time_off: (0..(dice.below(5) - 3).max(0)).map(|_| absence(dice)).collect(),
        preferred: Vec::new(),
        birth: dice.one_in(6).then(|| some_day(dice).saturating_sub((15 + dice.below(4)).years())),
        employment: dice.pick(&[None, Some(Employment::Cdd), Some(Employment::Intermittent), Some(Employment::Freelance)]),
        idcc: dice.pick(&[None, None, Some(2717), Some(1285)]),
        standings: standings.into_iter().filter(|_| dice.one_in(4)).collect(),
    }
}
