//! SQL of the audit: its own rows, and the names of what they are about.

mod events;
mod names;

pub use events::{AuditFilter, AuditRow, list_events};
pub(super) use events::{find_head, insert_all, list_chain, take_numbers};
pub(super) use names::list_names;
