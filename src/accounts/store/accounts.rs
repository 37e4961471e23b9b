//! SQL of accounts.

use crate::accounts::model::{Account, AccountFilter};
use crate::kernel::text::fold;
use crate::kernel::{AccountId, Instant};
use crate::platform::db::{DbResult, Filter, ReadTx, containing};

/// The columns of an [`Account`].
macro_rules! select_account {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, language, time_zone, is_active, is_platform_admin, verified_at, disabled_by, deleted_at, totp_confirmed_at, password_changed_at,
  EXISTS (SELECT 1 FROM passkeys WHERE passkeys.account_id = accounts.id) AS has_passkey, created_at, password_hash FROM accounts WHERE ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO accounts (email, name, password_hash, language, created_at, password_changed_at, verified_at, search)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const FIND: &str = select_account!("id = $1");
const BY_EMAIL: &str = select_account!("email = $1 AND deleted_at IS NULL");
const LIST: &str = select_account!("deleted_at IS NULL");
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM accounts)";
const CHANGE: &str = "UPDATE accounts SET name = $2, language = $3, time_zone = $4, search = $5 WHERE id = $1";
const SET_PASSWORD: &str = "UPDATE accounts SET password_hash = $2, password_changed_at = $3 WHERE id = $1";
const DROP_PASSWORD: &str = "UPDATE accounts SET password_hash = NULL, password_changed_at = $2 WHERE id = $1";
const REHASH: &str = "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
const SET_EMAIL: &str = "UPDATE accounts SET email = $2, verified_at = $3, search = $4 WHERE id = $1";
const VERIFY: &str = "UPDATE accounts SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL";
const DISABLE: &str = "UPDATE accounts SET is_active = FALSE, disabled_by = $2 WHERE id = $1 AND deleted_at IS NULL
  AND (is_active OR (disabled_by = 'self' AND $3 = 'platform'))";
const ENABLE: &str =
    "UPDATE accounts SET is_active = TRUE, disabled_by = NULL WHERE id = $1 AND disabled_by = $2 AND deleted_at IS NULL";
const ERASE: &str = "UPDATE accounts SET email = $2, name = '', password_hash = NULL, is_active = FALSE, is_platform_admin = FALSE,
  verified_at = NULL, disabled_by = NULL, search = '', totp_secret = NULL, totp_confirmed_at = NULL, deleted_at = $3 WHERE id = $1";
const PROMOTE: &str = "UPDATE accounts SET is_platform_admin = $2 WHERE id = $1";

/// What the search of accounts and members looks at.
fn search_text(name: &str, email: &str) -> String {
    fold(&format!("{name} {email}"))
}

/// An account with the hash of its password.
#[derive(sqlx::FromRow)]
pub struct AccountWithPassword {
    #[sqlx(flatten)]
    pub account: Account,
    pub password_hash: Option<String>,
}

/// An account as it is written.
pub struct AccountValues<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub hash: &'a str,
    pub language: &'a str,
    pub now: Instant,
    /// When somebody proved to read mail at the address, if that has happened already.
    pub verified_at: Option<Instant>,
}

pub async fn insert_account(tx: &mut ReadTx, new: &AccountValues<'_>) -> DbResult<Account> {
    let query = tx.query(INSERT).bind(new.email).bind(new.name).bind(new.hash).bind(new.language);
    let id = query
        .bind(new.now)
        .bind(new.now)
        .bind(new.verified_at)
        .bind(search_text(new.name, new.email))
        .scalar::<AccountId>()
        .await?;
    tx.query(FIND).bind(id).one().await
}

pub async fn find_account(tx: &mut ReadTx, id: AccountId) -> DbResult<Option<Account>> {
    tx.query(FIND).bind(id).optional().await
}

pub async fn find_account_with_password(tx: &mut ReadTx, id: AccountId) -> DbResult<Option<AccountWithPassword>> {
    tx.query(FIND).bind(id).optional().await
}

pub async fn find_account_by_email(tx: &mut ReadTx, email: &str) -> DbResult<Option<AccountWithPassword>> {
    tx.query(BY_EMAIL).bind(email).optional().await
}

/// Accounts of the installation, by number.
pub async fn list_accounts(tx: &mut ReadTx, filter: &AccountFilter) -> DbResult<Vec<Account>> {
    let pattern = filter.search.as_deref().map(containing);
    let filtered = Filter::new(LIST)
        .and_opt("search LIKE {} ESCAPE '\\'", pattern)
        .and_opt("id > {}", filter.after)
        .tail(" ORDER BY id LIMIT {}", filter.limit);
    tx.filtered(filtered).all().await
}

pub async fn has_accounts(tx: &mut ReadTx) -> DbResult<bool> {
    tx.query(ANY).scalar().await
}

/// Changes what the owner may change by themselves.
pub async fn change_account(tx: &mut ReadTx, account: &Account, name: &str, language: &str, time_zone: &str) -> DbResult<()> {
    let query = tx.query(CHANGE).bind(account.id).bind(name).bind(language).bind(time_zone);
    query.bind(search_text(name, &account.email)).execute_one().await
}

pub async fn set_password(tx: &mut ReadTx, id: AccountId, hash: &str, now: Instant) -> DbResult<()> {
    tx.query(SET_PASSWORD).bind(id).bind(hash).bind(now).execute_one().await
}

/// Takes the password away: every one is wrong from then on, until a reset sets one.
pub async fn remove_password(tx: &mut ReadTx, id: AccountId, now: Instant) -> DbResult<()> {
    tx.query(DROP_PASSWORD).bind(id).bind(now).execute_one().await
}

/// Replaces a hash by one of the same password with today's cost. Nothing when the password was changed meanwhile.
pub async fn replace_hash(tx: &mut ReadTx, id: AccountId, old: &str, new: &str) -> DbResult<u64> {
    tx.query(REHASH).bind(id).bind(old).bind(new).execute().await
}

pub async fn set_email(tx: &mut ReadTx, account: &Account, email: &str, now: Instant) -> DbResult<()> {
    let query = tx.query(SET_EMAIL).bind(account.id).bind(email).bind(now);
    query.bind(search_text(&account.name, email)).execute_one().await
}

/// Notes that the owner reads mail at the address. Gives 1 when nobody had proved that before.
pub async fn verify_account(tx: &mut ReadTx, id: AccountId, now: Instant) -> DbResult<u64> {
    tx.query(VERIFY).bind(id).bind(now).execute().await
}

/// Closes an account for a time; `by` is `self` or `platform`, which also closes what its owner has closed: they do not open it again
/// then. `false` when it is closed already.
pub async fn disable_account(tx: &mut ReadTx, id: AccountId, by: &str) -> DbResult<bool> {
    Ok(tx.query(DISABLE).bind(id).bind(by).bind(by).execute().await? == 1)
}

/// Opens an account that `by` has closed. `false` when somebody else has, or nobody.
pub async fn enable_account(tx: &mut ReadTx, id: AccountId, by: &str) -> DbResult<bool> {
    Ok(tx.query(ENABLE).bind(id).bind(by).execute().await? == 1)
}

/// Takes everything personal out of an account. The row stays: the audit names its number.
pub async fn erase_account(tx: &mut ReadTx, id: AccountId, now: Instant) -> DbResult<()> {
    tx.query(ERASE).bind(id).bind(format!("deleted-{id}@invalid")).bind(now).execute_one().await
}

pub async fn set_platform_admin(tx: &mut ReadTx, id: AccountId, is_admin: bool) -> DbResult<()> {
    tx.query(PROMOTE).bind(id).bind(is_admin).execute_one().await
}
