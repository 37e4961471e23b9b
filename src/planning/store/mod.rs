//! SQL of this room.

mod assignments;
mod availability;
mod conflicts;
mod missions;
mod projects;

pub use assignments::*;
pub use availability::*;
pub use conflicts::*;
pub use missions::*;
pub use projects::*;
