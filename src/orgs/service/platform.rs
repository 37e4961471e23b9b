use super::find_place::find_org;
use crate::access::Permit;
use crate::audit::{self, Event, Subject};
use crate::kernel::{AccountId, OrgId, text};
use crate::orgs::{EnterOrg, ListOrgs, Org, OrgError, OrgSheet, SupportEntry, store};
use crate::platform::App;
use crate::platform::db::DbResult;

/// How long a look into an organisation lasts, in minutes.
const LOOK_MINUTES: i64 = 60;

/// Organisations of the installation: names and sizes, nothing of what is in them.
///
/// Permission: platform admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_orgs(
    app: &App,
    _permit: Permit<ListOrgs>,
    search: Option<&str>,
    after: Option<OrgId>,
    limit: i64,
) -> Result<Vec<OrgSheet>, OrgError> {
    Ok(store::list_orgs(&mut app.db.read().await?, search, after, limit).await?)
}

/// Opens a look into an organisation for an hour, reading only. The reason stands in the organisation's own audit.
///
/// Permission: platform admin. Audit: `support.entered`, in the organisation.
///
/// # Errors
/// A missing reason; [`OrgError::NotFound`].
pub async fn enter_org(app: &App, permit: Permit<EnterOrg>, id: OrgId, reason: &str) -> Result<Org, OrgError> {
    let reason = text::clean_line(reason, 300).filter(|reason| reason.chars().count() >= 8);
    let reason = reason.ok_or(OrgError::Fields(vec![("reason", "reason.missing")]))?;
    let org = find_org(app, id).await?.ok_or(OrgError::NotFound)?;
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, org.id).await?;
    let now = tx.now();
    let entry = store::insert_support_entry(&mut tx, account, &reason, now, now.plus_minutes(LOOK_MINUTES)).await?;
    let event = Event::new("support.entered", Subject("support_entry", Some(entry.id.0)));
    tx.commit(event.with("reason", reason).with("minutes", LOOK_MINUTES)).await?;
    Ok(org)
}

/// Ends one's look into an organisation.
///
/// Permission: platform admin. Audit: `support.left`, in the organisation.
///
/// # Errors
/// When the database cannot be written.
pub async fn leave_support(app: &App, permit: Permit<EnterOrg>, id: OrgId) -> Result<(), OrgError> {
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, id).await?;
    let now = tx.now();
    if store::end_support_entry(&mut tx, account, now).await? == 0 {
        return Ok(());
    }
    Ok(tx.commit(Event::new("support.left", Subject("org", Some(id.0)))).await?)
}

/// One's own looks that are open.
///
/// Permission: platform admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_support_entries(app: &App, permit: Permit<ListOrgs>) -> Result<Vec<SupportEntry>, OrgError> {
    Ok(store::list_support_entries(&mut app.db.read().await?, permit.account()?, app.clock.now()).await?)
}

/// The open look of an account into an organisation, for the door.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_support_entry(app: &App, org: OrgId, account: AccountId) -> DbResult<Option<SupportEntry>> {
    store::find_support_entry(&mut app.db.read().await?, org, account, app.clock.now()).await
}
