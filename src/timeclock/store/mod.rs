//! All SQL of this room.

mod badges;
mod devices;
mod kiosks;
mod punches;

pub use badges::*;
pub use devices::*;
pub use kiosks::*;
pub use punches::*;
