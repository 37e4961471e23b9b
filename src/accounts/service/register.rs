use crate::access::{Actor, Conn, Permit};
use crate::accounts::notices::{mail_link, mail_made};
use crate::accounts::store::AccountValues;
use crate::accounts::{Account, AccountError, NewAccount, Purpose, Register, check_password, store};
use crate::audit::{self, Event};
use crate::kernel::{Lang, text};
use crate::platform::App;
use crate::platform::config::Registration;
use crate::platform::db::OnUnique;
use crate::platform::throttle::Rate;

const PER_ADDRESS: Rate = Rate { burst: 60, every_ms: 20_000 };

/// Creates an account, and mails the link that verifies its address.
///
/// Permission: anybody, unless the settings ask for an invitation. Audit: `account.registered`.
///
/// # Errors
/// What is wrong with the address, the name or the password; [`AccountError::EmailTaken`]; [`AccountError::TooOften`].
pub async fn register(app: &App, permit: Permit<Register>, new: NewAccount) -> Result<Account, AccountError> {
    if app.config.server.registration != Registration::Open {
        return Err(AccountError::RegistrationClosed);
    }
    let ready = prepare_unproved(app, permit.actor(), new).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let account = insert_account(&mut tx, &ready, false).await?;
    mail_link(&mut tx, app, &account, Purpose::VerifyEmail, &account.email, None).await?;
    tx.commit(Event::new("account.registered", account.id.into())).await?;
    Ok(account)
}

/// As [`ReadyAccount::prepare`], for an address that nobody has proved: as often as one network address may, and it says when
/// there is an account.
///
/// # Errors
/// What is wrong with the address, the name or the password; [`AccountError::EmailTaken`]; [`AccountError::TooOften`].
pub async fn prepare_unproved(app: &App, asker: &Actor, new: NewAccount) -> Result<ReadyAccount, AccountError> {
    // Before the password is hashed: a taken address costs no time.
    let email = text::clean_email(&new.email).ok_or(AccountError::Email)?;
    app.throttle.take("register", &asker.origin.address, PER_ADDRESS, app.clock.now()).await?;
    if store::find_account_by_email(&mut app.db.read().await?, &email).await?.is_some() {
        return Err(AccountError::EmailTaken);
    }
    ReadyAccount::prepare(app, new).await
}

/// Creates an account for somebody else inside a change, and mails them by whom and where, with a link to choose their own password,
/// which proves their address: the caller commits.
///
/// # Errors
/// [`AccountError::EmailTaken`].
pub async fn insert_account_for(
    tx: &mut audit::Tx,
    app: &App,
    ready: &ReadyAccount,
    by: &str,
    org: &str,
) -> Result<Account, AccountError> {
    let account = insert_account(tx, ready, false).await?;
    mail_made(tx, app, &account, by, org).await?;
    Ok(account)
}

/// Creates an account inside a change that may have another purpose (set-up, a link): the caller commits. `is_verified` says
/// that a mailed link has proved the address.
///
/// # Errors
/// [`AccountError::EmailTaken`].
pub async fn insert_account(tx: &mut audit::Tx, ready: &ReadyAccount, is_verified: bool) -> Result<Account, AccountError> {
    let now = tx.now();
    let values = AccountValues {
        email: &ready.email,
        name: &ready.name,
        hash: &ready.hash,
        language: ready.language.code(),
        now,
        verified_at: is_verified.then_some(now),
    };
    let inserted = store::insert_account(tx.tx(), &values).await;
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
