//! `start`: how soon a server is ready, how much it occupies, how large it is.

use crate::Asked;
use crate::crew::Company;
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::{Installation, binary};
use crate::stats::median;
use anyhow::{Context as _, Result};
use serde_json::json;
use std::time::Duration;

/// Milliseconds from the start of the process to the first 200 of `/readyz`.
const START_MS: f64 = 300.0;
/// Bytes of memory at rest.
const RESIDENT: f64 = 60e6;
/// Bytes of the binary, with the site inside.
const SIZE: f64 = 40e6;
/// How long a ready server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(3);

/// # Errors
/// When the server does not start.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("start")?;
    let on = Installation::new(machine::scratch("start")?.join("data"));
    Company::found(&on, "bench")?;
    let mut starts = Vec::new();
    for _ in 0..asked.size.unwrap_or(if asked.quick { 5 } else { 15 }) {
        let server = on.start().await?;
        starts.push(server.ready_after.as_secs_f64() * 1000.0);
        server.stop()?;
    }
    let server = on.start().await?;
    tokio::time::sleep(REST).await;
    let resident = server.resident_bytes()?;
    server.stop()?;
    let size = binary()?.metadata().context("no binary")?.len() as f64;
    report.judged(format!("ready, median of {}", starts.len()), median(&starts), "ms", Budget::AtMost(START_MS));
    report.judged("memory 3 s after ready", resident / 1e6, "MB", Budget::AtMost(RESIDENT / 1e6));
    report.judged("binary with the site inside", size / 1e6, "MB", Budget::AtMost(SIZE / 1e6));
    report.fact("starts_ms", json!(starts));
    Ok(report)
}
