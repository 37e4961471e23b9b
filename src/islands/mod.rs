//! What HTML cannot do, in the browser: a code that renews itself, a camera that reads. Compiled for both sides: the server
//! draws the first picture, the browser makes it live.

pub mod badge;
pub mod kiosk;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
#[path = "server.rs"]
mod browser;
