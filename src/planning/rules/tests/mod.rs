//! The rules against their worked examples, against a slow oracle, and the cures against the rules.

mod agreement;
mod cures;
mod examples;
mod oracle;
mod random;
mod windows;
