use crate::access::{Conn, Permit};
use crate::accounts::service::{ReadyAccount, insert_account};
use crate::accounts::{Account, NewAccount};
use crate::audit::{self, Event};
use crate::kernel::zone::Zone;
use crate::kernel::{AccountId, INSTALLATION, Lang, Role, text};
use crate::orgs::store::{self, OrgValues};
use crate::orgs::{CreateOrg, CreateOrgWithOwner, NewOrg, Org, OrgError};
use crate::platform::App;

/// Makes an organisation whose owner is the account that asks.
///
/// Permission: a signed-in account. Audit: `org.created`.
///
/// # Errors
/// What is wrong with the name or the time zone.
pub async fn create_org(app: &App, permit: Permit<CreateOrg>, owner: &Account, new: NewOrg) -> Result<Org, OrgError> {
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let org = insert_org(&mut tx, owner.id, &new).await?;
    tx.commit(created(&org)).await?;
    Ok(org)
}

/// Makes an organisation and its owner's account without a link: for the command line and the demonstration.
///
/// Permission: the system. Audit: `account.registered`, `org.created`.
///
/// # Errors
/// What is wrong with the account or the organisation.
pub async fn create_org_with_owner(
    app: &App,
    permit: Permit<CreateOrgWithOwner>,
    owner: NewAccount,
    org: NewOrg,
) -> Result<(Org, Account), OrgError> {
    let ready = ReadyAccount::prepare(app, owner).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let account = insert_account(&mut tx, &ready, true).await?;
    let org = insert_org(&mut tx, account.id, &org).await?;
    tx.commit_all(vec![Event::new("account.registered", account.id.into()), created(&org)]).await?;
    Ok((org, account))
}

/// The event of a new organisation, the first of its chain.
pub(super) fn created(org: &Org) -> Event {
    Event::new("org.created", org.id.into()).with("name", org.name.as_str()).with("time_zone", org.time_zone.as_str())
}

/// Writes an organisation and its owner, and moves the change into it.
pub(super) async fn insert_org(tx: &mut audit::Tx, owner: AccountId, new: &NewOrg) -> Result<Org, OrgError> {
    let mut problems = Vec::new();
    let name = text::clean_line(&new.name, 80).unwrap_or_default();
    if name.is_empty() {
        problems.push(("org_name", "name.invalid"));
    }
    if Zone::named(&new.time_zone).is_none() {
        problems.push(("time_zone", "time_zone.unknown"));
    }
    if !problems.is_empty() {
        return Err(OrgError::Fields(problems));
    }
    let now = tx.now();
    let slug = free_slug(tx, &name).await?;
    let language = Lang::parse(&new.language).unwrap_or_default().code();
    let values = OrgValues { slug: &slug, name: &name, time_zone: &new.time_zone, language, is_demo: new.is_demo, now };
    let org = store::insert_org(tx.tx(), &values).await?;
    tx.enter(org.id);
    store::insert_membership(tx, owner, Role::Owner, now).await?;
    Ok(org)
}

/// The name as an address, with a number behind it when it is taken. Two that are made at once with the same name: the
/// unique index refuses the second, whose maker tries again.
async fn free_slug(tx: &mut audit::Tx, name: &str) -> Result<String, OrgError> {
    let slug = text::slug(name);
    let taken = store::list_slugs_like(tx.tx(), &slug).await?;
    let numbered = (2..).map(|n| format!("{slug}-{n}"));
    Ok(std::iter::once(slug.clone()).chain(numbered).find(|s| !taken.contains(s)).unwrap_or(slug))
}
