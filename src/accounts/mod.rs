//! Accounts: who can sign in, and the sessions of those who have.
//!
//! Owns the tables `accounts` and `sessions`. Calls no other room. Invariants: one account per e-mail address, stored in
//! one spelling; passwords are stored as argon2id hashes only; a revoked or expired session is refused at the next request.

mod actions;
mod error;
mod model;
mod rules;
pub mod service;
mod sessions;
mod store;

pub use actions::*;
pub use error::AccountError;
pub use model::{Account, ApiTokens, NewAccount, SessionRow};
pub use rules::{MIN_PASSWORD, PasswordProblem, check_password};
pub use sessions::{SESSION_ID, Sessions};
