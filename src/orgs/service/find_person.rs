use crate::access::{Conn, Read};
use crate::accounts::service::find_account;
use crate::kernel::{CrewMemberId, OrgId};
use crate::orgs::{CrewMember, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// A crew member of the connection's organisation, for a room that has checked that they may be seen.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_crew_member_in(conn: &mut impl Conn, id: CrewMemberId) -> DbResult<Option<CrewMember>> {
    store::find_crew_member(conn, id).await
}

/// As [`find_crew_member_in`], for several at once.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_crew_members_in(conn: &mut impl Conn, ids: &[CrewMemberId]) -> DbResult<Vec<CrewMember>> {
    store::list_these_crew_members(conn, ids).await
}

/// Where a person reads mail, and in which language if that is known: the account's address, else the record's own.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_address_of(app: &App, org: OrgId, id: CrewMemberId) -> DbResult<Option<(String, Option<String>)>> {
    let found = store::find_crew_member(&mut Read::new(app.db.read().await?, org), id).await?;
    let Some(person) = found.filter(|person| person.archived_at.is_none()) else { return Ok(None) };
    if let Some(account) = person.account_id
        && let Some(account) = find_account(app, account).await?
    {
        return Ok(Some((account.email, Some(account.language))));
    }
    Ok(person.email.map(|email| (email, None)))
}
