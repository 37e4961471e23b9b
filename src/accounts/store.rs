//! SQL of this room.

use super::model::{Account, SessionRow};
use crate::kernel::{AccountId, Instant, OrgId, SessionId};
use crate::platform::db::{DbResult, ReadTx};

const INSERT: &str = "INSERT INTO accounts (email, name, password_hash, language, created_at) VALUES ($1, $2, $3, $4, $5)
  RETURNING id, email, name, language, is_active, created_at";
const FIND: &str = "SELECT id, email, name, language, is_active, created_at FROM accounts WHERE id = $1";
const BY_EMAIL: &str = "SELECT id, email, name, language, is_active, created_at, password_hash FROM accounts WHERE email = $1";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM accounts)";
const CHANGE: &str = "UPDATE accounts SET name = $2, language = $3 WHERE id = $1";

const SESSION_COLUMNS_BY_KEY: &str = "SELECT id, account_id, org_id, data, last_seen_at, expires_at FROM sessions
  WHERE kind = $1 AND key_hash = $2 AND revoked_at IS NULL AND expires_at > $3";
const OPEN_SESSION: &str =
    "INSERT INTO sessions (kind, key_hash, account_id, org_id, data, client, address, created_at, last_seen_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
const ACTIVE_SESSION: &str = "SELECT s.id, s.account_id, s.org_id, s.data, s.last_seen_at, s.expires_at FROM sessions s
  JOIN accounts a ON a.id = s.account_id
  WHERE s.id = $1 AND s.account_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 AND a.is_active";
const SAVE_SESSION: &str = "INSERT INTO sessions (kind, key_hash, account_id, data, client, address, created_at, last_seen_at, expires_at)
  VALUES ('browser', $1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (key_hash) DO UPDATE SET account_id = excluded.account_id, data = excluded.data, last_seen_at = excluded.last_seen_at,
    expires_at = excluded.expires_at";
const TOUCH_SESSION: &str = "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1";
const REVOKE_SESSION: &str = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
const REVOKE_BY_KEY: &str = "UPDATE sessions SET revoked_at = $2 WHERE key_hash = $1 AND revoked_at IS NULL";
const ROTATE_SESSION: &str = "UPDATE sessions SET key_hash = $3, last_seen_at = $4, expires_at = $5, org_id = $6
  WHERE id = $1 AND key_hash = $2 AND revoked_at IS NULL";
const PURGE_SESSIONS: &str = "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $2";

/// An account with the hash of its password.
#[derive(sqlx::FromRow)]
pub struct AccountWithPassword {
    #[sqlx(flatten)]
    pub account: Account,
    pub password_hash: Option<String>,
}

/// Values of a session row to be written.
pub struct SessionValues<'a> {
    pub key_hash: &'a str,
    pub account: Option<AccountId>,
    pub org: Option<OrgId>,
    pub data: &'a str,
    pub client: &'a str,
    pub address: &'a str,
    pub now: Instant,
    pub expires_at: Instant,
}

pub async fn insert_account(
    tx: &mut ReadTx,
    email: &str,
    name: &str,
    hash: &str,
    language: &str,
    now: Instant,
) -> DbResult<Account> {
    tx.query(INSERT).bind(email).bind(name).bind(hash).bind(language).bind(now).one().await
}

pub async fn find_account(tx: &mut ReadTx, id: AccountId) -> DbResult<Option<Account>> {
    tx.query(FIND).bind(id).optional().await
}

pub async fn find_account_by_email(tx: &mut ReadTx, email: &str) -> DbResult<Option<AccountWithPassword>> {
    tx.query(BY_EMAIL).bind(email).optional().await
}

pub async fn has_accounts(tx: &mut ReadTx) -> DbResult<bool> {
    tx.query(ANY).scalar().await
}

pub async fn change_account(tx: &mut ReadTx, id: AccountId, name: &str, language: &str) -> DbResult<()> {
    tx.query(CHANGE).bind(id).bind(name).bind(language).execute_one().await
}

pub async fn find_session(tx: &mut ReadTx, kind: &str, key_hash: &str, now: Instant) -> DbResult<Option<SessionRow>> {
    tx.query(SESSION_COLUMNS_BY_KEY).bind(kind).bind(key_hash).bind(now).optional().await
}

/// The session of an access token, if neither it nor its account has been ended.
pub async fn find_active_session(
    tx: &mut ReadTx,
    id: SessionId,
    account: AccountId,
    now: Instant,
) -> DbResult<Option<SessionRow>> {
    tx.query(ACTIVE_SESSION).bind(id).bind(account).bind(now).optional().await
}

pub async fn open_api_session(tx: &mut ReadTx, new: &SessionValues<'_>) -> DbResult<SessionId> {
    let query = tx.query(OPEN_SESSION).bind("api").bind(new.key_hash).bind(new.account).bind(new.org).bind(new.data);
    query.bind(new.client).bind(new.address).bind(new.now).bind(new.now).bind(new.expires_at).scalar().await
}

pub async fn save_browser_session(tx: &mut ReadTx, new: &SessionValues<'_>) -> DbResult<()> {
    let query = tx.query(SAVE_SESSION).bind(new.key_hash).bind(new.account).bind(new.data).bind(new.client).bind(new.address);
    query.bind(new.now).bind(new.now).bind(new.expires_at).execute_one().await
}

pub async fn touch_session(tx: &mut ReadTx, id: SessionId, now: Instant, expires_at: Instant) -> DbResult<u64> {
    tx.query(TOUCH_SESSION).bind(id).bind(now).bind(expires_at).execute().await
}

pub async fn revoke_session(tx: &mut ReadTx, id: SessionId, now: Instant) -> DbResult<u64> {
    tx.query(REVOKE_SESSION).bind(id).bind(now).execute().await
}

pub async fn revoke_session_by_key(tx: &mut ReadTx, key_hash: &str, now: Instant) -> DbResult<u64> {
    tx.query(REVOKE_BY_KEY).bind(key_hash).bind(now).execute().await
}

/// Replaces the refresh token of a session, if it is still `old`.
pub async fn rotate_session(tx: &mut ReadTx, session: &SessionRow, old: &str, new: &SessionValues<'_>) -> DbResult<bool> {
    let query = tx.query(ROTATE_SESSION).bind(session.id).bind(old).bind(new.key_hash).bind(new.now);
    Ok(query.bind(new.expires_at).bind(new.org).execute().await? == 1)
}

/// Removes sessions that ended before `expired`, and those revoked before `revoked`.
pub async fn purge_sessions(tx: &mut ReadTx, expired: Instant, revoked: Instant) -> DbResult<u64> {
    tx.query(PURGE_SESSIONS).bind(expired).bind(revoked).execute().await
}
