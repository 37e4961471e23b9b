//! What every room stands on: the database, time, randomness, secrets, settings, mail, jobs, telemetry.
//!
//! Knows nothing of the business above it; may use the words of `kernel`.

pub mod app;
pub mod assets;
pub mod cache;
pub mod clock;
pub mod config;
pub mod dates;
pub mod db;
pub mod db_types;
pub mod gather;
pub mod hashing;
pub mod jobs;
pub mod keys;
pub mod lane;
pub mod mail;
pub mod markup;
pub mod memo;
pub mod random;
pub mod remote;
pub mod seal;
pub mod secret;
pub mod shared;
pub mod telemetry;
pub mod throttle;
pub mod tokens;
pub mod words;

pub use app::App;
