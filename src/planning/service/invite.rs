use super::assign::{assign_in, move_to};
use super::read::find_sheet;
use super::tell::tell_later;
use crate::access::{Action, Permit};
use crate::audit::{self, Event, Tx};
use crate::kernel::{AssignmentId, CrewMemberId, MissionId, NeedId};
use crate::planning::{Assign, Assignment, AssignmentStatus, PlanError, Publish, ReadStaffing, store};
use crate::platform::App;
use crate::platform::db::DbError;

/// One assignment.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_assignment(app: &App, permit: Permit<ReadStaffing>, id: AssignmentId) -> Result<Assignment, PlanError> {
    store::find_assignment(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)
}

/// Puts a person on a mission and asks them at once, apart from the rest of the plan.
///
/// Permission: manager. Audit: `assignment.created`, `assignment.invited`.
///
/// # Errors
/// As [`assign`](super::assign()) and [`invite`].
pub async fn assign_and_invite(
    app: &App,
    permit: Permit<Assign>,
    asking: Permit<Publish>,
    mission: MissionId,
    person: CrewMemberId,
    need: Option<NeedId>,
) -> Result<Assignment, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let (assignment, created) = assign_in(&mut tx, &permit, mission, person, need).await?;
    let invited = invite_in(&mut tx, &asking, &assignment).await?;
    let assignment = store::find_assignment(&mut tx, assignment.id).await?.ok_or(PlanError::NotFound)?;
    tx.commit_all([Some(created), invited].into_iter().flatten().collect()).await?;
    Ok(assignment)
}

/// Asks a person about one assignment, whatever they answered before. Who waits for an answer already is not asked twice.
///
/// Permission: manager. Audit: `assignment.invited`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::State`] for a mission that is off or over; [`PlanError::Assigned`],
/// [`PlanError::Filled`] when the place was given to another meanwhile.
pub async fn invite(app: &App, permit: Permit<Publish>, id: AssignmentId) -> Result<Assignment, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let Some(event) = invite_in(&mut tx, &permit, &assignment).await? else { return Ok(assignment) };
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    tx.commit(event).await?;
    Ok(assignment)
}

/// Asks inside of a change. No event when the person waits already.
pub(super) async fn invite_in<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    assignment: &Assignment,
) -> Result<Option<Event>, PlanError> {
    let sheet = find_sheet(tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    let now = tx.now();
    if sheet.mission.cancelled_at.is_some() || sheet.mission.ends_at <= now {
        return Err(PlanError::State);
    }
    if assignment.status == AssignmentStatus::Invited {
        return Ok(None);
    }
    let need = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id);
    if !assignment.status.is_active() && need.is_some_and(|need| sheet.filled(need.id) >= need.quota) {
        return Err(PlanError::Filled);
    }
    move_to(tx, permit, assignment, AssignmentStatus::Invited, "").await.map_err(|error| match error {
        PlanError::Db(DbError::Unique(_)) => PlanError::Assigned,
        other => other,
    })?;
    if assignment.told_at.is_some() {
        store::count_up_sequence(tx, sheet.mission.id).await?;
    }
    store::tell_assignment(tx, assignment.id, &sheet.mission, now).await?;
    tell_later(tx, assignment.crew_member_id).await?;
    let event = Event::new("assignment.invited", assignment.id.into()).with("mission", sheet.mission.id.0);
    Ok(Some(event.with("person", assignment.crew_member_id.0)))
}
