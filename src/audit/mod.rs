//! What happened: an append-only record, chained by hashes, one chain per organisation.
//!
//! A change is kept only by [`Tx::commit`], which writes its event in the same transaction. Each row's hash covers the row
//! and the hash before it: a row that is edited, removed or moved breaks the chain at its place. Events of no organisation
//! (accounts, the set-up) are in the chain of the installation.

mod actions;
mod chain;
mod event;
mod reasons;
mod store;
mod tx;

pub use actions::{ACTIONS, ReadAudit};
pub use chain::{Link, row_hash};
pub use event::{Event, Subject};
pub use reasons::Quiet;
pub use store::{AuditFilter, AuditRow};
pub use tx::{Tx, begin, begin_in, record};

use crate::access::Permit;
use crate::kernel::OrgId;
use crate::platform::App;
use crate::platform::db::{DbResult, ReadTx};

/// The state of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All rows are as they were written.
    Whole { rows: i64 },
    /// The first row that is not what was written after the one before.
    Broken { seq: i64 },
}

/// Reads an organisation's whole chain and checks every link.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(tx: &mut ReadTx, org: OrgId) -> DbResult<Verdict> {
    let head = store::find_head(tx, org).await?.unwrap_or_default();
    let mut expected = Link::default();
    loop {
        let rows = store::list_chain(tx, org, expected.seq, 1000).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let next = expected.seq + 1;
            if row.seq != next || row.prev_hash != expected.hash || row.hash != row_hash(&row) {
                return Ok(Verdict::Broken { seq: next });
            }
            expected = Link { seq: row.seq, hash: row.hash };
        }
    }
    // A head that is ahead of the rows means that the newest rows were removed.
    if head == expected { Ok(Verdict::Whole { rows: head.seq }) } else { Ok(Verdict::Broken { seq: expected.seq + 1 }) }
}

/// Events of the organisation, newest first.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn read_events(app: &App, permit: Permit<ReadAudit>, filter: &AuditFilter) -> DbResult<Vec<AuditRow>> {
    store::list_events(&mut permit.read(&app.db).await?, filter).await
}
