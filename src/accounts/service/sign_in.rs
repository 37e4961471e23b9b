use crate::access::{Conn, Permit};
use crate::accounts::notices::{Notice, tell};
use crate::accounts::{Account, AccountError, SignIn, store};
use crate::audit::{self, Event, Subject};
use crate::kernel::{AccountId, INSTALLATION, SessionId, text};
use crate::platform::App;
use crate::platform::secret::fingerprint;
use crate::platform::throttle::Rate;

/// Failures that one address may cause. A theatre's whole crew may sit behind one address: what succeeds is given back.
const PER_ADDRESS: Rate = Rate { burst: 60, every_ms: 2_000 };
/// Tries at one account from browsers it does not know.
const PER_ACCOUNT: Rate = Rate { burst: 10, every_ms: 6_000 };
/// Tries at one account from a browser it knows: a bucket of its own, which no stranger empties.
const PER_KNOWN_BROWSER: Rate = Rate { burst: 10, every_ms: 6_000 };

/// Somebody who says who they are.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// The mark that a browser keeps from an earlier sign-in.
    pub known_browser: Option<&'a str>,
}

/// How somebody has signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn<'a> {
    pub session: Option<SessionId>,
    /// `password`, `password+totp`, `passkey` …
    pub method: &'a str,
    /// What the client calls itself.
    pub client: &'a str,
    /// The mark of the browser, a new one when it had none. Programs have none.
    pub browser: Option<&'a str>,
    /// Whether the account was made just now: nothing to warn of.
    pub is_first: bool,
}

/// Checks an address and a password. An unknown address takes as long as a wrong password, and says the same.
///
/// Permission: anybody. Audit: `account.sign_in_failed`; [`complete_sign_in`] records the success.
///
/// # Errors
/// [`AccountError::Credentials`]; [`AccountError::TooOften`]; [`AccountError::Inactive`] (only to who knows the password).
/// Whether a second factor is wanted is in the account.
pub async fn sign_in(app: &App, permit: Permit<SignIn>, attempt: Attempt<'_>) -> Result<Account, AccountError> {
    let email = text::clean_email(attempt.email).unwrap_or_default();
    let address = permit.actor().origin.address.as_str();
    let now = app.clock.now();
    let found = store::find_account_by_email(&mut app.db.read().await?, &email).await?;
    let known = match attempt.known_browser {
        Some(mark) => {
            // For an address that has no account, too, under a number that none has: it takes as long.
            let id = found.as_ref().map_or(AccountId(0), |found| found.account.id);
            store::is_known_browser(&mut app.db.read().await?, id, &fingerprint(mark)).await?
        }
        None => false,
    };
    // What is no address at all has a bucket, too, and not one for everybody who mistypes.
    let name = if email.is_empty() { text::fold(attempt.email) } else { email };
    let (bucket, rate) = if known {
        (format!("{name} {}", attempt.known_browser.unwrap_or_default()), PER_KNOWN_BROWSER)
    } else {
        (name, PER_ACCOUNT)
    };
    if !known {
        app.throttle.take("sign-in address", address, PER_ADDRESS, now).await?;
    }
    app.throttle.take("sign-in account", &bucket, rate, now).await?;
    let hash = found.as_ref().and_then(|f| f.password_hash.clone());
    let verified = app.hasher.verify(attempt.password, hash.as_deref()).await;
    if verified.is_err() {
        // Nothing was tried.
        app.throttle.give_back("sign-in account", &bucket, rate, now).await;
        if !known {
            app.throttle.give_back("sign-in address", address, PER_ADDRESS, now).await;
        }
    }
    let right = verified?;
    match found.filter(|_| right) {
        Some(found) => {
            app.throttle.give_back("sign-in account", &bucket, rate, now).await;
            if !known {
                app.throttle.give_back("sign-in address", address, PER_ADDRESS, now).await;
            }
            if !found.account.is_active {
                return Err(AccountError::Inactive);
            }
            if let Some(old) = found.password_hash.as_deref().filter(|old| app.hasher.is_outdated(old)) {
                renew_hash(app, &permit, found.account.id, attempt.password, old).await?;
            }
            Ok(found.account)
        }
        None => {
            metrics::counter!("sign_in_failed_total").increment(1);
            let event = Event::new("account.sign_in_failed", Subject("account", None));
            audit::record(app, permit.actor(), INSTALLATION, event).await?;
            Err(AccountError::Credentials)
        }
    }
}

/// Hashes a password that was right at today's cost. Busy workers leave it for the next time.
async fn renew_hash(app: &App, permit: &Permit<SignIn>, id: AccountId, password: &str, old: &str) -> Result<(), AccountError> {
    let Ok(new) = app.hasher.hash(password).await else { return Ok(()) };
    let mut tx = audit::begin_in(app, permit, INSTALLATION).await?;
    if store::replace_hash(tx.tx(), id, old, &new).await? == 1 {
        tx.commit(Event::new("account.password_rehashed", id.into())).await?;
    }
    Ok(())
}

/// Records that an account has signed in, and tells its owner when the browser or program is a new one.
///
/// Permission: who proved the account. Audit: `account.signed_in`.
///
/// # Errors
/// When the database cannot be written.
pub async fn complete_sign_in(
    app: &App,
    permit: Permit<SignIn>,
    account: &Account,
    how: SignedIn<'_>,
) -> Result<(), AccountError> {
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    record_sign_in(&mut tx, app, account, how, &permit.actor().origin.address).await?;
    let event = Event::new("account.signed_in", account.id.into()).with("kind", "browser").with("method", how.method);
    Ok(tx.commit(event).await?)
}

pub(super) async fn record_sign_in(
    tx: &mut audit::Tx,
    app: &App,
    account: &Account,
    how: SignedIn<'_>,
    address: &str,
) -> Result<(), AccountError> {
    let now = tx.now();
    let is_new = match (how.browser, how.session) {
        (Some(mark), _) => store::know_browser(tx.tx(), account.id, &fingerprint(mark), now).await?,
        (None, Some(session)) => !store::has_used_client(tx.tx(), account.id, how.client, address, session).await?,
        (None, None) => false,
    };
    if is_new && !how.is_first {
        tell(tx, app, account, Notice::NewSignIn { client: how.client, address }).await?;
    }
    Ok(())
}
