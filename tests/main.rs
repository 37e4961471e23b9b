//! Integration tests: one binary, so that the product is linked once.

mod architecture;
mod db;
mod http;
mod schema;
mod support;
