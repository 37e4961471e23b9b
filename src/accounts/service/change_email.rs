use super::change_password::check_present_password;
use crate::access::{Conn, Permit};
use crate::accounts::notices::mail_link;
use crate::accounts::store::EmailChange;
use crate::accounts::{AccountError, ChangeMe, Purpose, ReadMe, store};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, text};
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::platform::throttle::Rate;

const MAILS: Rate = Rate { burst: 4, every_ms: 120_000 };

/// Asks both addresses whether the account may have the new one. It changes when both have said yes. Whether the new one is
/// taken is not told here: its owner finds the link.
///
/// Permission: a signed-in account, which gives its password. Audit: `account.email_requested`.
///
/// # Errors
/// [`AccountError::Email`], [`AccountError::PresentPassword`], [`AccountError::TooOften`].
pub async fn request_email_change(app: &App, permit: Permit<ChangeMe>, email: &str, password: &str) -> Result<(), AccountError> {
    let email = text::clean_email(email).ok_or(AccountError::Email)?;
    let account = check_present_password(app, &permit, password).await?;
    if email == account.email {
        return Err(AccountError::Email);
    }
    app.throttle.take("account mails", &account.id.to_string(), MAILS, app.clock.now()).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let id = store::open_email_change(tx.tx(), account.id, &email, now).await?;
    let old = account.email.clone();
    mail_link(&mut tx, app, &account, Purpose::ChangeEmailOld, &old, Some(id.0)).await?;
    mail_link(&mut tx, app, &account, Purpose::ChangeEmailNew, &email, Some(id.0)).await?;
    Ok(tx.commit(Event::new("account.email_requested", account.id.into())).await?)
}

/// The change of address that waits for its confirmations.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_email_change(app: &App, permit: Permit<ReadMe>) -> Result<Option<EmailChange>, AccountError> {
    let since = app.clock.now().plus_minutes(-Purpose::ChangeEmailNew.life_minutes());
    Ok(store::find_email_change_of(&mut app.db.read().await?, permit.account()?, since).await?)
}

/// Drops a change of address that waits, with its links, inside another change: whoever asked for it may be shut out by that.
pub(super) async fn drop_email_change(tx: &mut audit::Tx, account: AccountId) -> DbResult<()> {
    let now = tx.now();
    store::close_email_changes(tx.tx(), account, now).await?;
    for purpose in [Purpose::ChangeEmailOld, Purpose::ChangeEmailNew] {
        store::void_links(tx.tx(), account, purpose, now).await?;
    }
    Ok(())
}

/// Mails the link that verifies the account's address, once more.
///
/// Permission: a signed-in account. Audit: `account.verification_sent`.
///
/// # Errors
/// [`AccountError::TooOften`]; [`AccountError::NotFound`] when it is verified.
pub async fn request_verification(app: &App, permit: Permit<ChangeMe>) -> Result<(), AccountError> {
    let id = permit.account()?;
    app.throttle.take("account mails", &id.to_string(), MAILS, app.clock.now()).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let account = store::find_account(tx.tx(), id).await?.filter(|a| a.verified_at.is_none());
    let account = account.ok_or(AccountError::NotFound)?;
    mail_link(&mut tx, app, &account, Purpose::VerifyEmail, &account.email.clone(), None).await?;
    Ok(tx.commit(Event::new("account.verification_sent", id.into())).await?)
}
