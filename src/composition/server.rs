//! Listening, and stopping without losing anything.

use super::connections::{self, Limits};
use super::{StartError, http, jobs};
use crate::access::{Actor, permit};
use crate::kernel::INSTALLATION;
use crate::orgs::service::issue_set_up_link;
use crate::platform::App;
use crate::platform::db::DbError;
use crate::platform::telemetry;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long requests and jobs under way may take to end.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a request's head may take. Anything slower is no client of ours, and each holds a connection.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection is kept on which nothing is asked: longer than proxies keep theirs (nginx: a minute), who would else meet its
/// end with a request in hand.
const IDLE: Duration = Duration::from_secs(75);
/// Connections of those who read metrics.
const METERS: u32 = 64;
/// How often samples of metrics are put in order.
const UPKEEP: Duration = Duration::from_secs(5);
/// The exit code when the disk failed.
const LOST: i32 = 5;

/// Migrates, listens, and runs until the process is told to stop.
///
/// # Errors
/// When the database cannot be migrated, the address is taken, or the disk does not take what was last stored.
pub async fn serve(app: App) -> Result<(), StartError> {
    tokio::select! {
        biased;
        reason = app.db.lost() => {
            // At once: whatever is done with the files from here on could make it worse.
            tracing::error!(%reason, "Nothing can be stored any more; the server ends, and is to be started again");
            std::process::exit(LOST);
        }
        ended = run(&app) => ended,
    }
}

async fn run(app: &App) -> Result<(), StartError> {
    // From the first request on: until somebody listens, a signal ends the process at once.
    let signals = (hear(SignalKind::terminate())?, hear(SignalKind::interrupt())?);
    let applied = app.db.migrate(app.clock.now().0).await?;
    if applied > 0 {
        tracing::info!(applied, "Applied {applied} migrations");
    }
    let addr = app.config.server.addr;
    let listener = listen(addr).await?;
    let bound = listener.local_addr().unwrap_or(addr);
    say(&format!("Régie: http://{bound}"));
    set_up_link(app).await;

    let stopping = app.stopping();
    let tasks = [start(jobs::work(app.clone(), stopping.clone())), start(jobs::keep_house(app.clone(), stopping.clone()))];
    if let Some(addr) = app.config.server.metrics_addr.filter(|_| app.config.server.metrics) {
        let metrics = crate::api::meter_routes().with_state(app.clone());
        let listener = listen(addr).await?;
        start(connections::serve(listener, metrics, Limits { head: HEAD, idle: IDLE, open: METERS }, stopping.clone()));
    }
    start(tidy_metrics());
    let limits = Limits { head: HEAD, idle: IDLE, open: connections::room() };
    let server = start(connections::serve(listener, http::router(app), limits, stopping));
    asked_to_stop(signals).await;
    tracing::info!("Stopping");
    app.stop();
    let drained = async {
        drop(server.await);
        for task in tasks {
            drop(task.await);
        }
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("Some work did not end in time");
    }
    let closed = tokio::time::timeout(DRAIN, app.db.close()).await;
    Ok(closed.unwrap_or_else(|_| Err(DbError::Unavailable("the disk does not answer".into())))?)
}

#[expect(clippy::disallowed_methods, reason = "the server's own long-lived tasks; what must not be lost is a job row")]
pub(super) fn start(task: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(task)
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(addr).await.map_err(|error| StartError::Listen { addr: addr.to_string(), error })
}

/// To standard output; whether anybody reads it does not matter.
fn say(line: &str) {
    writeln!(io::stdout(), "{line}").ok();
}

/// Puts the samples of histograms where they take no room each, also when nobody reads them.
async fn tidy_metrics() {
    while let Some(metrics) = telemetry::started_metrics() {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}

/// On an empty database, says where the first account is made.
async fn set_up_link(app: &App) {
    let Ok(proof) = permit(&Actor::system(INSTALLATION, "first start")) else { return };
    match issue_set_up_link(app, proof).await {
        Ok(Some(link)) => say(&format!("Set-up (once, within 30 minutes): {link}")),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "No set-up link could be made"),
    }
}

/// Listens to a signal. A server that nobody could tell to stop does not start.
fn hear(kind: SignalKind) -> Result<Signal, StartError> {
    signal(kind).map_err(StartError::Signals)
}

async fn asked_to_stop((mut term, mut int): (Signal, Signal)) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_cannot_hear_a_signal_does_not_start() {
        assert!(hear(SignalKind::window_change()).is_ok());
        let kill = hear(SignalKind::from_raw(9));
        assert!(matches!(kill, Err(StartError::Signals(_))), "{kill:?}");
    }
}
