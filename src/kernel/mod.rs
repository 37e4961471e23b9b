//! Words of the business, without I/O: ids, roles, languages, instants, collective agreements. Compiled for the server and the browser.

pub mod convention;
pub mod failure;
pub mod ids;
pub mod lang;
pub mod role;
pub mod text;
pub mod time;
#[cfg(feature = "ssr")]
pub mod zone;

pub use convention::Convention;
pub use failure::{Failure, FieldFailure, Kind};
pub use ids::*;
pub use lang::Lang;
pub use role::Role;
pub use time::{Drift, Instant};
