//! Many clients that punch at once, each over its own connection, each waiting for its answer before the next.

use crate::client::Client;
use crate::crew::Scan;
use crate::stats::quantile;
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// An acknowledged punch.
#[derive(Clone, Copy)]
struct Acknowledged {
    punch: i64,
    /// Since the common start.
    at: Duration,
    took: Duration,
}

/// What one client did.
struct Done {
    all: Vec<Acknowledged>,
    /// When it had no more scans, if that happened.
    idle_from: Option<Duration>,
}

/// One round.
pub struct Round {
    /// Acknowledged punches a second, within the window.
    pub rate: f64,
    /// Milliseconds from request to answer, within the window.
    pub median_ms: f64,
    pub p99_ms: f64,
    /// Every acknowledged punch of the round, warm-up included, in order.
    pub punches: Vec<i64>,
    /// Whether a client had no more scans before the end: the window ended there.
    pub ran_dry: bool,
}

/// How long a round lasts.
#[derive(Clone, Copy)]
pub struct Window {
    pub warm_up: Duration,
    pub measured: Duration,
}

/// Scans as fast as the server answers. Any answer but an acknowledgement makes the round void.
///
/// # Errors
/// When a scan is refused or a connection breaks.
pub async fn punch(addr: SocketAddr, key: &str, scans: Vec<VecDeque<Scan>>, window: Window) -> Result<Round> {
    let (mut tasks, barrier) = (JoinSet::new(), Arc::new(Barrier::new(scans.len())));
    for mine in scans {
        let (key, barrier) = (key.to_owned(), barrier.clone());
        tasks.spawn(async move { punch_all(addr, &key, mine, window, &barrier).await });
    }
    let (mut all, mut idle_from) = (Vec::new(), None::<Duration>);
    while let Some(done) = tasks.join_next().await {
        let done = done.context("a client broke off")??;
        all.extend(done.all);
        idle_from = [idle_from, done.idle_from].into_iter().flatten().min();
    }
    let end = window.warm_up + window.measured;
    let until = idle_from.map_or(end, |idle| idle.min(end));
    let counted: Vec<f64> = all
        .iter()
        .filter(|punch| punch.at >= window.warm_up && punch.at < until)
        .map(|punch| punch.took.as_secs_f64() * 1000.0)
        .collect();
    if counted.is_empty() {
        bail!("there were too few scans to measure");
    }
    let mut punches: Vec<i64> = all.iter().map(|punch| punch.punch).collect();
    punches.sort_unstable();
    Ok(Round {
        rate: counted.len() as f64 / (until - window.warm_up).as_secs_f64(),
        median_ms: quantile(&counted, 0.5),
        p99_ms: quantile(&counted, 0.99),
        punches,
        ran_dry: until < end,
    })
}

async fn punch_all(addr: SocketAddr, key: &str, mut scans: VecDeque<Scan>, window: Window, barrier: &Barrier) -> Result<Done> {
    let mut client = Client::new(addr);
    let ready = client.connect().await.map(drop);
    // Even after an error: the others wait.
    barrier.wait().await;
    ready?;
    let start = Instant::now();
    let mut all = Vec::new();
    while start.elapsed() < window.warm_up + window.measured {
        let Some(scan) = scans.pop_front() else { return Ok(Done { all, idle_from: Some(start.elapsed()) }) };
        let asked = Instant::now();
        let punch = validate(&mut client, key, &scan).await?;
        all.push(Acknowledged { punch, at: start.elapsed(), took: asked.elapsed() });
    }
    Ok(Done { all, idle_from: None })
}

/// Has a kiosk scan a code; the number of the punch once it is durable.
///
/// # Errors
/// When the scan is refused or the connection breaks.
pub async fn validate(client: &mut Client, key: &str, scan: &Scan) -> Result<i64> {
    let body = json!({ "qr_token": scan.code, "punch_type": scan.kind }).to_string();
    let headers = [("content-type", "application/json"), ("x-kiosk-api-key", key)];
    let answer = client.send("POST", "/api/v1/punch/validate", &headers, body).await?.json()?;
    answer["punch_id"].as_i64().context("no number of a punch")
}
