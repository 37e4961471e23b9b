//! Facts about accounts.

use crate::access::Scopes;
use crate::kernel::{AccountId, ApiTokenId, Instant, OrgId, PasskeyId, SessionId};

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub language: String,
    pub time_zone: String,
    pub is_active: bool,
    pub is_platform_admin: bool,
    /// When somebody proved to read mail at the address.
    pub verified_at: Option<Instant>,
    /// `self` or `platform`, when the account is closed for a time.
    pub disabled_by: Option<String>,
    pub deleted_at: Option<Instant>,
    pub totp_confirmed_at: Option<Instant>,
    /// When the password was set or taken away; nothing where that was not noted yet.
    pub password_changed_at: Option<Instant>,
    pub has_passkey: bool,
    pub created_at: Instant,
}

impl Account {
    /// Whether a password alone does not open it.
    pub const fn has_second_factor(&self) -> bool {
        self.totp_confirmed_at.is_some() || self.has_passkey
    }
}

/// Which accounts to list.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Part of a name or an address.
    pub search: Option<String>,
    /// The number of the last one of the page before.
    pub after: Option<AccountId>,
    pub limit: i64,
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
    pub created_at: Instant,
    pub last_seen_at: Instant,
    pub expires_at: Instant,
}

/// A signed-in browser or program, as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub id: SessionId,
    /// `browser` or `api`.
    pub kind: String,
    pub account_id: Option<AccountId>,
    pub org_id: Option<OrgId>,
    /// What the client calls itself.
    pub client: String,
    pub address: String,
    /// What the owner calls it; empty when it has no name.
    pub label: String,
    /// How the owner proved who they are: `password`, `password+totp`, `passkey` …
    pub method: String,
    pub created_at: Instant,
    pub last_seen_at: Instant,
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
    pub ended_reason: Option<String>,
}

/// What an API client gets when it signs in.
#[derive(Clone, Debug)]
pub struct ApiTokens {
    pub access_token: String,
    pub refresh_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Seconds until the refresh token ends.
    pub refresh_expires_in: i64,
}

/// A token that somebody made for a program.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub account_id: AccountId,
    pub org_id: OrgId,
    pub name: String,
    /// The beginning of the token, to recognise it by.
    pub prefix: String,
    pub scopes: String,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

impl ApiToken {
    /// What it may do; nothing when the words are not known any more.
    pub fn scopes(&self) -> Scopes {
        Scopes::parse(&self.scopes).unwrap_or_default()
    }
}

/// A token to be made, as typed.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    pub name: String,
    pub scopes: String,
    /// Days until it ends, 1 to 366.
    pub days: i64,
}

/// A passkey (WebAuthn).
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Passkey {
    pub id: PasskeyId,
    pub account_id: AccountId,
    pub credential_id: String,
    pub public_key: String,
    pub sign_count: i64,
    pub name: String,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}
