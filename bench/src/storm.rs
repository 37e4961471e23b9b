//! `storm`: 500 people sign in at the same moment while a kiosk goes on scanning.
//!
//! Who is refused (429, 503) waits for as long as the answer says and tries again, until all are in: the worst Monday. The
//! punches come at a fixed rate, whatever the server does, and their time counts from when they were due: a server that
//! pauses cannot hide it. Client and server share the machine.

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, PASSWORD, Scan, issue, patient};
use crate::load::validate;
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::{Installation, Server};
use crate::stats::{median, quantile};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Who sign in at once.
const CROWD: usize = 500;
/// Punches a second, from [`KIOSKS`] kiosks in turns.
const PUNCHES: u32 = 60;
const KIOSKS: u32 = 6;
/// Seconds for which there are codes.
const CODES_S: usize = 90;
/// Milliseconds for 99 of 100 punches.
const PUNCH_MS: f64 = 50.0;
/// Megabytes that the storm may add: 19 MiB for each of two workers, and what 500 connections need. A hash for each sign-in
/// at once would be 9 960.
const MEMORY_MB: f64 = 80.0;
/// Milliseconds until 99 of 100 refusals are told.
const REFUSAL_MS: f64 = 1000.0;
/// How often the memory is read.
const LOOK: Duration = Duration::from_millis(20);

/// How one person got in.
#[derive(Default)]
struct Arrival {
    /// Milliseconds of each refusal.
    refusals: Vec<f64>,
    /// Refusals that did not say when to come back.
    silent: usize,
    /// Answers that are neither yes nor later.
    others: Vec<u16>,
    /// Seconds from the start.
    in_after: f64,
}

/// # Errors
/// When the server fails in another way than by refusing.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("storm")?;
    let crowd = asked.size.unwrap_or(CROWD);
    // The whole crowd is behind this machine's address: that it is known for much is what a theatre's network is like.
    let trust = [("REGIE_TRUSTED_PROXIES", "127.0.0.1".to_owned())];
    let on = Installation::new(machine::scratch("storm")?.join("data")).with(patient()).with(trust);
    let company = Company::found(&on, "bench")?;
    let server = on.start().await?;
    eprintln!("  {crowd} people join");
    let people = company.hire(&on, &server, crowd.max(64)).await?;
    server.stop()?;
    let server = on.start().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = server.resident_bytes()? / 1e6;

    eprintln!("  punches alone");
    // Each of the two runs has people of its own, who have not punched before.
    let (some, others) = people.split_at(people.len() / 2);
    let (kiosks, codes) = (KIOSKS as usize, CODES_S * PUNCHES as usize);
    let scans = issue(server.addr, some, kiosks, codes).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let quiet = punch_at_rate(server.addr, &company.kiosk_key, scans, &stop);
    let end = async {
        tokio::time::sleep(Duration::from_secs(if asked.quick { 3 } else { 10 })).await;
        stop.store(true, Ordering::Relaxed);
    };
    let (quiet, ()) = tokio::join!(quiet, end);
    let quiet = quiet?;

    eprintln!("  {crowd} sign in");
    let scans = issue(server.addr, others, kiosks, codes).await?;
    stop.store(false, Ordering::Relaxed);
    let during = punch_at_rate(server.addr, &company.kiosk_key, scans, &stop);
    let storm = async {
        let arrivals = arrive(&server, &company, crowd).await;
        stop.store(true, Ordering::Relaxed);
        arrivals
    };
    let (during, storm) = tokio::join!(during, storm);
    let (during, (arrivals, peak)) = (during?, storm?);
    server.stop()?;

    let refusals: Vec<f64> = arrivals.iter().flat_map(|arrival| arrival.refusals.iter().copied()).collect();
    let silent: usize = arrivals.iter().map(|arrival| arrival.silent).sum();
    let others: Vec<u16> = arrivals.iter().flat_map(|arrival| arrival.others.iter().copied()).collect();
    let last = arrivals.iter().map(|arrival| arrival.in_after).fold(0.0, f64::max);
    let none = Budget::AtMost(0.0);
    report.figure("signed in", arrivals.len() as f64, "");
    report.figure("all of them after", last, "s");
    report.figure("told to come back", refusals.len() as f64, "times");
    report.judged("told so without Retry-After", silent as f64, "", none);
    report.judged("answers but 200, 429, 503", others.len() as f64, "", none);
    report.judged("told to come back, 99th percentile", quantile(&refusals, 0.99), "ms", Budget::AtMost(REFUSAL_MS));
    report.figure("memory before", before, "MB");
    report.figure("memory at its highest", peak, "MB");
    report.judged("memory that the storm added", peak - before, "MB", Budget::AtMost(MEMORY_MB));
    report.figure("punches without the storm, median", median(&quiet), "ms");
    report.figure("punches without the storm, 99th percentile", quantile(&quiet, 0.99), "ms");
    report.figure("punches in the storm", during.len() as f64, "");
    report.figure("punches in the storm, median", median(&during), "ms");
    report.judged("punches in the storm, 99th percentile", quantile(&during, 0.99), "ms", Budget::AtMost(PUNCH_MS));
    report.figure("punches in the storm, slowest", during.iter().copied().fold(0.0, f64::max), "ms");
    report.fact("punches_in_the_storm_ms", json!(during));
    report.fact("punches_alone_ms", json!(quiet));
    report.fact("refusals_ms", json!(refusals));
    Ok(report)
}

/// All sign in at once; gives how each fared, and the highest memory in MB.
async fn arrive(server: &Server, company: &Company, crowd: usize) -> Result<(Vec<Arrival>, f64)> {
    let (mut tasks, barrier) = (JoinSet::new(), Arc::new(Barrier::new(crowd)));
    for number in 0..crowd {
        let (addr, barrier) = (server.addr, barrier.clone());
        let email = company.email_of(number);
        tasks.spawn(async move { sign_in(addr, number, &email, &barrier).await });
    }
    let (mut all, mut peak) = (Vec::new(), 0.0_f64);
    loop {
        tokio::select! {
            done = tasks.join_next() => match done {
                Some(done) => all.push(done.context("a client broke off")??),
                None => return Ok((all, peak)),
            },
            () = tokio::time::sleep(LOOK) => peak = peak.max(server.resident_bytes()? / 1e6),
        }
    }
}

async fn sign_in(addr: SocketAddr, number: usize, email: &str, barrier: &Barrier) -> Result<Arrival> {
    let mut client = Client::new(addr);
    let ready = client.connect().await.map(drop);
    barrier.wait().await;
    ready?;
    let (start, mut arrival) = (Instant::now(), Arrival::default());
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let from = format!("10.0.{}.{}", number / 250, number % 250 + 1);
    let headers = [("content-type", "application/json"), ("x-forwarded-for", from.as_str())];
    loop {
        let asked = Instant::now();
        let answer = client.send("POST", "/api/v1/auth/login", &headers, body.clone()).await?;
        match answer.status {
            200 => {
                arrival.in_after = start.elapsed().as_secs_f64();
                return Ok(arrival);
            }
            429 | 503 => {
                arrival.refusals.push(asked.elapsed().as_secs_f64() * 1000.0);
                let wait = answer.header("retry-after").parse::<u64>();
                arrival.silent += usize::from(wait.is_err());
                tokio::time::sleep(Duration::from_secs(wait.unwrap_or(2))).await;
            }
            other => arrival.others.push(other),
        }
        if arrival.others.len() > 3 || start.elapsed() > Duration::from_secs(120) {
            bail!("{email} does not get in: {:?}", arrival.others);
        }
    }
}

/// Scans at a fixed rate until told to stop; milliseconds of each since it was due.
async fn punch_at_rate(addr: SocketAddr, key: &str, scans: Vec<VecDeque<Scan>>, stop: &Arc<AtomicBool>) -> Result<Vec<f64>> {
    let mut tasks = JoinSet::new();
    let (all_of, start) = (Duration::from_secs(1) / PUNCHES, Instant::now() + Duration::from_millis(200));
    for (number, mine) in (0..).zip(scans) {
        let (key, stop) = (key.to_owned(), stop.clone());
        tasks.spawn(async move { punch_every(addr, &key, mine, start + all_of * number, all_of * KIOSKS, &stop).await });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done.context("a kiosk broke off")??);
    }
    Ok(all)
}

async fn punch_every(
    addr: SocketAddr,
    key: &str,
    scans: VecDeque<Scan>,
    first: Instant,
    every: Duration,
    stop: &AtomicBool,
) -> Result<Vec<f64>> {
    let (mut kiosk, mut all, mut due) = (Client::new(addr), Vec::new(), first);
    kiosk.connect().await?;
    for scan in scans {
        tokio::time::sleep_until(due.into()).await;
        if stop.load(Ordering::Relaxed) {
            return Ok(all);
        }
        validate(&mut kiosk, key, &scan).await?;
        all.push(due.elapsed().as_secs_f64() * 1000.0);
        due += every;
    }
    bail!("the kiosks have scanned all codes: the storm took too long")
}
