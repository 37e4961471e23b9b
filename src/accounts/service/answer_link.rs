use super::change_email::drop_email_change;
use super::reset_password::start_reset;
use crate::access::{Conn, Permit};
use crate::accounts::links::Added;
use crate::accounts::notices::{Notice, tell};
use crate::accounts::store::LiveLink;
use crate::accounts::{Account, AccountError, AnswerAccountLink, Purpose, ReadAccountLink, store};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, EmailChangeId, INSTALLATION};
use crate::platform::App;
use crate::platform::db::OnUnique;
use crate::platform::secret::fingerprint;

/// The account of a link that still works. Looking changes nothing: mail scanners look, too.
///
/// Permission: who holds the link. Audit: none, it only reads.
///
/// # Errors
/// [`AccountError::LinkDead`].
pub async fn find_link(
    app: &App,
    _permit: Permit<ReadAccountLink>,
    purposes: &[Purpose],
    token: &str,
) -> Result<(Account, Purpose), AccountError> {
    let (link, purpose) = find(app, purposes, token).await?;
    let account = store::find_account(&mut app.db.read().await?, link.account_id).await?;
    Ok((account.filter(|a| a.deleted_at.is_none()).ok_or(AccountError::LinkDead)?, purpose))
}

async fn find(app: &App, purposes: &[Purpose], token: &str) -> Result<(LiveLink, Purpose), AccountError> {
    let (hash, now) = (fingerprint(token), app.clock.now());
    let mut tx = app.db.read().await?;
    for purpose in purposes {
        if let Some(link) = store::find_live_link(&mut tx, *purpose, &hash, now).await? {
            return Ok((link, *purpose));
        }
    }
    Err(AccountError::LinkDead)
}

/// Notes that the owner reads mail at the account's address. `false`, and the link still works, for who is not signed in to the
/// account: somebody else may have made it with their address, and who presses a button in a mail has not chosen its password.
///
/// Permission: who holds the link and is signed in to its account. Audit: `account.verified`.
///
/// # Errors
/// [`AccountError::LinkDead`], also when the account has another address by now.
pub async fn verify_email(app: &App, permit: Permit<AnswerAccountLink>, token: &str) -> Result<bool, AccountError> {
    let (link, _) = find(app, &[Purpose::VerifyEmail], token).await?;
    if permit.actor().account() != Some(link.account_id) {
        return Ok(false);
    }
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let account = store::find_account(tx.tx(), link.account_id).await?.ok_or(AccountError::LinkDead)?;
    if link.email.as_deref() != Some(account.email.as_str()) || !store::use_link(tx.tx(), link.id, now).await? {
        return Err(AccountError::LinkDead);
    }
    store::verify_account(tx.tx(), account.id, now).await?;
    tx.commit(Event::new("account.verified", account.id.into())).await?;
    Ok(true)
}

/// What has become of a change of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// It has happened.
    Done,
    /// The other address has not agreed yet.
    Half,
    /// Nothing: the new address agrees in a browser that is signed in to the account. Otherwise whoever reads a stranger's mail in
    /// good faith would prove their own address for the stranger's account.
    Elsewhere,
}

/// One of the two addresses agrees to a change. The second one makes it happen.
///
/// Permission: who holds the link; for the new address, its account, too. Audit: `account.email_confirmed`, `account.email_changed`.
///
/// # Errors
/// [`AccountError::LinkDead`]; [`AccountError::EmailTaken`] when somebody has taken the address meanwhile.
pub async fn confirm_email(app: &App, permit: Permit<AnswerAccountLink>, token: &str) -> Result<AddressChange, AccountError> {
    let (link, purpose) = find(app, &[Purpose::ChangeEmailOld, Purpose::ChangeEmailNew], token).await?;
    if purpose == Purpose::ChangeEmailNew && permit.actor().account() != Some(link.account_id) {
        return Ok(AddressChange::Elsewhere);
    }
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let id = link.subject_id.map(EmailChangeId).ok_or(AccountError::LinkDead)?;
    if !store::use_link(tx.tx(), link.id, now).await? {
        return Err(AccountError::LinkDead);
    }
    store::confirm_email_change(tx.tx(), id, purpose == Purpose::ChangeEmailNew, now).await?;
    let change = store::find_email_change(tx.tx(), id).await?.ok_or(AccountError::LinkDead)?;
    if change.old_confirmed_at.is_none() || change.new_confirmed_at.is_none() {
        tx.commit(Event::new("account.email_confirmed", link.account_id.into())).await?;
        return Ok(AddressChange::Half);
    }
    let account = store::find_account(tx.tx(), link.account_id).await?.ok_or(AccountError::LinkDead)?;
    let changed = store::set_email(tx.tx(), &account, &change.new_email, now).await;
    changed.on_unique("accounts_email_key", AccountError::EmailTaken)?;
    store::close_email_changes(tx.tx(), account.id, now).await?;
    store::void_links(tx.tx(), account.id, Purpose::ResetPassword, now).await?;
    tell(&mut tx, app, &account, Notice::EmailChanged { old: &account.email, new: &change.new_email }).await?;
    // Neither address: the audit keeps what it has, and the account may be erased.
    tx.commit(Event::new("account.email_changed", account.id.into())).await?;
    Ok(AddressChange::Done)
}

/// "This was not me": undoes what the notice told of (takes away the factor that was added, takes a changed address back), ends all
/// sessions, tokens and the password, for whoever did it may have any of them, and mails a reset link.
///
/// Permission: who holds the link. Audit: `account.denied`.
///
/// # Errors
/// [`AccountError::LinkDead`].
pub async fn deny_notice(app: &App, permit: Permit<AnswerAccountLink>, token: &str) -> Result<(), AccountError> {
    let (link, _) = find(app, &[Purpose::NotMe], token).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if !store::use_link(tx.tx(), link.id, now).await? {
        return Err(AccountError::LinkDead);
    }
    let account = link.account_id;
    store::end_sessions(tx.tx(), account, None, "denied", now).await?;
    store::remove_password(tx.tx(), account, now).await?;
    store::revoke_api_tokens(tx.tx(), account, now).await?;
    store::forget_browsers(tx.tx(), account).await?;
    drop_email_change(&mut tx, account).await?;
    store::remove_waiting_totp(tx.tx(), account).await?;
    if let Some(added) = Added::parse(link.subject_kind.as_deref(), link.subject_id) {
        take_away(&mut tx, account, added).await?;
    }
    if let Some(old) = &link.email {
        let owner = store::find_account(tx.tx(), account).await?.ok_or(AccountError::LinkDead)?;
        let back = store::set_email(tx.tx(), &owner, old, now).await;
        back.on_unique("accounts_email_key", AccountError::EmailTaken)?;
        // Those that were mailed since went to whom the account was taken from. Older ones did not: they could be voided by who moves
        // the account twice.
        store::void_later_links(tx.tx(), &link, Purpose::NotMe, now).await?;
    }
    start_reset(&mut tx, app, account).await?;
    Ok(tx.commit(Event::new("account.denied", account.into())).await?)
}

/// Takes away the factor that a notice told of, with its recovery codes, and no other.
async fn take_away(tx: &mut audit::Tx, account: AccountId, added: Added) -> Result<(), AccountError> {
    match added {
        Added::Passkey(id) => drop(store::remove_passkey(tx.tx(), id, account).await?),
        Added::Totp(at) => {
            store::remove_totp_of(tx.tx(), account, at).await?;
            store::remove_recovery_codes_of(tx.tx(), account, at).await?;
        }
        Added::Codes(at) => drop(store::remove_recovery_codes_of(tx.tx(), account, at).await?),
    }
    let now = tx.now();
    let left = store::find_account(tx.tx(), account).await?.ok_or(AccountError::LinkDead)?;
    if !left.has_second_factor() {
        store::replace_recovery_codes(tx.tx(), account, &[], now).await?;
    }
    Ok(())
}
