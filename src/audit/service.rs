//! What can be read of the audit.

use super::{
    AuditFilter, AuditRow, Break, Concerned, Follower, Link, Names, ReadAudit, ReadsChain, chain_line, head_line, store,
};
use crate::access::Conn;
use crate::access::Permit;
use crate::kernel::{Instant, OrgId};
use crate::platform::App;
use crate::platform::db::{DbError, DbResult, ReadTx};
use std::io::Write;

/// Rows read at once when a whole chain is read.
const BATCH: i64 = 1000;

/// The outcome of following a whole chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Rows found to be as they were written, from the first on.
    pub rows: i64,
    /// Where that ends, if it does.
    pub broken: Option<Break>,
    /// When this was found.
    pub at: Instant,
}

/// Some rows of a chain, newest first, and what they name.
#[derive(Clone, Debug, Default)]
pub struct EventPage {
    pub rows: Vec<AuditRow>,
    pub names: Names,
}

async fn follow(tx: &mut ReadTx, org: OrgId) -> DbResult<(i64, Option<Break>)> {
    let head = store::find_head(tx, org).await?.unwrap_or_default();
    let mut follower = Follower::default();
    loop {
        let rows = store::list_chain(tx, org, follower.last().seq, BATCH).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if let Err(found) = follower.follow(row) {
                return Ok((follower.last().seq, Some(found)));
            }
        }
    }
    // A head that is ahead of the rows means that the newest rows were removed.
    let rows = follower.last().seq;
    Ok((rows, follower.end(&head).err()))
}

/// Reads a whole chain and checks every link. A broken chain is also told to the log.
///
/// Permission: admin; platform admin for the installation's own. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify_chain<A: ReadsChain>(app: &App, permit: Permit<A>) -> DbResult<Check> {
    // One moment of the database: rows written meanwhile belong to the next check.
    let (rows, broken) = follow(&mut app.db.begin_read().await?, permit.org()).await?;
    if let Some(broken) = &broken {
        metrics::counter!("audit_chains_broken_total").increment(1);
        tracing::error!(org.id = %permit.org(), seq = broken.seq, fault = ?broken.fault, "An audit chain is broken: {broken}");
    }
    Ok(Check { rows, broken, at: app.clock.now() })
}

/// Events of the organisation, newest first, each with whom and what it concerns.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn read_events(app: &App, permit: Permit<ReadAudit>, filter: &AuditFilter) -> DbResult<Vec<(AuditRow, Concerned)>> {
    let mut read = permit.read(&app.db).await?;
    let rows = store::list_events(&mut read, filter).await?;
    let concerned = Concerned::find(&mut read, &rows).await?;
    Ok(rows.into_iter().zip(concerned).collect())
}

/// Events, newest first, with the names of what they are by and about.
///
/// Permission: admin; platform admin for the installation's own. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn read_page<A: ReadsChain>(app: &App, permit: Permit<A>, filter: &AuditFilter) -> DbResult<EventPage> {
    let mut read = permit.read(&app.db).await?;
    let rows = store::list_events(&mut read, filter).await?;
    let names = Names::find(&mut read, &rows).await?;
    Ok(EventPage { rows, names })
}

/// The end of a chain; number 0 for one that has no rows.
///
/// Permission: admin; platform admin for the installation's own. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn read_head<A: ReadsChain>(app: &App, permit: &Permit<A>) -> DbResult<Link> {
    Ok(store::find_head(&mut app.db.read().await?, permit.org()).await?.unwrap_or_default())
}

/// The number of an organisation's last event: every change makes it greater, so what was read at a number is true for as long as
/// the number stays.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_version(conn: &mut impl Conn) -> DbResult<i64> {
    let org = conn.org();
    Ok(store::find_head(conn.tx(), org).await?.unwrap_or_default().seq)
}

/// The next rows of a chain after number `after`, up to `head`; none when that is all.
///
/// Permission: admin; platform admin for the installation's own. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_chain<A: ReadsChain>(app: &App, permit: &Permit<A>, after: i64, head: &Link) -> DbResult<Vec<AuditRow>> {
    let limit = BATCH.min(head.seq - after);
    if limit <= 0 {
        return Ok(Vec::new());
    }
    let mut rows = store::list_chain(&mut app.db.read().await?, permit.org(), after, limit).await?;
    rows.retain(|row| row.seq <= head.seq);
    Ok(rows)
}

/// Why a chain was not written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes a whole chain, a line a row, and where it ends as the last line. Gives the number of rows.
///
/// Permission: admin; platform admin for the installation's own. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read or the lines cannot be written.
pub async fn export_chain<A: ReadsChain>(app: &App, permit: Permit<A>, mut out: impl Write) -> Result<i64, ExportError> {
    let head = read_head(app, &permit).await?;
    let (mut after, mut count) = (0, 0);
    loop {
        let rows = list_chain(app, &permit, after, &head).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            out.write_all(chain_line(row).as_bytes())?;
            count += 1;
        }
    }
    out.write_all(head_line(permit.org(), &head).as_bytes())?;
    out.flush()?;
    Ok(count)
}
