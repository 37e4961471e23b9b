//! `kill`: the server is killed (SIGKILL) in the middle of a storm of punches, again and again. After every start, each
//! acknowledged punch is there once, and the database is whole.
//!
//! This is the death of a process, not of a machine: what was written but not synced survives in the kernel.

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, Person, Scan, code_of, patient};
use crate::load::validate;
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{Dice, median};
use crate::store::{Findings, inspect};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;

/// Keep-alive connections, each with two people of its own.
const CLIENTS: usize = 64;
/// The server lives this long under load, in milliseconds; drawn anew each time.
const LIFE_MS: std::ops::Range<usize> = 300..1500;
/// Milliseconds from a start after a kill to the first 200 of `/readyz`.
const RECOVERY_MS: f64 = 2000.0;

/// Somebody, and the punch that would be next.
#[derive(Clone)]
struct Someone {
    person: Person,
    crew_member: i64,
    next: &'static str,
}

/// # Errors
/// When the server fails in another way than by being killed.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("kill")?;
    let on = Installation::new(machine::scratch("kill")?.join("data")).with(patient());
    let company = Company::found(&on, "bench")?;
    let mut server = on.start().await?;
    let mut people = Vec::new();
    for person in company.hire(&on, &server, 2 * CLIENTS).await? {
        let mine = Client::new(server.addr).get_json("/api/v1/devices/me", &person.token).await?;
        let crew_member = mine[0]["user_id"].as_i64().context("a phone of nobody")?;
        people.push(Someone { person, crew_member, next: "clock_in" });
    }
    let seed = u64::from(std::process::id());
    eprintln!("  seed {seed}");
    let (mut dice, mut acknowledged, mut recoveries) = (Dice::new(seed), HashMap::new(), Vec::new());
    let (mut lost, mut strangers, mut wrong, mut found) = (0, 0, Vec::new(), Findings::default());
    let cycles = asked.size.unwrap_or(if asked.quick { 5 } else { 20 });
    for cycle in 1..=cycles {
        let storm = storm(server.addr, &company.kiosk_key, &people);
        let life = Duration::from_millis((LIFE_MS.start + dice.below(LIFE_MS.len())) as u64);
        let end = async {
            tokio::time::sleep(life).await;
            drop(server); // SIGKILL
        };
        let (storm, ()) = tokio::join!(storm, end);
        let before = acknowledged.len();
        acknowledged.extend(storm?);
        server = on.start().await?;
        recoveries.push(server.ready_after.as_secs_f64() * 1000.0);
        found = inspect(&on.database()).await?;
        wrong.append(&mut found.wrong);
        lost = acknowledged.iter().filter(|(id, who)| found.punches.get(*id).is_none_or(|p| p.crew_member_id != **who)).count();
        // At most one answer of each client was on its way when the server died.
        let unheard = found.punches.len() - (acknowledged.len() - lost);
        strangers = unheard.saturating_sub(cycle * CLIENTS);
        follow(&mut people, &found);
        let new = acknowledged.len() - before;
        eprintln!("  kill {cycle} of {cycles} after {life:?}: {new} acknowledged, {lost} lost, {unheard} stored unheard");
    }
    server.stop()?;
    let none = Budget::AtMost(0.0);
    report.figure("kills", cycles as f64, "");
    report.figure("acknowledged punches", acknowledged.len() as f64, "");
    report.judged("acknowledged and lost", lost as f64, "", none);
    report.judged("stored beyond what was on its way", strangers as f64, "", none);
    report.judged("findings in database and chains", wrong.len() as f64, "", none);
    report.figure("audit events checked at the end", found.events as f64, "");
    let slowest = recoveries.iter().copied().fold(0.0, f64::max);
    report.figure("ready after a kill, median", median(&recoveries), "ms");
    report.judged("ready after a kill, slowest", slowest, "ms", Budget::AtMost(RECOVERY_MS));
    report.fact("seed", json!(seed));
    report.fact("recoveries_ms", json!(recoveries));
    wrong.iter().for_each(|finding| eprintln!("  {finding}"));
    report.fact("findings", wrong.into_iter().map(Value::from).collect());
    Ok(report)
}

/// Punches until the server is gone; gives the acknowledged ones with their person.
async fn storm(addr: SocketAddr, key: &str, people: &[Someone]) -> Result<Vec<(i64, i64)>> {
    let mut tasks = JoinSet::new();
    for mine in people.chunks(people.len().div_ceil(CLIENTS)).map(<[_]>::to_vec) {
        let key = key.to_owned();
        tasks.spawn(async move { punch_until_gone(addr, &key, mine).await });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done.context("a client broke off")??);
    }
    Ok(all)
}

async fn punch_until_gone(addr: SocketAddr, key: &str, mut mine: Vec<Someone>) -> Result<Vec<(i64, i64)>> {
    let (mut client, mut all) = (Client::new(addr), Vec::new());
    loop {
        for someone in &mut mine {
            let punched = async {
                let code = code_of(&mut client, &someone.person).await?;
                validate(&mut client, key, &Scan { code, kind: someone.next }).await
            };
            match punched.await {
                Ok(id) => all.push((id, someone.crew_member)),
                // A server that answers with a refusal is not gone.
                Err(error) if format!("{error:#}").contains("answered") => return Err(error),
                Err(_) => return Ok(all),
            }
            someone.next = after(someone.next);
        }
    }
}

fn after(kind: &str) -> &'static str {
    if kind == "clock_in" { "clock_out" } else { "clock_in" }
}

/// What comes next for each, by what is stored: the last answer may have been lost on its way.
fn follow(people: &mut [Someone], found: &Findings) {
    let mut last: HashMap<i64, (i64, &str)> = HashMap::new();
    for punch in found.punches.values() {
        let entry = last.entry(punch.crew_member_id).or_insert((punch.id, &punch.kind));
        if punch.id > entry.0 {
            *entry = (punch.id, &punch.kind);
        }
    }
    for someone in people {
        let is_in = last.get(&someone.crew_member).is_some_and(|(_, kind)| *kind == "in");
        someone.next = if is_in { "clock_out" } else { "clock_in" };
    }
}
