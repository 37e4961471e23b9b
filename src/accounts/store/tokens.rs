//! SQL of the tokens that people make for programs.

use crate::accounts::model::ApiToken;
use crate::kernel::{AccountId, ApiTokenId, Instant, OrgId};
use crate::platform::db::{DbResult, ReadTx};

const INSERT: &str = "INSERT INTO api_tokens (account_id, org_id, name, prefix, token_hash, scopes, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id, account_id, org_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at";
const LIST: &str = "SELECT id, account_id, org_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at
  FROM api_tokens WHERE account_id = $1 AND revoked_at IS NULL ORDER BY id DESC LIMIT 200";
const FIND: &str =
    "SELECT t.id, t.account_id, t.org_id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
  FROM api_tokens t JOIN accounts a ON a.id = t.account_id
  WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND a.is_active";
const USED: &str = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1";
const REVOKE: &str = "UPDATE api_tokens SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE api_tokens SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";

/// A token as it is written.
pub struct ApiTokenValues<'a> {
    pub account: AccountId,
    pub org: OrgId,
    pub name: &'a str,
    pub prefix: &'a str,
    pub token_hash: &'a str,
    pub scopes: &'a str,
    pub now: Instant,
    pub expires_at: Instant,
}

pub async fn insert_api_token(tx: &mut ReadTx, new: &ApiTokenValues<'_>) -> DbResult<ApiToken> {
    let query = tx.query(INSERT).bind(new.account).bind(new.org).bind(new.name).bind(new.prefix).bind(new.token_hash);
    query.bind(new.scopes).bind(new.now).bind(new.expires_at).one().await
}

pub async fn list_api_tokens(tx: &mut ReadTx, account: AccountId) -> DbResult<Vec<ApiToken>> {
    tx.query(LIST).bind(account).all().await
}

/// A token that lives, of an account that lives.
pub async fn find_api_token(tx: &mut ReadTx, hash: &str, now: Instant) -> DbResult<Option<ApiToken>> {
    tx.query(FIND).bind(hash).bind(now).optional().await
}

pub async fn touch_api_token(tx: &mut ReadTx, id: ApiTokenId, now: Instant) -> DbResult<u64> {
    tx.query(USED).bind(id).bind(now).execute().await
}

pub async fn revoke_api_token(tx: &mut ReadTx, id: ApiTokenId, account: AccountId, now: Instant) -> DbResult<bool> {
    Ok(tx.query(REVOKE).bind(id).bind(account).bind(now).execute().await? == 1)
}

pub async fn revoke_api_tokens(tx: &mut ReadTx, account: AccountId, now: Instant) -> DbResult<u64> {
    tx.query(REVOKE_ALL).bind(account).bind(now).execute().await
}
