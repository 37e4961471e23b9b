use super::change_password::check_present_password;
use super::second_factor::{code_hash, place};
use crate::access::{Conn, Permit};
use crate::accounts::links::Added;
use crate::accounts::notices::{Notice, tell};
use crate::accounts::{AccountError, ChangeMe, ReadMe, store, totp};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, Instant};
use crate::platform::{App, random};

/// How many recovery codes somebody gets at once.
const RECOVERY_CODES: usize = 10;

/// Where the second factor of an account stands.
#[derive(Clone, Debug, Default)]
pub struct TotpState {
    pub confirmed_at: Option<Instant>,
    /// A secret that waits for its first code: as typed, and as the address of a QR code.
    pub waiting: Option<(String, String)>,
    pub recovery_codes_left: i64,
}

/// The state of one's own second factor.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_totp_state(app: &App, permit: Permit<ReadMe>) -> Result<TotpState, AccountError> {
    let id = permit.account()?;
    let mut tx = app.db.read().await?;
    let Some(row) = store::find_totp(&mut tx, id).await? else { return Ok(TotpState::default()) };
    let recovery_codes_left = store::count_recovery_codes(&mut tx, id).await?;
    let account = store::find_account(&mut tx, id).await?.ok_or(AccountError::NotFound)?;
    let waiting = match (&row.secret, row.confirmed_at) {
        (Some(sealed), None) => {
            let secret = app.sealer.open(&place(id), sealed).ok_or(AccountError::Keys)?;
            Some((totp::spoken(&secret), totp::address(&secret, &account.email)))
        }
        _ => None,
    };
    Ok(TotpState { confirmed_at: row.confirmed_at, waiting, recovery_codes_left })
}

/// Makes a secret that a first code must confirm.
///
/// Permission: a signed-in account, which gives its password. Audit: `factor.started`.
///
/// # Errors
/// [`AccountError::PresentPassword`], [`AccountError::FactorExists`].
pub async fn start_totp(app: &App, permit: Permit<ChangeMe>, password: &str) -> Result<(), AccountError> {
    let id = check_present_password(app, &permit, password).await?.id;
    let secret = random::bytes::<{ totp::SECRET_BYTES }>();
    let sealed = app.sealer.seal(&place(id), &secret).ok_or(AccountError::Keys)?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    if !store::set_totp(tx.tx(), id, &sealed).await? {
        return Err(AccountError::FactorExists);
    }
    Ok(tx.commit(Event::new("factor.started", id.into())).await?)
}

/// Confirms the secret with its first code, and gives the recovery codes, shown this once.
///
/// Permission: a signed-in account. Audit: `factor.added`.
///
/// # Errors
/// [`AccountError::Code`].
pub async fn confirm_totp(app: &App, permit: Permit<ChangeMe>, code: &str) -> Result<Vec<String>, AccountError> {
    let id = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let row = store::find_totp(tx.tx(), id).await?.filter(|row| row.confirmed_at.is_none());
    let sealed = row.and_then(|row| row.secret).ok_or(AccountError::Code)?;
    let secret = app.sealer.open(&place(id), &sealed).ok_or(AccountError::Keys)?;
    let step = totp::matching_step(&secret, code, now).ok_or(AccountError::Code)?;
    if !store::confirm_totp(tx.tx(), id, step, now).await? {
        return Err(AccountError::Code);
    }
    let codes = write_codes(&mut tx, id).await?;
    let account = store::find_account(tx.tx(), id).await?.ok_or(AccountError::NotFound)?;
    tell(&mut tx, app, &account, Notice::FactorAdded(Added::Totp(now))).await?;
    tx.commit(Event::new("factor.added", id.into()).with("kind", "totp")).await?;
    Ok(codes)
}

async fn write_codes(tx: &mut audit::Tx, id: AccountId) -> Result<Vec<String>, AccountError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| random::spoken_code(3)).collect();
    let hashes: Vec<String> = codes.iter().map(|code| code_hash(code)).collect();
    let now = tx.now();
    store::replace_recovery_codes(tx.tx(), id, &hashes, now).await?;
    Ok(codes)
}

/// Makes new recovery codes; the old ones stop working. The owner is told: they let people in as the factor does.
///
/// Permission: a signed-in account, which gives its password. Audit: `factor.codes_renewed`.
///
/// # Errors
/// [`AccountError::PresentPassword`]; [`AccountError::NotFound`] without a second factor.
pub async fn renew_recovery_codes(app: &App, permit: Permit<ChangeMe>, password: &str) -> Result<Vec<String>, AccountError> {
    let account = check_present_password(app, &permit, password).await?;
    if !account.has_second_factor() {
        return Err(AccountError::NotFound);
    }
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let codes = write_codes(&mut tx, account.id).await?;
    let now = tx.now();
    tell(&mut tx, app, &account, Notice::CodesRenewed(now)).await?;
    tx.commit(Event::new("factor.codes_renewed", account.id.into())).await?;
    Ok(codes)
}

/// Takes the authenticator app away. An organisation that asks for a second factor is closed until there is one again.
///
/// Permission: a signed-in account, which gives its password. Audit: `factor.removed`.
///
/// # Errors
/// [`AccountError::PresentPassword`].
pub async fn remove_totp(app: &App, permit: Permit<ChangeMe>, password: &str) -> Result<(), AccountError> {
    let account = check_present_password(app, &permit, password).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    store::remove_totp(tx.tx(), account.id).await?;
    if !account.has_passkey {
        store::replace_recovery_codes(tx.tx(), account.id, &[], now).await?;
    }
    tell(&mut tx, app, &account, Notice::FactorRemoved).await?;
    Ok(tx.commit(Event::new("factor.removed", account.id.into()).with("kind", "totp")).await?)
}
