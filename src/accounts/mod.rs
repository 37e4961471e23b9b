//! Accounts: who can sign in, how they prove it, and the sessions of those who have.
//!
//! Owns the tables `accounts`, `sessions`, `refresh_tokens`, `known_browsers`, `account_links`, `email_changes`,
//! `recovery_codes`, `passkeys`, `api_tokens`. Calls no other room. Invariants: one account per e-mail address, stored in one
//! spelling; passwords are stored as argon2id hashes only; a session, token or account that was ended is refused at the next
//! request, because every request asks the database; a refresh token works once, and one that is shown again after the grace
//! ends its session; a link works once, and only when a button is pressed.

mod actions;
mod client;
mod error;
mod links;
mod model;
mod notices;
pub mod passkeys;
mod rules;
pub mod service;
mod sessions;
mod store;
pub mod totp;

pub use actions::*;
pub use client::{client_words, is_local};
pub use error::AccountError;
pub use links::Purpose;
pub use model::*;
pub use rules::{MIN_PASSWORD, PasswordProblem, check_password};
pub use sessions::{ACCOUNT, ADDRESS, CLIENT, METHOD, SESSION_ID, Sessions, watch_sessions};
