//! The rules again, step by step along the clock: slow, and plain enough to be believed. Also compiled by the benchmarks.

use super::random::{Cell, Weeks};
use crate::kernel::Instant;
use crate::planning::rules::{Finding, Kind, Pack, Period, Person, Rule, Shift, Span, When, holds};
use jiff::civil::Date;
use std::ops::Range;

/// What is compared: the rule, where, and how much.
pub type Told = (&'static str, When, i64);

/// A finding, as told.
pub fn told(findings: &[Finding]) -> Vec<Told> {
    let mut all: Vec<Told> = findings.iter().map(|found| (found.rule, found.when, found.measured)).collect();
    all.sort_unstable();
    all
}

/// What the rules find in these shifts, which all lie in the weeks.
pub fn ask(person: &Person, shifts: &[Shift], packs: &[Pack], weeks: &Weeks) -> Vec<Told> {
    let oracle = Oracle::new(person, shifts, weeks);
    let mut all = Vec::new();
    for pack in packs.iter().filter(|pack| pack.concerns(person)) {
        for rule in pack.rules.iter().filter(|rule| may_hold(rule, person, weeks)) {
            let mut found = Vec::new();
            oracle.rule(rule, &mut found);
            let holds = |when: &When| holds(packs, person, pack, rule, oracle.date_of(when));
            all.extend(found.into_iter().filter(|(when, _)| holds(when)).map(|(when, measured)| (rule.code, when, measured)));
        }
    }
    all.sort_unstable();
    all
}

/// Spares the walk for rules about other people.
fn may_hold(rule: &Rule, person: &Person, weeks: &Weeks) -> bool {
    rule.who.means(person, weeks.window.first)
}

type Found = Vec<(When, i64)>;

struct Oracle<'a> {
    person: &'a Person,
    shifts: &'a [Shift],
    weeks: &'a Weeks,
    /// How many steps of each kind: somebody is there; somebody works.
    present: Vec<bool>,
    working: Vec<bool>,
    blocks: Vec<Range<usize>>,
}

impl<'a> Oracle<'a> {
    fn new(person: &'a Person, shifts: &'a [Shift], weeks: &'a Weeks) -> Self {
        let steps = weeks.cells.len();
        let mut oracle =
            Self { person, shifts, weeks, present: vec![false; steps], working: vec![false; steps], blocks: Vec::new() };
        for shift in shifts {
            let all = oracle.steps(shift.start, shift.end);
            let length = (all.end - all.start) as i64 * weeks.tick;
            let pause = shift.break_minutes.min(length);
            let pause_from = all.start + ((length - pause) / 2 / weeks.tick) as usize;
            let pause_to = pause_from + (pause / weeks.tick) as usize;
            for step in all {
                oracle.present[step] = true;
                if step < pause_from || step >= pause_to {
                    oracle.working[step] = true;
                }
            }
        }
        oracle.blocks = runs(0..steps, |step| oracle.present[step]);
        oracle
    }

    /// The steps of some time; what is out of the weeks is left off.
    fn steps(&self, from: Instant, to: Instant) -> Range<usize> {
        let step = |at: Instant| ((at.0 / 60_000 - self.weeks.from) / self.weeks.tick).clamp(0, self.weeks.steps()) as usize;
        step(from)..step(to)
    }

    fn cell(&self, step: usize) -> Cell {
        self.weeks.cells[step]
    }

    fn minutes(&self, steps: usize) -> i64 {
        steps as i64 * self.weeks.tick
    }

    fn work_in(&self, steps: Range<usize>) -> i64 {
        let mut count = 0;
        for step in steps {
            if self.working[step] {
                count += 1;
            }
        }
        self.minutes(count)
    }

    fn span(&self, steps: &Range<usize>) -> When {
        When::Span { from: self.weeks.instant(steps.start as i64), to: self.weeks.instant(steps.end as i64) }
    }

    /// The day that decides which rules hold.
    fn date_of(&self, when: &When) -> Date {
        match *when {
            When::Span { from, .. } => self.weeks.zone.local(from).date,
            When::Day(day) | When::Week(day) | When::Weeks { last: day, .. } => day,
        }
    }

    /// Minutes of work on each day.
    fn by_day(&self) -> Vec<i64> {
        let mut days = vec![0; self.weeks.cells[self.weeks.cells.len() - 1].day + 1];
        for block in &self.blocks {
            for step in block.clone() {
                if self.working[step] {
                    days[self.weeks.cells[step].day] += self.weeks.tick;
                }
            }
        }
        days
    }

    fn date(&self, day: usize) -> Date {
        use jiff::ToSpan as _;
        self.weeks.window.first.saturating_add((day as i64).days())
    }

    fn rule(&self, rule: &Rule, found: &mut Found) {
        match rule.kind {
            Kind::Overlap => self.overlap(found),
            Kind::Unavailable => self.absent(&self.person.unavailable, found),
            Kind::TimeOff => self.absent(&self.person.time_off, found),
            Kind::MissingSkill => self.missing_skill(found),
            Kind::ExpiredSkill => self.expired_skill(found),
            Kind::OutsideProject => self.outside_project(found),
            Kind::DailyRest { span } => {
                let rests = self.short_rests(rule.limit, span);
                found.extend(rests.into_iter().map(|rest| (self.span(&rest), self.minutes(rest.len()))));
            }
            Kind::ShortRests { rest, span, period } => self.many_rests(rule.limit, rest, span, period, found),
            Kind::DailyWork => {
                for (day, work) in self.by_day().into_iter().enumerate() {
                    if work > rule.limit {
                        found.push((When::Day(self.date(day)), work));
                    }
                }
            }
            Kind::DailySpan { rest } => {
                for day in self.work_days(rest, rule.limit) {
                    if self.minutes(day.len()) > rule.limit {
                        found.push((self.span(&day), self.minutes(day.len())));
                    }
                }
            }
            Kind::WeeklyWork => {
                for (week, days) in self.by_day().chunks(7).enumerate() {
                    let work: i64 = days.iter().sum();
                    if work > rule.limit {
                        found.push((When::Week(self.date(week * 7)), work));
                    }
                }
            }
            Kind::WeeklyAverage { weeks } => {
                let by_week: Vec<i64> = self.by_day().chunks(7).map(|days| days.iter().sum()).collect();
                for last in 0..by_week.len() {
                    let total: i64 = by_week[last.saturating_sub(weeks - 1)..=last].iter().sum();
                    let count = weeks as i64;
                    if total > rule.limit * count {
                        let when = When::Weeks { last: self.date(last * 7), count: weeks };
                        found.push((when, (total as f64 / count as f64).ceil() as i64));
                    }
                }
            }
            Kind::WeeklyRest => self.weekly_rest(rule.limit, found),
            Kind::MaxDaysInWeek => {
                for (week, days) in self.by_day().chunks(7).enumerate() {
                    let count = days.iter().filter(|work| **work > 0).count() as i64;
                    if count > rule.limit {
                        found.push((When::Week(self.date(week * 7)), count));
                    }
                }
            }
            Kind::Break { from } => self.no_break(from, rule.limit, found),
            Kind::NightWork { from_hour, to_hour, rest, span } => {
                for day in self.work_days(rest, span) {
                    let is_night = |step| self.cell(step).hour >= from_hour || self.cell(step).hour < to_hour;
                    let work = self.work_in(day.clone());
                    if work > rule.limit && day.clone().any(|step| self.working[step] && is_night(step)) {
                        found.push((self.span(&day), work));
                    }
                }
            }
            Kind::NightBan { from_hour, to_hour } => {
                for shift in self.shifts {
                    let is_night = |step| self.cell(step).hour >= from_hour || self.cell(step).hour < to_hour;
                    let nights = runs(self.steps(shift.start, shift.end), is_night);
                    found.extend(nights.into_iter().map(|night| (self.span(&night), self.minutes(night.len()))));
                }
            }
            Kind::ShortCall => {
                for block in self.blocks.iter().filter(|block| self.minutes(block.len()) < rule.limit) {
                    found.push((self.span(block), self.minutes(block.len())));
                }
            }
        }
    }

    fn overlap(&self, found: &mut Found) {
        for (place, one) in self.shifts.iter().enumerate() {
            for other in &self.shifts[place + 1..] {
                let (from, to) = (one.start.max(other.start), one.end.min(other.end));
                if from < to {
                    found.push((When::Span { from, to }, to.minutes_since(from)));
                }
            }
        }
    }

    fn absent(&self, absences: &[Span], found: &mut Found) {
        let mut absent = vec![false; if absences.is_empty() { 0 } else { self.present.len() }];
        for absence in absences {
            for step in self.steps(absence.from, absence.to) {
                absent[step] = true;
            }
        }
        for shift in self.shifts.iter().filter(|_| !absences.is_empty()) {
            for run in runs(self.steps(shift.start, shift.end), |step| absent[step]) {
                found.push((self.span(&run), self.minutes(run.len())));
            }
        }
    }

    fn outside_project(&self, found: &mut Found) {
        for shift in self.shifts {
            let Some((first, last)) = shift.project else { continue };
            let steps = self.steps(shift.start, shift.end);
            let out = steps.filter(|step| self.cell(*step).date < first || self.cell(*step).date > last).count();
            if out > 0 {
                found.push((When::Span { from: shift.start, to: shift.end }, self.minutes(out)));
            }
        }
    }

    fn missing_skill(&self, found: &mut Found) {
        for shift in self.shifts {
            for need in &shift.needs {
                let wanted = need.level.max(1);
                let known = self.person.skills.iter().filter(|skill| skill.name == need.skill);
                let best = known.fold(0, |best, skill| best.max(skill.level));
                if best < wanted {
                    found.push((When::Span { from: shift.start, to: shift.end }, best));
                }
            }
        }
    }

    fn expired_skill(&self, found: &mut Found) {
        for shift in self.shifts {
            let last = self.weeks.zone.local(Instant(shift.end.0 - 1)).date;
            for need in &shift.needs {
                let good = |skill: &&crate::planning::rules::Skill| skill.name == need.skill && skill.level >= need.level.max(1);
                let good: Vec<_> = self.person.skills.iter().filter(good).collect();
                if good.is_empty() || good.iter().any(|skill| skill.until.is_none_or(|until| until >= last)) {
                    continue;
                }
                let latest = good.iter().filter_map(|skill| skill.until).max().unwrap_or(last);
                let days = latest.until(last).map_or(0, |span| span.get_days());
                found.push((When::Span { from: shift.start, to: shift.end }, days.into()));
            }
        }
    }

    /// Where the work day of a block begins: with itself, unless it belongs to that of the block before.
    fn day_start(&self, block: usize, rest: i64, span: i64) -> usize {
        let here = &self.blocks[block];
        let Some(before) = block.checked_sub(1) else { return here.start };
        if self.minutes(here.start - self.blocks[before].end) >= rest {
            return here.start;
        }
        let opened = self.day_start(before, rest, span);
        let same_date = self.cell(opened).date == self.cell(here.start).date;
        if same_date || self.minutes(here.end - opened) <= span { opened } else { here.start }
    }

    fn work_days(&self, rest: i64, span: i64) -> Vec<Range<usize>> {
        let mut days: Vec<Range<usize>> = Vec::new();
        for (place, block) in self.blocks.iter().enumerate() {
            let start = self.day_start(place, rest, span);
            match days.last_mut().filter(|day| day.start == start) {
                Some(day) => day.end = block.end,
                None => days.push(start..block.end),
            }
        }
        days
    }

    fn short_rests(&self, rest: i64, span: i64) -> Vec<Range<usize>> {
        let days = self.work_days(rest, span);
        days.windows(2).map(|pair| pair[0].end..pair[1].start).filter(|gap| self.minutes(gap.len()) < rest).collect()
    }

    fn many_rests(&self, limit: i64, rest: i64, span: i64, period: Period, found: &mut Found) {
        let rests = self.short_rests(rest, span);
        let days: Vec<usize> = rests.iter().map(|rest| self.cell(rest.end).day).collect();
        let all_days = self.weeks.cells[self.weeks.cells.len() - 1].day + 1;
        match period {
            Period::CivilWeek => {
                for monday in (0..all_days).step_by(7) {
                    let count = days.iter().filter(|day| (monday..monday + 7).contains(*day)).count() as i64;
                    if count > limit {
                        found.push((When::Week(self.date(monday)), count));
                    }
                }
            }
            Period::SevenDays => {
                for last in (0..all_days).filter(|day| days.contains(day)) {
                    let count = days.iter().filter(|day| **day + 6 >= last && **day <= last).count() as i64;
                    if count > limit {
                        found.push((When::Day(self.date(last)), count));
                    }
                }
            }
        }
    }

    fn weekly_rest(&self, limit: i64, found: &mut Found) {
        let cells = &self.weeks.cells;
        let mut free = i64::MAX / 2;
        let mut longest = vec![0; cells[cells.len() - 1].day / 7 + 1];
        let mut is_worked = vec![false; longest.len()];
        for step in (0..cells.len()).rev() {
            let week = cells[step].day / 7;
            free = if self.present[step] { 0 } else { free + self.weeks.tick };
            is_worked[week] |= self.present[step];
            longest[week] = free.max(longest[week]);
        }
        for week in 0..longest.len() {
            if is_worked[week] && longest[week] < limit {
                found.push((When::Week(self.date(week * 7)), longest[week]));
            }
        }
    }

    fn no_break(&self, from: i64, limit: i64, found: &mut Found) {
        let mut stints: Vec<Vec<Range<usize>>> = Vec::new();
        for block in &self.blocks {
            let stint =
                stints.last_mut().filter(|stint| stint.last().is_some_and(|last| self.minutes(block.start - last.end) < limit));
            match stint {
                Some(stint) => stint.push(block.clone()),
                None => stints.push(vec![block.clone()]),
            }
        }
        for stint in stints {
            let all = stint[0].start..stint[stint.len() - 1].end;
            let at_work: usize = stint.iter().map(ExactSizeIterator::len).sum();
            let inside = self.shifts.iter().filter(|shift| {
                let steps = self.steps(shift.start, shift.end);
                steps.start >= all.start && steps.end <= all.end
            });
            let longest = inside.map(|shift| shift.break_minutes.min(shift.end.minutes_since(shift.start))).max().unwrap_or(0);
            if self.minutes(at_work) >= from && longest < limit {
                found.push((self.span(&all), longest));
            }
        }
    }
}

/// The runs of steps for which it is so.
fn runs(steps: Range<usize>, is: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for step in steps {
        if is(step) {
            match out.last_mut().filter(|run| run.end == step) {
                Some(run) => run.end = step + 1,
                None => out.push(step..step + 1),
            }
        }
    }
    out
}
