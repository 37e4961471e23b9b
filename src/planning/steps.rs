//! What the planner did, kept to be undone: how missions were before and after.

use super::check::{CheckedMission, CheckedNeed};
use super::model::MissionSheet;
use crate::kernel::{CrewMemberId, MissionId};
use serde::{Deserialize, Serialize};

/// How many steps of a person are kept.
pub const KEPT_STEPS: i64 = 100;

/// Somebody on a mission, with the role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptPerson {
    pub person: CrewMemberId,
    pub role: Option<String>,
}

/// What a mission says, what it needs and who is on it. Answers are left out: they are other people's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its needs are in the order of their roles: their numbers may be others after an undo.
    #[serde(flatten)]
    pub mission: CheckedMission,
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
        let mut mission = as_written(sheet);
        mission.needs.sort_by(|a, b| a.role.cmp(&b.role));
        let role = |id| sheet.needs.iter().find(|need| Some(need.id) == id).map(|need| need.role.clone());
        let on_it = sheet.assignments.iter().filter(|assignment| assignment.status.is_active());
        let mut people: Vec<KeptPerson> = on_it.map(|a| KeptPerson { person: a.crew_member_id, role: role(a.need_id) }).collect();
        people.sort();
        Self { mission, people }
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
