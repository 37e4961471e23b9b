//! The browser's door: pages that are whole on the server, forms that work without scripts.
//!
//! A page is a handler that asks services for facts and a component that shows them. What a form gets wrong is shown in the
//! same page with what was typed. Islands are few and say why HTML was not enough.

mod audit_lines;
mod audit_view;
mod audit_words;
mod context;
mod csv_file;
mod door;
mod extract;
mod format;
mod guard;
mod pages;
mod qr;
mod refusal;
mod render;
mod shell;
mod ui;

pub use audit_words::{event_words, fact_word};
pub use guard::{same_site, security_headers};
pub use pages::routes;
pub use refusal::failed;
