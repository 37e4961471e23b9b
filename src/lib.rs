//! Régie: plans who works where, lets people badge in, and keeps hours that nobody can quietly change.
//!
//! The layers, top down: doors (`web`, `api`), rooms (`operations`, `documents`, `planning`, `timeclock`, `orgs`, `accounts`), `audit` and `access`,
//! `platform`, `kernel`. Arrows only point down; `tests/architecture.rs` checks it.

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub mod composition;
#[cfg(feature = "ssr")]
pub mod documents;
pub mod islands;
pub mod kernel;
#[cfg(feature = "ssr")]
pub mod operations;
#[cfg(feature = "ssr")]
pub mod orgs;
#[cfg(feature = "ssr")]
pub mod planning;
#[cfg(feature = "ssr")]
pub mod platform;
#[cfg(feature = "ssr")]
pub mod timeclock;
#[cfg(feature = "ssr")]
pub mod web;
