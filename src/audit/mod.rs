//! What happened: an append-only record, chained by hashes, one chain per organisation.
//!
//! A change is kept only by [`Tx::commit`], which writes its event in the same transaction. Each row's hash covers the row
//! and the hash before it: a row that is edited, removed or moved breaks the chain at its place. Events of no organisation
//! (accounts, the set-up) are in the chain of the installation.

mod actions;
mod chain;
mod concerned;
mod event;
mod export;
mod group;
mod names;
mod reasons;
mod service;
mod store;
mod tx;

pub use actions::{ACTIONS, ReadAudit, ReadInstallationAudit, ReadsChain};
pub use chain::{Break, Fault, Follower, Link, row_hash};
pub use concerned::Concerned;
pub use event::{Event, Subject};
pub use export::{BadExport, chain_line, head_line, verify_export};
pub use group::Group;
pub use names::{Name, Names};
pub use reasons::Quiet;
pub use service::{Check, EventPage, export_chain, find_version, list_chain, read_events, read_head, read_page, verify_chain};
pub use store::{AuditFilter, AuditRow, RefusedScan};
pub use tx::{Tx, begin, begin_in, record};
