//! `kiosk[=BADGES]`: the kiosk's page in Chromium, with a file for a camera. As many people as there are badges hold theirs in
//! front of it, one after the other; then made videos are played, those that `scanner/` reads in its tests without a browser.
//!
//! The browser is driven by `end2end/bench/kiosk.bench.ts`, with the tablet, the phones and the camera of the browser tests.

use crate::Asked;
use crate::crew::{Company, PASSWORD, add_tablet, patient};
use crate::machine;
use crate::made::FRAMES;
use crate::made::video::{CLASSES, Class, Video};
use crate::report::{Budget, Report};
use crate::server::Installation;
use crate::stats::{median, quantile};
use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// People whose badge is shown. Nobody's twice: a second scan within a minute is the same gesture.
const BADGES: usize = 40;
/// Videos of each class, as in `scanner/tests/corpus.rs`.
const VIDEOS: u64 = 14;
/// Milliseconds from the moment that the worker has decoded a badge until 95 of 100 answers fill the screen.
const ANSWER_MS: f64 = 300.0;
/// Milliseconds of the worker for 95 of 100 pictures.
const LOOK_MS: f64 = 60.0;
/// Of 100 videos, those whose badge is read within [`FRAMES`] pictures.
const READ: f64 = 97.0;

/// What the browser writes.
#[derive(Deserialize)]
struct Samples {
    badges: Vec<Badge>,
    videos: Vec<Reading>,
}

/// A badge that was answered; milliseconds since the worker sent what it had decoded.
#[derive(Deserialize, Serialize)]
struct Badge {
    /// The page heard of it.
    heard_ms: f64,
    /// The answer was put into the page.
    shown_ms: f64,
    /// The browser had drawn it.
    painted_ms: f64,
    /// Nothing of it moved any more.
    settled_ms: f64,
    /// What the worker took for each picture while the badge was in view.
    looks_ms: Vec<f64>,
}

/// A video that was played.
#[derive(Deserialize, Serialize)]
struct Reading {
    /// At which look its badge was read.
    read: Option<u32>,
    /// What the worker took for each picture until then.
    looks_ms: Vec<f64>,
}

/// # Errors
/// When the browser, the kiosk or the server fails in another way than by being slow.
pub async fn measure(asked: &Asked) -> Result<Report> {
    let mut report = Report::begin("kiosk")?;
    let count = asked.size.unwrap_or(if asked.quick { 5 } else { BADGES });
    let seeds = if asked.quick { 2 } else { VIDEOS };
    let videos: Vec<(Class, u64)> = CLASSES.iter().flat_map(|class| (0..seeds).map(move |seed| (*class, seed))).collect();
    let scratch = machine::scratch("kiosk")?;
    let on = Installation::new(scratch.join("data")).with(patient());
    let company = Company::found(&on, "bench")?;
    let pairing = add_tablet(&on, &company.slug, "Borne")?;
    let server = on.start().await?;
    eprintln!("  {count} people join");
    company.hire(&on, &server, count).await?;

    let (task, samples) = (scratch.join("task.json"), scratch.join("samples.json"));
    let asks = json!({
        "url": format!("http://{}", server.addr),
        "org": company.slug,
        "pairing": pairing,
        "password": PASSWORD,
        "people": (0..count).map(|number| company.email_of(number)).collect::<Vec<_>>(),
        "videos": videos.len(),
        "projector": project(videos.clone())?,
        "pictures": FRAMES,
        "samples": samples,
    });
    fs::write(&task, asks.to_string()).with_context(|| format!("cannot write {}", task.display()))?;
    eprintln!("  {count} badges and {} videos are held in front of the camera", videos.len());
    browse(&task)?;
    server.stop()?;
    let text = fs::read(&samples).with_context(|| format!("cannot read {}", samples.display()))?;
    let samples: Samples = serde_json::from_slice(&text).context("no samples")?;
    tell(&mut report, &videos, &samples)?;
    Ok(report)
}

/// Gives each who connects to the port the next video, its text on a line and then its pictures. It is made when it is asked
/// for: all of them would be more than a gigabyte.
fn project(videos: Vec<(Class, u64)>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    let port = listener.local_addr().context("no port is free")?.port();
    thread::spawn(move || {
        for (class, seed) in videos {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let video = Video::new(class, seed);
            let mut reel = format!("{}\n", video.text).into_bytes();
            (0..FRAMES).for_each(|number| reel.extend(video.frame(number)));
            // Who has hung up says so itself.
            let _ = stream.write_all(&reel);
        }
    });
    Ok(port)
}

/// Runs the browser's part to its end. What Playwright says goes to standard error, as all progress does.
fn browse(task: &Path) -> Result<()> {
    let playwright = std::env::var_os("REGIE_PLAYWRIGHT").context("REGIE_PLAYWRIGHT is not set; run `cargo xtask bench`")?;
    let mut command = Command::new(playwright);
    command.args(["test", "--config", "bench/playwright.config.ts", "kiosk"]).current_dir(machine::root().join("end2end"));
    if let Some(path) = std::env::var_os("REGIE_PLAYWRIGHT_PATH") {
        command.env("PATH", path);
    }
    command.env("KIOSK_TASK", task).stdin(Stdio::null()).stdout(std::io::stderr());
    let status = command.status().context("cannot start Playwright")?;
    if !status.success() {
        bail!("the browser's part failed ({status})");
    }
    Ok(())
}

fn tell(report: &mut Report, videos: &[(Class, u64)], Samples { badges, videos: readings }: &Samples) -> Result<()> {
    if readings.len() != videos.len() {
        bail!("{} of {} videos were played", readings.len(), videos.len());
    }
    // By more than the browser rounds.
    if badges.iter().any(|badge| badge.heard_ms < -1.0) {
        bail!("the clocks of the page and of its worker differ");
    }
    let of = |time: fn(&Badge) -> f64| -> Vec<f64> { badges.iter().map(time).collect() };
    let settled = of(|badge| badge.settled_ms);
    spread(report, "answer after decoding", &of(|badge| badge.painted_ms), ANSWER_MS);
    report.figure("answer, in the page, median", median(&of(|badge| badge.shown_ms)), "ms");
    report.figure("answer, at rest, 95th percentile", quantile(&settled, 0.95), "ms");
    let looks: Vec<f64> = badges.iter().flat_map(|badge| badge.looks_ms.iter().copied()).collect();
    spread(report, "picture of a badge", &looks, LOOK_MS);
    let looks: Vec<f64> = readings.iter().flat_map(|reading| reading.looks_ms.iter().copied()).collect();
    spread(report, "picture of a made video", &looks, LOOK_MS);
    let missed = videos.iter().zip(readings).filter(|(_, reading)| reading.read.is_none());
    let missed: Vec<String> = missed.map(|((class, seed), _)| format!("{class:?} {seed}")).collect();
    missed.iter().for_each(|video| eprintln!("  not read: {video}"));
    let read = 100.0 * (videos.len() - missed.len()) as f64 / videos.len() as f64;
    report.judged(format!("read within {FRAMES} pictures, of {} videos", videos.len()), read, "%", Budget::AtLeast(READ));
    report.fact("badges", json!(badges));
    report.fact("videos", json!(readings));
    report.fact("not_read", json!(missed));
    Ok(())
}

fn spread(report: &mut Report, what: &str, samples: &[f64], most: f64) {
    report.figure(format!("{what}, median of {}", samples.len()), median(samples), "ms");
    report.judged(format!("{what}, 95th percentile"), quantile(samples, 0.95), "ms", Budget::AtMost(most));
    report.figure(format!("{what}, slowest"), samples.iter().copied().fold(0.0, f64::max), "ms");
}
