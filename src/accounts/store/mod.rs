//! SQL of this room.

mod accounts;
mod factors;
mod links;
mod sessions;
mod tokens;

pub use accounts::*;
pub use factors::*;
pub use links::*;
pub use sessions::*;
pub use tokens::*;
