//! Time clock: devices, badges, kiosks, punches, hours.
//!
//! Owns the tables `devices`, `badges`, `kiosks`, `punches`. Calls `orgs`. Invariants: a badge code is used once; a crew
//! member's punches are a chain in which each begins in the state that the one before left, so nobody is in twice; a punch
//! is never edited.

mod actions;
mod error;
mod model;
mod rules;
pub mod service;
mod store;

pub use actions::*;
pub use error::PunchError;
pub use model::*;
pub use rules::{Decision, Interval, LastPunch, MAX_OPEN_MINUTES, TOO_SOON_SECONDS, decide, intervals};
pub use store::DeviceFilter;
