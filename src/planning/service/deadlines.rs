use super::answer::ANSWER_LOCK;
use super::assign::move_to;
use super::offer_next::offer_later;
use super::tell::tell_later;
use crate::access::Permit;
use crate::audit::{self, Event, Tx};
use crate::kernel::zone::Zone;
use crate::kernel::{AssignmentId, Instant, OrgId};
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::deadlines::{LATE, answer_by, extended, remind_at};
use crate::planning::{Assignment, AssignmentStatus, Mission, PlanError, ReleasePlace, TellPeople, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// The job that reminds somebody of a deadline.
pub const REMIND: &str = "planning.remind";
/// The job that gives a place back at its deadline.
pub const RELEASE: &str = "planning.release";

/// A job's payload: the assignment, and the deadline it had then. A job of a deadline that is no more does nothing.
fn payload(id: AssignmentId, by: Instant) -> String {
    format!("{id} {}", by.0)
}

/// What a job of a deadline is about.
pub fn read_deadline(payload: &str) -> Option<(AssignmentId, Instant)> {
    let (id, by) = payload.split_once(' ')?;
    Some((id.parse().ok()?, Instant(by.parse().ok()?)))
}

/// The clocks by which nobody is reminded at night.
pub(super) async fn zone_of(app: &App, org: OrgId) -> Result<Zone, PlanError> {
    Ok(find_org(app, org).await?.ok_or(PlanError::NotFound)?.zone())
}

/// Notes that a person is asked now, with the time they have to answer, and wants them reminded and the place given back.
pub(super) async fn ask(tx: &mut Tx, id: AssignmentId, mission: &Mission, zone: &Zone) -> DbResult<()> {
    let now = tx.now();
    let by = answer_by(now, mission.answer_hours, mission.starts_at);
    store::tell_assignment(tx, id, mission, now, by).await?;
    if let Some(by) = by {
        watch(tx, id, by, remind_at(now, by, zone)).await?;
    }
    Ok(())
}

/// Wants the work of a deadline done.
pub(super) async fn watch(tx: &mut Tx, id: AssignmentId, by: Instant, remind: Option<Instant>) -> DbResult<()> {
    if let Some(at) = remind {
        tx.enqueue_at(REMIND, payload(id, by), at).await?;
    }
    tx.enqueue_at(RELEASE, payload(id, by), by).await
}

/// Gives who is put back after their deadline time to answer anew: its job has come and gone.
pub(super) async fn renew(tx: &mut Tx, assignment: &Assignment, mission: &Mission) -> DbResult<()> {
    let now = tx.now();
    if assignment.answer_by_at.is_none_or(|by| by > now) {
        return Ok(());
    }
    let by = answer_by(now, mission.answer_hours, mission.starts_at);
    store::set_answer_by(tx, assignment.id, by).await?;
    match by {
        Some(by) => watch(tx, assignment.id, by, None).await,
        None => Ok(()),
    }
}

/// Gives those who wait the time that their mission gives from now on, when it is more.
pub(super) async fn extend(tx: &mut Tx, waiting: &[Assignment], mission: &Mission, zone: &Zone) -> DbResult<()> {
    let now = tx.now();
    for assignment in waiting.iter().filter(|assignment| assignment.status == AssignmentStatus::Invited) {
        let (Some(by), Some(asked)) = (assignment.answer_by_at, assignment.told_at) else { continue };
        let later = extended(by, asked, mission.answer_hours, mission.starts_at);
        if later == Some(by) {
            continue;
        }
        store::set_answer_by(tx, assignment.id, later).await?;
        if let Some(later) = later {
            let remind = remind_at(asked, later, zone).filter(|_| assignment.reminded_at.is_none());
            watch(tx, assignment.id, later, remind.map(|at| at.max(now))).await?;
        }
    }
    Ok(())
}

/// Whether somebody still waits with this deadline.
fn waits(assignment: &Assignment, by: Instant) -> bool {
    assignment.status == AssignmentStatus::Invited && assignment.answer_by_at == Some(by)
}

/// The job: mails who has not answered once more, before their deadline. Once for each question.
///
/// Permission: the system, in the organisation. Audit: `assignment.reminded`.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn remind_late(app: &App, permit: Permit<TellPeople>, id: AssignmentId, by: Instant) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let Some(assignment) = store::find_assignment(&mut tx, id).await? else { return Ok(()) };
    if !waits(&assignment, by) || by <= now || !store::remind_assignment(&mut tx, id, now).await? {
        return Ok(());
    }
    tell_later(&mut tx, assignment.crew_member_id).await?;
    let mission = store::find_mission(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    let person = find_crew_member_in(&mut tx, assignment.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    let event = Event::new("assignment.reminded", id.into()).with("mission", mission.title).with("person", person);
    Ok(tx.commit(event).await?)
}

/// The job: gives the place of who has not answered in time back, and tells them. An answer that came first stays.
///
/// Permission: the system, in the organisation. Audit: `assignment.released`.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn release_place(app: &App, permit: Permit<ReleasePlace>, id: AssignmentId, by: Instant) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let found = store::find_assignment(&mut tx, id).await?;
    let Some(person) = found.filter(|assignment| waits(assignment, by)).map(|assignment| assignment.crew_member_id) else {
        return Ok(());
    };
    // In the order of an answer, which may come at the same moment: see `answer`.
    store::replace_staffing_tag(&mut tx).await?;
    tx.lock(ANSWER_LOCK + person.0).await?;
    let found = store::find_assignment(&mut tx, id).await?;
    let Some(assignment) = found.filter(|assignment| waits(assignment, by) && by <= now) else { return Ok(()) };
    move_to(&mut tx, &permit, &assignment, AssignmentStatus::Cancelled, LATE).await?;
    let mission = store::find_mission(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    store::count_up_sequence(&mut tx, mission.id).await?;
    store::tell_assignment(&mut tx, id, &mission, now, assignment.answer_by_at).await?;
    tell_later(&mut tx, person).await?;
    offer_later(&mut tx, id, mission.cascades).await?;
    let name = find_crew_member_in(&mut tx, person).await?.map(|person| person.name).unwrap_or_default();
    let event = Event::new("assignment.released", id.into()).with("mission", mission.title).with("person", name);
    Ok(tx.commit(event).await?)
}
