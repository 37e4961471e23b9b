//! Reads the QR code of a badge from camera pictures.
//!
//! Owns: finding the code in a grey picture and sampling its modules. The words of the code (format, error
//! correction, segments) come from `quircs`.
//! Invariants: the work for one picture is bounded by its size, whatever it shows, because anybody can hold any
//! picture in front of a kiosk; nothing is kept from one picture to the next but buffers.
//!
//! Only dark codes on a light ground, versions 1 to 10: what our badges are, with a margin.

#[cfg(target_arch = "wasm32")]
mod exports;
mod finders;
mod geometry;
mod grid;
mod modules;
mod picture;
mod reader;
mod triples;

pub use reader::{MAX_SIDE, Reader};
