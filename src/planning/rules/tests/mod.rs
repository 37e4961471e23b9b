//! The rules against their worked examples, against a slow oracle, and the cures against the rules.

mod agreement;
mod cures;
mod examples;
pub(crate) mod oracle;
pub(crate) mod random;
mod windows;
