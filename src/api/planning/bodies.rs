//! Missions and assignments as they are sent and received.

use super::{Problem, wrong};
use crate::kernel::ProjectId;
use crate::kernel::zone::utc;
use crate::planning::{Assignment, MissionSheet, Need, NewMission, spell_needs};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a mission of the predecessor needed when nobody said.
const USUAL_ROLE: &str = "tech";

/// A role that a mission needs.
#[derive(Serialize, ToSchema)]
pub struct NeedBody {
    id: i64,
    role: String,
    quota: i64,
    skill: Option<String>,
    /// 1 to 5.
    min_level: i64,
    /// How many are on it; only for who plans.
    filled: Option<i64>,
}

/// A person on a mission.
#[derive(Serialize, ToSchema)]
pub struct AssignmentBody {
    id: i64,
    mission_id: i64,
    user_id: i64,
    need_id: Option<i64>,
    /// `DRAFT`, `INVITED`, `ACCEPTED`, `DECLINED` or `CANCELLED`.
    status: String,
    /// Why it was declined or cancelled; `deadline.passed` when it was not answered in time.
    reason: String,
    told_at: Option<String>,
    answered_at: Option<String>,
    /// Until when its answer is waited for; then the place is given back.
    answer_by_at: Option<String>,
    /// To which assignment the place was passed on, when it was left.
    passed_to_id: Option<i64>,
}

impl From<Assignment> for AssignmentBody {
    fn from(assignment: Assignment) -> Self {
        Self {
            id: assignment.id.0,
            mission_id: assignment.mission_id.0,
            user_id: assignment.crew_member_id.0,
            need_id: assignment.need_id.map(|need| need.0),
            status: assignment.status.code().to_uppercase(),
            reason: assignment.reason,
            told_at: assignment.told_at.map(utc),
            answered_at: assignment.answered_at.map(utc),
            answer_by_at: assignment.answer_by_at.map(utc),
            passed_to_id: assignment.passed_to_id.map(|id| id.0),
        }
    }
}

/// A mission in a list.
#[derive(Serialize, ToSchema)]
pub struct MissionBody {
    id: i64,
    project_id: Option<i64>,
    title: String,
    place: String,
    address: String,
    /// An IANA name.
    time_zone: String,
    starts_at: String,
    ends_at: String,
    /// As `starts_at`: the predecessor's word.
    start_at: String,
    /// As `ends_at`: the predecessor's word.
    end_at: String,
    break_minutes: i64,
    /// How many hours people have to answer from being asked; 0 for as long as they like.
    answer_hours: i64,
    /// Whether the place of who declines, or lets the time pass, is offered to the next person.
    cascades: bool,
    /// The first role it needs: the predecessor knew one. Empty when it needs none.
    role: String,
    needs: Vec<NeedBody>,
    version: i64,
}

/// A mission with what only concerns those who plan it or are on it.
#[derive(Serialize, ToSchema)]
pub struct MissionSheetBody {
    #[serde(flatten)]
    mission: MissionBody,
    /// For those who are on it.
    notes: String,
    /// Whom to call there; for those who are on it.
    contact: String,
    /// When it was called off, after people had been told of it.
    cancelled_at: Option<String>,
    /// All for who plans, else one's own.
    assignments: Vec<AssignmentBody>,
}

fn needs_of(sheet: &MissionSheet, plans: bool) -> Vec<NeedBody> {
    let body = |need: &Need| NeedBody {
        id: need.id.0,
        role: need.role.clone(),
        quota: need.quota,
        skill: need.skill.clone(),
        min_level: need.min_level,
        filled: plans.then(|| sheet.filled(need.id)),
    };
    sheet.needs.iter().map(body).collect()
}

impl MissionBody {
    fn of(sheet: &MissionSheet, plans: bool) -> Self {
        let mission = &sheet.mission;
        let (starts_at, ends_at) = (utc(mission.starts_at), utc(mission.ends_at));
        Self {
            id: mission.id.0,
            project_id: mission.project_id.map(|project| project.0),
            title: mission.title.clone(),
            place: mission.place.clone(),
            address: mission.address.clone(),
            time_zone: mission.time_zone.clone(),
            start_at: starts_at.clone(),
            end_at: ends_at.clone(),
            starts_at,
            ends_at,
            break_minutes: mission.break_minutes,
            answer_hours: mission.answer_hours,
            cascades: mission.cascades,
            role: sheet.needs.first().map(|need| need.role.clone()).unwrap_or_default(),
            needs: needs_of(sheet, plans),
            version: mission.version,
        }
    }
}

impl From<MissionSheet> for MissionBody {
    fn from(sheet: MissionSheet) -> Self {
        Self::of(&sheet, false)
    }
}

impl MissionSheetBody {
    pub fn of(sheet: MissionSheet, plans: bool) -> Self {
        Self {
            mission: MissionBody::of(&sheet, plans),
            notes: sheet.mission.notes,
            contact: sheet.mission.contact,
            cancelled_at: sheet.mission.cancelled_at.map(utc),
            assignments: sheet.assignments.into_iter().map(AssignmentBody::from).collect(),
        }
    }
}

/// A role to be needed.
#[derive(Deserialize, ToSchema)]
pub struct NewNeedBody {
    role: String,
    /// 1 to 99; 1 when absent.
    quota: Option<i64>,
    skill: Option<String>,
    /// 1 to 5; 1 when absent.
    min_level: Option<i64>,
}

/// A mission to be made or changed. What a change leaves out stays.
#[derive(Deserialize, ToSchema)]
pub struct NewMissionBody {
    project_id: Option<i64>,
    /// The project's name, or the role, when absent.
    title: Option<String>,
    place: Option<String>,
    address: Option<String>,
    /// An IANA name; the organisation's when absent.
    time_zone: Option<String>,
    /// RFC 3339, or `2026-11-21T08:00` in the mission's zone.
    starts_at: Option<String>,
    ends_at: Option<String>,
    /// The predecessor's word for `starts_at`, which is believed first.
    start_at: Option<String>,
    /// The predecessor's word for `ends_at`, which is believed first.
    end_at: Option<String>,
    break_minutes: Option<i64>,
    notes: Option<String>,
    contact: Option<String>,
    /// How many hours people have to answer from being asked, at most 720; 0 (when absent) for as long as they like.
    answer_hours: Option<i64>,
    /// Whether the place of who declines, or lets the time pass, is offered to the next person; not when absent.
    cascades: Option<bool>,
    /// The one role it needs, `tech` when absent; the predecessor's word for `needs`.
    role: Option<String>,
    needs: Option<Vec<NewNeedBody>>,
    /// The version that was read, for a change without `If-Match`.
    pub version: Option<i64>,
}

impl NewMissionBody {
    pub fn project(&self) -> Option<ProjectId> {
        self.project_id.map(ProjectId)
    }

    /// The needs as they are typed in a form.
    fn spelled_needs(&self) -> Result<Option<String>, Problem> {
        let plain = |text: &str| !text.chars().any(|c| c.is_control() || "()".contains(c));
        let line = |need: &NewNeedBody| {
            let skill = need.skill.as_deref().map(str::trim).filter(|skill| !skill.is_empty());
            let readable = plain(&need.role) && skill.is_none_or(plain) && !need.role.trim().is_empty();
            let skill = skill.map(|skill| format!(" ({skill} {})", need.min_level.unwrap_or(1))).unwrap_or_default();
            readable.then(|| format!("{} {}{skill}", need.quota.unwrap_or(1), need.role.trim()))
        };
        match (&self.needs, &self.role) {
            (Some(needs), _) => {
                let lines: Option<Vec<String>> = needs.iter().map(line).collect();
                lines.map(|lines| Some(lines.join("\n"))).ok_or(wrong("needs", "needs.unreadable"))
            }
            (None, Some(role)) if plain(role) && !role.trim().is_empty() => Ok(Some(format!("1 {}", role.trim()))),
            (None, Some(_)) => Err(wrong("role", "needs.unreadable")),
            (None, None) => Ok(None),
        }
    }

    /// A mission to be made, of a project of this name.
    pub fn made(self, project: Option<ProjectId>, name: Option<&str>) -> Result<NewMission, Problem> {
        let needs = self.spelled_needs()?;
        let title = self.title.as_deref().or(name).or(self.role.as_deref()).unwrap_or(USUAL_ROLE).to_owned();
        Ok(NewMission {
            title,
            project_id: project,
            place: self.place.unwrap_or_default(),
            address: self.address.unwrap_or_default(),
            time_zone: self.time_zone.unwrap_or_default(),
            starts_at: self.starts_at.or(self.start_at).unwrap_or_default(),
            ends_at: self.ends_at.or(self.end_at).unwrap_or_default(),
            break_minutes: self.break_minutes.unwrap_or_default(),
            notes: self.notes.unwrap_or_default(),
            contact: self.contact.unwrap_or_default(),
            answer_hours: self.answer_hours.unwrap_or_default(),
            cascades: self.cascades.unwrap_or_default(),
            needs: needs.unwrap_or_else(|| format!("1 {USUAL_ROLE}")),
        })
    }

    /// A mission changed from what it was.
    pub fn over(self, before: &MissionSheet) -> Result<NewMission, Problem> {
        let needs = self.spelled_needs()?;
        let mission = &before.mission;
        let or = |new: Option<String>, old: &str| new.unwrap_or_else(|| old.to_owned());
        // Times stay as instants: a mission that only gets another zone keeps its time.
        Ok(NewMission {
            title: or(self.title, &mission.title),
            project_id: self.project_id.map(ProjectId).or(mission.project_id).filter(|id| id.0 != 0),
            place: or(self.place, &mission.place),
            address: or(self.address, &mission.address),
            time_zone: or(self.time_zone, &mission.time_zone),
            starts_at: self.starts_at.or(self.start_at).unwrap_or_else(|| utc(mission.starts_at)),
            ends_at: self.ends_at.or(self.end_at).unwrap_or_else(|| utc(mission.ends_at)),
            break_minutes: self.break_minutes.unwrap_or(mission.break_minutes),
            notes: or(self.notes, &mission.notes),
            contact: or(self.contact, &mission.contact),
            answer_hours: self.answer_hours.unwrap_or(mission.answer_hours),
            cascades: self.cascades.unwrap_or(mission.cascades),
            needs: needs.unwrap_or_else(|| spell_needs(&before.needs)),
        })
    }
}
