//! What runs in the browser: finds the islands of the page and keeps them up to date. Plain code over `wasm-bindgen`,
//! because a page waits for every byte of it: no Leptos, no serde, no formatting of floats.

mod badge;
mod browser;
mod kiosk;
mod part;
mod planner;

use wasm_bindgen::prelude::wasm_bindgen;

/// What the browser runs when the bundle is there.
#[wasm_bindgen(start)]
pub fn wake() {
    badge::wake();
    kiosk::wake();
    planner::wake();
}
