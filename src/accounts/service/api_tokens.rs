use super::change_password::check_present_password;
use crate::access::{Conn, Permit, Scopes};
use crate::accounts::notices::{Notice, tell};
use crate::accounts::store::{self, ApiTokenValues};
use crate::accounts::{AccountError, ApiToken, ListMyTokens, ManageMyTokens, NewApiToken, sessions};
use crate::audit::{self, Event, Subject};
use crate::kernel::{ApiTokenId, INSTALLATION, OrgId, text};
use crate::platform::db::DbResult;
use crate::platform::secret::fingerprint;
use crate::platform::{App, random};

/// The beginning of every token, for scanners of leaked secrets.
const MARK: &str = "rgt_";

/// A token that was just made, with its text: shown this once.
pub struct MadeToken {
    pub token: ApiToken,
    pub secret: String,
}

/// One's own tokens, newest first.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_tokens(app: &App, permit: Permit<ListMyTokens>) -> Result<Vec<ApiToken>, AccountError> {
    Ok(store::list_api_tokens(&mut app.db.read().await?, permit.account()?).await?)
}

/// Makes a token for a program, which acts in `org`. The door has checked that the account is a member there.
///
/// Permission: a signed-in account, which gives its password. Audit: `token.made`.
///
/// # Errors
/// [`AccountError::Name`], [`AccountError::Scopes`], [`AccountError::Days`]; [`AccountError::PresentPassword`],
/// [`AccountError::TooOften`].
pub async fn make_token(
    app: &App,
    permit: Permit<ManageMyTokens>,
    org: OrgId,
    new: &NewApiToken,
    password: &str,
) -> Result<MadeToken, AccountError> {
    let name = text::clean_line(&new.name, 60).ok_or(AccountError::Name)?;
    let scopes = Scopes::parse(&new.scopes).ok_or(AccountError::Scopes)?.to_string();
    if !(1..=366).contains(&new.days) {
        return Err(AccountError::Days);
    }
    let owner = check_present_password(app, &permit, password).await?;
    let account = owner.id;
    let secret = format!("{MARK}{}", random::token::<32>());
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let values = ApiTokenValues {
        account,
        org,
        name: &name,
        prefix: &secret[..MARK.len() + 4],
        token_hash: &fingerprint(&secret),
        scopes: &scopes,
        now,
        expires_at: now.plus_days(new.days),
    };
    let token = store::insert_api_token(tx.tx(), &values).await?;
    tell(&mut tx, app, &owner, Notice::TokenMade { name: &name }).await?;
    let event = Event::new("token.made", Subject("token", Some(token.id.0))).with("scopes", scopes).with("org", org.0);
    tx.commit(event).await?;
    Ok(MadeToken { token, secret })
}

/// Revokes a token of one's own.
///
/// Permission: a signed-in account. Audit: `token.revoked`.
///
/// # Errors
/// [`AccountError::NotFound`].
pub async fn revoke_token(app: &App, permit: Permit<ManageMyTokens>, id: ApiTokenId) -> Result<(), AccountError> {
    let account = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if !store::revoke_api_token(tx.tx(), id, account, now).await? {
        return Err(AccountError::NotFound);
    }
    Ok(tx.commit(Event::new("token.revoked", Subject("token", Some(id.0)))).await?)
}

/// The token that a program shows, for the API door; `None` when it is no such token, or has ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_api_token(app: &App, secret: &str) -> DbResult<Option<ApiToken>> {
    if !secret.starts_with(MARK) {
        return Ok(None);
    }
    let found = store::find_api_token(&mut app.db.read().await?, &fingerprint(secret), app.clock.now()).await?;
    if let Some(token) = &found {
        sessions::touch_api_token(app, token).await?;
    }
    Ok(found)
}
