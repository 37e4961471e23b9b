use super::find_place::find_org;
use super::invite_members::{insert_member, rank};
use crate::access::Permit;
use crate::accounts::service::{find_account, insert_account_for, prepare_unproved};
use crate::accounts::{AccountError, NewAccount};
use crate::audit::{self, Event};
use crate::kernel::Role;
use crate::orgs::member_rules::may_grant;
use crate::orgs::{AddMembers, Member, OrgError, store};
use crate::platform::App;
use crate::platform::config::Registration;

/// Makes an account for somebody, who is a member at once, and mails them a link to choose their own password. The address is not
/// proved before that, so no crew record becomes theirs.
///
/// Permission: admin, with a role below their own, owners excepted; as often as strangers may register. Audit:
/// `account.registered`, `member.joined`.
///
/// # Errors
/// [`OrgError::Rank`]; what is wrong with the account; [`AccountError::EmailTaken`] for an address that has one, member or not;
/// [`AccountError::RegistrationClosed`] where accounts are made from the command line.
pub async fn add_member(app: &App, permit: Permit<AddMembers>, role: Role, new: NewAccount) -> Result<Member, OrgError> {
    if !may_grant(rank(&permit), role) {
        return Err(OrgError::Rank);
    }
    if app.config.server.registration == Registration::Closed {
        return Err(AccountError::RegistrationClosed.into());
    }
    let org = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    let by = match permit.actor().account() {
        Some(id) => find_account(app, id).await?.map(|account| account.name),
        None => None,
    };
    let by = by.unwrap_or_else(|| org.name.clone());
    let ready = prepare_unproved(app, permit.actor(), new).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let account = insert_account_for(&mut tx, app, &ready, &by, &org.name).await?;
    let mut events = vec![Event::new("account.registered", account.id.into())];
    insert_member(&mut tx, &account, role, &mut events).await?;
    let member = store::find_member_of(&mut tx, account.id).await?.ok_or(OrgError::NotFound)?;
    tx.commit_all(events).await?;
    Ok(member)
}
