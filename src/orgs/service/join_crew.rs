use super::invite_members::insert_member;
use crate::access::{Conn, Permit, Read};
use crate::accounts::service::{ReadyAccount, find_account, insert_account};
use crate::accounts::{Account, AccountError, NewAccount};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, CrewMemberId, Role};
use crate::orgs::store::{self, LiveLink};
use crate::orgs::{CrewMember, JoinCrew, Org, OrgError, Purpose, ReadLink};
use crate::platform::App;
use crate::platform::config::Registration;
use crate::platform::db::OnUnique;
use crate::platform::secret::fingerprint;

/// Who answers the link.
pub enum Newcomer {
    /// A signed-in account.
    Known(AccountId),
    /// Somebody who makes an account now; its address is the one that the mail went to.
    New { name: String, password: String, language: String },
}

/// What a link that still works is about, and the address that it was mailed to, which a new account gets. Looking changes nothing:
/// mail scanners look, too.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::LinkDead`].
pub async fn find_join_link(app: &App, _permit: Permit<ReadLink>, token: &str) -> Result<(Org, CrewMember, String), OrgError> {
    let link = find_link(app, token).await?;
    let org = super::find_org(app, link.org_id).await?.ok_or(OrgError::LinkDead)?;
    let mut read = Read::new(app.db.read().await?, link.org_id);
    let person = store::find_crew_member(&mut read, subject(&link)?).await?.ok_or(OrgError::LinkDead)?;
    Ok((org, person, link.email.ok_or(OrgError::LinkDead)?))
}

/// Ties an account to the crew member of a link and makes it a member of the organisation.
///
/// Permission: who holds the link and owns the account. Audit: `crew.linked`, `member.joined` for who was no member, and
/// `account.registered` for a new account.
///
/// # Errors
/// [`OrgError::LinkDead`]; [`OrgError::AlreadyLinked`] when the account is another crew member here already; what is wrong
/// with a new account.
pub async fn join_crew(app: &App, permit: Permit<JoinCrew>, token: &str, who: Newcomer) -> Result<(Org, Account), OrgError> {
    let link = find_link(app, token).await?;
    let org = super::find_org(app, link.org_id).await?.ok_or(OrgError::LinkDead)?;
    let ready = match who {
        Newcomer::Known(account) => Err(account),
        Newcomer::New { .. } if app.config.server.registration == Registration::Closed => {
            return Err(AccountError::RegistrationClosed.into());
        }
        Newcomer::New { name, password, language } => {
            let email = link.email.clone().ok_or(OrgError::LinkDead)?;
            Ok(ReadyAccount::prepare(app, NewAccount { email, name, password, language }).await?)
        }
    };
    let mut tx = audit::begin_in(app, &permit, link.org_id).await?;
    let now = tx.now();
    let mut events = Vec::new();
    let account = match &ready {
        Ok(ready) => {
            let account = insert_account(&mut tx, ready, true).await?;
            events.push(Event::new("account.registered", account.id.into()));
            account
        }
        Err(account) => find_account(app, *account).await?.ok_or(OrgError::LinkDead)?,
    };
    let person = subject(&link)?;
    if !store::use_link(&mut tx, link.id, now).await? {
        return Err(OrgError::LinkDead);
    }
    let linked = store::link_account(&mut tx, person, account.id).await;
    if !linked.on_unique("crew_members_org_id_account_id_key", OrgError::AlreadyLinked)? {
        return Err(OrgError::LinkDead);
    }
    if store::find_membership(tx.tx(), org.id, account.id).await?.is_none() {
        // One who is suspended stays so.
        insert_member(&mut tx, &account, Role::Tech, &mut events).await?;
    }
    events.push(Event::new("crew.linked", person.into()).with("account", account.id.0));
    tx.commit_all(events).await?;
    Ok((org, account))
}

async fn find_link(app: &App, token: &str) -> Result<LiveLink, OrgError> {
    let found = store::find_live_link(&mut app.db.read().await?, Purpose::JoinCrew, &fingerprint(token), app.clock.now()).await?;
    found.ok_or(OrgError::LinkDead)
}

fn subject(link: &LiveLink) -> Result<CrewMemberId, OrgError> {
    link.subject_id.map(CrewMemberId).ok_or(OrgError::LinkDead)
}
