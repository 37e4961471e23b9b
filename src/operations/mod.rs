//! Running the installation: its jobs, its health, the settings in force.
//!
//! Owns no table; reads the queue, and puts back or takes out jobs that a person looked at; what a mail said goes with
//! the job that was to send it. Calls no room. What it shows is the installation's: no payload of a job, no address out of an error.

mod actions;
mod health;
mod jobs;
mod store;

pub use actions::*;
pub use health::{Health, read_health};
pub use jobs::{discard_job, list_jobs, retry_job};
pub use store::{JobCounts, JobFilter, JobLine, JobShow};
