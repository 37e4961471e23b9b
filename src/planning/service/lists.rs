use super::read::find_sheet;
use crate::access::Permit;
use crate::kernel::{CrewMemberId, MissionId};
use crate::planning::{AssignmentStatus, MissionFilter, MissionSheet, PlanError, ReadMyMissions, ReadPlan, ReadStaffing, store};
use crate::platform::App;
use std::collections::HashMap;

/// A word that every change of the plan replaces, those of who is on it included.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_planner_tag(app: &App, permit: Permit<ReadStaffing>) -> Result<String, PlanError> {
    Ok(store::find_planner_tag(&mut permit.read(&app.db).await?).await?.unwrap_or_default())
}

/// The word under which lists of projects and missions may be kept: each change of them replaces it in its own transaction. A
/// list is kept under the word that was read *before* the list, so that what is found under the present word is never older
/// than the last commit, whichever server made it.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_plan_tag(app: &App, permit: Permit<ReadPlan>) -> Result<String, PlanError> {
    Ok(store::find_plan_tag(&mut permit.read(&app.db).await?).await?.unwrap_or_default())
}

/// Missions with what they need, by beginning; who is on them is left out.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_plan(app: &App, permit: Permit<ReadPlan>, filter: &MissionFilter) -> Result<Vec<MissionSheet>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    let missions = store::list_missions(&mut read, filter).await?;
    if missions.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MissionId> = missions.iter().map(|mission| mission.id).collect();
    let mut needs: HashMap<MissionId, Vec<_>> = HashMap::new();
    for need in store::list_needs(&mut read, &ids).await? {
        needs.entry(need.mission_id).or_default().push(need);
    }
    let sheet = |mission: crate::planning::Mission| MissionSheet {
        needs: needs.remove(&mission.id).unwrap_or_default(),
        assignments: Vec::new(),
        mission,
    };
    Ok(missions.into_iter().map(sheet).collect())
}

/// One mission as somebody of the crew may see it: their own assignment, and notes and contact if they have been told of the
/// mission.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`], also for a mission that was called off and is none of theirs.
pub async fn get_mission_as_crew(
    app: &App,
    permit: Permit<ReadMyMissions>,
    me: Option<CrewMemberId>,
    id: MissionId,
) -> Result<MissionSheet, PlanError> {
    let mut sheet = find_sheet(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)?;
    let told = |status: AssignmentStatus| status != AssignmentStatus::Draft;
    sheet.assignments.retain(|assignment| Some(assignment.crew_member_id) == me && told(assignment.status));
    if sheet.assignments.is_empty() {
        if sheet.mission.cancelled_at.is_some() {
            return Err(PlanError::NotFound);
        }
        sheet.mission.notes.clear();
        sheet.mission.contact.clear();
    }
    Ok(sheet)
}
