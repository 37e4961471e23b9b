use crate::access::{Conn, Permit};
use crate::kernel::{CrewMemberId, Instant};
use crate::orgs::CrewMember;
use crate::orgs::service::find_crew_member_in;
use crate::planning::conflicts::{Conflict, find_conflicts};
use crate::planning::{PlanError, ReadMyProfile, ReadStaffing, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// Half open; without an end where there is none.
type Span = (Option<Instant>, Option<Instant>);

async fn conflicts_of(conn: &mut impl Conn, person: CrewMemberId, drafts: bool, span: Span) -> DbResult<Vec<Conflict>> {
    Ok(find_conflicts(&store::list_slots_of(conn, person, drafts, span.0, span.1).await?))
}

/// What is wrong with a person's plan between two times, drafts included.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn list_conflicts(
    app: &App,
    permit: Permit<ReadStaffing>,
    person: CrewMemberId,
    span: Span,
) -> Result<Vec<Conflict>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    find_crew_member_in(&mut read, person).await?.ok_or(PlanError::NotFound)?;
    Ok(conflicts_of(&mut read, person, true, span).await?)
}

/// What is wrong with what one has been asked.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_conflicts(
    app: &App,
    permit: Permit<ReadMyProfile>,
    me: &CrewMember,
    span: Span,
) -> Result<Vec<Conflict>, PlanError> {
    Ok(conflicts_of(&mut permit.read(&app.db).await?, me.id, false, span).await?)
}
