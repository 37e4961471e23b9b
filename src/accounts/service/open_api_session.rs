use super::sign_in::{SignedIn, record_sign_in};
use crate::access::{Conn, Permit};
use crate::accounts::store::{self, SessionValues};
use crate::accounts::{Account, AccountError, ApiTokens, SignIn, sessions};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, OrgId, Role, SessionId};
use crate::platform::secret::fingerprint;
use crate::platform::tokens::Grant;
use crate::platform::{App, random};

/// The organisation a session acts in, and the role there.
pub type Place = Option<(OrgId, Role)>;

/// Opens an API session for an account that has proved itself, in an organisation if it is in one.
///
/// Permission: who proved the account. Audit: `account.signed_in`.
///
/// # Errors
/// When the database cannot be written.
pub async fn open_api_session(
    app: &App,
    permit: Permit<SignIn>,
    account: &Account,
    place: Place,
    client: &str,
    method: &str,
) -> Result<ApiTokens, AccountError> {
    let refresh_token = new_refresh_token();
    let address = permit.actor().origin.address.clone();
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let expires_at = now.plus_days(app.config.tokens.refresh_days).min(sessions::last_end(app, now));
    // The row's own key opens nothing: the refresh tokens are in their own table.
    let values = SessionValues {
        key_hash: &fingerprint(random::token::<32>()),
        account: Some(account.id),
        org: place.map(|(org, _)| org),
        data: "{}",
        client,
        address: &address,
        method,
        now,
        expires_at,
        most_days: app.config.tokens.session_most_days,
    };
    let session = store::open_api_session(tx.tx(), &values).await?;
    store::insert_refresh_token(tx.tx(), session, &fingerprint(&refresh_token), now, expires_at).await?;
    let how = SignedIn { session: Some(session), method, client, browser: None, is_first: false };
    record_sign_in(&mut tx, app, account, how, &address).await?;
    let event = Event::new("account.signed_in", account.id.into()).with("kind", "api").with("method", method);
    tx.commit(event).await?;
    grant_tokens(app, account.id, session, place, refresh_token, expires_at.millis_since(now) / 1000)
}

/// A refresh token: 256 random bits with a mark that scanners for leaked secrets know.
pub(super) fn new_refresh_token() -> String {
    format!("rt_{}", random::token::<32>())
}

/// `refresh_expires_in` are the seconds until the refresh token ends.
pub(super) fn grant_tokens(
    app: &App,
    account: AccountId,
    session: SessionId,
    place: Place,
    refresh_token: String,
    refresh_expires_in: i64,
) -> Result<ApiTokens, AccountError> {
    // The role as the predecessors' tokens call it: `user` for who is in no organisation.
    let role = place.map_or("user", |(_, role)| role.code());
    let grant = Grant { account, session, org: place.map(|(org, _)| org), role };
    let minutes = app.config.tokens.access_minutes;
    let access_token = app.signer.issue(&grant, app.clock.now(), minutes).ok_or(AccountError::Keys)?;
    Ok(ApiTokens { access_token, refresh_token, expires_in: minutes * 60, refresh_expires_in })
}
