use crate::access::Permit;
use crate::kernel::{AccountId, OrgId};
use crate::orgs::{ListMyOrgs, Membership, Org, OrgError, OrgOfMine, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// The organisations that the account belongs to.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_orgs(app: &App, permit: Permit<ListMyOrgs>) -> Result<Vec<OrgOfMine>, OrgError> {
    let account = permit.account()?;
    Ok(store::list_orgs_of(&mut app.db.read().await?, account).await?)
}

/// The active membership of an account, for the doors that find out who asks.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_membership(app: &App, org: OrgId, account: AccountId) -> DbResult<Option<Membership>> {
    store::find_membership(&mut app.db.read().await?, org, account).await
}

/// An organisation by its number, for the doors.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_org(app: &App, id: OrgId) -> DbResult<Option<Org>> {
    store::find_org(&mut app.db.read().await?, id).await
}

/// An organisation by its name in addresses, for the doors.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_org_by_slug(app: &App, slug: &str) -> DbResult<Option<Org>> {
    store::find_org_by_slug(&mut app.db.read().await?, slug).await
}
