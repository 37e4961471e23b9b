//! SQL of second factors: time-based codes, recovery codes, passkeys.

use crate::accounts::model::Passkey;
use crate::kernel::{AccountId, Instant, PasskeyId};
use crate::platform::db::{DbResult, ReadTx};

const FIND_TOTP: &str = "SELECT totp_secret AS secret, totp_confirmed_at AS confirmed_at FROM accounts WHERE id = $1";
const SET_TOTP: &str = "UPDATE accounts SET totp_secret = $2, totp_confirmed_at = NULL, totp_last_step = 0
  WHERE id = $1 AND totp_confirmed_at IS NULL";
const CONFIRM_TOTP: &str =
    "UPDATE accounts SET totp_confirmed_at = $2, totp_last_step = $3 WHERE id = $1 AND totp_confirmed_at IS NULL";
const STEP_TOTP: &str = "UPDATE accounts SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $3";
const DROP_TOTP: &str = "UPDATE accounts SET totp_secret = NULL, totp_confirmed_at = NULL WHERE id = $1";

const DROP_TOTP_OF: &str =
    "UPDATE accounts SET totp_secret = NULL, totp_confirmed_at = NULL WHERE id = $1 AND totp_confirmed_at = $2";
const DROP_WAITING_TOTP: &str = "UPDATE accounts SET totp_secret = NULL WHERE id = $1 AND totp_confirmed_at IS NULL";

const ADD_CODE: &str = "INSERT INTO recovery_codes (account_id, code_hash, created_at) VALUES ($1, $2, $3)";
const DROP_CODES: &str = "DELETE FROM recovery_codes WHERE account_id = $1";
const DROP_CODES_OF: &str = "DELETE FROM recovery_codes WHERE account_id = $1 AND created_at = $2";
const USE_CODE: &str = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL";
const COUNT_CODES: &str = "SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL";

const ADD_PASSKEY: &str = "INSERT INTO passkeys (account_id, credential_id, public_key, sign_count, name, created_at)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id, account_id, credential_id, public_key, sign_count, name, created_at, last_used_at";
const LIST_PASSKEYS: &str = "SELECT id, account_id, credential_id, public_key, sign_count, name, created_at, last_used_at
  FROM passkeys WHERE account_id = $1 ORDER BY id LIMIT 50";
const FIND_PASSKEY: &str = "SELECT id, account_id, credential_id, public_key, sign_count, name, created_at, last_used_at
  FROM passkeys WHERE credential_id = $1";
const USE_PASSKEY: &str = "UPDATE passkeys SET sign_count = $2, last_used_at = $3 WHERE id = $1 AND sign_count = $4";
const DROP_PASSKEY: &str = "DELETE FROM passkeys WHERE id = $1 AND account_id = $2";
const DROP_PASSKEYS: &str = "DELETE FROM passkeys WHERE account_id = $1";

/// The time-based second factor of an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TotpRow {
    /// Sealed.
    pub secret: Option<String>,
    pub confirmed_at: Option<Instant>,
}

/// A passkey as it is written.
pub struct PasskeyValues<'a> {
    pub account: AccountId,
    pub credential_id: &'a str,
    pub public_key: &'a str,
    pub sign_count: i64,
    pub name: &'a str,
    pub now: Instant,
}

pub async fn find_totp(tx: &mut ReadTx, account: AccountId) -> DbResult<Option<TotpRow>> {
    tx.query(FIND_TOTP).bind(account).optional().await
}

/// Keeps a sealed secret that is not confirmed yet. `false` when a confirmed one is in use.
pub async fn set_totp(tx: &mut ReadTx, account: AccountId, sealed: &str) -> DbResult<bool> {
    Ok(tx.query(SET_TOTP).bind(account).bind(sealed).execute().await? == 1)
}

pub async fn confirm_totp(tx: &mut ReadTx, account: AccountId, step: i64, now: Instant) -> DbResult<bool> {
    Ok(tx.query(CONFIRM_TOTP).bind(account).bind(now).bind(step).execute().await? == 1)
}

/// Uses a step up. `false` when it or a later one was used: the code is a replay.
pub async fn use_totp_step(tx: &mut ReadTx, account: AccountId, step: i64) -> DbResult<bool> {
    Ok(tx.query(STEP_TOTP).bind(account).bind(step).bind(step).execute().await? == 1)
}

pub async fn remove_totp(tx: &mut ReadTx, account: AccountId) -> DbResult<()> {
    tx.query(DROP_TOTP).bind(account).execute_one().await
}

/// Takes away the authenticator app that was confirmed at `at`, and no other.
pub async fn remove_totp_of(tx: &mut ReadTx, account: AccountId, at: Instant) -> DbResult<u64> {
    tx.query(DROP_TOTP_OF).bind(account).bind(at).execute().await
}

/// Forgets a secret that waits for its first code: whoever asked for it knows it.
pub async fn remove_waiting_totp(tx: &mut ReadTx, account: AccountId) -> DbResult<u64> {
    tx.query(DROP_WAITING_TOTP).bind(account).execute().await
}

/// Replaces all recovery codes of an account.
pub async fn replace_recovery_codes(tx: &mut ReadTx, account: AccountId, hashes: &[String], now: Instant) -> DbResult<()> {
    tx.query(DROP_CODES).bind(account).execute().await?;
    for hash in hashes {
        tx.query(ADD_CODE).bind(account).bind(hash).bind(now).execute_one().await?;
    }
    Ok(())
}

/// Takes away the recovery codes that were made at `at`, and no others.
pub async fn remove_recovery_codes_of(tx: &mut ReadTx, account: AccountId, at: Instant) -> DbResult<u64> {
    tx.query(DROP_CODES_OF).bind(account).bind(at).execute().await
}

pub async fn use_recovery_code(tx: &mut ReadTx, account: AccountId, hash: &str, now: Instant) -> DbResult<bool> {
    Ok(tx.query(USE_CODE).bind(account).bind(hash).bind(now).execute().await? == 1)
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(tx: &mut ReadTx, account: AccountId) -> DbResult<i64> {
    tx.query(COUNT_CODES).bind(account).scalar().await
}

pub async fn insert_passkey(tx: &mut ReadTx, new: &PasskeyValues<'_>) -> DbResult<Passkey> {
    let query = tx.query(ADD_PASSKEY).bind(new.account).bind(new.credential_id).bind(new.public_key).bind(new.sign_count);
    query.bind(new.name).bind(new.now).one().await
}

pub async fn list_passkeys(tx: &mut ReadTx, account: AccountId) -> DbResult<Vec<Passkey>> {
    tx.query(LIST_PASSKEYS).bind(account).all().await
}

pub async fn find_passkey(tx: &mut ReadTx, credential_id: &str) -> DbResult<Option<Passkey>> {
    tx.query(FIND_PASSKEY).bind(credential_id).optional().await
}

/// Notes a use. `false` when another use of the same key was faster: two at once are a copy or a race, neither is let in.
pub async fn use_passkey(tx: &mut ReadTx, key: &Passkey, sign_count: i64, now: Instant) -> DbResult<bool> {
    Ok(tx.query(USE_PASSKEY).bind(key.id).bind(sign_count).bind(now).bind(key.sign_count).execute().await? == 1)
}

pub async fn remove_passkey(tx: &mut ReadTx, id: PasskeyId, account: AccountId) -> DbResult<bool> {
    Ok(tx.query(DROP_PASSKEY).bind(id).bind(account).execute().await? == 1)
}

pub async fn remove_passkeys(tx: &mut ReadTx, account: AccountId) -> DbResult<u64> {
    tx.query(DROP_PASSKEYS).bind(account).execute().await
}
