use super::assign::assign_in;
use super::deadlines::zone_of;
use super::invite::invite_in;
use super::rank_candidates::rank_in;
use super::read::find_sheet;
use crate::access::Permit;
use crate::audit::{self, Event, Tx};
use crate::kernel::{AssignmentId, NeedId};
use crate::orgs::service::find_crew_member_in;
use crate::planning::deadlines::LATE;
use crate::planning::ranking::Standing;
use crate::planning::{Assignment, AssignmentStatus, MissionSheet, OfferPlace, PlanError, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// The job that offers a place to the next person; its payload is the assignment of who had it.
pub const OFFER: &str = "planning.offer_next";

/// Wants the place of who has declined, or not answered in time, offered to the next, when the mission says so.
pub(super) async fn offer_later(tx: &mut Tx, id: AssignmentId, cascades: bool) -> DbResult<()> {
    if cascades { tx.enqueue(OFFER, id.to_string()).await } else { Ok(()) }
}

/// Whether the place of an assignment is to be passed on: it was left by its person, and is still open.
fn is_left(assignment: &Assignment, sheet: &MissionSheet) -> bool {
    let left = assignment.status == AssignmentStatus::Declined
        || (assignment.status == AssignmentStatus::Cancelled && assignment.reason == LATE);
    left && assignment.passed_on_at.is_none() && is_open(sheet, assignment.need_id)
}

/// Whether a place is to be filled. A mission that names no roles has one place for each who was on it.
fn is_open(sheet: &MissionSheet, need: Option<NeedId>) -> bool {
    match sheet.needs.iter().find(|known| Some(known.id) == need) {
        Some(need) => sheet.filled(need.id) < need.quota,
        None => sheet.needs.is_empty(),
    }
}

/// The job: asks the best person who breaks no rule, can be told, and was never on the mission. Once for each who left.
///
/// Permission: the system, in the organisation. Audit: `assignment.created` and `assignment.offered`; `assignment.unoffered`
/// when nobody is left.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn offer_next(app: &App, permit: Permit<OfferPlace>, id: AssignmentId) -> Result<(), PlanError> {
    let zone = zone_of(app, permit.org()).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    // First of all: who else changes the plan waits, so that a place is not given away twice.
    store::replace_staffing_tag(&mut tx).await?;
    let Some(left) = store::find_assignment(&mut tx, id).await? else { return Ok(()) };
    let Some(sheet) = find_sheet(&mut tx, left.mission_id).await? else { return Ok(()) };
    let mission = &sheet.mission;
    if !mission.cascades || mission.cancelled_at.is_some() || mission.starts_at <= now || !is_left(&left, &sheet) {
        return Ok(());
    }
    let need = sheet.needs.iter().find(|need| Some(need.id) == left.need_id);
    let mut next = None;
    for ranked in rank_in(&mut tx, &zone, now, &sheet, need).await? {
        let candidate = &ranked.candidate;
        if ranked.standing != Standing::Fits || candidate.was_on {
            continue;
        }
        // Who cannot be told cannot be asked.
        let person = find_crew_member_in(&mut tx, candidate.person).await?;
        if let Some(person) = person.filter(|person| person.email.is_some() || person.account_id.is_some()) {
            next = Some(person);
            break;
        }
    }
    let about = |event: Event| event.with("mission", mission.title.as_str());
    let Some(person) = next else {
        store::pass_on(&mut tx, id, None, now).await?;
        return Ok(tx.commit(about(Event::new("assignment.unoffered", id.into()))).await?);
    };
    let (assignment, created) = assign_in(&mut tx, &permit, mission.id, person.id, left.need_id).await?;
    invite_in(&mut tx, &permit, &assignment, &zone).await?;
    store::pass_on(&mut tx, id, Some(assignment.id), now).await?;
    let offered = about(Event::new("assignment.offered", assignment.id.into())).with("person", person.name);
    Ok(tx.commit_all(vec![created, offered]).await?)
}
