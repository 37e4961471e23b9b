use super::change_email::drop_email_change;
use crate::access::{Action, Conn, Permit};
use crate::accounts::notices::{Notice, tell};
use crate::accounts::{Account, AccountError, ChangeMe, Purpose, check_password, store};
use crate::audit::{self, Event};
use crate::kernel::INSTALLATION;
use crate::platform::App;
use crate::platform::throttle::Rate;

/// Tries at the present password from inside: enough for a slip, too few for a guess at an open screen.
const PRESENT: Rate = Rate { burst: 8, every_ms: 30_000 };

/// The account that asks, if it knows its own password: asked for again before something that matters.
///
/// # Errors
/// [`AccountError::PresentPassword`], [`AccountError::TooOften`].
pub async fn check_present_password<A: Action>(app: &App, permit: &Permit<A>, password: &str) -> Result<Account, AccountError> {
    let id = permit.account()?;
    let now = app.clock.now();
    app.throttle.take("present password", &id.to_string(), PRESENT, now).await?;
    let found = store::find_account_with_password(&mut app.db.read().await?, id).await?.ok_or(AccountError::NotFound)?;
    if !app.hasher.verify(password, found.password_hash.as_deref()).await? {
        return Err(AccountError::PresentPassword);
    }
    app.throttle.give_back("present password", &id.to_string(), PRESENT, now).await;
    Ok(found.account)
}

/// Sets a new password. All other sessions and all tokens of the account end, links that set one, and a change of address that waits:
/// whoever had the old one has nothing left.
///
/// Permission: a signed-in account, which gives its present password. Audit: `account.password_changed`.
///
/// # Errors
/// [`AccountError::PresentPassword`], [`AccountError::Password`].
pub async fn change_password(app: &App, permit: Permit<ChangeMe>, present: &str, new: &str) -> Result<(), AccountError> {
    let account = check_present_password(app, &permit, present).await?;
    check_password(new, &account.email, &account.name).map_err(AccountError::Password)?;
    let hash = app.hasher.hash(new).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    store::set_password(tx.tx(), account.id, &hash, now).await?;
    let ended = store::end_sessions(tx.tx(), account.id, permit.actor().session(), "password_changed", now).await?;
    let revoked = store::revoke_api_tokens(tx.tx(), account.id, now).await?;
    store::void_links(tx.tx(), account.id, Purpose::ResetPassword, now).await?;
    drop_email_change(&mut tx, account.id).await?;
    tell(&mut tx, app, &account, Notice::PasswordChanged).await?;
    let event = Event::new("account.password_changed", account.id.into()).with("sessions_ended", ended);
    Ok(tx.commit(event.with("tokens_revoked", revoked)).await?)
}
