use super::assign::note_move;
use super::deadlines::watch;
use crate::access::Permit;
use crate::audit::{self, Event, Subject};
use crate::kernel::{Instant, NeedId};
use crate::orgs::CrewMember;
use crate::planning::deadlines::answer_by;
use crate::planning::{AssignmentStatus, Mission, PlanError, SeedPlan, store};
use crate::platform::App;

/// An assignment of the demonstration, and how far it has come.
#[derive(Clone, Copy, Debug)]
pub struct SeedAssignment<'a> {
    pub mission: &'a Mission,
    pub person: &'a CrewMember,
    pub need: Option<NeedId>,
    pub status: AssignmentStatus,
    /// Why it was declined.
    pub reason: &'a str,
    /// When the person was asked; passed over for drafts.
    pub told_at: Instant,
    /// When the person answered; passed over where nobody has.
    pub answered_at: Instant,
}

/// Writes assignments with their history, all or none. Nobody is mailed of it: the people are invented.
///
/// Permission: the system. Audit: `assignment.created`, `assignment.accepted`, `assignment.declined`; `plan.published` for
/// those that are more than drafts.
///
/// # Errors
/// When the database cannot be written.
pub async fn seed_assignments(app: &App, permit: Permit<SeedPlan>, seeds: &[SeedAssignment<'_>]) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let actor = permit.actor().audit_name();
    let (draft, invited) = (AssignmentStatus::Draft, AssignmentStatus::Invited);
    let (mut events, mut told) = (Vec::new(), Vec::new());
    for seed in seeds {
        let (mission, person) = (seed.mission, seed.person);
        let made = if seed.status == draft { now } else { seed.told_at };
        let id = store::insert_assignment(&mut tx, mission.id, person.id, seed.need, made).await?;
        store::note_change(&mut tx, id, made, actor, ("", draft.code()), "").await?;
        let about = |event: Event| event.with("mission", mission.title.as_str()).with("person", person.name.as_str());
        events.push(about(Event::new("assignment.created", id.into())));
        if seed.status == draft {
            continue;
        }
        let by = answer_by(seed.told_at, mission.answer_hours, mission.starts_at);
        store::tell_assignment(&mut tx, id, mission, seed.told_at, by).await?;
        store::mark_mailed(&mut tx, person.id, seed.told_at).await?;
        told.push(person.id);
        let mut assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
        note_move(&mut tx, actor, &assignment, invited, "", seed.told_at).await?;
        assignment.status = invited;
        let answer = match seed.status {
            AssignmentStatus::Accepted => about(Event::new("assignment.accepted", id.into())),
            AssignmentStatus::Declined => about(Event::new("assignment.declined", id.into())).with("reason", seed.reason),
            _ => {
                if let Some(by) = by {
                    watch(&mut tx, id, by, None).await?;
                }
                continue;
            }
        };
        note_move(&mut tx, actor, &assignment, seed.status, seed.reason, seed.answered_at).await?;
        events.push(answer);
    }
    let missions = told.len();
    told.sort_unstable();
    told.dedup();
    let published = Event::new("plan.published", Subject("plan", None)).with("people", told.len()).with("missions", missions);
    events.push(published);
    Ok(tx.commit_all(events).await?)
}
