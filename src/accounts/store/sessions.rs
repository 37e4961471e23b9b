//! SQL of sessions, their refresh tokens, and the browsers that are known.

use crate::accounts::model::{Session, SessionRow};
use crate::kernel::{AccountId, Instant, OrgId, SessionId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

macro_rules! select_session {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, account_id, org_id, client, address, label, method, created_at, last_seen_at, expires_at, revoked_at, ended_reason
  FROM sessions WHERE ",
            $rest
        )
    };
}

/// Removes some of the sessions that are found so.
macro_rules! purge_sessions {
    ($found:literal) => {
        concat!("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ", $found, " LIMIT 1000)")
    };
}

const BY_KEY: &str = "SELECT id, account_id, org_id, data, created_at, last_seen_at, expires_at FROM sessions
  WHERE kind = 'browser' AND key_hash = $1 AND revoked_at IS NULL AND expires_at > $2 AND created_at > $3";
const OPEN: &str =
    "INSERT INTO sessions (kind, key_hash, account_id, org_id, client, address, method, created_at, last_seen_at, expires_at)
  VALUES ('api', $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const ACTIVE: &str = "SELECT s.id, s.account_id, s.org_id, s.data, s.created_at, s.last_seen_at, s.expires_at FROM sessions s
  JOIN accounts a ON a.id = s.account_id
  WHERE s.id = $1 AND s.account_id = $2 AND s.kind = 'api' AND s.revoked_at IS NULL AND s.expires_at > $3 AND s.created_at > $4
    AND a.is_active";
const SAVE: &str =
    "INSERT INTO sessions (kind, key_hash, account_id, data, client, address, method, created_at, last_seen_at, expires_at)
  VALUES ('browser', $1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (key_hash) DO UPDATE SET account_id = excluded.account_id, data = excluded.data, last_seen_at = excluded.last_seen_at,
    expires_at = CASE WHEN excluded.expires_at < sessions.created_at + $10 THEN excluded.expires_at ELSE sessions.created_at + $11 END";
const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1 AND revoked_at IS NULL";
const MOVE: &str = "UPDATE sessions SET last_seen_at = $2, expires_at = $3, org_id = $4 WHERE id = $1 AND revoked_at IS NULL";
const LABEL: &str = "UPDATE sessions SET label = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
const END: &str =
    "UPDATE sessions SET revoked_at = $3, ended_reason = $4 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
const END_BY_KEY: &str =
    "UPDATE sessions SET revoked_at = $2, ended_reason = 'signed_out' WHERE key_hash = $1 AND revoked_at IS NULL";
const END_ALL: &str =
    "UPDATE sessions SET revoked_at = $3, ended_reason = $4 WHERE account_id = $1 AND id <> $2 AND revoked_at IS NULL";
const LIST: &str = select_session!(
    "account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND created_at > $3
  ORDER BY last_seen_at DESC, id DESC LIMIT 200"
);
const FIND: &str = select_session!("id = $1");
const CLIENT_KNOWN: &str =
    "SELECT EXISTS (SELECT 1 FROM sessions WHERE account_id = $1 AND kind = 'api' AND client = $2 AND address = $3 AND id <> $4)";
// One statement for each way to end: joined by OR they would look at all sessions.
const PURGE_EXPIRED: &str = purge_sessions!("expires_at < $1 ORDER BY expires_at, id");
const PURGE_REVOKED: &str = purge_sessions!("revoked_at < $1 ORDER BY revoked_at, id");
const PURGE_NOBODY_S: &str = purge_sessions!("account_id IS NULL AND (expires_at < $1 OR revoked_at IS NOT NULL) ORDER BY id");

const ADD_REFRESH: &str = "INSERT INTO refresh_tokens (session_id, token_hash, issued_at, expires_at) VALUES ($1, $2, $3, $4)";
const FIND_REFRESH: &str = "SELECT id, session_id, expires_at, used_at FROM refresh_tokens WHERE token_hash = $1";
const USE_REFRESH: &str = "UPDATE refresh_tokens SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
const PURGE_REFRESH: &str = "DELETE FROM refresh_tokens WHERE id IN (
  SELECT id FROM refresh_tokens WHERE expires_at < $1 ORDER BY expires_at, id LIMIT 1000)";
const PURGE_REFRESH_OF_REVOKED: &str = "DELETE FROM refresh_tokens WHERE id IN (
  SELECT t.id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE s.revoked_at < $1
  ORDER BY s.revoked_at, s.id, t.id LIMIT 1000)";

const KNOWN: &str = "UPDATE known_browsers SET last_seen_at = $3 WHERE account_id = $1 AND key_hash = $2";
const IS_KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM known_browsers WHERE account_id = $1 AND key_hash = $2)";
const KNOW: &str = "INSERT INTO known_browsers (account_id, key_hash, created_at, last_seen_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account_id, key_hash) DO NOTHING";
const FORGET: &str = "DELETE FROM known_browsers WHERE account_id = $1";

/// Values of a session row to be written.
pub struct SessionValues<'a> {
    pub key_hash: &'a str,
    pub account: Option<AccountId>,
    pub org: Option<OrgId>,
    pub data: &'a str,
    pub client: &'a str,
    pub address: &'a str,
    pub method: &'a str,
    pub now: Instant,
    pub expires_at: Instant,
    /// Days after which a session ends, however often it is seen: one that is there already keeps its first day.
    pub most_days: i64,
}

/// A refresh token that was shown.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct RefreshRow {
    pub id: i64,
    pub session_id: SessionId,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

/// The session with this key, if it has not ended and was opened after `too_old`.
pub async fn find_browser_session(
    tx: &mut ReadTx,
    key_hash: &str,
    now: Instant,
    too_old: Instant,
) -> DbResult<Option<SessionRow>> {
    tx.query(BY_KEY).bind(key_hash).bind(now).bind(too_old).optional().await
}

/// The session of an access token, if neither it nor its account has been ended and it was opened after `too_old`.
pub async fn find_active_session(
    tx: &mut ReadTx,
    id: SessionId,
    account: AccountId,
    now: Instant,
    too_old: Instant,
) -> DbResult<Option<SessionRow>> {
    tx.query(ACTIVE).bind(id).bind(account).bind(now).bind(too_old).optional().await
}

pub async fn open_api_session(tx: &mut ReadTx, new: &SessionValues<'_>) -> DbResult<SessionId> {
    let query = tx.query(OPEN).bind(new.key_hash).bind(new.account).bind(new.org).bind(new.client).bind(new.address);
    query.bind(new.method).bind(new.now).bind(new.now).bind(new.expires_at).scalar().await
}

pub async fn save_browser_session(tx: &mut ReadTx, new: &SessionValues<'_>) -> DbResult<()> {
    let query = tx.query(SAVE).bind(new.key_hash).bind(new.account).bind(new.data).bind(new.client).bind(new.address);
    let most = new.most_days * 86_400_000;
    query.bind(new.method).bind(new.now).bind(new.now).bind(new.expires_at).bind(most).bind(most).execute_one().await
}

pub async fn touch_session(tx: &mut ReadTx, id: SessionId, now: Instant, expires_at: Instant) -> DbResult<u64> {
    tx.query(TOUCH).bind(id).bind(now).bind(expires_at).execute().await
}

/// As [`touch_session`], in the organisation that the client acts in from now on.
pub async fn move_session(
    tx: &mut ReadTx,
    id: SessionId,
    org: Option<OrgId>,
    now: Instant,
    expires_at: Instant,
) -> DbResult<bool> {
    Ok(tx.query(MOVE).bind(id).bind(now).bind(expires_at).bind(org).execute().await? == 1)
}

pub async fn label_session(tx: &mut ReadTx, id: SessionId, account: AccountId, label: &str) -> DbResult<bool> {
    Ok(tx.query(LABEL).bind(id).bind(account).bind(label).execute().await? == 1)
}

/// Ends a session of an account. `false` when it is not theirs or has ended.
pub async fn end_session(tx: &mut ReadTx, id: SessionId, account: AccountId, reason: &str, now: Instant) -> DbResult<bool> {
    Ok(tx.query(END).bind(id).bind(account).bind(now).bind(reason).execute().await? == 1)
}

pub async fn end_session_by_key(tx: &mut ReadTx, key_hash: &str, now: Instant) -> DbResult<u64> {
    tx.query(END_BY_KEY).bind(key_hash).bind(now).execute().await
}

/// Ends all sessions of an account but one.
pub async fn end_sessions(
    tx: &mut ReadTx,
    account: AccountId,
    but: Option<SessionId>,
    reason: &str,
    now: Instant,
) -> DbResult<u64> {
    tx.query(END_ALL).bind(account).bind(but.unwrap_or(SessionId(0))).bind(now).bind(reason).execute().await
}

/// The living sessions of an account that were opened after `too_old`, the one seen last first.
pub async fn list_sessions(tx: &mut ReadTx, account: AccountId, now: Instant, too_old: Instant) -> DbResult<Vec<Session>> {
    tx.query(LIST).bind(account).bind(now).bind(too_old).all().await
}

/// A session, living or not.
pub async fn find_session(tx: &mut ReadTx, id: SessionId) -> DbResult<Option<Session>> {
    tx.query(FIND).bind(id).optional().await
}

/// Whether a program that calls itself so has had another session of the account from the same address. What a client calls itself
/// is no secret: the name alone, a browser's included, is copied.
pub async fn has_used_client(tx: &mut ReadTx, account: AccountId, client: &str, address: &str, but: SessionId) -> DbResult<bool> {
    tx.query(CLIENT_KNOWN).bind(account).bind(client).bind(address).bind(but).scalar().await
}

/// Removes some of the refresh tokens that ended before `before`, by themselves or with their session. Gives how many.
pub async fn purge_refresh_tokens(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    let count = tx.query(PURGE_REFRESH).bind(before).execute().await?;
    Ok(count + tx.query(PURGE_REFRESH_OF_REVOKED).bind(before).execute().await?)
}

/// Removes some of the sessions that ended before `before`, and of those of nobody that have ended at all. Gives how many.
pub async fn purge_sessions(tx: &mut WriteTx, before: Instant, now: Instant) -> DbResult<u64> {
    let mut count = 0;
    for (statement, time) in [(PURGE_EXPIRED, before), (PURGE_REVOKED, before), (PURGE_NOBODY_S, now)] {
        count += tx.query(statement).bind(time).execute().await?;
    }
    Ok(count)
}

pub async fn insert_refresh_token(
    tx: &mut ReadTx,
    session: SessionId,
    hash: &str,
    now: Instant,
    expires_at: Instant,
) -> DbResult<()> {
    tx.query(ADD_REFRESH).bind(session).bind(hash).bind(now).bind(expires_at).execute_one().await
}

pub async fn find_refresh_token(tx: &mut ReadTx, hash: &str) -> DbResult<Option<RefreshRow>> {
    tx.query(FIND_REFRESH).bind(hash).optional().await
}

/// Marks a refresh token as used. `false` when somebody was faster.
pub async fn use_refresh_token(tx: &mut ReadTx, id: i64, now: Instant) -> DbResult<bool> {
    Ok(tx.query(USE_REFRESH).bind(id).bind(now).execute().await? == 1)
}

/// Whether the account has signed in from this browser before.
pub async fn is_known_browser(tx: &mut ReadTx, account: AccountId, key_hash: &str) -> DbResult<bool> {
    tx.query(IS_KNOWN).bind(account).bind(key_hash).scalar().await
}

/// Remembers a browser. `true` when it was not known.
pub async fn know_browser(tx: &mut ReadTx, account: AccountId, key_hash: &str, now: Instant) -> DbResult<bool> {
    if tx.query(KNOWN).bind(account).bind(key_hash).bind(now).execute().await? > 0 {
        return Ok(false);
    }
    Ok(tx.query(KNOW).bind(account).bind(key_hash).bind(now).bind(now).execute().await? == 1)
}

/// Forgets all browsers of an account: the next sign-in from each is told by mail again.
pub async fn forget_browsers(tx: &mut ReadTx, account: AccountId) -> DbResult<u64> {
    tx.query(FORGET).bind(account).execute().await
}
