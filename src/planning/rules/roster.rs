//! One person's shifts in minutes.

use super::calendar::{Calendar, minute_of};
use super::model::{Shift, State};
use std::ops::Range;

/// A shift in minutes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub key: i64,
    /// Its place in the caller's list.
    pub index: usize,
    pub start: i64,
    pub end: i64,
    pub pause: i64,
    pub state: State,
    /// The minutes of its project.
    pub project: Option<(i64, i64)>,
}

impl Item {
    pub const fn len(&self) -> i64 {
        self.end - self.start
    }

    /// Time at work before and after the break, which lies in the middle.
    fn pieces(&self) -> [(i64, i64); 2] {
        let pause = self.pause.clamp(0, self.len());
        let from = self.start + (self.len() - pause) / 2;
        [(self.start, from), (from + pause, self.end)]
    }
}

/// Shifts in order, with what follows from them.
#[derive(Debug)]
pub(super) struct Roster {
    pub items: Vec<Item>,
    /// Times at work, breaks left out, without overlaps.
    work: Vec<(i64, i64)>,
    /// Times from a start to an end without any gap.
    pub blocks: Vec<(i64, i64)>,
}

/// One or several blocks from a daily rest to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WorkDay {
    pub start: i64,
    pub end: i64,
    /// The end of the work day before, when the rest between was too short.
    pub after: Option<i64>,
}

fn merged(times: impl Iterator<Item = (i64, i64)>, out: &mut Vec<(i64, i64)>) {
    for (start, end) in times {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
}

impl Roster {
    /// The shifts that lie in the calendar.
    pub fn of_shifts(shifts: &[Shift], calendar: &Calendar) -> Self {
        let item = |(index, shift): (usize, &Shift)| Item {
            key: shift.key,
            index,
            start: minute_of(shift.start),
            end: minute_of(shift.end),
            pause: shift.break_minutes.max(0),
            state: shift.state,
            project: shift.project.map(|(first, last)| calendar.minutes_of(first, last)),
        };
        let known = |item: &Item| item.start < item.end && item.start >= calendar.begin() && item.end <= calendar.end();
        Self::of(shifts.iter().enumerate().map(item).filter(known).collect())
    }

    pub fn of(mut items: Vec<Item>) -> Self {
        items.sort_unstable_by_key(|item| (item.start, item.end, item.key, item.index));
        let mut blocks = Vec::with_capacity(items.len());
        merged(items.iter().map(|item| (item.start, item.end)), &mut blocks);
        let mut pieces: Vec<_> = items.iter().flat_map(Item::pieces).filter(|(start, end)| start < end).collect();
        // Already so, unless shifts overlap.
        pieces.sort_unstable();
        let mut work = Vec::with_capacity(pieces.len());
        merged(pieces.into_iter(), &mut work);
        Self { items, work, blocks }
    }

    /// The shifts that have a minute from `from` to before `to`.
    pub fn during(&self, from: i64, to: i64) -> impl Iterator<Item = &Item> {
        self.items.iter().take_while(move |item| item.start < to).filter(move |item| item.end > from)
    }

    /// Minutes of work from `from` to before `to`.
    pub fn work_between(&self, from: i64, to: i64) -> i64 {
        let first = self.work.partition_point(|(_, end)| *end <= from);
        self.work[first..].iter().take_while(|(start, _)| *start < to).map(|(s, e)| (*e).min(to) - (*s).max(from)).sum()
    }

    /// Minutes of work on each of these days.
    pub fn work_by_day(&self, calendar: &Calendar, days: Range<usize>) -> Vec<i64> {
        let mut by_day = vec![0; days.len()];
        let (from, to) = (calendar.start(days.start), calendar.start(days.end));
        let first = self.work.partition_point(|(_, end)| *end <= from);
        for (start, end) in self.work[first..].iter().take_while(|(start, _)| *start < to) {
            let (mut start, end) = ((*start).max(from), (*end).min(to));
            let mut day = calendar.day_of(start);
            while start < end {
                let next = calendar.start(day + 1).min(end);
                by_day[day - days.start] += next - start;
                start = next;
                day += 1;
            }
        }
        by_day
    }

    /// Work days. A block ends a rest when it starts at least `rest` after the one before; when it starts sooner, it
    /// belongs to the open work day if it starts on its first date or ends within `span` of its start.
    pub fn work_days(&self, calendar: &Calendar, rest: i64, span: i64) -> Vec<WorkDay> {
        let mut days: Vec<WorkDay> = Vec::with_capacity(self.blocks.len());
        for &(start, end) in &self.blocks {
            let open = days.last_mut().filter(|open| start - open.end < rest);
            match open {
                Some(open) if end - open.start <= span || calendar.day_of(start) == calendar.day_of(open.start) => {
                    open.end = end;
                }
                open => {
                    let after = open.map(|open| open.end);
                    days.push(WorkDay { start, end, after });
                }
            }
        }
        days
    }

    /// Where the last gap of at least `rest` before `minute` ends: what is before it cannot matter.
    pub fn chain_start(&self, minute: i64, rest: i64) -> i64 {
        let mut block = self.blocks.partition_point(|(_, end)| *end < minute);
        while block > 0 {
            let here = self.blocks.get(block).map_or(minute, |(start, _)| *start);
            if here - self.blocks[block - 1].1 >= rest {
                break;
            }
            block -= 1;
        }
        self.blocks.get(block).map_or(minute, |(start, _)| (*start).min(minute))
    }
}
