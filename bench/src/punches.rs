//! `punches`: durable punches a second over HTTP on SQLite, with group commit and with one COMMIT for each request.
//!
//! Both are the same binary in the same run, in turns, each round on a fresh copy of the same data: codes are issued
//! by a server with the default settings, which is then replaced by the one to be measured. After a round, the punches
//! that the API lists are compared with those that were acknowledged; a difference ends the benchmark.

use crate::Asked;
use crate::crew::{Company, Person, issue, listed, patient};
use crate::load::{Round, Window, punch};
use crate::machine::{self, Disk};
use crate::report::{Budget, Report, number};
use crate::server::Installation;
use crate::stats::{median, ratio};
use anyhow::{Result, bail};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// How many times the punches of one COMMIT each, on a disk with at most [`SLOW_FLOOR`] durable writes a second.
const TARGET: f64 = 25.0;
/// Durable 4 KiB writes a second: above it, not the disk but the processor is the limit, and the ratio has no budget.
const SLOW_FLOOR: f64 = 400.0;
/// What a disk in a cloud takes for one fsync, in microseconds.
const CLOUD_MICROS: u64 = 3_000;
/// Keep-alive connections.
const CLIENTS: [usize; 3] = [64, 128, 256];
/// People; each punches some times in a round, as on a long day.
const PEOPLE: usize = 1024;

/// One of the two that are compared.
struct Side {
    name: &'static str,
    settings: Vec<(&'static str, String)>,
    /// Punches a second to expect: how many codes are issued. Follows what is measured.
    expected: f64,
    rounds: Vec<Round>,
}

/// What all rounds share.
struct Bench {
    company: Company,
    people: Vec<Person>,
    /// Copied for each round.
    prepared: Installation,
    scratch: std::path::PathBuf,
    window: Window,
}

/// # Errors
/// When a server fails, or what is stored is not what was acknowledged.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("punches")?;
    let scratch = machine::scratch("punches")?;
    let rounds = asked.size.unwrap_or(if asked.quick { 3 } else { 7 });
    let measured = Duration::from_secs(if asked.quick { 2 } else { 5 });
    let bench = prepare(&scratch, Window { warm_up: Duration::from_secs(1), measured }).await?;
    let mut disks = vec![("this disk", Disk::default())];
    match Disk::slowed(&scratch, CLOUD_MICROS)? {
        Some(slow) => disks.push(("3 ms disk", slow)),
        None => eprintln!("  there is no C compiler (cc): the run on a slower disk is left out"),
    }
    for (disk_name, disk) in disks {
        for clients in CLIENTS {
            let floor = disk.floor(&scratch)?;
            let mut sides = [
                Side { name: "group commit", settings: Vec::new(), expected: 4000.0, rounds: Vec::new() },
                Side {
                    name: "one commit each",
                    settings: vec![("REGIE_DB_BATCH", "1".into())],
                    expected: floor.min(4000.0),
                    rounds: Vec::new(),
                },
            ];
            for number in 1..=rounds {
                for side in &mut sides {
                    eprintln!("  {disk_name}, {clients} clients, round {number} of {rounds}: {}", side.name);
                    bench.round(side, &disk, clients).await?;
                }
            }
            tell(&mut report, disk_name, clients, floor, &sides);
        }
    }
    Ok(report)
}

async fn prepare(scratch: &Path, window: Window) -> Result<Bench> {
    let prepared = Installation::new(scratch.join("prepared")).with(patient());
    let company = Company::found(&prepared, "bench")?;
    eprintln!("  {PEOPLE} people join");
    let server = prepared.start().await?;
    let people = company.hire(&prepared, &server, PEOPLE).await?;
    server.stop()?;
    Ok(Bench { company, people, prepared, scratch: scratch.to_owned(), window })
}

impl Bench {
    async fn round(&self, side: &mut Side, disk: &Disk, clients: usize) -> Result<()> {
        let on = self.prepared.copy_to(&self.scratch.join("data"))?;
        let server = on.start().await?;
        // Half as many again as expected: the window should end by the clock.
        let seconds = (self.window.warm_up + self.window.measured).as_secs_f64();
        let count = (side.expected * seconds * 1.5) as usize + 4 * clients;
        let scans = issue(server.addr, &self.people, clients, count).await?;
        server.stop()?;
        let server = on.with(side.settings.clone()).with(disk.environment()).start().await?;
        let round = punch(server.addr, &self.company.kiosk_key, scans, self.window).await?;
        server.stop()?;
        let server = on.start().await?;
        let stored = listed(server.addr, &self.people).await?;
        server.stop()?;
        if stored != round.punches {
            bail!("{} punches were acknowledged, {} are stored", round.punches.len(), stored.len());
        }
        side.expected = round.rate.max(side.expected * 0.5);
        side.rounds.push(round);
        Ok(())
    }
}

fn tell(report: &mut Report, disk: &str, clients: usize, floor: f64, sides: &[Side; 2]) {
    let about = format!("{disk}, {clients} clients");
    report.figure(format!("{about}: durable 4 KiB writes"), floor, "/s");
    let mut facts = json!({ "floor_per_second": floor });
    for side in sides {
        let of = |figure: fn(&Round) -> f64| -> Vec<f64> { side.rounds.iter().map(figure).collect() };
        let rates = of(|round| round.rate);
        report.figure(format!("{about}: {}", side.name), median(&rates).round(), "punches/s");
        report.figure(format!("{about}: {}, 99th percentile", side.name), median(&of(|round| round.p99_ms)), "ms");
        facts[side.name] = json!({
            "rounds_per_second": rates, "median_per_second": median(&rates), "median_ms": of(|round| round.median_ms),
            "p99_ms": of(|round| round.p99_ms), "acknowledged": of(|round| round.punches.len() as f64),
            "ran_dry": side.rounds.iter().filter(|round| round.ran_dry).count(),
        });
    }
    let [ours, theirs] = sides.each_ref().map(|side| side.rounds.iter().map(|round| round.rate).collect::<Vec<f64>>());
    let ratio = ratio(&ours, &theirs);
    let budget = (floor <= SLOW_FLOOR).then_some(Budget::AtLeast(TARGET));
    report.ratio(format!("{about}: ratio"), ratio, budget);
    facts["ratio"] = json!({ "low": ratio.low, "median": ratio.middle, "high": ratio.high });
    let [ours, theirs] = [median(&ours), median(&theirs)];
    eprintln!("  {about}: {} against {} punches/s, {:.1} x", number(ours.round()), number(theirs.round()), ratio.middle);
    report.fact(about, facts);
}
