//! SQL of the one-time links of accounts, and of changes of address.

use crate::accounts::links::Purpose;
use crate::kernel::{AccountId, EmailChangeId, Instant, LinkId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

const INSERT: &str =
    "INSERT INTO account_links (account_id, purpose, token_hash, subject_id, subject_kind, email, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const FIND: &str = "SELECT id, account_id, subject_id, subject_kind, email FROM account_links
  WHERE purpose = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3
  AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = account_links.account_id AND a.deleted_at IS NULL)";
const USE: &str = "UPDATE account_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
const VOID: &str = "UPDATE account_links SET used_at = $3 WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL";
const VOID_LATER: &str =
    "UPDATE account_links SET used_at = $4 WHERE account_id = $1 AND purpose = $2 AND id > $3 AND used_at IS NULL";
const FORGET: &str = "DELETE FROM account_links WHERE account_id = $1";
const PURGE: &str = "DELETE FROM account_links WHERE id IN (
  SELECT id FROM account_links WHERE expires_at < $1 ORDER BY expires_at, id LIMIT 1000)";

const OPEN_CHANGE: &str = "INSERT INTO email_changes (account_id, new_email, created_at) VALUES ($1, $2, $3) RETURNING id";
const CLOSE_CHANGES: &str = "UPDATE email_changes SET closed_at = $2 WHERE account_id = $1 AND closed_at IS NULL";
const FORGET_CHANGES: &str = "DELETE FROM email_changes WHERE account_id = $1";
const FIND_CHANGE: &str = "SELECT id, account_id, new_email, old_confirmed_at, new_confirmed_at FROM email_changes
  WHERE id = $1 AND closed_at IS NULL";
const OPEN_CHANGE_OF: &str = "SELECT id, account_id, new_email, old_confirmed_at, new_confirmed_at FROM email_changes
  WHERE account_id = $1 AND closed_at IS NULL AND created_at > $2";
const CONFIRM_OLD: &str = "UPDATE email_changes SET old_confirmed_at = $2 WHERE id = $1";
const CONFIRM_NEW: &str = "UPDATE email_changes SET new_confirmed_at = $2 WHERE id = $1";

/// A link that still works.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiveLink {
    pub id: LinkId,
    pub account_id: AccountId,
    pub subject_id: Option<i64>,
    /// What kind of factor a notice told of; nothing with other links.
    pub subject_kind: Option<String>,
    pub email: Option<String>,
}

/// A link as it is written.
pub struct LinkValues<'a> {
    pub account: AccountId,
    pub purpose: Purpose,
    pub token_hash: &'a str,
    pub subject: Option<i64>,
    /// What kind of factor the subject is, if it is one.
    pub subject_kind: Option<&'a str>,
    pub email: Option<&'a str>,
    pub now: Instant,
    /// How long it works.
    pub minutes: i64,
}

/// A wanted change of address.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EmailChange {
    pub id: EmailChangeId,
    pub account_id: AccountId,
    pub new_email: String,
    pub old_confirmed_at: Option<Instant>,
    pub new_confirmed_at: Option<Instant>,
}

pub async fn insert_link(tx: &mut ReadTx, new: &LinkValues<'_>) -> DbResult<LinkId> {
    let query = tx.query(INSERT).bind(new.account).bind(new.purpose.code()).bind(new.token_hash).bind(new.subject);
    let query = query.bind(new.subject_kind).bind(new.email).bind(new.now);
    query.bind(new.now.plus_minutes(new.minutes)).scalar().await
}

pub async fn find_live_link(tx: &mut ReadTx, purpose: Purpose, token_hash: &str, now: Instant) -> DbResult<Option<LiveLink>> {
    tx.query(FIND).bind(purpose.code()).bind(token_hash).bind(now).optional().await
}

/// Uses a link up. `false` when somebody was faster.
pub async fn use_link(tx: &mut ReadTx, id: LinkId, now: Instant) -> DbResult<bool> {
    Ok(tx.query(USE).bind(id).bind(now).execute().await? == 1)
}

/// Ends the live links of one purpose: only the newest works.
pub async fn void_links(tx: &mut ReadTx, account: AccountId, purpose: Purpose, now: Instant) -> DbResult<u64> {
    tx.query(VOID).bind(account).bind(purpose.code()).bind(now).execute().await
}

/// Ends the live links of the purpose of `link` that were made after it.
pub async fn void_later_links(tx: &mut ReadTx, link: &LiveLink, purpose: Purpose, now: Instant) -> DbResult<u64> {
    tx.query(VOID_LATER).bind(link.account_id).bind(purpose.code()).bind(link.id).bind(now).execute().await
}

/// Removes the links of an account, used or not, and its changes of address: both name addresses.
pub async fn forget_links(tx: &mut ReadTx, account: AccountId) -> DbResult<u64> {
    let links = tx.query(FORGET).bind(account).execute().await?;
    Ok(links + tx.query(FORGET_CHANGES).bind(account).execute().await?)
}

/// Removes some of the links that ended before `before`. Gives how many.
pub async fn purge_links(tx: &mut WriteTx, before: Instant) -> DbResult<u64> {
    tx.query(PURGE).bind(before).execute().await
}

/// Opens a change of address; an older one of the account is closed.
pub async fn open_email_change(tx: &mut ReadTx, account: AccountId, email: &str, now: Instant) -> DbResult<EmailChangeId> {
    close_email_changes(tx, account, now).await?;
    tx.query(OPEN_CHANGE).bind(account).bind(email).bind(now).scalar().await
}

pub async fn close_email_changes(tx: &mut ReadTx, account: AccountId, now: Instant) -> DbResult<u64> {
    tx.query(CLOSE_CHANGES).bind(account).bind(now).execute().await
}

pub async fn find_email_change(tx: &mut ReadTx, id: EmailChangeId) -> DbResult<Option<EmailChange>> {
    tx.query(FIND_CHANGE).bind(id).optional().await
}

/// The change that waits for its confirmations, if it was asked for after `since`.
pub async fn find_email_change_of(tx: &mut ReadTx, account: AccountId, since: Instant) -> DbResult<Option<EmailChange>> {
    tx.query(OPEN_CHANGE_OF).bind(account).bind(since).optional().await
}

pub async fn confirm_email_change(tx: &mut ReadTx, id: EmailChangeId, is_new: bool, now: Instant) -> DbResult<()> {
    tx.query(if is_new { CONFIRM_NEW } else { CONFIRM_OLD }).bind(id).bind(now).execute_one().await
}
