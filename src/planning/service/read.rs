use crate::access::{Conn, Permit};
use crate::kernel::{CrewMemberId, MissionId};
use crate::orgs::CrewMember;
use crate::planning::{
    Assignment, Mission, MissionFilter, MissionSheet, MyMission, PlanError, ReadMyMissions, ReadPlan, ReadStaffing, store,
};
use crate::platform::App;
use crate::platform::db::DbResult;
use std::collections::HashMap;

/// Missions, by beginning.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_missions(app: &App, permit: Permit<ReadPlan>, filter: &MissionFilter) -> Result<Vec<Mission>, PlanError> {
    Ok(store::list_missions(&mut permit.read(&app.db).await?, filter).await?)
}

/// Missions with what they need and who is on them, by beginning: three statements, however many they are.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_sheets(
    app: &App,
    permit: Permit<ReadStaffing>,
    filter: &MissionFilter,
) -> Result<Vec<MissionSheet>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    let missions = store::list_missions(&mut read, filter).await?;
    Ok(sheets_of(&mut read, missions).await?)
}

/// One mission with what it needs and who is on it.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_mission(app: &App, permit: Permit<ReadStaffing>, id: MissionId) -> Result<MissionSheet, PlanError> {
    let mut read = permit.read(&app.db).await?;
    find_sheet(&mut read, id).await?.ok_or(PlanError::NotFound)
}

pub(super) async fn find_sheet(conn: &mut impl Conn, id: MissionId) -> DbResult<Option<MissionSheet>> {
    let Some(mission) = store::find_mission(conn, id).await? else { return Ok(None) };
    Ok(sheets_of(conn, vec![mission]).await?.pop())
}

pub(super) async fn sheets_of(conn: &mut impl Conn, missions: Vec<Mission>) -> DbResult<Vec<MissionSheet>> {
    if missions.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MissionId> = missions.iter().map(|mission| mission.id).collect();
    let mut needs: HashMap<MissionId, Vec<_>> = HashMap::new();
    for need in store::list_needs(conn, &ids).await? {
        needs.entry(need.mission_id).or_default().push(need);
    }
    let mut assignments: HashMap<MissionId, Vec<_>> = HashMap::new();
    for assignment in store::list_assignments(conn, &ids).await? {
        assignments.entry(assignment.mission_id).or_default().push(assignment);
    }
    let sheet = |mission: Mission| MissionSheet {
        needs: needs.remove(&mission.id).unwrap_or_default(),
        assignments: assignments.remove(&mission.id).unwrap_or_default(),
        mission,
    };
    Ok(missions.into_iter().map(sheet).collect())
}

/// What the member who asks has been told of, by beginning: drafts are the manager's own.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_missions(app: &App, permit: Permit<ReadMyMissions>, me: &CrewMember) -> Result<Vec<MyMission>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    let mut mine = told_missions_of(&mut read, me.id).await?;
    let now = app.clock.now();
    let ahead: Vec<MissionId> = mine.iter().filter(|mine| mine.mission.ends_at > now).map(|mine| mine.mission.id).collect();
    for (mission, person, colleague) in store::list_colleagues(&mut read, &ahead).await? {
        if person != me.id {
            let on_it = mine.iter_mut().filter(|mine| mine.mission.id == mission);
            on_it.for_each(|mine| mine.colleagues.push(colleague.clone()));
        }
    }
    Ok(mine)
}

/// What a person has been told, for who holds their link.
pub(super) async fn told_missions_of(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Vec<MyMission>> {
    let told = store::list_told_assignments_of(conn, person).await?;
    with_missions(conn, told).await
}

/// Assignments with their missions as they were told, by beginning.
pub(super) async fn with_missions(conn: &mut impl Conn, assignments: Vec<Assignment>) -> DbResult<Vec<MyMission>> {
    if assignments.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MissionId> = assignments.iter().map(|assignment| assignment.mission_id).collect();
    let missions: HashMap<_, _> = store::list_these_missions(conn, &ids).await?.into_iter().map(|m| (m.id, m)).collect();
    let roles: HashMap<_, _> = store::list_needs(conn, &ids).await?.into_iter().map(|need| (need.id, need.role)).collect();
    let mut projects = HashMap::new();
    for id in missions.values().filter_map(|mission| mission.project_id) {
        if let std::collections::hash_map::Entry::Vacant(place) = projects.entry(id)
            && let Some(project) = store::find_project(conn, id).await?
        {
            place.insert(project.name);
        }
    }
    let mut mine: Vec<MyMission> = assignments
        .into_iter()
        .filter_map(|assignment| {
            let mission = missions.get(&assignment.mission_id)?.clone();
            let role = assignment.need_id.and_then(|need| roles.get(&need).cloned()).unwrap_or_default();
            let project = mission.project_id.and_then(|id| projects.get(&id).cloned());
            Some(MyMission { mission, assignment, role, project, colleagues: Vec::new() }.as_told())
        })
        .collect();
    mine.sort_by_key(|mine| (mine.mission.starts_at, mine.mission.id));
    Ok(mine)
}
