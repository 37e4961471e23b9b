use super::tell::tell_later;
use crate::access::{Action, Permit};
use crate::audit::{self, Event, Tx};
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId, NeedId};
use crate::orgs::service::find_crew_member_in;
use crate::planning::{Assign, Assignment, AssignmentChange, AssignmentStatus, PlanError, ReadStaffing, store};
use crate::platform::App;
use crate::platform::db::OnUnique;

/// The index that keeps one active assignment of a person to a mission.
const ACTIVE_KEY: &str = "assignments_org_id_mission_id_crew_member_id_key";

/// Puts a person on a mission, as a draft: nobody is told yet.
///
/// Permission: manager. Audit: `assignment.created`.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::Assigned`], [`PlanError::Filled`] when the role has all its people.
pub async fn assign(
    app: &App,
    permit: Permit<Assign>,
    mission: MissionId,
    person: CrewMemberId,
    need: Option<NeedId>,
) -> Result<Assignment, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    // First of all: on PostgreSQL two who give the last place away wait for each other here.
    store::replace_staffing_tag(&mut tx).await?;
    let (assignment, event) = assign_in(&mut tx, &permit, mission, person, need).await?;
    tx.commit(event).await?;
    Ok(assignment)
}

/// Puts a person on a mission inside of a change.
pub(super) async fn assign_in<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    mission: MissionId,
    person: CrewMemberId,
    need: Option<NeedId>,
) -> Result<(Assignment, Event), PlanError> {
    let sheet = super::read::find_sheet(tx, mission).await?.ok_or(PlanError::NotFound)?;
    if sheet.mission.cancelled_at.is_some() {
        return Err(PlanError::NotFound);
    }
    let name = find_crew_member_in(tx, person).await?.filter(|p| p.archived_at.is_none()).ok_or(PlanError::NotFound)?.name;
    if let Some(need) = need {
        let need = sheet.needs.iter().find(|known| known.id == need).ok_or(PlanError::NotFound)?;
        if sheet.filled(need.id) >= need.quota {
            return Err(PlanError::Filled);
        }
    }
    let (id, event) = put_on(tx, permit, (mission, sheet.mission.title.as_str()), (person, name.as_str()), need).await?;
    let assignment = store::find_assignment(tx, id).await?.ok_or(PlanError::NotFound)?;
    Ok((assignment, event))
}

/// Writes a draft with its history. The caller has checked that the mission, by its title, takes the person, by their name.
pub(super) async fn put_on<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    (mission, title): (MissionId, &str),
    (person, name): (CrewMemberId, &str),
    need: Option<NeedId>,
) -> Result<(AssignmentId, Event), PlanError> {
    let now = tx.now();
    let inserted = store::insert_assignment(tx, mission, person, need, now).await;
    let id = inserted.on_unique(ACTIVE_KEY, PlanError::Assigned)?;
    let actor = permit.actor().audit_name();
    store::note_change(tx, id, now, actor, ("", AssignmentStatus::Draft.code()), "").await?;
    Ok((id, Event::new("assignment.created", id.into()).with("mission", title).with("person", name)))
}

/// Moves an assignment and writes its history. The caller has checked that it may.
pub(super) async fn move_to<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    assignment: &Assignment,
    after: AssignmentStatus,
    reason: &str,
) -> Result<(), PlanError> {
    let now = tx.now();
    note_move(tx, permit.actor().audit_name(), assignment, after, reason, now).await
}

/// As [`move_to`], at a time that may be past.
pub(super) async fn note_move(
    tx: &mut Tx,
    actor: (&str, Option<i64>),
    assignment: &Assignment,
    after: AssignmentStatus,
    reason: &str,
    at: Instant,
) -> Result<(), PlanError> {
    let answered = matches!(after, AssignmentStatus::Accepted | AssignmentStatus::Declined).then_some(at);
    let moved = store::set_assignment_status(tx, assignment, after, reason, answered).await;
    // Who declined may have been put on the mission again since: that is the one to answer.
    if !moved.on_unique(ACTIVE_KEY, PlanError::Assigned)? {
        return Err(PlanError::Stale);
    }
    let states = (assignment.status.code(), after.code());
    store::note_change(tx, assignment.id, at, actor, states, reason).await?;
    Ok(())
}

/// Takes a person off a mission, and gives the mission. Who has been told is told of this, too.
///
/// Permission: manager. Audit: `assignment.cancelled`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::State`] when it is over already.
pub async fn unassign(app: &App, permit: Permit<Assign>, id: AssignmentId, reason: &str) -> Result<MissionId, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if !assignment.status.is_active() {
        return Err(PlanError::State);
    }
    let reason: String = reason.trim().chars().take(300).collect();
    move_to(&mut tx, &permit, &assignment, AssignmentStatus::Cancelled, &reason).await?;
    let mission = store::find_mission(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    if assignment.told_at.is_some() {
        let now = tx.now();
        store::count_up_sequence(&mut tx, mission.id).await?;
        store::tell_assignment(&mut tx, id, &mission, now, None).await?;
        tell_later(&mut tx, assignment.crew_member_id).await?;
    }
    let person = find_crew_member_in(&mut tx, assignment.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    let event = Event::new("assignment.cancelled", id.into()).with("mission", mission.title).with("person", person);
    tx.commit(event).await?;
    Ok(assignment.mission_id)
}

/// Each change of an assignment, oldest first.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_history(app: &App, permit: Permit<ReadStaffing>, id: AssignmentId) -> Result<Vec<AssignmentChange>, PlanError> {
    Ok(store::list_changes(&mut permit.read(&app.db).await?, id).await?)
}
