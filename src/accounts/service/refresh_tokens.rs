use super::open_api_session::role_code;
use crate::access::{Conn, Permit};
use crate::accounts::store::{self, SessionValues};
use crate::accounts::{AccountError, ApiTokens, RefreshTokens};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, OrgId, Role};
use crate::platform::db::DbResult;
use crate::platform::secret::fingerprint;
use crate::platform::tokens::Grant;
use crate::platform::{App, random};

/// Trades a refresh token for a new pair. The old one is dead from then on.
///
/// `role_in` tells the account's present role in the session's organisation: tokens follow a change at the next refresh.
///
/// Permission: who holds the token. Audit: `session.refreshed`.
///
/// # Errors
/// [`AccountError::RefreshToken`] for a token that is unknown, used, revoked or too old.
pub async fn refresh_tokens(
    app: &App,
    permit: Permit<RefreshTokens>,
    token: &str,
    role_in: impl AsyncFnOnce(AccountId, OrgId) -> DbResult<Option<Role>>,
) -> Result<ApiTokens, AccountError> {
    let old = fingerprint(token);
    let now = app.clock.now();
    let found = store::find_session(&mut app.db.read().await?, "api", &old, now).await?;
    let session = found.ok_or(AccountError::RefreshToken)?;
    let account = session.account_id.ok_or(AccountError::RefreshToken)?;
    let active = store::find_account(&mut app.db.read().await?, account).await?.is_some_and(|a| a.is_active);
    if !active {
        return Err(AccountError::RefreshToken);
    }
    let place = match session.org_id {
        Some(org) => role_in(account, org).await?.map(|role| (org, role)),
        None => None,
    };
    let refresh_token = random::token::<32>();
    let values = SessionValues {
        key_hash: &fingerprint(&refresh_token),
        account: Some(account),
        org: place.map(|(org, _)| org),
        data: "{}",
        client: "",
        address: "",
        now,
        expires_at: now.plus_days(app.config.tokens.refresh_days),
    };
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    if !store::rotate_session(tx.tx(), &session, &old, &values).await? {
        return Err(AccountError::RefreshToken);
    }
    tx.commit(Event::new("session.refreshed", session.id.into())).await?;
    let grant = Grant { account, session: session.id, org: values.org, role: role_code(place) };
    let minutes = app.config.tokens.access_minutes;
    let access_token = app.signer.issue(&grant, now, minutes).ok_or(AccountError::Signing)?;
    Ok(ApiTokens { access_token, refresh_token, expires_in: minutes * 60 })
}
