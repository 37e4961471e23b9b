use super::change_password::check_present_password;
use crate::access::{Conn, Permit};
use crate::accounts::links::Added;
use crate::accounts::notices::{Notice, tell};
use crate::accounts::passkeys::{NewPasskey, PasskeyProof, Site, check_new, check_proof};
use crate::accounts::store::{self, PasskeyValues};
use crate::accounts::{Account, AccountError, ChangeMe, Passkey, ReadMe, SignIn};
use crate::audit::{self, Event, Subject};
use crate::kernel::{INSTALLATION, PasskeyId, text};
use crate::platform::App;
use crate::platform::throttle::Rate;

/// Most passkeys of an account.
const MOST: usize = 20;
/// Challenges that one address may ask for. Each is kept with a session of nobody.
const CHALLENGES: Rate = Rate { burst: 60, every_ms: 1_000 };
/// Proofs that one address may show. Each costs a check of a signature, nothing more.
const PER_ADDRESS: Rate = Rate { burst: 60, every_ms: 1_000 };

/// One's own passkeys, oldest first.
///
/// Permission: a signed-in account. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_passkeys(app: &App, permit: Permit<ReadMe>) -> Result<Vec<Passkey>, AccountError> {
    Ok(store::list_passkeys(&mut app.db.read().await?, permit.account()?).await?)
}

/// Adds a passkey that the browser has just made for the challenge of `site`.
///
/// Permission: a signed-in account, whose password was checked when this challenge was given, and not long ago: the caller takes no
/// other one. Audit: `factor.added`.
///
/// # Errors
/// [`AccountError::Passkey`], [`AccountError::Name`].
pub async fn add_passkey(app: &App, permit: Permit<ChangeMe>, site: Site<'_>, new: &NewPasskey) -> Result<(), AccountError> {
    let name = text::clean_line(&new.name, 60).ok_or(AccountError::Name)?;
    let sign_count = check_new(new, site).ok_or(AccountError::Passkey)?;
    let id = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    if store::find_passkey(tx.tx(), &new.id).await?.is_some() || store::list_passkeys(tx.tx(), id).await?.len() >= MOST {
        return Err(AccountError::Passkey);
    }
    let values = PasskeyValues { account: id, credential_id: &new.id, public_key: &new.public_key, sign_count, name: &name, now };
    let key = store::insert_passkey(tx.tx(), &values).await?;
    let account = store::find_account(tx.tx(), id).await?.ok_or(AccountError::NotFound)?;
    tell(&mut tx, app, &account, Notice::FactorAdded(Added::Passkey(key.id))).await?;
    let event = Event::new("factor.added", id.into()).with("kind", "passkey").with("passkey", key.id.0);
    Ok(tx.commit(event).await?)
}

/// Whether the password is right, before a challenge for a new passkey is given.
///
/// # Errors
/// [`AccountError::PresentPassword`].
pub async fn start_passkey(app: &App, permit: Permit<ChangeMe>, password: &str) -> Result<Account, AccountError> {
    check_present_password(app, &permit, password).await
}

/// Takes a passkey away.
///
/// Permission: a signed-in account, which gives its password. Audit: `factor.removed`.
///
/// # Errors
/// [`AccountError::PresentPassword`], [`AccountError::NotFound`].
pub async fn remove_passkey(app: &App, permit: Permit<ChangeMe>, id: PasskeyId, password: &str) -> Result<(), AccountError> {
    let account = check_present_password(app, &permit, password).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    if !store::remove_passkey(tx.tx(), id, account.id).await? {
        return Err(AccountError::NotFound);
    }
    tell(&mut tx, app, &account, Notice::FactorRemoved).await?;
    let event = Event::new("factor.removed", account.id.into()).with("kind", "passkey").with("passkey", id.0);
    Ok(tx.commit(event).await?)
}

/// Whether somebody who has not signed in may have another challenge.
///
/// # Errors
/// [`AccountError::TooOften`].
pub async fn allow_challenge(app: &App, permit: &Permit<SignIn>) -> Result<(), AccountError> {
    Ok(app.throttle.take("challenge", &permit.actor().origin.address, CHALLENGES, app.clock.now()).await?)
}

/// Signs in with a passkey that recognised its owner: something one has and something one is or knows, so no second factor
/// is asked for.
///
/// Permission: anybody. Audit: `account.sign_in_failed`; `complete_sign_in` records the success.
///
/// # Errors
/// [`AccountError::Passkey`], [`AccountError::Inactive`], [`AccountError::TooOften`].
pub async fn sign_in_with_passkey(
    app: &App,
    permit: Permit<SignIn>,
    site: Site<'_>,
    proof: &PasskeyProof,
) -> Result<Account, AccountError> {
    let now = app.clock.now();
    app.throttle.take("passkey", &permit.actor().origin.address, PER_ADDRESS, now).await?;
    let key = store::find_passkey(&mut app.db.read().await?, &proof.id).await?;
    let proven = key.and_then(|key| check_proof(proof, &key.public_key, site).map(|count| (key, count)));
    // A counter that does not grow is a copied key (§6.1.1); keys that are kept in several devices do not count at all.
    let proven = proven.filter(|(key, count)| *count > key.sign_count || (*count == 0 && key.sign_count == 0));
    let Some((key, count)) = proven else {
        let event = Event::new("account.sign_in_failed", Subject("account", None)).with("method", "passkey");
        audit::record(app, permit.actor(), INSTALLATION, event).await?;
        return Err(AccountError::Passkey);
    };
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    if !store::use_passkey(tx.tx(), &key, count, now).await? {
        return Err(AccountError::Passkey);
    }
    let account = store::find_account(tx.tx(), key.account_id).await?.ok_or(AccountError::Passkey)?;
    if !account.is_active {
        return Err(AccountError::Inactive);
    }
    tx.commit(Event::new("factor.used", account.id.into()).with("method", "passkey").with("passkey", key.id.0)).await?;
    Ok(account)
}
