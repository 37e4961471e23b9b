//! SQL of the audit: its own rows, whom they concern, and the names of what they are about.

mod concerned;
mod events;
mod names;

pub(super) use concerned::{list_crew_of, list_punched, list_token_owners};
pub use events::{AuditFilter, AuditRow, RefusedScan, list_events};
pub(super) use events::{find_head, insert_all, list_chain, take_numbers};
pub(super) use names::list_names;
