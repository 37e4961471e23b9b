//! `missions[=COUNT]`: a list of 100,000 missions is paged at a cost that does not grow with the page. `week`: the sheet of 30
//! people and seven days is drawn in a few milliseconds. `candidates`: 200 people are ranked for a place. Lists are not kept here
//! (`CACHE_TTL_SECONDS=0`).

use crate::Asked;
use crate::client::Client;
use crate::crew::{Company, PASSWORD, patient};
use crate::machine;
use crate::postgres::Postgres;
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{median, quantile, ratio};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::time::Instant;

/// Missions of the long list.
const MISSIONS: usize = 100_000;
/// Missions that one request makes.
const AT_ONCE: usize = 500;
/// Missions of a page.
const PAGE: usize = 100;
/// Pages that are compared, and how often.
const SAMPLES: usize = 300;
/// How much slower the last pages may be than the first ones.
const GROWTH: f64 = 1.25;
/// Milliseconds of the server for the sheet, from the request to the whole answer being ready.
const WEEK_MS: f64 = 5.0;
const PEOPLE: usize = 30;
/// People who are ranked, and milliseconds for that, from the request to the whole answer.
const CANDIDATES: usize = 200;
const RANKED_MS: f64 = 200.0;

fn settings() -> Vec<(&'static str, String)> {
    let mut settings = patient();
    settings.push(("CACHE_TTL_SECONDS", "0".into()));
    settings
}

/// # Errors
/// When the server refuses.
pub async fn missions(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("missions")?;
    let count = asked.size.unwrap_or(if asked.quick { MISSIONS / 20 } else { MISSIONS });
    let scratch = machine::scratch("missions")?;
    page_through(&mut report, "SQLite", &Installation::new(scratch.join("sqlite")).with(settings()), count).await?;
    match Postgres::from_environment()? {
        None => eprintln!("  no PostgreSQL: REGIE_TEST_POSTGRES names none"),
        Some(postgres) => {
            let url = postgres.make("regie_bench_missions").await?;
            let on = Installation::new(scratch.join("postgres")).with(settings()).with([("DATABASE_URL", url)]);
            let paged = page_through(&mut report, "PostgreSQL", &on, count).await;
            postgres.remove("regie_bench_missions").await?;
            paged?;
        }
    }
    Ok(report)
}

async fn page_through(report: &mut Report, engine: &str, on: &Installation, count: usize) -> Result<()> {
    let company = Company::found(on, "liste")?;
    let server = on.start().await?;
    let mut client = Client::new(server.addr);
    let token = client.log_in(&company.email, PASSWORD).await?;
    let project = client.post_json("/api/v1/projects", &token, &json!({ "name": "Saison" })).await?;
    let project = project["id"].as_i64().context("no project")?;
    eprintln!("  {engine}: {count} missions");
    let path = format!("/api/v1/projects/{project}/missions:bulk_create");
    for first in (0..count).step_by(AT_ONCE) {
        let some: Vec<Value> = (first..(first + AT_ONCE).min(count)).map(mission).collect();
        client.post_json(&path, &token, &json!(some)).await?;
    }
    // Every page once, by the addresses that the answers give.
    let bearer = format!("Bearer {token}");
    let (mut pages, mut listed) = (vec![format!("/api/v1/missions?limit={PAGE}")], 0);
    while let Some(page) = pages.last() {
        let answer = client.get(page, &[("authorization", &bearer)]).await?;
        listed += answer.json()?.as_array().context("no list")?.len();
        let link =
            answer.header("link").split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(url, _)| url.to_owned());
        match link {
            Some(next) => pages.push(next),
            None => break,
        }
    }
    if listed != count {
        bail!("{listed} of {count} missions are on the {} pages", pages.len());
    }
    let edge = (pages.len() / 20).max(1);
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for n in 0..SAMPLES {
        near.push(time(&mut client, &pages[n % edge], &bearer).await?);
        far.push(time(&mut client, &pages[pages.len() - 2 - n % edge], &bearer).await?);
    }
    server.stop()?;
    report.figure(format!("{engine}: pages of {PAGE}"), pages.len() as f64, "");
    report.figure(format!("{engine}: the first pages, median"), median(&near), "ms");
    report.figure(format!("{engine}: the last pages, median"), median(&far), "ms");
    let growth = ratio(&far, &near);
    report.judged(format!("{engine}: the last pages against the first, upper end"), growth.high, "x", Budget::AtMost(GROWTH));
    report.fact(engine, json!({ "near_ms": near, "far_ms": far }));
    Ok(())
}

async fn time(client: &mut Client, path: &str, bearer: &str) -> Result<f64> {
    let start = Instant::now();
    let answer = client.get(path, &[("authorization", bearer)]).await?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    if answer.status != 200 {
        bail!("GET {path}: answered {}", answer.status);
    }
    Ok(took)
}

/// Missions of an hour, one after the other from 2020 on: 2,000 days have 48,000 hours, then they stand beside each other.
fn mission(n: usize) -> Value {
    let (hour, day) = (n % 22, n / 22 % 336);
    let (month, date, year) = (day / 28 + 1, day % 28 + 1, 2020 + n / 22 / 336 % 9);
    // In UTC: no clock change makes an hour of these empty.
    let at = |hour: usize| format!("{year}-{month:02}-{date:02}T{hour:02}:00:00Z");
    json!({ "title": format!("Service {n}"), "starts_at": at(hour), "ends_at": at(hour + 1) })
}

/// # Errors
/// When the server refuses.
pub async fn week(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("week")?;
    let on = Installation::new(machine::scratch("week")?.join("data")).with(settings());
    let company = Company::found(&on, "semaine")?;
    let server = on.start().await?;
    let mut client = Client::new(server.addr);
    let cookie = client.sign_in(&company.email, PASSWORD).await?;
    let token = client.log_in(&company.email, PASSWORD).await?;
    let crew = hire(&mut client, &company, &cookie, &token, PEOPLE).await?;
    let mut made = 0;
    for day in 7..=13 {
        for team in crew.chunks(6) {
            let mission = json!({ "title": format!("Équipe du {day}"), "starts_at": format!("2026-12-{day:02}T09:00"),
                "ends_at": format!("2026-12-{day:02}T17:00"), "break_minutes": 60 });
            let mission = client.post_json("/api/v1/missions", &token, &mission).await?["id"].as_i64().context("no mission")?;
            // Two days of rest a week, in turn.
            for (n, person) in team.iter().enumerate().filter(|(n, _)| (day + n) % 7 < 5) {
                let body = json!({ "mission_id": mission, "user_id": person });
                client.post_json("/api/v1/assignments", &token, &body).await.with_context(|| format!("person {n}"))?;
                made += 1;
            }
        }
    }
    let path = format!("/o/{}/plan?date=2026-12-07", company.slug);
    let cookie = [("cookie", cookie.as_str())];
    let rounds = asked.size.unwrap_or(if asked.quick { 50 } else { 400 });
    let (mut changed, mut again, mut times, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for n in 0..rounds {
        // What was kept of the sheet is of before this.
        let note = json!({ "title": format!("Équipe {n}"), "starts_at": "2026-12-20T09:00", "ends_at": "2026-12-20T17:00" });
        client.post_json("/api/v1/missions", &token, &note).await?;
        for served in [&mut changed, &mut again] {
            let start = Instant::now();
            let answer = client.get(&path, &cookie).await?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            if answer.status != 200 {
                bail!("GET {path}: answered {}", answer.status);
            }
            let took = answer.header("x-response-time");
            served.push(took.trim_end_matches("ms").parse::<f64>().with_context(|| format!("the server says it took `{took}`"))?);
            bytes = answer.body.len();
        }
    }
    server.stop()?;
    report.figure("people", crew.len() as f64, "");
    report.figure("places that are given", f64::from(made), "");
    report.figure("the page", bytes as f64, "bytes");
    report.judged("time of the server after a change, median", median(&changed), "ms", Budget::AtMost(WEEK_MS));
    report.figure("time of the server after a change, 99 of 100", quantile(&changed, 0.99), "ms");
    report.figure("time of the server when nothing changed, median", median(&again), "ms");
    report.figure("from the request to the whole answer, median of all", median(&times), "ms");
    report.fact("times_ms", json!(times));
    report.fact("changed_ms", json!(changed));
    report.fact("again_ms", json!(again));
    Ok(report)
}

/// Adds so many people, and gives their numbers.
async fn hire(client: &mut Client, company: &Company, cookie: &str, token: &str, count: usize) -> Result<Vec<i64>> {
    let lines: Vec<String> = (0..count).map(|n| format!("Personne {n:03};personne-{n}@equipe.example")).collect();
    let text = format!("nom;email\n{}", lines.join("\n"));
    client.post_form(&format!("/o/{}/crew/import", company.slug), cookie, &[("text", &text), ("step", "add")]).await?;
    let crew = client.get_json("/api/v1/users?limit=500", token).await?;
    Ok(crew.as_array().context("no crew")?.iter().filter_map(|person| person["id"].as_i64()).collect())
}

/// # Errors
/// When the server refuses.
pub async fn candidates(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("candidates")?;
    let on = Installation::new(machine::scratch("candidates")?.join("data")).with(settings());
    let company = Company::found(&on, "candidats")?;
    let server = on.start().await?;
    let mut client = Client::new(server.addr);
    let cookie = client.sign_in(&company.email, PASSWORD).await?;
    let token = client.log_in(&company.email, PASSWORD).await?;
    let crew = hire(&mut client, &company, &cookie, &token, CANDIDATES).await?;
    let make = |day: i64, title: &str| json!({ "title": title, "starts_at": format!("2026-12-{day:02}T14:00"), "ends_at": format!("2026-12-{day:02}T23:00"), "break_minutes": 60 });
    // Four weeks of five days, a team of fifty in turn.
    let mut places = 0;
    for day in (1..=26).filter(|day| day % 7 < 5) {
        let mission =
            client.post_json("/api/v1/missions", &token, &make(day, "Montage")).await?["id"].as_i64().context("no mission")?;
        for person in crew.iter().skip(usize::try_from(day).unwrap_or(0) % 4 * 50).take(50) {
            let body = json!({ "mission_id": mission, "user_id": person, "status": "DRAFT" });
            client.post_json("/api/v1/assignments", &token, &body).await?;
            places += 1;
        }
    }
    let open =
        client.post_json("/api/v1/missions", &token, &make(16, "Représentation")).await?["id"].as_i64().context("no mission")?;
    let path = format!("/api/v1/missions/{open}/candidates");
    let bearer = format!("Bearer {token}");
    let rounds = asked.size.unwrap_or(if asked.quick { 20 } else { 100 });
    let (mut times, mut first) = (Vec::new(), None);
    for _ in 0..rounds {
        let start = Instant::now();
        let answer = client.get(&path, &[("authorization", &bearer)]).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        if answer.status != 200 {
            bail!("GET {path}: answered {}", answer.status);
        }
        let order = answer.json()?;
        if first.get_or_insert_with(|| order.clone()) != &order {
            bail!("the same people came in another order");
        }
    }
    server.stop()?;
    let ranked = first.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
    if ranked != CANDIDATES {
        bail!("{ranked} of {CANDIDATES} people were ranked");
    }
    report.figure("people", CANDIDATES as f64, "");
    report.figure("places that are given", f64::from(places), "");
    report.judged("ranked, median", median(&times), "ms", Budget::AtMost(RANKED_MS));
    report.figure("ranked, 99 of 100", quantile(&times, 0.99), "ms");
    report.fact("times_ms", json!(times));
    Ok(report)
}
