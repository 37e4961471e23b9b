use crate::access::Permit;
use crate::accounts::{Account, AccountError, SignIn, store};
use crate::audit::{self, Event, Subject};
use crate::kernel::{INSTALLATION, text};
use crate::platform::App;

/// Checks an address and a password. An unknown address takes as long as a wrong password.
///
/// Permission: anybody. Audit: `account.sign_in_failed`; the caller records the success with its session.
///
/// # Errors
/// [`AccountError::Credentials`], [`AccountError::Inactive`] (only to who knows the password).
pub async fn sign_in(app: &App, permit: Permit<SignIn>, email: &str, password: &str) -> Result<Account, AccountError> {
    let email = text::clean_email(email).unwrap_or_default();
    let found = store::find_account_by_email(&mut app.db.read().await?, &email).await?;
    let hash = found.as_ref().and_then(|f| f.password_hash.clone());
    // Longer passwords than we take cannot be right, and must not cost more.
    let known = password.len() <= 1024 && app.hasher.verify(password, hash.as_deref()).await?;
    match found.filter(|_| known) {
        Some(found) if found.account.is_active => Ok(found.account),
        Some(_) => Err(AccountError::Inactive),
        None => {
            metrics::counter!("sign_in_failed_total").increment(1);
            let event = Event::new("account.sign_in_failed", Subject("account", None));
            audit::record(app, permit.actor(), INSTALLATION, event).await?;
            Err(AccountError::Credentials)
        }
    }
}

/// Records that an account has signed in.
///
/// # Errors
/// When the audit cannot be written.
pub async fn record_sign_in(app: &App, permit: &Permit<SignIn>, account: &Account, kind: &str) -> Result<(), AccountError> {
    let event = Event::new("account.signed_in", account.id.into()).with("kind", kind);
    Ok(audit::record(app, permit.actor(), INSTALLATION, event).await?)
}
