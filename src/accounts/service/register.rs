use crate::access::{Conn, Permit};
use crate::accounts::{Account, AccountError, NewAccount, Register, check_password, store};
use crate::audit::{self, Event};
use crate::kernel::{Lang, text};
use crate::platform::App;
use crate::platform::db::OnUnique;

/// Creates an account.
///
/// Permission: anybody, unless registration is closed. Audit: `account.registered`.
///
/// # Errors
/// What is wrong with the address, the name or the password; [`AccountError::EmailTaken`].
pub async fn register(app: &App, permit: Permit<Register>, new: NewAccount) -> Result<Account, AccountError> {
    if !app.config.server.registration {
        return Err(AccountError::RegistrationClosed);
    }
    // Before the password is hashed: a taken address costs no time.
    let email = text::clean_email(&new.email).ok_or(AccountError::Email)?;
    if store::find_account_by_email(&mut app.db.read().await?, &email).await?.is_some() {
        return Err(AccountError::EmailTaken);
    }
    let ready = ReadyAccount::prepare(app, new).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let account = insert_account(&mut tx, &ready).await?;
    tx.commit(Event::new("account.registered", account.id.into())).await?;
    Ok(account)
}

/// Creates an account inside a change that may have another purpose (set-up, a link): the caller commits.
///
/// # Errors
/// [`AccountError::EmailTaken`].
pub async fn insert_account(tx: &mut audit::Tx, ready: &ReadyAccount) -> Result<Account, AccountError> {
    let now = tx.now();
    let inserted = store::insert_account(tx.tx(), &ready.email, &ready.name, &ready.hash, ready.language.code(), now).await;
    inserted.on_unique("accounts_email_key", AccountError::EmailTaken)
}

/// A checked account with its password hashed.
pub struct ReadyAccount {
    email: String,
    name: String,
    hash: String,
    language: Lang,
}

impl ReadyAccount {
    /// Checks what was typed and hashes the password: before a change begins, so that nobody waits for it.
    ///
    /// # Errors
    /// What is wrong with the address, the name or the password.
    pub async fn prepare(app: &App, new: NewAccount) -> Result<Self, AccountError> {
        let email = text::clean_email(&new.email).ok_or(AccountError::Email)?;
        let name = text::clean_line(&new.name, 100).ok_or(AccountError::Name)?;
        check_password(&new.password, &email, &name).map_err(AccountError::Password)?;
        let hash = app.hasher.hash(&new.password).await?;
        Ok(Self { email, name, hash, language: Lang::parse(&new.language).unwrap_or_default() })
    }
}
