use super::allow_mails::allow_mails;
use super::find_place::find_org;
use crate::access::{Conn, Permit};
use crate::accounts::NewAccount;
use crate::accounts::service::{ReadyAccount, find_account, insert_account};
use crate::accounts::{Account, AccountError};
use crate::audit::{self, Event, Tx};
use crate::kernel::{AccountId, InvitationId, Role, text};
use crate::orgs::member_rules::{InvitationPreview, may_grant, read_invitations_csv};
use crate::orgs::store::{self, InvitationValues};
use crate::orgs::{AcceptInvitation, Invitation, InviteMembers, ListMembers, NewInvitation, Org, OrgError, ReadInvitation};
use crate::platform::db::OnUnique;
use crate::platform::mail::Letter;
use crate::platform::secret::fingerprint;
use crate::platform::words::words;
use crate::platform::{App, random};

/// The role of who asks; the command line acts as an owner.
pub(super) fn rank<A: crate::access::Action>(permit: &Permit<A>) -> Role {
    permit.actor().role().unwrap_or(Role::Owner)
}

/// Invites somebody by mail. Whether the address has an account is neither asked nor told.
///
/// Permission: manager, to a role below their own. Audit: `member.invited`.
///
/// # Errors
/// Wrong fields; [`OrgError::Rank`]; [`OrgError::MemberExists`]; [`AccountError::TooOften`].
pub async fn invite_member(app: &App, permit: Permit<InviteMembers>, new: NewInvitation) -> Result<InvitationId, OrgError> {
    let email = text::clean_email(&new.email).ok_or(OrgError::Fields(vec![("email", "email.invalid")]))?;
    let role = Role::parse(&new.role).ok_or(OrgError::Fields(vec![("role", "role.unknown")]))?;
    let message = new.message.trim();
    if message.chars().count() > 1000 {
        return Err(OrgError::Fields(vec![("message", "text.too_long")]));
    }
    if !(1..=30).contains(&new.days) {
        return Err(OrgError::Fields(vec![("days", "invitation.days")]));
    }
    if !may_grant(rank(&permit), role) {
        return Err(OrgError::Rank);
    }
    let org = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    allow_mails(app, &permit, &[email.as_str()]).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let by = permit.actor().account();
    let (id, event) = write_invitation(&mut tx, app, &org, by, &email, role, message, new.days).await?;
    tx.commit(event).await?;
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
async fn write_invitation(
    tx: &mut Tx,
    app: &App,
    org: &Org,
    by: Option<AccountId>,
    email: &str,
    role: Role,
    message: &str,
    days: i64,
) -> Result<(InvitationId, Event), OrgError> {
    if store::find_member_by_email(tx, email).await?.is_some() {
        return Err(OrgError::MemberExists);
    }
    let token = random::token::<24>();
    let now = tx.now();
    let token_hash = fingerprint(&token);
    let values =
        InvitationValues { email, role, message, token_hash: &token_hash, invited_by: by, now, expires_at: now.plus_days(days) };
    let id = store::insert_invitation(tx, &values).await.on_unique("invitations_org_id_email_key", OrgError::MemberExists)?;
    let invitation = store::find_invitation(tx, id).await?.ok_or(OrgError::NotFound)?;
    mail(tx, app, org, &invitation, &token).await?;
    Ok((id, Event::new("member.invited", id.into()).with("email", email).with("role", role.code())))
}

async fn mail(tx: &mut Tx, app: &App, org: &Org, invitation: &Invitation, token: &str) -> Result<(), OrgError> {
    let t = words(org.lang());
    let role = match invitation.role {
        Role::Tech => t.role_tech(),
        Role::Manager => t.role_manager(),
        Role::Admin => t.role_admin(),
        Role::Owner => t.role_owner(),
    };
    let by = if invitation.invited_by.is_empty() { org.name.clone() } else { invitation.invited_by.clone() };
    let mut intro = t.mail_invite_text(by, org.name.as_str(), role);
    if !invitation.message.is_empty() {
        intro = format!("{intro}\n\n{}", invitation.message);
    }
    let until = crate::platform::dates::long_day(org.zone().local(invitation.expires_at).date, org.lang());
    let letter = Letter {
        recipient: invitation.email.clone(),
        subject: t.mail_invite_subject(org.name.as_str()),
        intro,
        button: t.mail_invite_button(),
        address: app.link(&format!("/invite/{token}")),
        outro: t.mail_invite_outro(until),
    };
    Ok(tx.send_mail(&letter.write(org.lang())).await?)
}

/// Invitations that nobody has answered, newest first.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_invitations(app: &App, permit: Permit<ListMembers>) -> Result<Vec<Invitation>, OrgError> {
    Ok(store::list_invitations(&mut permit.read(&app.db).await?).await?)
}

/// Reads a pasted list and says of each line what is wrong with it. Invites nobody.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn preview_invitations(app: &App, permit: Permit<ListMembers>, list: &str) -> Result<InvitationPreview, OrgError> {
    let actor = rank(&permit);
    let mut read = permit.read(&app.db).await?;
    let taken = taken(&mut read).await?;
    Ok(read_invitations_csv(list, actor, &taken))
}

async fn taken(conn: &mut impl Conn) -> Result<Vec<String>, OrgError> {
    let filter = crate::orgs::MemberFilter { limit: 100_000, ..Default::default() };
    let members = store::list_members(conn, &filter).await?;
    let invited = store::list_invitations(conn).await?;
    Ok(members.into_iter().map(|m| m.email).chain(invited.into_iter().map(|i| i.email)).collect())
}

/// Invites the good lines of a pasted list, all or none, and gives how many they were.
///
/// Permission: manager. Audit: `member.invited` for each.
///
/// # Errors
/// [`OrgError::MemberExists`] when one of them has become a member since the preview; [`AccountError::TooOften`].
pub async fn import_invitations(app: &App, permit: Permit<InviteMembers>, list: &str) -> Result<usize, OrgError> {
    let org = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    let (actor, by) = (rank(&permit), permit.actor().account());
    let known = taken(&mut permit.read(&app.db).await?).await?;
    let preview = read_invitations_csv(list, actor, &known);
    let recipients: Vec<&str> = preview.good().map(|line| line.email.as_str()).collect();
    allow_mails(app, &permit, &recipients).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let mut events = Vec::new();
    for line in preview.good() {
        let role = line.role.unwrap_or(Role::Tech);
        events.push(write_invitation(&mut tx, app, &org, by, &line.email, role, "", 14).await?.1);
    }
    let count = events.len();
    if count > 0 {
        tx.commit_all(events).await?;
    }
    Ok(count)
}

/// Mails an invitation again, with a new link and two more weeks; the old link stops working.
///
/// Permission: manager, for a role below their own. Audit: `member.invited_again`.
///
/// # Errors
/// [`OrgError::NotFound`], [`OrgError::Rank`], [`AccountError::TooOften`].
pub async fn resend_invitation(app: &App, permit: Permit<InviteMembers>, id: InvitationId) -> Result<(), OrgError> {
    let org = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    let actor = rank(&permit);
    // Its role and its address never change.
    let found = store::find_invitation(&mut permit.read(&app.db).await?, id).await?.ok_or(OrgError::NotFound)?;
    if !may_grant(actor, found.role) {
        return Err(OrgError::Rank);
    }
    allow_mails(app, &permit, &[found.email.as_str()]).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let token = random::token::<24>();
    let now = tx.now();
    if !store::renew_invitation(&mut tx, id, &fingerprint(&token), now, now.plus_days(14)).await? {
        return Err(OrgError::NotFound);
    }
    let found = store::find_invitation(&mut tx, id).await?.ok_or(OrgError::NotFound)?;
    mail(&mut tx, app, &org, &found, &token).await?;
    Ok(tx.commit(Event::new("member.invited_again", id.into())).await?)
}

/// Takes an invitation back: its link stops working.
///
/// Permission: manager, for a role below their own. Audit: `member.invitation_revoked`.
///
/// # Errors
/// [`OrgError::NotFound`], [`OrgError::Rank`].
pub async fn revoke_invitation(app: &App, permit: Permit<InviteMembers>, id: InvitationId) -> Result<(), OrgError> {
    let actor = rank(&permit);
    let mut tx = audit::begin(app, &permit).await?;
    let found = store::find_invitation(&mut tx, id).await?.ok_or(OrgError::NotFound)?;
    if !may_grant(actor, found.role) {
        return Err(OrgError::Rank);
    }
    let now = tx.now();
    if !store::revoke_invitation(&mut tx, id, now).await? {
        return Err(OrgError::NotFound);
    }
    Ok(tx.commit(Event::new("member.invitation_revoked", id.into()).with("email", found.email)).await?)
}

/// What an invitation that still works is about. Looking changes nothing: mail scanners look, too.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::LinkDead`].
pub async fn find_live_invitation(
    app: &App,
    _permit: Permit<ReadInvitation>,
    token: &str,
) -> Result<(Org, Invitation), OrgError> {
    live(app, token).await
}

async fn live(app: &App, token: &str) -> Result<(Org, Invitation), OrgError> {
    let found = store::find_live_invitation(&mut app.db.read().await?, &fingerprint(token), app.clock.now()).await?;
    let invitation = found.ok_or(OrgError::LinkDead)?;
    let org = find_org(app, invitation.org).await?.ok_or(OrgError::LinkDead)?;
    Ok((org, invitation))
}

/// Accepts an invitation: with the account that has its address, or with a new one. A crew record with the address that
/// belongs to nobody becomes theirs.
///
/// Permission: who holds the link and owns the address. Audit: `member.joined`, `crew.linked`, and `account.registered` for a new
/// account.
///
/// # Errors
/// [`OrgError::LinkDead`]; [`OrgError::WrongAddress`]; [`OrgError::MemberExists`]; what is wrong with a new account.
pub async fn accept_invitation(
    app: &App,
    permit: Permit<AcceptInvitation>,
    token: &str,
    new: Option<NewAccount>,
) -> Result<(Org, Account), OrgError> {
    let (org, invitation) = live(app, token).await?;
    let known = match permit.actor().account() {
        Some(id) => Some(find_account(app, id).await?.ok_or(OrgError::LinkDead)?),
        None => None,
    };
    if known.as_ref().is_some_and(|account| account.email != invitation.email) {
        return Err(OrgError::WrongAddress);
    }
    let ready = match (&known, new) {
        (Some(_), _) => None,
        (None, _) if app.config.server.registration == crate::platform::config::Registration::Closed => {
            return Err(AccountError::RegistrationClosed.into());
        }
        (None, Some(new)) => Some(ReadyAccount::prepare(app, NewAccount { email: invitation.email.clone(), ..new }).await?),
        (None, None) => return Err(OrgError::WrongAddress),
    };
    let mut tx = audit::begin_in(app, &permit, org.id).await?;
    let now = tx.now();
    let mut events = Vec::new();
    let account = match (known, ready) {
        (Some(account), _) => account,
        (None, Some(ready)) => {
            let account = insert_account(&mut tx, &ready, true).await?;
            events.push(Event::new("account.registered", account.id.into()));
            account
        }
        (None, None) => return Err(OrgError::LinkDead),
    };
    if !store::accept_invitation(tx.tx(), invitation.id, account.id, now).await? {
        return Err(OrgError::LinkDead);
    }
    join(&mut tx, &account, invitation.role, &mut events).await?;
    tx.commit_all(events).await?;
    Ok((org, account))
}

/// Makes an account whose address is proved a member of the change's organisation, with the crew record that has its address.
pub(super) async fn join(tx: &mut Tx, account: &Account, role: Role, events: &mut Vec<Event>) -> Result<(), OrgError> {
    insert_member(tx, account, role, events).await?;
    if let Some(person) = store::find_unlinked_by_email(tx, &account.email).await?
        && store::link_account(tx, person.id, account.id).await?
    {
        events.push(Event::new("crew.linked", person.id.into()).with("account", account.id.0));
    }
    Ok(())
}

/// Makes an account a member of the change's organisation.
pub(super) async fn insert_member(tx: &mut Tx, account: &Account, role: Role, events: &mut Vec<Event>) -> Result<(), OrgError> {
    let now = tx.now();
    let inserted = store::insert_membership(tx, account.id, role, now).await;
    let membership = inserted.on_unique("memberships_org_id_account_id_key", OrgError::MemberExists)?;
    events.push(Event::new("member.joined", membership.id.into()).with("account", account.id.0).with("role", role.code()));
    Ok(())
}
