//! Facts about accounts.

use crate::kernel::{AccountId, Instant, OrgId, SessionId};

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub language: String,
    pub is_active: bool,
    pub created_at: Instant,
}

/// An account to be made, as typed.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: String,
    pub name: String,
    pub password: String,
    pub language: String,
}

/// A session as the doors need it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    pub id: SessionId,
    pub account_id: Option<AccountId>,
    pub org_id: Option<OrgId>,
    pub data: String,
    pub last_seen_at: Instant,
    pub expires_at: Instant,
}

/// What an API client gets when it signs in.
#[derive(Clone, Debug)]
pub struct ApiTokens {
    pub access_token: String,
    pub refresh_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
}
