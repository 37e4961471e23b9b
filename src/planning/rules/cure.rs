//! The smallest change of one shift that cures. Every answer is tried: the rule is asked again with the change made.

use super::finding::Cure;
use super::model::State;
use super::pack::{Kind, Rule};
use super::roster::{Item, Roster};
use super::spots::{Around, Place, Spot, spots};
use std::ops::Range;

/// A shift is not cut to less than this; it is rather dropped.
const LEAST_LEFT: i64 = 60;
const DAY: i64 = 1440;

/// What would cure a broken rule. `holds`: whether the rule holds on the day of a place; a birthday may end it.
pub(super) fn cure(rule: &Rule, spot: &Spot, around: Around, roster: &Roster, holds: &dyn Fn(Place) -> bool) -> Cure {
    let mut candidates = candidates(rule, spot, around, roster);
    if !candidates.is_empty() && candidates.iter().all(|item| item.state == State::Worked) {
        return Cure::TooLate;
    }
    candidates.retain(|item| item.state != State::Worked);
    // The least settled first, then the latest.
    candidates.sort_by_key(|item| (item.state, std::cmp::Reverse((item.start, item.key))));
    let near = near(rule, spot, around, roster);
    let days = days(spot.place);
    let attempt = Attempt { rule, spot, around, near: &near, days, holds };
    match rule.kind {
        Kind::Break { .. } => attempt.add_break(&candidates),
        Kind::ShortCall => attempt.end_later(&candidates),
        Kind::OutsideProject => attempt.another_day(&candidates).or_else(|| attempt.cut(&candidates)),
        _ => attempt.cut(&candidates),
    }
    .unwrap_or_else(|| if is_sum(rule.kind) { Cure::WorkLess { minutes: spot.excess } } else { Cure::Rework })
}

/// Whether a change of so many minutes changes what is measured by no more than that.
const fn is_sum(kind: Kind) -> bool {
    matches!(kind, Kind::DailyWork | Kind::WeeklyWork | Kind::WeeklyAverage { .. })
}

/// The shifts that a change may touch.
fn candidates(rule: &Rule, spot: &Spot, around: Around, roster: &Roster) -> Vec<Item> {
    let calendar = around.calendar;
    let during = |from, to| roster.during(from, to).copied().collect();
    match spot.place {
        Place::Pair { .. } | Place::Shift { .. } | Place::Gap { .. } | Place::Stretch { .. } | Place::Weeks { .. } => {
            involved(rule.kind, spot.place, around, roster)
        }
        Place::Day(day) => match rule.kind {
            Kind::ShortRests { rest, .. } => during(calendar.start(day.saturating_sub(6)) - rest, calendar.start(day + 1)),
            _ => during(calendar.start(day), calendar.start(day + 1)),
        },
        Place::Week(week) => {
            let (from, to) = (calendar.start(week * 7), calendar.start(week * 7 + 7));
            match rule.kind {
                Kind::WeeklyRest => during(from, to + rule.limit),
                Kind::ShortRests { rest, .. } => during(from - rest, to),
                _ => during(from, to),
            }
        }
    }
}

/// The shifts in question, in order. Of a weekly rest, the one of the next week that ends it is one of them.
pub(super) fn involved(kind: Kind, place: Place, around: Around, roster: &Roster) -> Vec<Item> {
    let calendar = around.calendar;
    let only = |wanted: &dyn Fn(&Item) -> bool| roster.items.iter().filter(|item| wanted(item)).copied().collect();
    let during = |from, to| roster.during(from, to).copied().collect();
    match place {
        Place::Pair { keys, .. } => only(&|item| item.key == keys.0 || item.key == keys.1),
        Place::Shift { key, .. } => only(&|item| item.key == key),
        Place::Gap { from, to } => only(&|item| item.end == from || item.start == to),
        Place::Stretch { from, to } => during(from, to),
        Place::Day(day) => during(calendar.start(day), calendar.start(day + 1)),
        Place::Week(week) if kind == Kind::WeeklyRest => {
            let (from, to) = (calendar.start(week * 7), calendar.start(week * 7 + 7));
            let ends_rest = rest_end(roster, to);
            only(&|item| (item.start < to && item.end > from) || Some(item.start) == ends_rest)
        }
        Place::Week(week) | Place::Weeks { last: week, .. } => during(calendar.start(week * 7), calendar.start(week * 7 + 7)),
    }
}

/// Where the rest ends that has begun before `next`, the first minute of a week; none when somebody is at work then.
fn rest_end(roster: &Roster, next: i64) -> Option<i64> {
    let block = roster.blocks.partition_point(|(_, end)| *end < next);
    roster.blocks.get(block).map(|(start, _)| *start).filter(|start| *start >= next)
}

/// All that can matter to the rule at this place, and little more.
fn near(rule: &Rule, spot: &Spot, around: Around, roster: &Roster) -> Vec<Item> {
    let calendar = around.calendar;
    let (mut from, mut to) = match spot.place {
        Place::Pair { from, to, .. } | Place::Shift { from, to, .. } | Place::Gap { from, to } | Place::Stretch { from, to } => {
            (from, to)
        }
        Place::Day(day) => (calendar.start(day), calendar.start(day + 1)),
        Place::Week(week) => (calendar.start(week * 7), calendar.start(week * 7 + 7)),
        Place::Weeks { last, count } => (calendar.start((last + 1 - count) * 7), calendar.start(last * 7 + 7)),
    };
    match rule.kind {
        Kind::DailyRest { .. } | Kind::Break { .. } | Kind::ShortCall => {
            from = roster.chain_start(from, rule.limit);
            to += 3 * DAY;
        }
        Kind::DailySpan { rest } | Kind::NightWork { rest, .. } => {
            from = roster.chain_start(from, rest);
            to += 3 * DAY;
        }
        Kind::ShortRests { rest, .. } => {
            from = roster.chain_start(from - 7 * DAY, rest);
            to += 3 * DAY;
        }
        Kind::WeeklyRest => to += rule.limit,
        _ => {}
    }
    roster.during(from, to).copied().collect()
}

fn days(place: Place) -> Range<usize> {
    match place {
        Place::Day(day) => day..day + 1,
        Place::Week(week) | Place::Weeks { last: week, .. } => week * 7..week * 7 + 7,
        _ => 0..0,
    }
}

/// A way to change a shift by some minutes.
#[derive(Clone, Copy)]
enum Change {
    StartLater,
    EndEarlier,
    EndLater,
    AddBreak,
}

impl Change {
    const fn of(self, key: i64, minutes: i64) -> Cure {
        match self {
            Self::StartLater => Cure::StartLater { key, minutes },
            Self::EndEarlier => Cure::EndEarlier { key, minutes },
            Self::EndLater => Cure::EndLater { key, minutes },
            Self::AddBreak => Cure::AddBreak { key, minutes },
        }
    }

    fn make(self, item: &mut Item, minutes: i64) {
        match self {
            Self::StartLater => item.start += minutes,
            Self::EndEarlier => item.end -= minutes,
            Self::EndLater => item.end += minutes,
            Self::AddBreak => item.pause += minutes,
        }
    }
}

struct Attempt<'a> {
    rule: &'a Rule,
    spot: &'a Spot,
    around: Around<'a>,
    near: &'a [Item],
    days: Range<usize>,
    holds: &'a dyn Fn(Place) -> bool,
}

impl Attempt<'_> {
    fn cures(&self, items: Vec<Item>) -> bool {
        let after = spots(self.rule, self.around, &Roster::of(items), self.days.clone());
        !after.iter().any(|spot| spot.place.is_same(&self.spot.place) && (self.holds)(spot.place))
    }

    fn changed(&self, key: i64, change: impl Fn(&mut Item)) -> Vec<Item> {
        let mut items = self.near.to_vec();
        items.iter_mut().filter(|item| item.key == key).for_each(change);
        items
    }

    /// The fewest minutes up to `most` that cure, one less not.
    fn fewest(&self, item: &Item, change: Change, most: i64) -> Option<i64> {
        if most < 1 {
            return None;
        }
        let cures = |minutes| self.cures(self.changed(item.key, |item| change.make(item, minutes)));
        let guess = self.spot.excess.clamp(1, most);
        let (mut leaves, mut enough);
        if cures(guess) {
            if guess == 1 || !cures(guess - 1) {
                return Some(guess);
            }
            (leaves, enough) = (0, guess - 1);
        } else if guess < most && cures(most) {
            (leaves, enough) = (guess, most);
        } else {
            return None;
        }
        while enough - leaves > 1 {
            let middle = i64::midpoint(leaves, enough);
            if cures(middle) { enough = middle } else { leaves = middle }
        }
        Some(enough)
    }

    /// The change that costs the fewest minutes: start later, end earlier, or drop.
    fn cut(&self, candidates: &[Item]) -> Option<Cure> {
        let mut best: Option<(i64, Cure)> = None;
        let cheaper = |best: &Option<(i64, Cure)>| best.as_ref().map_or(i64::MAX, |(minutes, _)| minutes - 1);
        let can = |item: &&Item| !is_sum(self.rule.kind) || item.len() >= self.spot.excess;
        for item in candidates.iter().filter(can) {
            for change in [Change::StartLater, Change::EndEarlier] {
                if let Some(minutes) = self.fewest(item, change, (item.len() - LEAST_LEFT).min(cheaper(&best))) {
                    best = Some((minutes, change.of(item.key, minutes)));
                }
            }
        }
        for item in candidates.iter().filter(can) {
            let without = || self.near.iter().filter(|other| other.key != item.key).copied().collect();
            if item.len() <= cheaper(&best) && self.cures(without()) {
                best = Some((item.len(), Cure::Drop { key: item.key }));
            }
        }
        best.map(|(_, cure)| cure)
    }

    fn add_break(&self, candidates: &[Item]) -> Option<Cure> {
        let mut candidates: Vec<_> = candidates.iter().filter(|item| item.len() > self.spot.limit).collect();
        // The break that lacks the least.
        candidates.sort_by_key(|item| std::cmp::Reverse(item.pause));
        candidates.into_iter().find_map(|item| {
            let minutes = self.fewest(item, Change::AddBreak, self.spot.limit - item.pause)?;
            Some(Change::AddBreak.of(item.key, minutes))
        })
    }

    fn end_later(&self, candidates: &[Item]) -> Option<Cure> {
        let Place::Stretch { to, .. } = self.spot.place else { return None };
        let item = candidates.iter().find(|item| item.end == to)?;
        let minutes = self.fewest(item, Change::EndLater, self.spot.excess)?;
        Some(Change::EndLater.of(item.key, minutes))
    }

    /// For a shift that is outside of its project as a whole.
    fn another_day(&self, candidates: &[Item]) -> Option<Cure> {
        let item = candidates.first()?;
        let (first, last) = item.project?;
        let fits = item.len() <= last - first && (item.end <= first || item.start >= last);
        fits.then(|| {
            let calendar = self.around.calendar;
            Cure::AnotherDay { key: item.key, first: calendar.date_of(first), last: calendar.date_of(last - 1) }
        })
    }
}
