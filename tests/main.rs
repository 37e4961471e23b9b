//! Integration tests: one binary, so that the product is linked once.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on panics; the test runner speaks by variables"
)]

mod architecture;
mod db;
mod http;
mod program;
mod schema;
mod support;
