//! SQL of this room.

mod assignments;
mod availability;
mod missions;
mod projects;

pub use assignments::*;
pub use availability::*;
pub use missions::*;
pub use projects::*;
