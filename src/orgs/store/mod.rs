//! All SQL of this room.

mod crew;
mod invitations;
mod links;
mod members;
mod orgs;

pub use crew::*;
pub use invitations::*;
pub use links::*;
pub use members::*;
pub use orgs::*;
