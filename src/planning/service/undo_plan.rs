use super::deadlines::renew;
use super::edit_plan::{Edited, Work};
use super::missions::created;
use crate::access::Permit;
use crate::audit::{self, Event, Quiet, Subject};
use crate::kernel::{CrewMemberId, MissionId, NeedId};
use crate::orgs::service::find_crew_member_in;
use crate::planning::steps::{Change, Kept, KeptPerson};
use crate::planning::{AssignmentStatus, EditKind, EditPlan, MissionSheet, PlanError, ReadStaffing, store};
use crate::platform::App;

/// How many of the asker's steps can be undone, and done again.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_steps(app: &App, permit: Permit<ReadStaffing>) -> Result<(i64, i64), PlanError> {
    let Some(account) = permit.actor().account() else { return Ok((0, 0)) };
    Ok(store::count_steps(&mut permit.read(&app.db).await?, account).await?)
}

/// Takes the asker's last step in the planner back, or does the last that was taken back again. Missions go back to what they
/// were; who was taken off and has not heard of it is put back with their answer, others as a draft.
///
/// Permission: manager. Audit: the events of what is changed, and `plan.undone` or `plan.redone`.
///
/// # Errors
/// [`PlanError::NoStep`]; [`PlanError::StepStale`] when somebody has changed the same missions since; [`PlanError::StepLost`] when
/// what it would bring back cannot be any more. The step is then forgotten, and the one before it comes next.
pub async fn undo_plan(app: &App, permit: Permit<EditPlan>, redo: bool) -> Result<Edited, PlanError> {
    let account = permit.actor().account().ok_or(PlanError::NoStep)?;
    let mut work = Work::begin(app, &permit).await?;
    let step = store::find_step(&mut work.tx, account, redo).await?.ok_or(PlanError::NoStep)?;
    let error = match take(work, step.id, &step.what, &step.changes, redo).await {
        Err(error) if stays(&error) => error,
        done => return done,
    };
    let mut tx = audit::begin(app, &permit).await?;
    store::forget_step(&mut tx, step.id).await?;
    tx.commit_quietly(Quiet::PlanStepForgotten).await?;
    Err(if matches!(error, PlanError::StepStale) { error } else { PlanError::StepLost })
}

/// Whether a step that failed by this would fail by it the next time, too: it would keep all before it from being undone.
const fn stays(error: &PlanError) -> bool {
    matches!(
        error,
        PlanError::StepStale
            | PlanError::NotFound
            | PlanError::Fields(_)
            | PlanError::ProjectArchived
            | PlanError::Overlap
            | PlanError::Assigned
            | PlanError::Filled
    )
}

/// Takes a step back, or does it again: all of it, or nothing.
async fn take(mut work: Work<'_>, id: i64, what: &str, changes: &str, redo: bool) -> Result<Edited, PlanError> {
    let changes: Vec<Change> = serde_json::from_str(changes).unwrap_or_default();
    // To undo is to go from after to before.
    let wanted: Vec<Change> = if redo { changes } else { changes.into_iter().map(Change::reversed).collect() };
    let mut present = Vec::new();
    for change in &wanted {
        let sheet = work.mark(change.mission).await?;
        if sheet.as_ref().map(Kept::of) != change.before {
            return Err(PlanError::StepStale);
        }
        present.push(sheet);
    }
    for (change, sheet) in wanted.iter().zip(present) {
        match (&change.after, sheet) {
            (Some(kept), Some(sheet)) => {
                work.rewrite(&sheet, kept.mission.clone()).await?;
                set_people(&mut work, change.mission, &kept.people).await?;
            }
            (Some(kept), None) => {
                restore(&mut work, change.mission, kept).await?;
                set_people(&mut work, change.mission, &kept.people).await?;
            }
            (None, _) => work.remove(change.mission).await?,
        }
    }
    let undone_at = (!redo).then(|| work.tx.now());
    store::mark_step(&mut work.tx, id, undone_at).await?;
    let event = Event::new(if redo { "plan.redone" } else { "plan.undone" }, Subject("plan", None));
    work.note(event.with("missions", wanted.len()));
    work.finish(EditKind::parse(what).unwrap_or(EditKind::Move), false).await
}

/// Brings a mission back that is deleted or called off.
async fn restore(work: &mut Work<'_>, id: MissionId, kept: &Kept) -> Result<(), PlanError> {
    if store::find_mission(&mut work.tx, id).await?.is_some() {
        let now = work.tx.now();
        store::call_on_mission(&mut work.tx, id, now).await?;
        let sheet = work.live(id).await?.ok_or(PlanError::NotFound)?;
        return work.rewrite(&sheet, kept.mission.clone()).await;
    }
    let (new, now) = (&kept.mission, work.tx.now());
    super::missions::check_project(&mut work.tx, new.project_id).await?;
    if !store::restore_mission(&mut work.tx, id, new, now).await? {
        return Err(PlanError::StepStale);
    }
    work.note(created(id, new));
    Ok(())
}

/// Lets these people, and nobody else, be on a mission.
async fn set_people(work: &mut Work<'_>, id: MissionId, wanted: &[KeptPerson]) -> Result<(), PlanError> {
    let sheet = work.live(id).await?.ok_or(PlanError::NotFound)?;
    let role_of = |sheet: &MissionSheet, need| sheet.needs.iter().find(|n| Some(n.id) == need).map(|n| n.role.clone());
    for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
        let is_wanted =
            |kept: &KeptPerson| kept.person == assignment.crew_member_id && kept.role == role_of(&sheet, assignment.need_id);
        if !wanted.iter().any(is_wanted) {
            work.take_off(assignment, &sheet).await?;
        }
    }
    for kept in wanted {
        let is_there = |a: &crate::planning::Assignment| {
            a.status.is_active() && a.crew_member_id == kept.person && role_of(&sheet, a.need_id) == kept.role
        };
        if !sheet.assignments.iter().any(is_there) {
            let need = sheet.needs.iter().find(|need| Some(&need.role) == kept.role.as_ref()).map(|need| need.id);
            bring_back(work, &sheet, kept.person, need).await?;
        }
    }
    Ok(())
}

/// Puts somebody on a mission again: with the answer they gave, when they never heard that they were off.
///
/// # Errors
/// [`PlanError::NotFound`] for who has left the crew; [`PlanError::Overlap`], with nothing changed, when they have accepted
/// something else meanwhile.
pub(super) async fn bring_back(
    work: &mut Work<'_>,
    sheet: &MissionSheet,
    person: CrewMemberId,
    need: Option<NeedId>,
) -> Result<(), PlanError> {
    let mission = &sheet.mission;
    let Some(off) = store::find_taken_off(&mut work.tx, mission.id, person).await? else {
        return work.assign(mission.id, person, need).await;
    };
    let known = find_crew_member_in(&mut work.tx, person).await?;
    if known.is_none_or(|known| known.archived_at.is_some()) {
        return Err(PlanError::NotFound);
    }
    if off.believed == Some(AssignmentStatus::Accepted)
        && store::count_accepted_overlaps(&mut work.tx, person, off.id, mission.starts_at, mission.ends_at).await? > 0
    {
        return Err(PlanError::Overlap);
    }
    if !store::put_back(&mut work.tx, off.id, need).await? {
        return Err(PlanError::StepStale);
    }
    let (now, actor) = (work.tx.now(), work.permit.actor().audit_name());
    let after = off.believed.unwrap_or(AssignmentStatus::Draft);
    if after == AssignmentStatus::Invited {
        renew(&mut work.tx, &off, mission).await?;
    }
    let states = (AssignmentStatus::Cancelled.code(), after.code());
    store::note_change(&mut work.tx, off.id, now, actor, states, "").await?;
    let event = Event::new("assignment.created", off.id.into()).with("mission", sheet.mission.title.as_str());
    work.note(event.with("person", person.0));
    Ok(())
}
