use super::open_api_session::{grant_tokens, new_refresh_token};
use crate::access::{Conn, Permit};
use crate::accounts::notices::{Notice, tell};
use crate::accounts::store::{self, RefreshRow};
use crate::accounts::{AccountError, ApiTokens, RefreshTokens, Session, sessions};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, OrgId, Role};
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::platform::secret::fingerprint;

/// Trades a refresh token for a new pair (RFC 9700 §4.14.2). A token works once, and for the grace after its use again, for
/// tabs that ask at the same time; shown later, it was copied: the whole session ends, and its owner is told.
///
/// `role_in` tells the account's present role in the session's organisation: tokens follow a change at the next refresh.
///
/// Permission: who holds the token. Audit: `session.refreshed`, `session.reuse_detected`.
///
/// # Errors
/// [`AccountError::RefreshToken`] for a token that is unknown, copied, revoked or too old.
pub async fn refresh_tokens(
    app: &App,
    permit: Permit<RefreshTokens>,
    token: &str,
    role_in: impl AsyncFnOnce(AccountId, OrgId) -> DbResult<Option<Role>>,
) -> Result<ApiTokens, AccountError> {
    let (shown, session, account) = find_family(app, token).await?;
    let owner = store::find_account(&mut app.db.read().await?, account).await?.filter(|a| a.is_active);
    if owner.is_none() || session.revoked_at.is_some() {
        return Err(AccountError::RefreshToken);
    }
    let place = match session.org_id {
        Some(org) => role_in(account, org).await?.map(|role| (org, role)),
        None => None,
    };
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let last_end = sessions::last_end(app, session.created_at);
    if shown.expires_at <= now || last_end <= now {
        return Err(AccountError::RefreshToken);
    }
    if !store::use_refresh_token(tx.tx(), shown.id, now).await? {
        let used = store::find_refresh_token(tx.tx(), &fingerprint(token)).await?.and_then(|row| row.used_at);
        let grace = app.config.tokens.grace_seconds * 1000;
        if used.is_none_or(|used| now.millis_since(used) > grace) {
            drop(tx);
            return end_copied(app, &permit, &session, account).await;
        }
    }
    let refresh_token = new_refresh_token();
    let expires_at = now.plus_days(app.config.tokens.refresh_days).min(last_end);
    store::insert_refresh_token(tx.tx(), session.id, &fingerprint(&refresh_token), now, expires_at).await?;
    if !store::move_session(tx.tx(), session.id, place.map(|(org, _)| org), now, expires_at).await? {
        return Err(AccountError::RefreshToken);
    }
    tx.commit(Event::new("session.refreshed", session.id.into())).await?;
    grant_tokens(app, account, session.id, place, refresh_token, expires_at.millis_since(now) / 1000)
}

async fn find_family(app: &App, token: &str) -> Result<(RefreshRow, Session, AccountId), AccountError> {
    let mut tx = app.db.read().await?;
    let shown = store::find_refresh_token(&mut tx, &fingerprint(token)).await?.ok_or(AccountError::RefreshToken)?;
    let session = store::find_session(&mut tx, shown.session_id).await?.ok_or(AccountError::RefreshToken)?;
    let account = session.account_id.ok_or(AccountError::RefreshToken)?;
    Ok((shown, session, account))
}

async fn end_copied(
    app: &App,
    permit: &Permit<RefreshTokens>,
    session: &Session,
    account: AccountId,
) -> Result<ApiTokens, AccountError> {
    let mut tx = audit::begin_in(app, permit, INSTALLATION).await?;
    let now = tx.now();
    // Of several copies shown at once, one tells the owner.
    if store::end_session(tx.tx(), session.id, account, "token_reused", now).await? {
        let owner = store::find_account(tx.tx(), account).await?.ok_or(AccountError::RefreshToken)?;
        tell(&mut tx, app, &owner, Notice::TokenReused { client: &session.client }).await?;
        tx.commit(Event::new("session.reuse_detected", session.id.into()).with("account", account.0)).await?;
        metrics::counter!("refresh_reuse_total").increment(1);
    }
    Err(AccountError::RefreshToken)
}

/// Ends the session of a refresh token: what programs do when they sign out. An unknown token is no error.
///
/// Permission: who holds the token. Audit: `session.ended`.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_family(app: &App, permit: Permit<RefreshTokens>, token: &str) -> Result<(), AccountError> {
    let (_, session, account) = match find_family(app, token).await {
        Ok(found) => found,
        Err(AccountError::RefreshToken) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if store::end_session(tx.tx(), session.id, account, "signed_out", now).await? {
        tx.commit(Event::new("session.ended", session.id.into())).await?;
    }
    Ok(())
}
