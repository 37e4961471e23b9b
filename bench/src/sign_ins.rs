//! `sign_ins`: passwords checked a second by our pool, against the same library as it is usually called.
//!
//! The pool is the product's own source file, compiled into this program; usual is what a tutorial does: a task of the
//! blocking pool for each request, which allocates the memory of the hash (19 MiB), uses it once and gives it back. Both
//! check the same PHC string with the same crate, in turns, in one run, at the same low priority: what is compared is the way
//! to call the library, not who is let before the neighbours. Without a budget stand beside it the same with no more tasks
//! at once than there are cores, which is not what people write, and whole sign-ins over HTTP.

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, PASSWORD, patient};
use crate::machine;
use crate::platform::hashing::Hasher;
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{Ratio, median, quantile, ratio};
use anyhow::{Context as _, Result, bail};
use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many times as many as the usual way.
const TARGET: f64 = 1.8;
/// Who wait at the same time, for each core. Fewer than the pool's queue is long.
const WAITING: usize = 16;
/// The defaults of the product: the OWASP minimum, and that of the crate.
const COST: (u32, u32) = (19_456, 2);

/// A way to check passwords.
#[derive(Clone)]
enum Way {
    Pool(Hasher),
    Usual { runtime: Handle, at_once: Option<Arc<Semaphore>> },
}

impl Way {
    async fn check(&self, password: &'static str, phc: &Arc<str>) -> Result<bool> {
        let phc = phc.clone();
        match self {
            Self::Pool(hasher) => Ok(hasher.verify(password, Some(&phc)).await?),
            Self::Usual { runtime, at_once } => {
                let permit = match at_once {
                    Some(places) => Some(places.clone().acquire_owned().await?),
                    None => None,
                };
                let work = move || {
                    let _permit = permit;
                    let hash = PasswordHash::new(&phc).ok()?;
                    Some(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
                };
                runtime.spawn_blocking(work).await?.context("no PHC string")
            }
        }
    }
}

/// # Errors
/// When a right password is not accepted.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("sign_ins")?;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let rounds = asked.size.unwrap_or(if asked.quick { 3 } else { 15 });
    let window = Duration::from_secs(2);
    let hasher = Hasher::new(cores, COST.0, COST.1)?;
    let phc: Arc<str> = hasher.hash(PASSWORD).await?.into();
    let tasks = Builder::new_multi_thread().worker_threads(1).on_thread_start(stand_back).build()?;
    let (runtime, at_once) = (tasks.handle().clone(), Some(Arc::new(Semaphore::new(cores))));
    let ways = [
        ("our pool", Way::Pool(hasher)),
        ("usual, a task each", Way::Usual { runtime: runtime.clone(), at_once: None }),
        ("usual, as many tasks as cores", Way::Usual { runtime, at_once }),
    ];
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for round in 1..=rounds {
        for ((name, way), rates) in ways.iter().zip(&mut rates) {
            let rate = run(way, &phc, cores * WAITING, window).await?;
            eprintln!("  round {round} of {rounds}: {name}: {rate:.1}/s");
            rates.push(rate);
        }
    }
    for ((name, _), rates) in ways.iter().zip(&rates) {
        report.figure(format!("{name}: passwords checked"), median(rates), "/s");
        report.fact(*name, json!(rates));
    }
    let [ours, usual, bounded] = &rates;
    // Round by round: what the neighbours do meanwhile, they do to both.
    let against = |theirs: &[f64]| -> Ratio {
        let each: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        ratio(&each, &vec![1.0; each.len()])
    };
    report.ratio("our pool against the usual way", against(usual), Some(Budget::AtLeast(TARGET)));
    report.ratio("our pool against as many tasks as cores", against(bounded), None);
    whole(&mut report, cores * WAITING, window * 4).await?;
    tasks.shutdown_background();
    Ok(report)
}

/// Lowers the priority of a thread as our pool does.
fn stand_back() {
    let given = rustix::process::getpriority_process(None).unwrap_or(0);
    // Where it cannot be lowered, ours cannot either.
    let _ = rustix::process::setpriority_process(None, (given + 10).min(19));
}

/// Passwords checked a second when `callers` wait all the time.
async fn run(way: &Way, phc: &Arc<str>, callers: usize, window: Duration) -> Result<f64> {
    let (mut tasks, start) = (JoinSet::new(), Instant::now());
    for _ in 0..callers {
        let (way, phc) = (way.clone(), phc.clone());
        tasks.spawn(async move {
            let mut count = 0_usize;
            while start.elapsed() < window {
                if !way.check(PASSWORD, &phc).await? {
                    bail!("the right password was refused");
                }
                // Those who end after the window count for nobody.
                count += usize::from(start.elapsed() < window);
            }
            Ok(count)
        });
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += done.context("a task broke off")??;
    }
    Ok(count as f64 / window.as_secs_f64())
}

/// Whole sign-ins through the release binary.
async fn whole(report: &mut Report, clients: usize, window: Duration) -> Result<()> {
    let on = Installation::new(machine::scratch("sign_ins")?.join("data")).with(patient());
    let company = Company::found(&on, "bench")?;
    let server = on.start().await?;
    eprintln!("  {clients} accounts are made");
    company.hire(&on, &server, clients).await?;
    let (mut tasks, start) = (JoinSet::new(), Instant::now());
    for number in 0..clients {
        let (addr, email) = (server.addr, company.email_of(number));
        tasks.spawn(async move { sign_in_until(addr, &email, start, window).await });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done.context("a client broke off")??);
    }
    server.stop()?;
    report.figure(format!("over HTTP, {clients} clients: sign-ins"), all.len() as f64 / window.as_secs_f64(), "/s");
    report.figure(format!("over HTTP, {clients} clients: median"), median(&all), "ms");
    report.figure(format!("over HTTP, {clients} clients: 99th percentile"), quantile(&all, 0.99), "ms");
    Ok(())
}

async fn sign_in_until(addr: SocketAddr, email: &str, start: Instant, window: Duration) -> Result<Vec<f64>> {
    let (mut client, mut all) = (Client::new(addr), Vec::new());
    while start.elapsed() < window {
        let asked = Instant::now();
        client.log_in(email, PASSWORD).await?;
        if start.elapsed() < window {
            all.push(asked.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(all)
}
