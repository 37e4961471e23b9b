use crate::access::{Action, Conn, Permit};
use crate::accounts::{AccountError, ListMySessions, ManageMySessions, Session, sessions, store};
use crate::audit::{self, Event, Tx};
use crate::kernel::{AccountId, INSTALLATION, SessionId, text};
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::platform::secret::fingerprint;

/// One's own living sessions, the one seen last first.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_sessions(app: &App, permit: Permit<ListMySessions>) -> Result<Vec<Session>, AccountError> {
    Ok(list_sessions_of(app, permit.account()?).await?)
}

/// The living sessions of somebody, for a room that has checked that they may be seen.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_sessions_of(app: &App, account: AccountId) -> DbResult<Vec<Session>> {
    store::list_sessions(&mut app.db.read().await?, account, app.clock.now(), sessions::too_old(app)).await
}

/// Names one of one's own sessions; an empty name takes the name away.
///
/// Permission: a signed-in account. Audit: `session.labelled`.
///
/// # Errors
/// [`AccountError::NotFound`], [`AccountError::Name`].
pub async fn label_my_session(
    app: &App,
    permit: Permit<ManageMySessions>,
    id: SessionId,
    label: &str,
) -> Result<(), AccountError> {
    let label = if label.trim().is_empty() { String::new() } else { text::clean_line(label, 60).ok_or(AccountError::Name)? };
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    if !store::label_session(tx.tx(), id, account, &label).await? {
        return Err(AccountError::NotFound);
    }
    Ok(tx.commit(Event::new("session.labelled", id.into())).await?)
}

/// Ends one of one's own sessions.
///
/// Permission: a signed-in account. Audit: `session.ended`.
///
/// # Errors
/// [`AccountError::NotFound`].
pub async fn end_my_session(app: &App, permit: Permit<ManageMySessions>, id: SessionId) -> Result<(), AccountError> {
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if !store::end_session(tx.tx(), id, account, "ended_by_owner", now).await? {
        return Err(AccountError::NotFound);
    }
    Ok(tx.commit(Event::new("session.ended", id.into())).await?)
}

/// Ends all of one's own sessions; `keep_this` leaves the one that asks. Gives how many ended.
///
/// Permission: a signed-in account. Audit: `session.all_ended`.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_my_other_sessions(app: &App, permit: Permit<ManageMySessions>, keep_this: bool) -> Result<u64, AccountError> {
    let account = permit.account()?;
    let but = permit.actor().session().filter(|_| keep_this);
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let ended = store::end_sessions(tx.tx(), account, but, "ended_by_owner", now).await?;
    tx.commit(Event::new("session.all_ended", account.into()).with("sessions_ended", ended)).await?;
    Ok(ended)
}

/// Ends sessions of somebody inside another room's change, which has checked that it may: all of them, or one.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_sessions_of(tx: &mut Tx, account: AccountId, one: Option<SessionId>, reason: &str) -> DbResult<u64> {
    let now = tx.now();
    match one {
        Some(id) => Ok(u64::from(store::end_session(tx.tx(), id, account, reason, now).await?)),
        None => store::end_sessions(tx.tx(), account, None, reason, now).await,
    }
}

/// The number of the browser session with this key, for the door that has just opened it.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_browser_session_id<A: Action>(app: &App, _permit: &Permit<A>, key: &str) -> DbResult<Option<SessionId>> {
    let (now, too_old) = (app.clock.now(), sessions::too_old(app));
    let found = store::find_browser_session(&mut app.db.read().await?, &fingerprint(key), now, too_old).await?;
    Ok(found.map(|row| row.id))
}
