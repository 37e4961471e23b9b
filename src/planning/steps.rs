//! What the planner did, kept to be undone: how missions were before and after.

use super::check::{CheckedMission, CheckedNeed};
use super::model::MissionSheet;
use crate::kernel::{CrewMemberId, Instant, MissionId, ProjectId};
use serde::{Deserialize, Serialize};

/// How many steps of a person are kept.
pub const KEPT_STEPS: i64 = 100;

/// A need, by its role: its number may be another after an undo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptNeed {
    pub role: String,
    pub quota: i64,
    skill: Option<String>,
    min_level: i64,
}

impl From<CheckedNeed> for KeptNeed {
    fn from(need: CheckedNeed) -> Self {
        let CheckedNeed { role, quota, skill, min_level } = need;
        Self { role, quota, skill, min_level }
    }
}

impl From<KeptNeed> for CheckedNeed {
    fn from(need: KeptNeed) -> Self {
        let KeptNeed { role, quota, skill, min_level } = need;
        Self { role, quota, skill, min_level }
    }
}

/// Somebody on a mission, with the role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptPerson {
    pub person: CrewMemberId,
    pub role: Option<String>,
}

/// What a mission says, what it needs and who is on it. Answers are left out: they are other people's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    project_id: Option<ProjectId>,
    pub title: String,
    place: String,
    address: String,
    time_zone: String,
    starts_at: i64,
    ends_at: i64,
    break_minutes: i64,
    notes: String,
    contact: String,
    // Steps of before there were deadlines have none.
    #[serde(default)]
    answer_hours: i64,
    #[serde(default)]
    cascades: bool,
    needs: Vec<KeptNeed>,
    pub people: Vec<KeptPerson>,
}

/// A mission before and after; `None` where there was none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub mission: MissionId,
    pub before: Option<Kept>,
    pub after: Option<Kept>,
}

impl Change {
    /// The change that takes this one back.
    pub fn reversed(self) -> Self {
        Self { mission: self.mission, before: self.after, after: self.before }
    }
}

impl Kept {
    /// What is kept of a mission.
    pub fn of(sheet: &MissionSheet) -> Self {
        let CheckedMission {
            project_id,
            title,
            place,
            address,
            time_zone,
            starts_at,
            ends_at,
            break_minutes,
            notes,
            contact,
            answer_hours,
            cascades,
            needs,
        } = as_written(sheet);
        let mut needs: Vec<KeptNeed> = needs.into_iter().map(KeptNeed::from).collect();
        needs.sort_by(|a, b| a.role.cmp(&b.role));
        let role = |id| sheet.needs.iter().find(|need| Some(need.id) == id).map(|need| need.role.clone());
        let on_it = sheet.assignments.iter().filter(|assignment| assignment.status.is_active());
        let mut people: Vec<KeptPerson> = on_it.map(|a| KeptPerson { person: a.crew_member_id, role: role(a.need_id) }).collect();
        people.sort();
        let (starts_at, ends_at) = (starts_at.0, ends_at.0);
        Self {
            project_id,
            title,
            place,
            address,
            time_zone,
            starts_at,
            ends_at,
            break_minutes,
            notes,
            contact,
            answer_hours,
            cascades,
            needs,
            people,
        }
    }

    /// The mission, to be written again.
    pub fn mission(&self) -> CheckedMission {
        let kept = self.clone();
        CheckedMission {
            project_id: kept.project_id,
            title: kept.title,
            place: kept.place,
            address: kept.address,
            time_zone: kept.time_zone,
            starts_at: Instant(kept.starts_at),
            ends_at: Instant(kept.ends_at),
            break_minutes: kept.break_minutes,
            notes: kept.notes,
            contact: kept.contact,
            answer_hours: kept.answer_hours,
            cascades: kept.cascades,
            needs: kept.needs.into_iter().map(CheckedNeed::from).collect(),
        }
    }
}

/// A mission as it would be written again, unchanged.
pub fn as_written(sheet: &MissionSheet) -> CheckedMission {
    let mission = sheet.mission.clone();
    let need = |need: &super::model::Need| CheckedNeed {
        role: need.role.clone(),
        quota: need.quota,
        skill: need.skill.clone(),
        min_level: need.min_level,
    };
    CheckedMission {
        title: mission.title,
        project_id: mission.project_id,
        place: mission.place,
        address: mission.address,
        time_zone: mission.time_zone,
        starts_at: mission.starts_at,
        ends_at: mission.ends_at,
        break_minutes: mission.break_minutes,
        notes: mission.notes,
        contact: mission.contact,
        answer_hours: mission.answer_hours,
        cascades: mission.cascades,
        needs: sheet.needs.iter().map(need).collect(),
    }
}
