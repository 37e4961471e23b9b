use super::answer::{answer_by_link, find_link};
use super::deadlines::zone_of;
use super::invite::invite_in;
use super::override_rule::clear_to_ask;
use super::tell::LINK_DAYS;
use crate::access::{Permit, Read};
use crate::audit::{self, Event};
use crate::kernel::{AnswerLinkId, AssignmentId, Instant};
use crate::planning::{AnswerByLink, Assign, Assignment, AssignmentStatus, PlanError, Publish, ReadAnswerLink, store};
use crate::platform::secret::fingerprint;
use crate::platform::{App, random};

/// A link that was just made, with its text: shown this once.
pub struct MadeInvitation {
    pub id: AnswerLinkId,
    pub token: String,
    pub expires_at: Instant,
}

/// A living link, and the question it was made for. A mail's link answers several, and has none.
pub struct Invitation {
    pub id: AnswerLinkId,
    pub assignment: Option<Assignment>,
    pub expires_at: Instant,
}

/// Makes a link with which the person of an assignment answers it, and nothing else, without an account. A draft becomes a
/// question by that: who holds the link has been told.
///
/// Permission: manager. Audit: `assignment.link_made`, `assignment.invited`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::State`] for what was taken back or is over; [`PlanError::Blocked`] for a draft that a hard
/// rule forbids to ask about.
pub async fn make_invitation(
    app: &App,
    permit: Permit<Assign>,
    asking: Permit<Publish>,
    id: AssignmentId,
) -> Result<MadeInvitation, PlanError> {
    let zone = zone_of(app, permit.org()).await?;
    let mut tx = audit::begin(app, &permit).await?;
    store::replace_staffing_tag(&mut tx).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if assignment.status == AssignmentStatus::Cancelled {
        return Err(PlanError::State);
    }
    let invited = match assignment.status {
        AssignmentStatus::Draft => {
            let mission = store::find_mission(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
            let who = (id, assignment.crew_member_id);
            // Soft rules stay open: who asks for a link knows of no reasons.
            clear_to_ask(&mut tx, &permit, &zone, who, &mission, "").await?;
            invite_in(&mut tx, &asking, &assignment, &zone).await?
        }
        _ => None,
    };
    let (now, person, token) = (tx.now(), assignment.crew_member_id, random::token::<24>());
    let expires_at = now.plus_days(LINK_DAYS);
    let link = store::insert_answer_link(&mut tx, person, Some(id), &fingerprint(&token), now, expires_at).await?;
    let made = Event::new("assignment.link_made", id.into()).with("person", person.0).with("link", link.0);
    tx.commit_all([invited, Some(made)].into_iter().flatten().collect()).await?;
    Ok(MadeInvitation { id: link, token, expires_at })
}

/// Ends a link. One that has ended stays so.
///
/// Permission: manager. Audit: `assignment.links_revoked`.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn revoke_invitation(app: &App, permit: Permit<Assign>, id: AnswerLinkId) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let link = store::find_answer_link_by_id(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let now = tx.now();
    if !store::revoke_answer_link(&mut tx, id, now).await? {
        return Ok(());
    }
    Ok(tx.commit(Event::new("assignment.links_revoked", link.crew_member_id.into()).with("link", id.0)).await?)
}

/// What a link asks. Looking changes nothing.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::LinkDead`].
pub async fn find_invitation(app: &App, permit: Permit<ReadAnswerLink>, token: &str) -> Result<Invitation, PlanError> {
    let (org, link) = find_link(app, &permit, token).await?;
    let assignment = match link.assignment_id {
        Some(id) => store::find_assignment(&mut Read::new(app.db.read().await?, org.id), id).await?,
        None => None,
    };
    Ok(Invitation { id: link.id, assignment, expires_at: link.expires_at })
}

/// Answers the question a link was made for. The same answer twice is no error.
///
/// Permission: who holds the link. Audit: `assignment.accepted`, `assignment.declined`.
///
/// # Errors
/// [`PlanError::LinkDead`]; [`PlanError::NotFound`] when the number is another link's; as
/// [`answer_by_link`](super::answer_by_link).
pub async fn answer_invitation(
    app: &App,
    permit: Permit<AnswerByLink>,
    id: AnswerLinkId,
    token: &str,
    accept: bool,
    reason: &str,
) -> Result<AssignmentId, PlanError> {
    let (_, link) = find_link(app, &permit, token).await?;
    let assignment = link.assignment_id.filter(|_| link.id == id).ok_or(PlanError::NotFound)?;
    answer_by_link(app, permit, token, assignment, accept, reason).await?;
    Ok(assignment)
}
