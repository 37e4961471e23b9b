//! The queue, for those who run the installation.

use super::{JobCounts, JobFilter, JobLine, ListJobs, ManageJobs, store};
use crate::access::{Conn, Permit};
use crate::audit::{self, Event};
use crate::kernel::{INSTALLATION, JobId};
use crate::platform::db::{DbError, DbResult};
use crate::platform::jobs::without_addresses;
use crate::platform::{App, mail};

/// Jobs that are not done, newest first, and how many there are in each state. Errors come without addresses of people.
///
/// Permission: platform admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_jobs(app: &App, _permit: Permit<ListJobs>, filter: JobFilter) -> DbResult<(JobCounts, Vec<JobLine>)> {
    let mut read = app.db.read().await?;
    let counts = store::count_jobs(&mut read).await?;
    let mut jobs = store::list_jobs(&mut read, filter).await?;
    for job in &mut jobs {
        job.last_error = job.last_error.as_deref().map(without_addresses);
    }
    Ok((counts, jobs))
}

/// Has a job tried again now.
///
/// Permission: platform admin. Audit: `job.retried`, in the installation's chain.
///
/// # Errors
/// `NotFound` when the job is under way, done or gone.
pub async fn retry_job(app: &App, permit: Permit<ManageJobs>, id: JobId) -> DbResult<()> {
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let now = tx.now();
    let kind = store::retry_job(&mut tx, id, now).await?.ok_or(DbError::NotFound)?;
    tx.commit(Event::new("job.retried", id.into()).with("job", kind)).await
}

/// Gives a job up: it will not be done. With it goes what a mail says that it was to send.
///
/// Permission: platform admin. Audit: `job.discarded`, in the installation's chain.
///
/// # Errors
/// As [`retry_job`].
pub async fn discard_job(app: &App, permit: Permit<ManageJobs>, id: JobId) -> DbResult<()> {
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let job = store::discard_job(&mut tx, id).await?.ok_or(DbError::NotFound)?;
    if job.kind == mail::SEND
        && let Ok(number) = job.payload.parse()
    {
        mail::erase_mail(tx.tx(), number).await?;
    }
    tx.commit(Event::new("job.discarded", id.into()).with("job", job.kind)).await
}
