use super::change_email::drop_email_change;
use crate::access::{Conn, Permit};
use crate::accounts::notices::{Notice, mail_link, tell};
use crate::accounts::{AccountError, AnswerAccountLink, Purpose, RequestReset, check_password, store};
use crate::audit::{self, Event, Subject};
use crate::kernel::{AccountId, INSTALLATION, text};
use crate::platform::App;
use crate::platform::secret::fingerprint;
use crate::platform::throttle::Rate;

/// The job that mails a reset link.
pub const RESET: &str = "accounts.reset";
const PER_ADDRESS: Rate = Rate { burst: 20, every_ms: 30_000 };
const PER_EMAIL: Rate = Rate { burst: 3, every_ms: 120_000 };

/// Asks for a link that sets a new password. A job looks for the account, so an unknown address gets the same answer in the
/// same time.
///
/// Permission: anybody. Audit: `account.reset_requested`.
///
/// # Errors
/// [`AccountError::Email`], [`AccountError::TooOften`].
pub async fn request_reset(app: &App, permit: Permit<RequestReset>, email: &str) -> Result<(), AccountError> {
    let email = text::clean_email(email).ok_or(AccountError::Email)?;
    let now = app.clock.now();
    app.throttle.take("reset address", &permit.actor().origin.address, PER_ADDRESS, now).await?;
    app.throttle.take("reset email", &email, PER_EMAIL, now).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    tx.enqueue(RESET, email).await?;
    Ok(tx.commit(Event::new("account.reset_requested", Subject("account", None))).await?)
}

/// The job: mails the link if the address has an account that its owner may open. An older link stops working.
///
/// Permission: the system. Audit: `account.reset_sent`.
///
/// # Errors
/// When the database cannot be written.
pub async fn mail_reset(app: &App, permit: Permit<RequestReset>, email: &str) -> Result<(), AccountError> {
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let Some(found) = store::find_account_by_email(tx.tx(), email).await? else { return Ok(()) };
    if found.account.disabled_by.as_deref() == Some("platform") {
        return Ok(());
    }
    mail_link(&mut tx, app, &found.account, Purpose::ResetPassword, email, None).await?;
    Ok(tx.commit(Event::new("account.reset_sent", found.account.id.into())).await?)
}

/// Starts a reset inside another change: "this was not me", or an admin's help. Sets nothing.
///
/// # Errors
/// When the database cannot be written.
pub async fn start_reset(tx: &mut audit::Tx, app: &App, account: AccountId) -> Result<(), AccountError> {
    let account = store::find_account(tx.tx(), account).await?.ok_or(AccountError::NotFound)?;
    Ok(mail_link(tx, app, &account, Purpose::ResetPassword, &account.email.clone(), None).await?)
}

/// Sets a new password with a mailed link: all sessions and tokens end, the address counts as verified, a change of it that waits is
/// dropped, and an account that its owner had closed is open again. Where nobody had proved the address until now, the factors go,
/// too: whoever added them need not be who reads its mail.
///
/// Permission: who holds the link. Audit: `account.password_reset`.
///
/// # Errors
/// [`AccountError::LinkDead`], [`AccountError::Password`].
pub async fn reset_password(
    app: &App,
    permit: Permit<AnswerAccountLink>,
    token: &str,
    password: &str,
) -> Result<(), AccountError> {
    let hash = fingerprint(token);
    let link = store::find_live_link(&mut app.db.read().await?, Purpose::ResetPassword, &hash, app.clock.now()).await?;
    let link = link.ok_or(AccountError::LinkDead)?;
    let account = store::find_account(&mut app.db.read().await?, link.account_id).await?.ok_or(AccountError::LinkDead)?;
    check_password(password, &account.email, &account.name).map_err(AccountError::Password)?;
    let new = app.hasher.hash(password).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if !store::use_link(tx.tx(), link.id, now).await? {
        return Err(AccountError::LinkDead);
    }
    store::set_password(tx.tx(), account.id, &new, now).await?;
    store::remove_waiting_totp(tx.tx(), account.id).await?;
    if store::verify_account(tx.tx(), account.id, now).await? == 1 {
        store::remove_passkeys(tx.tx(), account.id).await?;
        store::remove_totp(tx.tx(), account.id).await?;
        store::replace_recovery_codes(tx.tx(), account.id, &[], now).await?;
    }
    drop_email_change(&mut tx, account.id).await?;
    store::enable_account(tx.tx(), account.id, "self").await?;
    let ended = store::end_sessions(tx.tx(), account.id, None, "password_reset", now).await?;
    store::revoke_api_tokens(tx.tx(), account.id, now).await?;
    store::forget_browsers(tx.tx(), account.id).await?;
    tell(&mut tx, app, &account, Notice::PasswordChanged).await?;
    Ok(tx.commit(Event::new("account.password_reset", account.id.into()).with("sessions_ended", ended)).await?)
}
