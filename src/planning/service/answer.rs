use super::offer_next::offer_later;
use super::read::{find_sheet, told_missions_of};
use crate::access::{Action, Conn, Permit, Read};
use crate::audit::{self, Event, Tx};
use crate::kernel::{AssignmentId, MissionId, OrgId};
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::orgs::{CrewMember, Org};
use crate::planning::deadlines::LATE;
use crate::planning::{
    AnswerByLink, AnswerMine, Assign, Assignment, AssignmentStatus, MyMission, PlanError, ReadAnswerLink, store,
};
use crate::platform::App;
use crate::platform::secret::fingerprint;

/// Keeps two answers of one person from passing each other (PostgreSQL; SQLite has one writer).
pub(super) const ANSWER_LOCK: i64 = 0x0050_4C41_4E00_0000;

/// Answers for oneself.
///
/// Permission: any member, for themselves. Audit: `assignment.accepted`, `assignment.declined`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::Overlap`]; [`PlanError::State`] when there is nothing to answer, or the mission has begun;
/// [`PlanError::Released`] after the deadline.
pub async fn answer_mine(
    app: &App,
    permit: Permit<AnswerMine>,
    me: &CrewMember,
    id: AssignmentId,
    accept: bool,
    reason: &str,
) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let found = store::find_assignment(&mut tx, id).await?;
    let assignment = found.filter(|assignment| assignment.crew_member_id == me.id).ok_or(PlanError::NotFound)?;
    answer(tx, &permit, assignment, accept, reason, false).await
}

/// Answers for somebody who has said so another way, and gives the mission.
///
/// Permission: manager. Audit: `assignment.accepted`, `assignment.declined`.
///
/// # Errors
/// As [`answer_mine`].
pub async fn answer_for(
    app: &App,
    permit: Permit<Assign>,
    id: AssignmentId,
    accept: bool,
    reason: &str,
) -> Result<MissionId, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let mission = assignment.mission_id;
    answer(tx, &permit, assignment, accept, reason, true).await?;
    Ok(mission)
}

/// The answer itself, of the person or of who notes it for them, until the mission ends. The same answer twice is no error and changes
/// nothing.
async fn answer<A: Action>(
    mut tx: Tx,
    permit: &Permit<A>,
    assignment: Assignment,
    accept: bool,
    reason: &str,
    is_noted: bool,
) -> Result<(), PlanError> {
    let wanted = if accept { AssignmentStatus::Accepted } else { AssignmentStatus::Declined };
    // Always in this order: who edits the plan holds the word of the plan first, too.
    store::replace_staffing_tag(&mut tx).await?;
    tx.lock(ANSWER_LOCK + assignment.crew_member_id.0).await?;
    // Read again behind the lock: another answer may have come first.
    let assignment = store::find_assignment(&mut tx, assignment.id).await?.ok_or(PlanError::NotFound)?;
    if assignment.status == wanted {
        return Ok(());
    }
    if assignment.status == AssignmentStatus::Cancelled && assignment.reason == LATE {
        return Err(PlanError::Released);
    }
    let may = match wanted {
        AssignmentStatus::Accepted => {
            assignment.status == AssignmentStatus::Invited || assignment.status == AssignmentStatus::Declined
        }
        _ => matches!(assignment.status, AssignmentStatus::Invited | AssignmentStatus::Accepted),
    };
    let sheet = find_sheet(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    let mission = &sheet.mission;
    let until = if is_noted { mission.ends_at } else { assignment.answers_until(mission) };
    if !may || mission.cancelled_at.is_some() || until <= tx.now() {
        return Err(PlanError::State);
    }
    if accept {
        if assignment.status == AssignmentStatus::Declined
            && let Some(need) = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id)
            && sheet.filled(need.id) >= need.quota
        {
            return Err(PlanError::Filled);
        }
        let person = assignment.crew_member_id;
        if store::count_accepted_overlaps(&mut tx, person, assignment.id, mission.starts_at, mission.ends_at).await? > 0 {
            return Err(PlanError::Overlap);
        }
    }
    let reason: String = reason.trim().chars().take(300).collect();
    super::assign::move_to(&mut tx, permit, &assignment, wanted, &reason).await?;
    offer_later(&mut tx, assignment.id, mission.cascades && !accept).await?;
    let event = Event::new(if accept { "assignment.accepted" } else { "assignment.declined" }, assignment.id.into());
    let person = find_crew_member_in(&mut tx, assignment.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    let event = event.with("mission", mission.title.as_str()).with("person", person);
    Ok(tx.commit(if reason.is_empty() { event } else { event.with("reason", reason) }).await?)
}

/// What a mailed link asks: the person, and their missions from now on. Looking changes nothing: mail scanners look, too.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::LinkDead`].
pub async fn find_answer_link(
    app: &App,
    permit: Permit<ReadAnswerLink>,
    token: &str,
) -> Result<(Org, CrewMember, Vec<MyMission>), PlanError> {
    let (org, link) = find_link(app, &permit, token).await?;
    let mut read = Read::new(app.db.read().await?, org.id);
    let person = find_crew_member_in(&mut read, link.crew_member_id).await?.ok_or(PlanError::LinkDead)?;
    let now = app.clock.now();
    let missions = told_missions_of(&mut read, person.id).await?;
    let ahead = missions.into_iter().filter(|mine| mine.mission.ends_at > now && link.answers(mine.assignment.id)).collect();
    Ok((org, person, ahead))
}

pub(super) async fn find_link<A: Action>(
    app: &App,
    _permit: &Permit<A>,
    token: &str,
) -> Result<(Org, store::AnswerLink), PlanError> {
    let found = store::find_answer_link(&mut app.db.read().await?, &fingerprint(token), app.clock.now()).await?;
    let link = found.ok_or(PlanError::LinkDead)?;
    let org: OrgId = link.org_id;
    Ok((find_org(app, org).await?.ok_or(PlanError::LinkDead)?, link))
}

/// Answers with a link, for the person it was made for and nobody else; one that was made for a question answers that one alone.
///
/// Permission: who holds the link. Audit: `assignment.accepted`, `assignment.declined`.
///
/// # Errors
/// [`PlanError::LinkDead`]; as [`answer_mine`].
pub async fn answer_by_link(
    app: &App,
    permit: Permit<AnswerByLink>,
    token: &str,
    id: AssignmentId,
    accept: bool,
    reason: &str,
) -> Result<(), PlanError> {
    let (org, link) = find_link(app, &permit, token).await?;
    let mut tx = audit::begin_in(app, &permit, org.id).await?;
    let found = store::find_assignment(&mut tx, id).await?;
    let assignment = found.filter(|assignment| assignment.crew_member_id == link.crew_member_id && link.answers(assignment.id));
    let assignment = assignment.ok_or(PlanError::NotFound)?;
    debug_assert_eq!(tx.org(), org.id);
    answer(tx, &permit, assignment, accept, reason, false).await
}
