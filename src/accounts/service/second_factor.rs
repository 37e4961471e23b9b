use crate::access::{Conn, Permit};
use crate::accounts::{AccountError, SignIn, store, totp};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION};
use crate::platform::App;
use crate::platform::secret::fingerprint;
use crate::platform::throttle::Rate;

/// Six digits want patience: ten tries, then one a minute. The password was right already, so no stranger comes here.
const PER_ACCOUNT: Rate = Rate { burst: 10, every_ms: 60_000 };

/// Checks the code of an authenticator app, or a recovery code, of an account whose password was right. Gives the method's
/// name. A code works once.
///
/// Permission: who knows the password. Audit: `factor.used`, `factor.refused`.
///
/// # Errors
/// [`AccountError::Code`]; [`AccountError::TooOften`].
pub async fn check_second_factor(
    app: &App,
    permit: Permit<SignIn>,
    account: AccountId,
    code: &str,
) -> Result<&'static str, AccountError> {
    let now = app.clock.now();
    app.throttle.take("factor", &account.to_string(), PER_ACCOUNT, now).await?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let method = match_code(&mut tx, app, account, code).await?;
    let Some(method) = method else {
        drop(tx);
        let event = Event::new("factor.refused", account.into());
        audit::record(app, permit.actor(), INSTALLATION, event).await?;
        return Err(AccountError::Code);
    };
    tx.commit(Event::new("factor.used", account.into()).with("method", method)).await?;
    app.throttle.give_back("factor", &account.to_string(), PER_ACCOUNT, now).await;
    Ok(method)
}

async fn match_code(tx: &mut audit::Tx, app: &App, account: AccountId, code: &str) -> Result<Option<&'static str>, AccountError> {
    let now = tx.now();
    let row = store::find_totp(tx.tx(), account).await?.filter(|row| row.confirmed_at.is_some());
    let secret = row.and_then(|row| row.secret).map(|sealed| app.sealer.open(&place(account), &sealed));
    let step = secret.iter().flatten().find_map(|secret| totp::matching_step(secret, code, now));
    if let Some(step) = step {
        return Ok(store::use_totp_step(tx.tx(), account, step).await?.then_some("password+totp"));
    }
    // Recovery codes are not sealed: they let people in when the key is lost, too.
    let used = store::use_recovery_code(tx.tx(), account, &code_hash(code), now).await?;
    if !used && matches!(secret, Some(None)) {
        return Err(AccountError::Keys);
    }
    Ok(used.then_some("password+recovery"))
}

/// Where a secret of this account is sealed for.
pub(super) fn place(account: AccountId) -> String {
    format!("totp/{account}")
}

/// A recovery code as it is stored, however it was typed.
pub(super) fn code_hash(code: &str) -> String {
    let plain: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    fingerprint(plain.to_ascii_uppercase())
}
