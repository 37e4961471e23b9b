use crate::access::{Conn, Permit};
use crate::accounts::{AccountError, SignOut, store};
use crate::audit::{self, Event};
use crate::kernel::INSTALLATION;
use crate::platform::App;

/// Ends the session that asks. Ending it twice is no error.
///
/// Permission: a signed-in account, its own session. Audit: `session.ended`.
///
/// # Errors
/// When the database cannot be written.
pub async fn sign_out(app: &App, permit: Permit<SignOut>) -> Result<(), AccountError> {
    let Some(session) = permit.actor().session() else { return Ok(()) };
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    store::end_session(tx.tx(), session, account, "signed_out", now).await?;
    Ok(tx.commit(Event::new("session.ended", session.into())).await?)
}
