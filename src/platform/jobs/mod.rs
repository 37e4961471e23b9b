//! Work for later: a row written with the change that wants it, run by a worker, tried again when it fails.
//!
//! Jobs are idempotent: a server that dies after the work and before the bookkeeping runs them twice.

mod pulse;
mod store;
mod worker;

pub use pulse::Pulse;
pub use store::{JobRow, NewJob, counts, enqueue, forget_dead};
pub use worker::{Handler, PURGE, Worker, purge_jobs};

use std::fmt::Display;

/// How often a job is tried before it is put aside for somebody to look at. An attempt that ended with its server counts: the job
/// may be what ended it.
pub const MAX_ATTEMPTS: i64 = 8;

/// Which jobs a worker does. Some wait for somebody else each time, and the others should not wait for those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    All,
    /// Those of one kind.
    Only(&'static str),
    /// Those of all other kinds.
    Without(&'static str),
}

/// Why a job was not done, in words that are kept with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Another attempt may end better.
    #[error("{0}")]
    Later(String),
    /// No attempt ever will: it is put aside at once.
    #[error("{0}")]
    Never(String),
}

impl JobError {
    /// Of an error that another attempt may not meet.
    pub fn later(error: impl Display) -> Self {
        Self::Later(error.to_string())
    }
}

/// Seconds to wait after the `attempt`-th failure: 5 s, 20 s, 45 s … at most an hour.
pub const fn back_off_seconds(attempt: i64) -> i64 {
    let wait = 5 * attempt * attempt;
    if wait > 3600 { 3600 } else { wait }
}

/// An error text without the addresses of people in it: mail servers say them again.
pub fn without_addresses(text: &str) -> String {
    let hide = |word: &str| if word.contains('@') { "…@…".to_owned() } else { word.to_owned() };
    text.split(' ').map(hide).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden() {
        assert_eq!(without_addresses("550 <ana@exemple.fr>: unknown user"), "550 …@… unknown user");
        assert_eq!(without_addresses("connection refused"), "connection refused");
    }

    #[test]
    fn waiting_grows_and_is_bounded() {
        assert_eq!([1, 2, 3, 100].map(back_off_seconds), [5, 20, 45, 3600]);
    }
}
