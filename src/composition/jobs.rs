//! Which handler does which job, and the jobs that come round.

use crate::access::{Actor, permit};
use crate::accounts::AccountError;
use crate::kernel::{INSTALLATION, MailId, OrgId};
use crate::planning::PlanError;
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::platform::jobs::{self, Handler, JobError, NewJob, Share, Worker};
use crate::platform::mail;
use crate::{accounts, orgs, planning, timeclock};
use std::time::Duration;
use tokio::sync::watch;

/// A worker of this server.
pub fn worker(app: &App) -> Worker {
    Worker { app: app.clone(), handler_for }
}

/// Does jobs until `stop` becomes true: mails by themselves, for a mail server may take its time with each, and neither deadlines
/// nor rounds of cleaning are to wait for it.
pub async fn work(app: App, stop: watch::Receiver<bool>) {
    let mails = worker(&app).run_share(Share::Only(mail::SEND), stop.clone());
    let others = worker(&app).run_share(Share::Without(mail::SEND), stop);
    tokio::join!(mails, others);
}

fn handler_for(kind: &str) -> Option<Handler> {
    Some(match kind {
        mail::SEND => |app, job| {
            Box::pin(async move {
                let id = job.payload.parse::<MailId>().map_err(JobError::later)?;
                mail::send(&app, id).await.map_err(JobError::from)
            })
        },
        mail::PURGE => |app, _| Box::pin(async move { mail::purge_mails(&app).await.map(drop).map_err(JobError::later) }),
        jobs::PURGE => |app, _| Box::pin(async move { jobs::purge_jobs(&app).await.map(drop).map_err(JobError::later) }),
        timeclock::service::PURGE => {
            |app, _| Box::pin(async move { timeclock::service::purge_badges(&app).await.map(drop).map_err(JobError::later) })
        }
        accounts::service::PURGE => {
            |app, _| Box::pin(async move { accounts::service::purge_sessions(&app).await.map(drop).map_err(JobError::later) })
        }
        accounts::service::RESET => {
            |app, job| Box::pin(async move { mail_reset(&app, &job.payload).await.map_err(JobError::later) })
        }
        planning::service::TELL => {
            |app, job| Box::pin(async move { tell(&app, job.org_id, &job.payload).await.map_err(JobError::later) })
        }
        planning::service::REMIND => {
            |app, job| Box::pin(async move { remind(&app, job.org_id, &job.payload).await.map_err(JobError::later) })
        }
        planning::service::RELEASE => {
            |app, job| Box::pin(async move { release(&app, job.org_id, &job.payload).await.map_err(JobError::later) })
        }
        planning::service::OFFER => {
            |app, job| Box::pin(async move { offer(&app, job.org_id, &job.payload).await.map_err(JobError::later) })
        }
        orgs::service::FORGET => {
            |app, _| Box::pin(async move { orgs::service::forget_old_contacts(&app).await.map(drop).map_err(JobError::later) })
        }
        _ => return None,
    })
}

async fn mail_reset(app: &App, email: &str) -> Result<(), AccountError> {
    let proof = permit(&Actor::system(INSTALLATION, "password reset"))?;
    accounts::service::mail_reset(app, proof, email).await
}

async fn tell(app: &App, org: OrgId, person: &str) -> Result<(), PlanError> {
    let Ok(person) = person.parse() else { return Err(PlanError::NotFound) };
    planning::service::tell(app, permit(&Actor::system(org, "plan published"))?, person).await
}

async fn remind(app: &App, org: OrgId, payload: &str) -> Result<(), PlanError> {
    let (id, by) = planning::service::read_deadline(payload).ok_or(PlanError::NotFound)?;
    planning::service::remind_late(app, permit(&Actor::system(org, "deadline near"))?, id, by).await
}

async fn release(app: &App, org: OrgId, payload: &str) -> Result<(), PlanError> {
    let (id, by) = planning::service::read_deadline(payload).ok_or(PlanError::NotFound)?;
    planning::service::release_place(app, permit(&Actor::system(org, "deadline passed"))?, id, by).await
}

async fn offer(app: &App, org: OrgId, payload: &str) -> Result<(), PlanError> {
    let Ok(id) = payload.parse() else { return Err(PlanError::NotFound) };
    planning::service::offer_next(app, permit(&Actor::system(org, "place left"))?, id).await
}

/// Puts the hourly jobs into the queue. They are idempotent: two servers that do it both do no harm.
pub async fn keep_house(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = enqueue_rounds(&app).await {
            tracing::warn!(%error, "House-keeping could not be queued");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(3600)) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn enqueue_rounds(app: &App) -> DbResult<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin_write().await?;
    let kinds = [timeclock::service::PURGE, accounts::service::PURGE, orgs::service::FORGET, mail::PURGE, jobs::PURGE];
    for kind in kinds {
        jobs::enqueue(&mut tx, INSTALLATION, &NewJob { kind, payload: String::new(), run_at: now }, now).await?;
    }
    tx.commit().await
}
