//! What a scan means, and how punches become hours. Pure: time comes in as an argument.

use super::model::{Presence, PunchKind};
use crate::kernel::{Instant, PunchId};

/// An interval open for longer had its exit forgotten. Nobody may work that long: the daily amplitude is 13 h in general
/// and 15 h at most in the performing arts, and nobody walks out after 16 h to start another day at the same scan.
pub const MAX_OPEN_MINUTES: i64 = 16 * 60;
/// A second scan this soon after the first is the same gesture.
pub const TOO_SOON_SECONDS: i64 = 60;

/// The newest punch of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPunch {
    pub id: PunchId,
    pub seq: i64,
    pub kind: PunchKind,
    pub state: Presence,
    pub at: Instant,
    /// When the interval that it belongs to began.
    pub opened_at: Instant,
}

/// What a scan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Record this.
    Record(PunchKind),
    /// The exit was forgotten: close the old interval at this moment without counting it, then come in.
    LapseThenIn { lapse_at: Instant },
    /// The same gesture twice: nothing to record.
    TooSoon(PunchId),
    /// The caller wants in, and the person is in.
    AlreadyIn,
    /// The caller wants out, and the person is out.
    AlreadyOut,
}

/// Decides what a scan at `at` does. Without a wish, in and out alternate, and the end of a break follows its start.
pub fn decide(last: Option<&LastPunch>, wanted: Option<PunchKind>, at: Instant) -> Decision {
    let Some(last) = last else {
        return match wanted {
            None | Some(PunchKind::In) => Decision::Record(PunchKind::In),
            Some(_) => Decision::AlreadyOut,
        };
    };
    let same_gesture = wanted.is_none_or(|wanted| wanted == last.kind);
    if same_gesture && last.kind != PunchKind::Lapse && at.millis_since(last.at) < TOO_SOON_SECONDS * 1000 {
        return Decision::TooSoon(last.id);
    }
    let forgotten = last.state != Presence::Off && at.minutes_since(last.opened_at) >= MAX_OPEN_MINUTES;
    match (last.state, wanted) {
        (_, None | Some(PunchKind::In)) if forgotten => {
            Decision::LapseThenIn { lapse_at: last.at.max(last.opened_at.plus_minutes(MAX_OPEN_MINUTES)) }
        }
        (Presence::Off, None | Some(PunchKind::In)) => Decision::Record(PunchKind::In),
        (Presence::Off, Some(_)) => Decision::AlreadyOut,
        (Presence::On | Presence::Break, Some(PunchKind::In)) => Decision::AlreadyIn,
        (Presence::On, None) => Decision::Record(PunchKind::Out),
        (Presence::Break, None) => Decision::Record(PunchKind::BreakEnd),
        (Presence::On | Presence::Break, Some(PunchKind::Out)) => Decision::Record(PunchKind::Out),
        (Presence::On, Some(PunchKind::BreakStart)) => Decision::Record(PunchKind::BreakStart),
        (Presence::Break, Some(PunchKind::BreakEnd)) => Decision::Record(PunchKind::BreakEnd),
        (_, Some(_)) => Decision::AlreadyIn,
    }
}

/// What the next scan would do, for the phone to show.
pub fn expected(last: Option<&LastPunch>, at: Instant) -> PunchKind {
    match decide(last, None, at) {
        Decision::Record(kind) => kind,
        Decision::TooSoon(_) => match last.map(|l| l.state) {
            Some(Presence::On) => PunchKind::Out,
            Some(Presence::Break) => PunchKind::BreakEnd,
            _ => PunchKind::In,
        },
        _ => PunchKind::In,
    }
}

/// The state that a punch leaves.
pub const fn state_after(kind: PunchKind) -> Presence {
    match kind {
        PunchKind::In | PunchKind::BreakEnd => Presence::On,
        PunchKind::BreakStart => Presence::Break,
        PunchKind::Out | PunchKind::Lapse => Presence::Off,
    }
}

/// From coming in to going out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: Instant,
    /// `None`: it runs, or its exit was forgotten.
    pub end: Option<Instant>,
    pub break_minutes: i64,
    /// The break that runs.
    pub break_since: Option<Instant>,
    /// The exit was forgotten: no time is counted until somebody corrects it.
    pub is_lapsed: bool,
}

impl Interval {
    /// Whether it still runs at `now`.
    pub fn is_running(&self, now: Instant) -> bool {
        self.end.is_none() && !self.is_forgotten(now)
    }

    /// Whether the exit was forgotten, as seen at `now`.
    pub fn is_forgotten(&self, now: Instant) -> bool {
        self.is_lapsed || (self.end.is_none() && now.minutes_since(self.start) >= MAX_OPEN_MINUTES)
    }

    /// Whole minutes worked, breaks taken off, up to `now` when it runs; none when the exit was forgotten.
    pub fn worked_minutes(&self, now: Instant) -> i64 {
        if self.is_forgotten(now) { 0 } else { self.minutes_until(now) }
    }

    /// As [`Self::worked_minutes`], whether or not the exit was forgotten. A break that runs stops the count.
    fn minutes_until(&self, until: Instant) -> i64 {
        let stop = self.end.or(self.break_since).unwrap_or(until);
        (stop.minutes_since(self.start) - self.break_minutes).max(0)
    }
}

/// Makes intervals of one person's punches in order. Punches that close what began before the first one are passed over.
pub fn intervals(punches: impl IntoIterator<Item = (PunchKind, Instant)>) -> Vec<Interval> {
    let mut all: Vec<Interval> = Vec::new();
    for (kind, at) in punches {
        if kind == PunchKind::In {
            all.push(Interval { start: at, end: None, break_minutes: 0, break_since: None, is_lapsed: false });
            continue;
        }
        let Some(open) = all.last_mut().filter(|interval| interval.end.is_none() && !interval.is_lapsed) else { continue };
        if let Some(since) = open.break_since.filter(|_| kind != PunchKind::BreakStart) {
            open.break_minutes += at.minutes_since(since);
            open.break_since = None;
        }
        match kind {
            PunchKind::Out => open.end = Some(at),
            PunchKind::BreakStart => open.break_since = Some(at),
            PunchKind::Lapse => open.is_lapsed = true,
            PunchKind::In | PunchKind::BreakEnd => {}
        }
    }
    all
}

/// Minutes worked within `[from, to)` by one person's punches in order, up to `now` for what runs; none where the exit was
/// forgotten. They are what was worked until `to` less what was worked until `from`: a break is taken off where it was taken,
/// and windows that follow each other add up to [`Interval::worked_minutes`], whatever the seconds are.
pub fn minutes_within(steps: &[(PunchKind, Instant)], from: Instant, to: Instant, now: Instant) -> i64 {
    let until = |at: Instant| -> Vec<i64> {
        let at = at.min(now);
        let begun = intervals(steps.iter().copied().take_while(|(_, step)| *step <= at));
        begun.iter().map(|interval| interval.minutes_until(at)).collect()
    };
    let (before, after) = (until(from), until(to));
    let all = intervals(steps.iter().copied());
    let counted = all.iter().zip(after).enumerate().filter(|(_, (interval, _))| !interval.is_forgotten(now));
    counted.map(|(n, (_, minutes))| minutes - before.get(n).copied().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zone::Zone;
    use jiff::civil::date;
    use proptest::prelude::*;

    const NOW: Instant = Instant(1_800_000_000_000);

    /// What, at which hour and minute.
    type Step = (PunchKind, i8, i8);

    fn last(kind: PunchKind, minutes_ago: i64) -> LastPunch {
        let at = NOW.plus_minutes(-minutes_ago);
        LastPunch { id: PunchId(1), seq: 1, kind, state: state_after(kind), at, opened_at: at }
    }

    #[test]
    fn a_scan_means_what_the_last_one_was_not() {
        use Decision::*;
        use PunchKind::{BreakEnd, BreakStart, In, Out};
        let cases = [
            (None, None, Record(In)),
            (None, Some(Out), AlreadyOut),
            (Some(last(In, 60)), None, Record(Out)),
            (Some(last(In, 60)), Some(In), AlreadyIn),
            (Some(last(In, 60)), Some(BreakStart), Record(BreakStart)),
            (Some(last(BreakStart, 20)), None, Record(BreakEnd)),
            (Some(last(BreakStart, 20)), Some(Out), Record(Out)),
            (Some(last(Out, 60)), None, Record(In)),
            (Some(last(Out, 60)), Some(Out), AlreadyOut),
            (Some(last(In, 0)), None, TooSoon(PunchId(1))),
            (Some(last(Out, 0)), None, TooSoon(PunchId(1))),
            (Some(last(In, 0)), Some(Out), Record(Out)),
            (Some(last(In, MAX_OPEN_MINUTES)), None, LapseThenIn { lapse_at: NOW }),
            (Some(last(In, MAX_OPEN_MINUTES + 120)), Some(In), LapseThenIn { lapse_at: NOW.plus_minutes(-120) }),
            (Some(last(In, MAX_OPEN_MINUTES + 120)), Some(Out), Record(Out)),
        ];
        for (n, (last, wanted, expected)) in cases.into_iter().enumerate() {
            assert_eq!(decide(last.as_ref(), wanted, NOW), expected, "case {n}");
        }
    }

    #[test]
    fn nights_across_midnight_and_clock_changes_count_real_minutes() {
        let zone = Zone::named("Europe/Paris").unwrap();
        for (day, next, hours) in [
            (date(2026, 11, 20), date(2026, 11, 21), 8),
            (date(2026, 3, 28), date(2026, 3, 29), 7),
            (date(2026, 10, 24), date(2026, 10, 25), 9),
        ] {
            let night = [(PunchKind::In, zone.instant(day, 22, 0)), (PunchKind::Out, zone.instant(next, 6, 0))];
            let all = intervals(night);
            assert_eq!(all[0].worked_minutes(NOW), hours * 60, "{day}");
            assert_eq!(zone.local(all[0].start).date, day);
        }
    }

    #[test]
    fn breaks_are_taken_off_and_forgotten_exits_count_nothing() {
        let at = |minutes: i64| Instant(NOW.0 + minutes * 60_000);
        let day =
            [(PunchKind::In, at(0)), (PunchKind::BreakStart, at(120)), (PunchKind::BreakEnd, at(150)), (PunchKind::Out, at(240))];
        assert_eq!(intervals(day)[0].worked_minutes(at(999)), 210);
        let forgotten = [(PunchKind::In, at(0)), (PunchKind::Lapse, at(960)), (PunchKind::In, at(1500))];
        let all = intervals(forgotten);
        assert_eq!((all.len(), all[0].worked_minutes(at(1530)), all[1].worked_minutes(at(1530))), (2, 0, 30));
        assert!(!intervals([(PunchKind::In, at(0))])[0].is_running(at(960)));
    }

    #[test]
    fn a_break_is_taken_off_the_day_on_which_it_was_taken() {
        use PunchKind::{BreakEnd, BreakStart, In, Lapse, Out};
        let zone = Zone::named("Europe/Paris").unwrap();
        // Hours of the evening, then, from 24 on, of the next day.
        let cases: [(&[Step], i8, [i64; 2]); 8] = [
            (&[(In, 20, 0), (BreakStart, 22, 0), (BreakEnd, 22, 30), (Out, 28, 0)], 30, [210, 240]),
            (&[(In, 20, 0), (BreakStart, 23, 45), (BreakEnd, 24, 15), (Out, 28, 0)], 30, [225, 225]),
            (&[(In, 20, 0), (BreakStart, 25, 0), (BreakEnd, 25, 30), (Out, 28, 0)], 30, [240, 210]),
            (&[(In, 20, 0), (BreakStart, 22, 0), (BreakEnd, 22, 30)], 26, [210, 120]),
            (&[(In, 20, 0), (BreakStart, 23, 0)], 26, [180, 0]),
            (&[(In, 20, 0), (BreakStart, 23, 0), (Out, 26, 0)], 30, [180, 0]),
            (&[(In, 8, 0), (BreakStart, 12, 0), (BreakEnd, 13, 0), (Lapse, 24, 0), (In, 26, 0), (Out, 27, 0)], 30, [0, 60]),
            (&[(In, 8, 0)], 25, [0, 0]),
        ];
        for (n, (steps, now, expected)) in cases.into_iter().enumerate() {
            let (day, next) = (date(2026, 11, 20), date(2026, 11, 21));
            let at = |hour: i8, minute| {
                if hour < 24 { zone.instant(day, hour, minute) } else { zone.instant(next, hour - 24, minute) }
            };
            let steps: Vec<_> = steps.iter().map(|(kind, hour, minute)| (*kind, at(*hour, *minute))).collect();
            let days = [day, next].map(|day| {
                let (from, to) = zone.span_of(day, day);
                minutes_within(&steps, from, to, at(now, 0))
            });
            assert_eq!(days, expected, "case {n}");
        }
    }

    #[test]
    fn both_days_of_a_night_across_a_clock_change_have_their_real_minutes() {
        let zone = Zone::named("Europe/Paris").unwrap();
        for (day, next, today) in [
            (date(2026, 11, 20), date(2026, 11, 21), 210),
            (date(2026, 3, 28), date(2026, 3, 29), 150),
            (date(2026, 10, 24), date(2026, 10, 25), 270),
        ] {
            let steps = [
                (PunchKind::In, zone.instant(day, 20, 0)),
                (PunchKind::BreakStart, zone.instant(day, 22, 0)),
                (PunchKind::BreakEnd, zone.instant(day, 22, 30)),
                (PunchKind::BreakStart, zone.instant(next, 1, 0)),
                (PunchKind::BreakEnd, zone.instant(next, 1, 30)),
                (PunchKind::Out, zone.instant(next, 4, 0)),
            ];
            let within = |first, last| {
                let (from, to) = zone.span_of(first, last);
                minutes_within(&steps, from, to, zone.instant(next, 12, 0))
            };
            assert_eq!((within(day, day), within(next, next)), (210, today), "{day}");
            assert_eq!(within(day, next), intervals(steps)[0].worked_minutes(zone.instant(next, 12, 0)), "{day}");
        }
    }

    /// Punches in an order that the table takes: after each gap in milliseconds, one of those that may follow.
    fn chain(gaps: &[(i64, usize)]) -> Vec<(PunchKind, Instant)> {
        use PunchKind::{BreakEnd, BreakStart, In, Lapse, Out};
        let (mut at, mut state) = (NOW, Presence::Off);
        let next = |(gap, choice): &(i64, usize)| {
            let follows = match state {
                Presence::Off => [In, In, In, In],
                Presence::On => [BreakStart, BreakStart, Out, Lapse],
                Presence::Break => [BreakEnd, BreakEnd, Out, Lapse],
            };
            let kind = follows[*choice];
            (at, state) = (Instant(at.0 + gap), state_after(kind));
            (kind, at)
        };
        gaps.iter().map(next).collect()
    }

    /// From when to when somebody was on, what was forgotten left out: another way to the same hours.
    fn spans(steps: &[(PunchKind, Instant)], now: Instant) -> Vec<(Instant, Instant)> {
        let mut all = Vec::new();
        let (mut opened, mut kept) = (now, 0);
        for (n, (kind, at)) in steps.iter().enumerate() {
            if *kind == PunchKind::In {
                (opened, kept) = (*at, all.len());
            }
            let next = steps.get(n + 1).map(|(_, at)| *at);
            let is_open = next.is_none() && state_after(*kind) != Presence::Off;
            if *kind == PunchKind::Lapse || (is_open && now.minutes_since(opened) >= MAX_OPEN_MINUTES) {
                all.truncate(kept);
            } else if state_after(*kind) == Presence::On {
                all.push((*at, next.unwrap_or(now)));
            }
        }
        all
    }

    proptest! {
        /// Wherever the time is cut, and whatever the seconds are.
        #[test]
        fn windows_that_follow_each_other_add_up_to_the_whole(
            gaps in prop::collection::vec((1i64..20_000_000, 0usize..4), 1..40),
            cuts in prop::collection::vec(0i64..400_000_000, 0..8),
            left in 0i64..80_000_000,
        ) {
            let steps = chain(&gaps);
            let now = steps.last().map_or(NOW, |(_, at)| Instant(at.0 + left));
            let cuts = cuts.into_iter().map(|cut| Instant(NOW.0 + cut).min(now));
            let mut bounds: Vec<Instant> = cuts.chain([NOW, now]).collect();
            bounds.sort();
            let parts: Vec<i64> = bounds.windows(2).map(|pair| minutes_within(&steps, pair[0], pair[1], now)).collect();
            prop_assert!(parts.iter().all(|minutes| *minutes >= 0), "{parts:?}");
            let whole: i64 = intervals(steps.iter().copied()).iter().map(|interval| interval.worked_minutes(now)).sum();
            prop_assert_eq!(parts.iter().sum::<i64>(), whole);
            prop_assert_eq!(minutes_within(&steps, NOW, now.plus_minutes(60), now), whole);
        }

        /// To the whole minute, a window holds what was worked in it.
        #[test]
        fn a_window_holds_the_time_that_somebody_was_on(
            gaps in prop::collection::vec((1i64..400, 0usize..4), 1..40),
            window in (0i64..8000, 0i64..2000),
            left in 0i64..1400,
        ) {
            let gaps: Vec<_> = gaps.into_iter().map(|(minutes, choice)| (minutes * 60_000, choice)).collect();
            let steps = chain(&gaps);
            let now = steps.last().map_or(NOW, |(_, at)| at.plus_minutes(left));
            let (from, to) = (NOW.plus_minutes(window.0), NOW.plus_minutes(window.0 + window.1));
            let clipped = |(start, end): (Instant, Instant)| end.min(to).minutes_since(start.max(from)).max(0);
            let on: i64 = spans(&steps, now).into_iter().map(clipped).sum();
            prop_assert_eq!(minutes_within(&steps, from, to, now), on);
        }

        /// Whatever is scanned whenever, the decisions make a chain that the table's constraint takes, and hours are never
        /// more than the time that passed.
        #[test]
        fn decisions_make_a_valid_chain(gaps in prop::collection::vec((0i64..2000, 0usize..6), 1..60)) {
            let mut now = NOW;
            let mut punches: Vec<(PunchKind, Instant)> = Vec::new();
            let mut state: Option<LastPunch> = None;
            for (gap, wish) in gaps {
                now = now.plus_minutes(gap);
                let wanted = [None, None, Some(PunchKind::In), Some(PunchKind::Out), Some(PunchKind::BreakStart), Some(PunchKind::BreakEnd)][wish];
                let mut push = |kind, at, state: &mut Option<LastPunch>| {
                    let before = state.map_or(Presence::Off, |l| l.state);
                    let allowed = matches!((before, kind),
                        (Presence::Off, PunchKind::In) | (Presence::On, PunchKind::Out | PunchKind::BreakStart | PunchKind::Lapse)
                        | (Presence::Break, PunchKind::BreakEnd | PunchKind::Out | PunchKind::Lapse));
                    assert!(allowed, "{before:?} then {kind:?}");
                    let opened_at = if kind == PunchKind::In { at } else { state.map_or(at, |l| l.opened_at) };
                    *state = Some(LastPunch { id: PunchId(1), seq: 1, kind, state: state_after(kind), at, opened_at });
                    punches.push((kind, at));
                };
                match decide(state.as_ref(), wanted, now) {
                    Decision::Record(kind) => push(kind, now, &mut state),
                    Decision::LapseThenIn { lapse_at } => {
                        push(PunchKind::Lapse, lapse_at, &mut state);
                        push(PunchKind::In, now, &mut state);
                    }
                    _ => {}
                }
            }
            prop_assert!(punches.is_sorted_by_key(|(_, at)| *at));
            let all = intervals(punches.iter().copied());
            prop_assert_eq!(all.len(), punches.iter().filter(|(kind, _)| *kind == PunchKind::In).count());
            let worked: i64 = all.iter().map(|i| i.worked_minutes(now)).sum();
            prop_assert!(worked <= now.minutes_since(NOW));
            prop_assert_eq!(minutes_within(&punches, NOW, now.plus_minutes(1), now), worked);
        }
    }
}
