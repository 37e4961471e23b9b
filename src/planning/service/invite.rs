use super::assign::{assign_in, move_to};
use super::deadlines::{ask, zone_of};
use super::override_rule::clear_to_ask;
use super::read::find_sheet;
use super::tell::tell_later;
use crate::access::{Action, Permit};
use crate::audit::{self, Event, Tx};
use crate::kernel::zone::Zone;
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

/// An assignment that was just asked about, and the soft rules that it leaves open.
pub struct Asked {
    pub assignment: Assignment,
    pub open_rules: Vec<&'static str>,
}

/// Puts a person on a mission and asks them at once, apart from the rest of the plan. A `reason` overrules soft rules; an empty one
/// leaves them open, for programs that know of no reasons; without any, nobody is asked against them.
///
/// Permission: manager. Audit: `assignment.created`, `rule.overruled`, `assignment.invited`.
///
/// # Errors
/// As [`assign`](super::assign()) and [`invite`]; [`PlanError::ReasonWanted`] for soft rules when there is no reason.
pub async fn assign_and_invite(
    app: &App,
    permit: Permit<Assign>,
    asking: Permit<Publish>,
    mission: MissionId,
    person: CrewMemberId,
    need: Option<NeedId>,
    reason: Option<&str>,
) -> Result<Asked, PlanError> {
    let zone = zone_of(app, permit.org()).await?;
    let mut tx = audit::begin(app, &permit).await?;
    // First of all: on PostgreSQL who else changes the plan waits here, and nothing that is decided below is old.
    store::replace_staffing_tag(&mut tx).await?;
    let (assignment, created) = assign_in(&mut tx, &permit, mission, person, need).await?;
    let sheet = find_sheet(&mut tx, mission).await?.ok_or(PlanError::NotFound)?;
    let mut events = vec![created];
    let (who, said) = ((assignment.id, person), reason.unwrap_or_default());
    let (overruled, open_rules) = clear_to_ask(&mut tx, &permit, &zone, who, &sheet.mission, said).await?;
    if reason.is_none() && !open_rules.is_empty() {
        return Err(PlanError::ReasonWanted(open_rules));
    }
    events.extend(overruled);
    events.extend(invite_in(&mut tx, &asking, &assignment, &zone).await?);
    let assignment = store::find_assignment(&mut tx, assignment.id).await?.ok_or(PlanError::NotFound)?;
    tx.commit_all(events).await?;
    Ok(Asked { assignment, open_rules })
}

/// Asks a person about one assignment, whatever they answered before. Who waits for an answer already is not asked twice. A
/// `reason` overrules soft rules.
///
/// Permission: manager. Audit: `assignment.invited`, `rule.overruled`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::State`] for a mission that is off or over; [`PlanError::Assigned`],
/// [`PlanError::Filled`] when the place was given to another meanwhile; [`PlanError::Blocked`] when a hard
/// rule forbids it.
pub async fn invite(app: &App, permit: Permit<Publish>, id: AssignmentId, reason: &str) -> Result<Asked, PlanError> {
    let zone = zone_of(app, permit.org()).await?;
    let mut tx = audit::begin(app, &permit).await?;
    store::replace_staffing_tag(&mut tx).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let Some(event) = invite_in(&mut tx, &permit, &assignment, &zone).await? else {
        return Ok(Asked { assignment, open_rules: Vec::new() });
    };
    let mission = store::find_mission(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    let (mut events, open_rules) =
        clear_to_ask(&mut tx, &permit, &zone, (id, assignment.crew_member_id), &mission, reason).await?;
    events.push(event);
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    tx.commit_all(events).await?;
    Ok(Asked { assignment, open_rules })
}

/// Asks inside of a change, by the organisation's clocks. No event when the person waits already.
pub(super) async fn invite_in<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    assignment: &Assignment,
    zone: &Zone,
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
    ask(tx, assignment.id, &sheet.mission, zone).await?;
    tell_later(tx, assignment.crew_member_id).await?;
    let event = Event::new("assignment.invited", assignment.id.into()).with("mission", sheet.mission.id.0);
    Ok(Some(event.with("person", assignment.crew_member_id.0)))
}
