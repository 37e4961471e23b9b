//! The product's own source files, for what is measured without the server around it.

#[path = "../../src/platform/hashing.rs"]
#[cfg_attr(not(test), expect(dead_code, reason = "the product uses more of it"))]
pub mod hashing;
#[path = "../../src/platform/random.rs"]
#[expect(dead_code, reason = "the product uses more of it")]
pub mod random;
