//! The plan in numbers, week by week.

use super::model::MissionSheet;
use crate::kernel::CrewMemberId;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Weeks that are shown at once, and how many of them lie before the one that was asked for.
pub const WEEKS: i64 = 12;
pub const WEEKS_BEFORE: i64 = 5;

/// What is planned in a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekFigures {
    /// Its Monday.
    pub monday: Date,
    /// Minutes of work by person, drafts included.
    pub minutes: BTreeMap<CrewMemberId, i64>,
    /// Filled places and all places.
    pub filled: i64,
    pub quota: i64,
}

impl WeekFigures {
    /// Counts the missions that begin in the week.
    pub fn of(monday: Date, sheets: &[MissionSheet]) -> Self {
        let mut figures = Self { monday, minutes: BTreeMap::new(), filled: 0, quota: 0 };
        for sheet in sheets {
            let (filled, quota) = sheet.fill();
            figures.filled += filled;
            figures.quota += quota;
            for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
                *figures.minutes.entry(assignment.crew_member_id).or_default() += sheet.mission.work_minutes();
            }
        }
        figures
    }

    /// Filled places in percent, rounded down so that only a full week is 100; `None` without places.
    pub const fn percent(&self) -> Option<i64> {
        if self.quota == 0 { None } else { Some(self.filled * 100 / self.quota) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AssignmentId, Instant, MissionId, NeedId};
    use crate::planning::model::{Assignment, AssignmentStatus, Mission, Need};
    use jiff::civil::date;

    fn on_it(id: i64, person: i64, status: AssignmentStatus, need: Option<i64>) -> Assignment {
        Assignment {
            id: AssignmentId(id),
            mission_id: MissionId(1),
            crew_member_id: CrewMemberId(person),
            need_id: need.map(NeedId),
            status,
            reason: String::new(),
            told_at: None,
            told_starts_at: None,
            told_ends_at: None,
            told_place: None,
            told_before: None,
            answered_at: None,
            answer_by_at: None,
            reminded_at: None,
            passed_on_at: None,
            passed_to_id: None,
            believed: None,
            version: 1,
        }
    }

    fn sheet(hours: i64, quota: i64, assignments: Vec<Assignment>) -> MissionSheet {
        let mission = Mission {
            id: MissionId(1),
            project_id: None,
            title: String::new(),
            place: String::new(),
            address: String::new(),
            time_zone: "Europe/Paris".into(),
            starts_at: Instant(0),
            ends_at: Instant(hours * 3_600_000),
            break_minutes: 60,
            notes: String::new(),
            contact: String::new(),
            answer_hours: 0,
            cascades: false,
            sequence: 0,
            cancelled_at: None,
            changed_at: Instant(0),
            version: 1,
        };
        let need = Need { id: NeedId(1), mission_id: MissionId(1), role: "Son".into(), quota, skill: None, min_level: 1 };
        MissionSheet { mission, needs: vec![need], assignments }
    }

    #[test]
    fn who_is_on_a_mission_counts_and_who_declined_does_not() {
        use AssignmentStatus::{Accepted, Declined, Draft};
        let first =
            sheet(9, 3, vec![on_it(1, 7, Draft, Some(1)), on_it(2, 8, Accepted, Some(1)), on_it(3, 9, Declined, Some(1))]);
        let second = sheet(5, 1, vec![on_it(4, 7, Accepted, None)]);
        let figures = WeekFigures::of(date(2026, 11, 16), &[first, second]);
        let minutes: Vec<_> = figures.minutes.iter().map(|(person, minutes)| (person.0, *minutes)).collect();
        assert_eq!(minutes, [(7, 12 * 60), (8, 8 * 60)]);
        assert_eq!((figures.filled, figures.quota, figures.percent()), (2, 4, Some(50)));
        assert_eq!(WeekFigures::of(date(2026, 11, 23), &[]).percent(), None);
    }
}
