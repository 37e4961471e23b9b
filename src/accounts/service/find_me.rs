use crate::access::Permit;
use crate::accounts::{Account, AccountError, ReadMe, SessionRow, sessions, store};
use crate::kernel::AccountId;
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::platform::tokens::Claims;

/// The account that asks.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read or the account is gone.
pub async fn find_me(app: &App, permit: Permit<ReadMe>) -> Result<Account, AccountError> {
    let id = permit.account()?;
    store::find_account(&mut app.db.read().await?, id).await?.ok_or(AccountError::Credentials)
}

/// An active account, for the doors that find out who asks.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_account(app: &App, id: AccountId) -> DbResult<Option<Account>> {
    Ok(store::find_account(&mut app.db.read().await?, id).await?.filter(|account| account.is_active))
}

/// The session behind an access token, for the API door. `None` when token, session or account has ended: the database is
/// asked at every request, so what was revoked anywhere is refused everywhere at once.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_bearer(app: &App, token: &str) -> DbResult<Option<(Claims, SessionRow)>> {
    let now = app.clock.now();
    let Some(claims) = app.signer.verify(token, now) else { return Ok(None) };
    let Some(account) = claims.account() else { return Ok(None) };
    let too_old = sessions::too_old(app);
    let session = store::find_active_session(&mut app.db.read().await?, claims.session(), account, now, too_old).await?;
    // A session that has moved since, or a token made up for another organisation: what it says must be what is.
    let session = session.filter(|session| session.org_id.map_or(0, |org| org.0) == claims.org);
    if let Some(session) = &session {
        sessions::touch_api_session(app, session).await?;
    }
    Ok(session.map(|session| (claims, session)))
}

/// Whether anybody has an account: if not, the set-up page is open to who holds its link.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_accounts(app: &App) -> DbResult<bool> {
    store::has_accounts(&mut app.db.read().await?).await
}
