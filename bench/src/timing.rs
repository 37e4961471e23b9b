//! `timing`: whether the time of an answer tells that an address has an account: at sign-in, at the wish for a new password,
//! at an invitation. Known and unknown addresses are asked in one random order, one after the other, each once.
//!
//! What is compared is ranks, not means: a neighbour's pause of 50 ms moves a mean, and no rank by more than one. By the
//! two-sided Mann–Whitney test, a difference is measurable when |z| exceeds [`SURE`]; as one run in a thousand does so by
//! chance, such a measurement is made a second time, and counts when it shows the same in the same direction. Beside the
//! verdict stands how large a difference the test would have found: without that figure, "none was found" says nothing.

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, PASSWORD, patient};
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{Dice, Shift, median, rank_sum, shift};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::task::JoinSet;

/// Samples of each kind.
const SAMPLES: usize = 2000;
/// Of the standard normal distribution, 99.9 % lies within.
const SURE: f64 = 3.29;
/// Requests of each kind before the measurement: the first ones of a server are slower.
const WARM_UP: usize = 50;
/// Connections that make the accounts.
const HANDS: usize = 8;

/// What is asked.
#[derive(Clone, Copy)]
enum Question {
    Login,
    Reset,
    Invite,
}

impl Question {
    const ALL: [Self; 3] = [Self::Login, Self::Reset, Self::Invite];

    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Login => "/api/v1/auth/login",
            Self::Reset => "/api/v1/auth/reset/request",
            Self::Invite => "/api/v1/members/invitations",
        }
    }

    fn body(self, email: &str) -> Value {
        match self {
            Self::Login => json!({ "email": email, "password": "ce n'est pas la bonne phrase" }),
            Self::Reset => json!({ "email": email }),
            Self::Invite => json!({ "email": email, "role": "tech" }),
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Login => 401,
            Self::Reset => 200,
            Self::Invite => 201,
        }
    }
}

/// # Errors
/// When the server answers with something else than it should.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("timing")?;
    let samples = asked.size.unwrap_or(if asked.quick { 300 } else { SAMPLES });
    // Each request comes from an address of its own, so that nobody is slowed for asking often.
    let trust = [("REGIE_TRUSTED_PROXIES", "127.0.0.1".to_owned())];
    let on = Installation::new(machine::scratch("timing")?.join("data")).with(patient()).with(trust);
    // The second one is for measurements that are made again: an address is invited once.
    let companies = [Company::found(&on, "mesure")?, Company::found(&on, "encore")?];
    let server = on.start().await?;
    eprintln!("  {samples} accounts are made");
    make_accounts(server.addr, samples).await?;
    for question in Question::ALL {
        let mut z_of = Vec::new();
        let mut last = None;
        for company in &companies {
            let token = Client::new(server.addr).log_in(&company.email, PASSWORD).await?;
            let [known, unknown] = ask_all(server.addr, question, &token, samples).await?;
            let (z, difference) = (rank_sum(&known, &unknown), shift(&known, &unknown, SURE));
            eprintln!(
                "  {}: medians {:.3} ms known, {:.3} ms unknown; z = {z:.2}",
                question.name(),
                median(&known),
                median(&unknown)
            );
            z_of.push(z);
            last = Some((known, unknown, difference));
            if z.abs() <= SURE {
                break;
            }
        }
        let (known, unknown, difference) = last.context("nothing was measured")?;
        tell(&mut report, question, &z_of, &known, &unknown, difference);
    }
    server.stop()?;
    Ok(report)
}

fn tell(report: &mut Report, question: Question, z_of: &[f64], known: &[f64], unknown: &[f64], difference: Shift) {
    let name = question.name();
    report.figure(format!("{name}: known addresses, median of {}", known.len()), median(known), "ms");
    report.figure(format!("{name}: unknown addresses, median of {}", unknown.len()), median(unknown), "ms");
    report.figure(format!("{name}: known later by"), difference.middle * 1000.0, "µs");
    report.figure(format!("{name}: what would have been found"), (difference.high - difference.low) * 500.0, "µs");
    // Twice the same, or it was chance.
    let same = z_of.iter().all(|z| z.signum() == z_of.first().copied().unwrap_or_default().signum());
    let judged = if same { z_of.iter().copied().fold(f64::INFINITY, |least, z| least.min(z.abs())) } else { 0.0 };
    report.judged(format!("{name}: |z| of the rank sums"), judged, "", Budget::AtMost(SURE));
    report.fact(
        name,
        json!({ "z": z_of, "shift_ms": [difference.low, difference.middle, difference.high], "known_ms": known, "unknown_ms": unknown }),
    );
}

/// Addresses of the same length.
fn address(known: bool, number: usize) -> String {
    format!("{}{number:05}@mesure.example", if known { 'a' } else { 'b' })
}

/// A network address for each request.
fn origin(number: usize) -> String {
    format!("10.{}.{}.{}", (number >> 16) & 255, (number >> 8) & 255, number & 255)
}

async fn make_accounts(addr: SocketAddr, count: usize) -> Result<()> {
    let mut hands = JoinSet::new();
    for hand in 0..HANDS {
        hands.spawn(async move {
            let mut client = Client::new(addr);
            for number in (hand..count).step_by(HANDS) {
                let body = json!({ "email": address(true, number), "password": PASSWORD, "full_name": "Personne" }).to_string();
                let from = origin(number);
                let headers = [("content-type", "application/json"), ("x-forwarded-for", from.as_str())];
                let answer = client.send("POST", "/api/v1/auth/register", &headers, body).await?;
                if answer.status != 201 {
                    bail!("no account: {}", answer.text());
                }
            }
            Ok(())
        });
    }
    while let Some(done) = hands.join_next().await {
        done.context("a task broke off")??;
    }
    Ok(())
}

/// Milliseconds for known and for unknown addresses.
async fn ask_all(addr: SocketAddr, question: Question, token: &str, samples: usize) -> Result<[Vec<f64>; 2]> {
    let mut client = Client::new(addr);
    let mut dice = Dice::new(u64::from(std::process::id()));
    for number in 0..2 * WARM_UP {
        let email = format!("c{}{number:05}@mesure.example", dice.below(1_000_000));
        ask(&mut client, question, token, &email, 1 << 20 | number).await?;
    }
    // One order for all, so that what a request leaves behind (a job, a page in memory) meets both kinds alike.
    let mut order: Vec<(bool, usize)> = (0..samples).flat_map(|number| [(true, number), (false, number)]).collect();
    for place in (1..order.len()).rev() {
        order.swap(place, dice.below(place + 1));
    }
    let mut all = [Vec::new(), Vec::new()];
    for (place, (known, number)) in order.into_iter().enumerate() {
        let took = ask(&mut client, question, token, &address(known, number), place).await?;
        all[usize::from(!known)].push(took);
    }
    Ok(all)
}

async fn ask(client: &mut Client, question: Question, token: &str, email: &str, number: usize) -> Result<f64> {
    let (body, bearer, from) = (question.body(email).to_string(), format!("Bearer {token}"), origin(number));
    let mut headers = vec![("content-type", "application/json"), ("x-forwarded-for", from.as_str())];
    if matches!(question, Question::Invite) {
        headers.push(("authorization", &bearer));
    }
    let start = Instant::now();
    let answer = client.send("POST", question.path(), &headers, body).await?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    if answer.status != question.status() {
        bail!("{}: answered {}: {}", question.path(), answer.status, answer.text());
    }
    Ok(took)
}
