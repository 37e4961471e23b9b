use crate::access::{Conn, Permit};
use crate::accounts::store::{self, SessionValues};
use crate::accounts::{Account, AccountError, ApiTokens, SignIn};
use crate::audit::{self, Event};
use crate::kernel::{INSTALLATION, OrgId, Role};
use crate::platform::secret::fingerprint;
use crate::platform::tokens::Grant;
use crate::platform::{App, random};

/// Opens an API session for an account whose password has been checked, in an organisation if it is in one.
///
/// Permission: who proved the account. Audit: `account.signed_in`.
///
/// # Errors
/// When the database cannot be written.
pub async fn open_api_session(
    app: &App,
    permit: Permit<SignIn>,
    account: &Account,
    place: Option<(OrgId, Role)>,
    client: &str,
) -> Result<ApiTokens, AccountError> {
    let refresh_token = random::token::<32>();
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let values = SessionValues {
        key_hash: &fingerprint(&refresh_token),
        account: Some(account.id),
        org: place.map(|(org, _)| org),
        data: "{}",
        client,
        address: &permit.actor().origin.address.clone(),
        now,
        expires_at: now.plus_days(app.config.tokens.refresh_days),
    };
    let session = store::open_api_session(tx.tx(), &values).await?;
    tx.commit(Event::new("account.signed_in", account.id.into()).with("kind", "api")).await?;
    let grant = Grant { account: account.id, session, org: place.map(|(org, _)| org), role: role_code(place) };
    let minutes = app.config.tokens.access_minutes;
    let access_token = app.signer.issue(&grant, now, minutes).ok_or(AccountError::Signing)?;
    Ok(ApiTokens { access_token, refresh_token, expires_in: minutes * 60 })
}

/// The role as the predecessors' tokens call it: `user` for who is in no organisation.
pub(super) fn role_code(place: Option<(OrgId, Role)>) -> &'static str {
    place.map_or("user", |(_, role)| role.code())
}
