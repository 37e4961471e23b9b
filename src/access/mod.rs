//! Who may do what. A service takes a [`Permit`], and only [`permit`] makes one.
//!
//! Deny by default: an action names whom it is for, an actor proves who it is, everything else is refused. The tenant is
//! in the permit, never in a parameter.

mod action;
mod actor;
mod conn;
mod permit;
mod scopes;

pub use action::{Action, Audited, For};
pub use actor::{Actor, Origin, Who};
pub use conn::{Conn, Read};
pub use permit::{Denied, Permit, permit};
pub use scopes::Scopes;

use crate::kernel::{Failure, Kind};
use crate::platform::db::DbError;

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignIn => Self::sign_in(),
            Denied::Forbidden => Self::forbidden(),
        }
    }
}

/// What a database error that no room foresaw is to a caller. It is logged here, once.
impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::NotFound => Self::not_found(),
            error if error.is_unavailable() => {
                tracing::warn!(%error, "Database unavailable");
                Self::new(Kind::Unavailable, "unavailable")
            }
            error => {
                tracing::error!(%error, "Database refused a statement");
                Self::new(Kind::Unexpected, "unexpected")
            }
        }
    }
}
