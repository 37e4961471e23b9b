//! `refresh`: 50 tabs of one browser refresh for 60 s as fast as they are answered, each with the newest token that one of
//! them was given, as a cookie jar would have it. Nobody is signed out. Then a token that was stolen at the beginning is
//! shown: the session ends, the owner has a mail, the audit a row; the same again with a server that was killed in between.

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, PASSWORD, patient};
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{median, quantile};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Tabs.
const TABS: usize = 50;
/// The grace of the product's defaults, and a second.
const PAST_GRACE: Duration = Duration::from_secs(11);
/// Milliseconds from the showing of a stolen token to the first refusal of the access token.
const DEAD_MS: f64 = 1000.0;

#[derive(Clone)]
struct Pair {
    access: String,
    refresh: String,
}

/// What the tabs saw.
#[derive(Default)]
struct Seen {
    took: Vec<f64>,
    /// Refreshes that were refused.
    refused: usize,
    /// Access tokens, a moment old, that were refused.
    strangers: usize,
}

/// # Errors
/// When a connection breaks.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("refresh")?;
    let seconds = asked.size.unwrap_or(if asked.quick { 10 } else { 60 });
    let window = Duration::from_secs(seconds as u64);
    let on = Installation::new(machine::scratch("refresh")?.join("data")).with(patient());
    let company = Company::found(&on, "bench")?;
    let mut server = on.start().await?;
    let none = Budget::AtMost(0.0);

    eprintln!("  {TABS} tabs of one browser");
    let first = log_in(server.addr, &company.email).await?;
    let (seen, last) = refresh_all(server.addr, std::slice::from_ref(&first), window).await?;
    tell(&mut report, "one session", &seen, window);
    let newest = last.first().cloned().context("no token")?;
    if window <= PAST_GRACE {
        tokio::time::sleep(PAST_GRACE.saturating_sub(window)).await;
    }
    let (status, dead) = steal(server.addr, &first, &newest).await?;
    report.judged("a stolen token: answers but 401", f64::from(u8::from(status != 401)), "", none);
    report.judged("a stolen token: the session is dead after", dead, "ms", Budget::AtMost(DEAD_MS));

    eprintln!("  a token is stolen, the server is killed");
    let stolen = log_in(server.addr, &company.email).await?;
    let newest = refresh(&mut Client::new(server.addr), &stolen.refresh).await?.context("refused")?;
    drop(server); // SIGKILL
    tokio::time::sleep(PAST_GRACE).await;
    server = on.start().await?;
    let (status, dead) = steal(server.addr, &stolen, &newest).await?;
    report.judged("a stolen token, after a kill: answers but 401", f64::from(u8::from(status != 401)), "", none);
    report.judged("a stolen token, after a kill: the session is dead after", dead, "ms", Budget::AtMost(DEAD_MS));

    eprintln!("  {TABS} sessions of their own");
    let mut pairs = Vec::new();
    for _ in 0..TABS {
        pairs.push(log_in(server.addr, &company.email).await?);
    }
    let (seen, _) = refresh_all(server.addr, &pairs, window / 4).await?;
    tell(&mut report, "a session each", &seen, window / 4);
    server.stop()?;
    let (mails, events) = told(&on.database(), &company.email).await?;
    report.judged("thefts without one mail and one event each", (mails.abs_diff(2) + events.abs_diff(2)) as f64, "", none);
    Ok(report)
}

fn tell(report: &mut Report, what: &str, seen: &Seen, window: Duration) {
    let none = Budget::AtMost(0.0);
    report.figure(format!("{TABS} clients, {what}: refreshes"), seen.took.len() as f64 / window.as_secs_f64(), "/s");
    report.figure(format!("{TABS} clients, {what}: median"), median(&seen.took), "ms");
    report.figure(format!("{TABS} clients, {what}: 99th percentile"), quantile(&seen.took, 0.99), "ms");
    report.judged(format!("{TABS} clients, {what}: refused"), seen.refused as f64, "", none);
    report.judged(format!("{TABS} clients, {what}: new access tokens refused"), seen.strangers as f64, "", none);
    report.fact(format!("refreshes, {what}"), json!(seen.took.len()));
}

async fn log_in(addr: SocketAddr, email: &str) -> Result<Pair> {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = Client::new(addr).post_json("/api/v1/auth/login", "", &body).await?;
    pair_of(&answer)
}

fn pair_of(answer: &serde_json::Value) -> Result<Pair> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
    Ok(Pair { access: text("access_token")?, refresh: text("refresh_token")? })
}

/// The new pair, or nothing when the token is refused.
async fn refresh(client: &mut Client, token: &str) -> Result<Option<Pair>> {
    let body = json!({ "refresh_token": token }).to_string();
    let answer = client.send("POST", "/api/v1/auth/refresh", &[("content-type", "application/json")], body).await?;
    match answer.status {
        200 => pair_of(&answer.json()?).map(Some),
        401 => Ok(None),
        other => bail!("answered {other}: {}", answer.text()),
    }
}

/// Whether an access token is taken.
async fn is_in(client: &mut Client, token: &str) -> Result<bool> {
    let bearer = format!("Bearer {token}");
    Ok(client.get("/api/v1/auth/me", &[("authorization", &bearer)]).await?.status == 200)
}

/// [`TABS`] clients, shared out among the sessions.
async fn refresh_all(addr: SocketAddr, sessions: &[Pair], window: Duration) -> Result<(Seen, Vec<Pair>)> {
    let jars: Vec<_> = sessions.iter().map(|pair| Arc::new(Mutex::new(pair.clone()))).collect();
    let (mut tasks, start) = (JoinSet::new(), Instant::now());
    for number in 0..TABS {
        let jar = jars[number % jars.len()].clone();
        tasks.spawn(async move {
            let (mut client, mut seen) = (Client::new(addr), Seen::default());
            while start.elapsed() < window {
                let token = jar.lock().unwrap_or_else(PoisonError::into_inner).refresh.clone();
                let asked = Instant::now();
                let Some(new) = refresh(&mut client, &token).await? else {
                    seen.refused += 1;
                    continue;
                };
                seen.took.push(asked.elapsed().as_secs_f64() * 1000.0);
                seen.strangers += usize::from(!is_in(&mut client, &new.access).await?);
                *jar.lock().unwrap_or_else(PoisonError::into_inner) = new;
            }
            anyhow::Ok(seen)
        });
    }
    let mut all = Seen::default();
    while let Some(seen) = tasks.join_next().await {
        let seen = seen.context("a tab broke off")??;
        all.took.extend(seen.took);
        all.refused += seen.refused;
        all.strangers += seen.strangers;
    }
    let last = jars.iter().map(|jar| jar.lock().unwrap_or_else(PoisonError::into_inner).clone()).collect();
    Ok((all, last))
}

/// Shows a stolen token; the status, and milliseconds until the owner's newest tokens are dead.
async fn steal(addr: SocketAddr, stolen: &Pair, newest: &Pair) -> Result<(u16, f64)> {
    let (mut thief, mut owner) = (Client::new(addr), Client::new(addr));
    if !is_in(&mut owner, &newest.access).await? {
        bail!("the owner was signed out before anything was shown");
    }
    let shown = Instant::now();
    let status = if refresh(&mut thief, &stolen.refresh).await?.is_some() { 200 } else { 401 };
    while is_in(&mut owner, &newest.access).await? && shown.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let dead = shown.elapsed().as_secs_f64() * 1000.0;
    let heir = refresh(&mut owner, &newest.refresh).await?;
    Ok((if heir.is_some() { 200 } else { status }, dead))
}

/// Mails about a copied token to somebody, and events of one.
async fn told(database: &Path, email: &str) -> Result<(i64, i64)> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut database = SqliteConnection::connect_with(&options).await.context("cannot read the database")?;
    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE action = 'session.reuse_detected'")
        .fetch_one(&mut database)
        .await?;
    let mails: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM mails WHERE recipient = $1 AND created_at IN
        (SELECT at FROM audit_events WHERE action = 'session.reuse_detected')",
    )
    .bind(email)
    .fetch_one(&mut database)
    .await?;
    database.close().await.ok();
    Ok((mails, events))
}
