//! What HTML cannot do: a code that renews itself, a camera that reads. The server draws all of it, with its words; the
//! browser's part, `live`, changes texts and attributes of what it finds by the marks `data-island` and `data-part`.
//! So nothing of Leptos has to run there.

#[cfg(feature = "ssr")]
pub mod badge;
pub mod countdown;
pub mod drift;
#[cfg(feature = "ssr")]
pub mod kiosk;
#[cfg(feature = "hydrate")]
mod live;
pub mod outcome;
pub mod planner;
#[cfg(all(test, feature = "ssr"))]
mod tests;
