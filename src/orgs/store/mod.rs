//! All SQL of this room.

mod crew;
mod links;
mod orgs;

pub use crew::*;
pub use links::*;
pub use orgs::*;
