//! What cannot be true at once.

use crate::kernel::{AssignmentId, Instant, MissionId};

/// A time that a mission takes of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub assignment: AssignmentId,
    pub mission: MissionId,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// Two missions take the same time.
    AssignmentOverlap,
}

impl ConflictKind {
    /// The word of the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AssignmentOverlap => "ASSIGNMENT_OVERLAP",
        }
    }
}

/// Two missions of a person that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub kind: ConflictKind,
    /// The mission that begins later; its times.
    pub mission: MissionId,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub with_mission: MissionId,
}

/// Finds everything that is wrong with a person's times, which come by beginning. Further rules add their findings here.
pub fn find_conflicts(slots: &[Slot]) -> Vec<Conflict> {
    find_overlaps(slots)
}

/// Each pair of times that overlap, once. What only touches does not overlap.
fn find_overlaps(slots: &[Slot]) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut open: Vec<&Slot> = Vec::new();
    for slot in slots {
        open.retain(|earlier| earlier.ends_at > slot.starts_at);
        found.extend(open.iter().map(|earlier| Conflict {
            kind: ConflictKind::AssignmentOverlap,
            mission: slot.mission,
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            with_mission: earlier.mission,
        }));
        open.push(slot);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slots(times: &[(i64, i64)]) -> Vec<Slot> {
        let slot = |(n, (from, length)): (usize, &(i64, i64))| Slot {
            assignment: AssignmentId(n as i64),
            mission: MissionId(n as i64),
            starts_at: Instant(*from),
            ends_at: Instant(from + length),
        };
        let mut slots: Vec<Slot> = times.iter().enumerate().map(slot).collect();
        slots.sort_by_key(|slot| (slot.starts_at, slot.mission));
        slots
    }

    #[test]
    fn what_touches_does_not_overlap() {
        assert_eq!(find_conflicts(&slots(&[(0, 10), (10, 5), (15, 1)])), []);
        let found = find_conflicts(&slots(&[(0, 10), (9, 5)]));
        assert_eq!(found.iter().map(|c| (c.with_mission.0, c.mission.0)).collect::<Vec<_>>(), [(0, 1)]);
    }

    proptest! {
        #[test]
        fn all_pairs_that_overlap_are_found(times in prop::collection::vec((0i64..50, 1i64..20), 0..20)) {
            let slots = slots(&times);
            let mut expected = 0;
            for (i, a) in slots.iter().enumerate() {
                expected += slots[i + 1..].iter().filter(|b| a.starts_at < b.ends_at && b.starts_at < a.ends_at).count();
            }
            prop_assert_eq!(find_conflicts(&slots).len(), expected);
        }
    }
}
