use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::CrewMemberId;
use crate::orgs::rules::check_crew_member;
use crate::orgs::{ChangeCrew, CrewContact, NewCrewMember, OrgError, Purpose, store};
use crate::platform::App;
use crate::platform::db::OnUnique;

/// Changes the contact details of a crew member that is still as the form showed it. Their skills stay; a link that was mailed to
/// another address is over.
///
/// Permission: manager. Audit: `crew.changed`, with the name before and after.
///
/// # Errors
/// Every wrong field; [`OrgError::Stale`] when somebody else was faster; [`OrgError::EmailTaken`].
pub async fn change_crew_member(
    app: &App,
    permit: Permit<ChangeCrew>,
    id: CrewMemberId,
    version: i64,
    new: CrewContact,
) -> Result<(), OrgError> {
    let CrewContact { name, email, phone, job } = new;
    let new = NewCrewMember { name, email, phone, job, skills: String::new() };
    let checked = check_crew_member(&new).map_err(OrgError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_crew_member(&mut tx, id).await?.ok_or(OrgError::NotFound)?;
    let changed = store::change_crew_member(&mut tx, id, version, &checked).await;
    if !changed.on_unique("crew_members_org_id_email_key", OrgError::EmailTaken)? {
        return Err(OrgError::Stale);
    }
    if before.email != checked.email {
        let now = tx.now();
        store::void_links(&mut tx, Purpose::JoinCrew, Some(id.0), now).await?;
    }
    let event = Event::new("crew.changed", id.into()).with("before", before.name).with("after", checked.name);
    Ok(tx.commit(event).await?)
}

/// Puts a crew member in the archive, or back. Hours stay.
///
/// Permission: manager. Audit: `crew.archived`, `crew.restored`.
///
/// # Errors
/// [`OrgError::NotFound`].
pub async fn archive_crew_member(
    app: &App,
    permit: Permit<ChangeCrew>,
    id: CrewMemberId,
    archived: bool,
) -> Result<(), OrgError> {
    let mut tx = audit::begin(app, &permit).await?;
    let at = archived.then(|| tx.now());
    if store::archive_crew_member(&mut tx, id, at).await? == 0 {
        return Err(OrgError::NotFound);
    }
    Ok(tx.commit(Event::new(if archived { "crew.archived" } else { "crew.restored" }, id.into())).await?)
}
