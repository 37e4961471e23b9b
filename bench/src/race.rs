//! `race`: each badge code is scanned by 64 clients at once, half of them at each of two kiosks. Exactly one wins.
//!
//! On SQLite, and on PostgreSQL when `REGIE_TEST_POSTGRES` is the address of one whose user may make databases
//! (`cargo xtask bench` starts a throw-away one when that is not set).

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, Scan, add_kiosk, code_of, listed_of, patient};
use crate::machine;
use crate::postgres::Postgres;
use crate::report::{Budget, Report};
use crate::server::Installation;
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

/// Clients that scan the same code.
const RACERS: usize = 64;
/// Codes that are raced for at the same time, in organisations of their own: while one race is being decided, the
/// machine is busy with another.
const LANES: usize = 4;

/// How the races on one engine ended.
#[derive(Default)]
struct Outcome {
    races: usize,
    /// Races with another number of winners than one.
    undecided: usize,
    /// Losers that were told why: 400 or 409.
    refused: usize,
    /// Answers that are neither.
    others: usize,
    /// Punches that the API lists afterwards.
    stored: usize,
}

/// An organisation with two kiosks and one person, over and over.
struct Lane {
    company: Company,
    keys: [String; 2],
}

/// # Errors
/// When a server does not start or a connection breaks.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("race")?;
    let races = asked.size.unwrap_or(if asked.quick { 400 } else { 10_000 });
    let scratch = machine::scratch("race")?;
    let on = Installation::new(scratch.join("sqlite")).with(patient());
    run(&mut report, "SQLite", &on, races).await?;
    match Postgres::from_environment()? {
        None => eprintln!("  REGIE_TEST_POSTGRES is not set: PostgreSQL is left out"),
        Some(postgres) => {
            let url = postgres.make("regie_bench_race").await?;
            let on = Installation::new(scratch.join("postgres")).with(patient()).with([("DATABASE_URL", url)]);
            let raced = run(&mut report, "PostgreSQL", &on, races).await;
            postgres.remove("regie_bench_race").await?;
            raced?;
        }
    }
    Ok(report)
}

async fn run(report: &mut Report, engine: &str, on: &Installation, races: usize) -> Result<()> {
    let mut lanes = Vec::new();
    for number in 0..LANES {
        let company = Company::found(on, &format!("piste-{number}"))?;
        let keys = [company.kiosk_key.clone(), add_kiosk(on, &company.slug, "Quai")?];
        lanes.push(Lane { company, keys });
    }
    let server = on.start().await?;
    let (started, mut tasks) = (Instant::now(), JoinSet::new());
    for (number, lane) in lanes.into_iter().enumerate() {
        let share = races / LANES + usize::from(number < races % LANES);
        let addr = server.addr;
        tasks.spawn(async move { lane.race(addr, share).await });
    }
    let mut total = Outcome::default();
    while let Some(outcome) = tasks.join_next().await {
        let outcome = outcome.context("a lane broke off")??;
        total.races += outcome.races;
        total.undecided += outcome.undecided;
        total.refused += outcome.refused;
        total.others += outcome.others;
        total.stored += outcome.stored;
    }
    let rate = (total.races * RACERS) as f64 / started.elapsed().as_secs_f64();
    server.stop()?;
    let none = Budget::AtMost(0.0);
    report.figure(format!("{engine}: codes, each scanned by {RACERS}"), total.races as f64, "");
    report.judged(format!("{engine}: codes without exactly one winner"), total.undecided as f64, "", none);
    report.judged(format!("{engine}: answers but 200, 400, 409"), total.others as f64, "", none);
    report.judged(
        format!("{engine}: punches stored beyond or short of the codes"),
        total.stored.abs_diff(total.races) as f64,
        "",
        none,
    );
    report.figure(format!("{engine}: scans"), rate.round(), "/s");
    report.fact(
        engine,
        json!({ "codes": total.races, "refused": total.refused, "stored": total.stored, "scans_per_second": rate }),
    );
    Ok(())
}

impl Lane {
    async fn race(&self, addr: SocketAddr, races: usize) -> Result<Outcome> {
        let person = self.company.owner(addr).await?;
        let (start, _) = broadcast::channel::<Scan>(1);
        let (tell, mut told) = mpsc::channel(RACERS);
        let mut racers = JoinSet::new();
        for number in 0..RACERS {
            let (key, heard, tell) = (self.keys[number % 2].clone(), start.subscribe(), tell.clone());
            racers.spawn(async move { scan_each(addr, &key, heard, &tell).await });
        }
        drop(tell);
        let (mut client, mut outcome) = (Client::new(addr), Outcome::default());
        for race in 0..races {
            let kind = if race.is_multiple_of(2) { "clock_in" } else { "clock_out" };
            let code = code_of(&mut client, &person).await?;
            start.send(Scan { code, kind }).ok().context("the racers are gone")?;
            let mut winners = 0;
            for _ in 0..RACERS {
                match told.recv().await {
                    Some(200) => winners += 1,
                    Some(400 | 409) => outcome.refused += 1,
                    Some(_) => outcome.others += 1,
                    None => bail!("the racers are gone"),
                }
            }
            outcome.races += 1;
            outcome.undecided += usize::from(winners != 1);
        }
        drop(start);
        while let Some(racer) = racers.join_next().await {
            racer.context("a racer broke off")??;
        }
        outcome.stored = listed_of(&mut client, &person).await?.len();
        Ok(outcome)
    }
}

/// One client: scans each code as soon as it hears it, and tells the status.
async fn scan_each(addr: SocketAddr, key: &str, mut heard: broadcast::Receiver<Scan>, tell: &mpsc::Sender<u16>) -> Result<()> {
    let mut client = Client::new(addr);
    let headers = [("content-type", "application/json"), ("x-kiosk-api-key", key)];
    while let Ok(scan) = heard.recv().await {
        let body = json!({ "qr_token": scan.code, "punch_type": scan.kind }).to_string();
        let answer = client.send("POST", "/api/v1/punch/validate", &headers, body).await?;
        tell.send(answer.status).await.context("nobody listens")?;
    }
    Ok(())
}
