use super::create_org::{created, insert_org};
use crate::access::{Conn, Permit};
use crate::accounts::service::{ReadyAccount, has_accounts, insert_account};
use crate::accounts::{Account, NewAccount};
use crate::audit::{self, Event, Subject};
use crate::kernel::INSTALLATION;
use crate::orgs::store::{self, LinkValues};
use crate::orgs::{IssueSetUpLink, NewOrg, Org, OrgError, Purpose, ReadLink, SetUp};
use crate::platform::secret::fingerprint;
use crate::platform::{App, random};

/// What the set-up page asks.
pub struct SetUpForm {
    pub account: NewAccount,
    pub org: NewOrg,
}

/// Makes the one-time link of the first start, and ends the one before. `None` when somebody has an account already.
///
/// Permission: the system. Audit: `setup.link_issued`.
///
/// # Errors
/// When the database cannot be written.
pub async fn issue_set_up_link(app: &App, permit: Permit<IssueSetUpLink>) -> Result<Option<String>, OrgError> {
    if has_accounts(app).await? {
        return Ok(None);
    }
    let token = random::token::<24>();
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    store::void_links(&mut tx, Purpose::SetUp, None, now).await?;
    let values = LinkValues { purpose: Purpose::SetUp, token_hash: &fingerprint(&token), subject: None, email: None, now };
    store::insert_link(&mut tx, &values).await?;
    tx.commit(Event::new("setup.link_issued", Subject("installation", None))).await?;
    Ok(Some(app.link(&format!("/setup/{token}"))))
}

/// Whether a set-up link works.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::AlreadySetUp`], [`OrgError::LinkDead`].
pub async fn find_set_up_link(app: &App, _permit: Permit<ReadLink>, token: &str) -> Result<(), OrgError> {
    if has_accounts(app).await? {
        return Err(OrgError::AlreadySetUp);
    }
    let link = store::find_live_link(&mut app.db.read().await?, Purpose::SetUp, &fingerprint(token), app.clock.now()).await?;
    link.map(drop).ok_or(OrgError::LinkDead)
}

/// Makes the first account and its organisation.
///
/// Permission: who holds the set-up link. Audit: `account.registered`, `org.created`.
///
/// # Errors
/// What is wrong with the form; [`OrgError::AlreadySetUp`], [`OrgError::LinkDead`].
pub async fn set_up(app: &App, permit: Permit<SetUp>, token: &str, form: SetUpForm) -> Result<(Org, Account), OrgError> {
    if has_accounts(app).await? {
        return Err(OrgError::AlreadySetUp); // by a command, since the link was made
    }
    let found = store::find_live_link(&mut app.db.read().await?, Purpose::SetUp, &fingerprint(token), app.clock.now()).await?;
    let link = found.ok_or(OrgError::LinkDead)?;
    let ready = ReadyAccount::prepare(app, form.account).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if !store::use_link(&mut tx, link.id, now).await? {
        return Err(OrgError::LinkDead);
    }
    let account = insert_account(&mut tx, &ready, true).await?;
    let org = insert_org(&mut tx, account.id, &form.org).await?;
    debug_assert_eq!(tx.org(), org.id);
    tx.commit_all(vec![Event::new("account.registered", account.id.into()), created(&org)]).await?;
    Ok((org, account))
}
