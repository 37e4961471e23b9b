//! `cargo xtask test` and `check`: every kind of test, one after the other, with a table at the end.

mod browser;

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::command::{cargo, run, run_and_read};
use crate::machine::{self, WASM, WasmToolchain};
use crate::postgres::{self, Cluster};
use crate::report::{self, Counts, Outcome, Row, count_tests};
use crate::serve;
use crate::site::{self, Quality};

/// What to test.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Only these kinds of tests.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Goes on after a step that failed.
    #[arg(long)]
    keep_going: bool,
    /// Only tests whose names contain one of these; for those of the browser, their file's name counts, too.
    #[arg(last = true)]
    filter: Vec<String>,
}

/// A kind of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Lint,
    Unit,
    Sqlite,
    Postgres,
    E2e,
}

/// How a step ended, and what it counted.
struct Ended {
    ok: bool,
    counts: Option<Counts>,
}

/// A run in progress.
struct Run {
    keep_going: bool,
    filter: Vec<String>,
    /// Browser tests are the only ones asked for.
    browser_only: bool,
    rows: Vec<Row>,
}

/// Runs all tests or the chosen kinds. `false` if a step failed.
///
/// # Errors
/// When the machine lacks something that cannot be installed.
pub fn test(options: &Options) -> Result<bool> {
    let wants = |part| options.only.is_empty() || options.only.contains(&part);
    postgres::clean_up_when_interrupted()?;

    let browser_only = options.only == [Part::E2e];
    let mut run = Run { keep_going: options.keep_going, filter: options.filter.clone(), browser_only, rows: Vec::new() };
    let wasm = run.set_up(&wants)?;
    let ok = run.all(&wants, wasm);
    eprintln!();
    eprint!("{}", report::table(&run.rows));
    Ok(ok)
}

/// The quick check: format, lints, unit tests, integration tests on SQLite.
///
/// # Errors
/// When the machine lacks something that cannot be installed.
pub fn check() -> Result<bool> {
    test(&Options { only: vec![Part::Lint, Part::Unit, Part::Sqlite], keep_going: false, filter: Vec::new() })
}

impl Run {
    fn set_up(&mut self, wants: &dyn Fn(Part) -> bool) -> Result<WasmToolchain> {
        let start = Instant::now();
        let browser = wants(Part::E2e);
        machine::for_testing(wants(Part::Postgres) || browser, browser)?;
        if wants(Part::Lint) {
            machine::for_linting();
        }
        let wasm = machine::wasm_toolchain()?;
        machine::tell_room();
        self.rows.push(Row {
            step: "set-up",
            outcome: Outcome::Passed,
            counts: None,
            took: start.elapsed(),
            remark: String::new(),
        });
        Ok(wasm)
    }

    /// `true` if every step passed.
    fn all(&mut self, wants: &dyn Fn(Part) -> bool, wasm: WasmToolchain) -> bool {
        if wants(Part::Lint) && !self.lint(wasm) {
            return false;
        }
        let [sqlite, postgres, e2e] = [Part::Sqlite, Part::Postgres, Part::E2e].map(wants);
        let serves = sqlite || postgres || e2e;
        if serves && !self.step("site", || site::build(Quality::Full).map(|()| Ended { ok: true, counts: None })) {
            return false;
        }
        if serves && !self.step("browser budget", weigh) {
            return false;
        }
        if (wants(Part::Unit) || serves) && !self.command("build", &mut cargo_test(&["--no-run", "--lib", "--bins"], &[])) {
            return false;
        }
        if wants(Part::Unit) && !self.unit() {
            return false;
        }
        let cluster = if postgres || e2e { self.cluster() } else { None };
        if (postgres || e2e) && cluster.is_none() && !self.keep_going {
            return false;
        }
        let url = cluster.as_ref().map(|server| server.url()).unwrap_or_default();
        if sqlite && !self.integration("sqlite", "") {
            return false;
        }
        if postgres && !url.is_empty() && !self.integration("postgres", &url) {
            return false;
        }
        if e2e && !url.is_empty() && !self.browser(&url) {
            return false;
        }
        self.rows.iter().all(|row| row.outcome != Outcome::Failed)
    }

    fn lint(&mut self, wasm: WasmToolchain) -> bool {
        if !self.command("format", cargo().args(["fmt", "--all", "--check"])) {
            return false;
        }
        let server = ["clippy", "--workspace", "--all-targets", "--features", "ssr", "--", "-D", "warnings"];
        if !self.command("clippy, server", cargo().args(server)) {
            return false;
        }
        if wasm == WasmToolchain::Debian {
            return self.skip("clippy, browser", "Debian's Rust has no clippy for it");
        }
        let browser = [
            "clippy",
            "--package",
            "regie",
            "--lib",
            "--target",
            WASM,
            "--no-default-features",
            "--features",
            "hydrate",
            "--",
            "-D",
            "warnings",
        ];
        self.command("clippy, browser", cargo().args(browser))
    }

    fn unit(&mut self) -> bool {
        let mut product = cargo_test(&["--lib", "--bins"], &self.filter);
        if !self.tests("unit", &mut product) {
            return false;
        }
        let mut parts = cargo();
        parts.args(["test", "--package", "xtask", "--package", "bench"]);
        if crate::root().join("scanner/Cargo.toml").exists() {
            parts.args(["--package", "scanner"]);
        }
        self.tests("unit, tools", parts.arg("--").args(&self.filter))
    }

    /// The integration tests on one engine.
    fn integration(&mut self, engine: &'static str, url: &str) -> bool {
        if !crate::root().join("tests/main.rs").exists() {
            return self.skip(engine, "no tests/main.rs");
        }
        let mut command = cargo_test(&["--test", "it"], &self.filter);
        command.env("REGIE_TEST_ENGINES", engine);
        if !url.is_empty() {
            command.env("REGIE_TEST_POSTGRES", url);
        }
        self.tests(engine, &mut command)
    }

    /// The server for tests: a throw-away one, or the one that `REGIE_TEST_POSTGRES` names.
    fn cluster(&mut self) -> Option<Server> {
        if let Some(url) = std::env::var_os("REGIE_TEST_POSTGRES").and_then(|url| url.into_string().ok()) {
            return Some(Server::Given(url));
        }
        let mut made = None;
        self.step("start PostgreSQL", || {
            made = Some(Server::Own(Cluster::start()?));
            Ok(Ended { ok: true, counts: None })
        });
        made
    }

    /// A step whose command counts no tests.
    fn command(&mut self, name: &'static str, command: &mut Command) -> bool {
        self.step(name, || run(command).map(|()| Ended { ok: true, counts: None }))
    }

    /// A step whose command is a test runner.
    fn tests(&mut self, name: &'static str, command: &mut Command) -> bool {
        self.step(name, || {
            serve::site_environment(command)?;
            let (ok, output) = run_and_read(command)?;
            Ok(Ended { ok, counts: count_tests(&output) })
        })
    }

    /// Runs a step and notes how it ended. `true` if the run goes on.
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Ended>) -> bool {
        let start = Instant::now();
        let mut counts = None;
        let done = report::step(name, || {
            let ended = work()?;
            counts = ended.counts;
            anyhow::ensure!(ended.ok, "{name}: see above");
            Ok(())
        });
        let (outcome, remark) = match done {
            Ok(()) => (Outcome::Passed, String::new()),
            Err(error) => {
                eprintln!("  {error:#}");
                machine::tell_room();
                (Outcome::Failed, String::new())
            }
        };
        self.rows.push(Row { step: name, outcome, counts, took: start.elapsed(), remark });
        outcome == Outcome::Passed || self.keep_going
    }

    fn skip(&mut self, step: &'static str, why: &str) -> bool {
        self.rows.push(Row {
            step,
            outcome: Outcome::Skipped,
            counts: None,
            took: std::time::Duration::ZERO,
            remark: why.to_owned(),
        });
        true
    }
}

/// Where the PostgreSQL tests go.
enum Server {
    Own(Cluster),
    Given(String),
}

impl Server {
    fn url(&self) -> String {
        match self {
            Self::Own(cluster) => cluster.url(),
            Self::Given(url) => url.clone(),
        }
    }
}

/// The browser's part must stay small; what it weighs is told either way.
fn weigh() -> Result<Ended> {
    report::note(&site::budget::check()?);
    Ok(Ended { ok: true, counts: None })
}

/// `cargo test` of the product; all steps choose the same features, so each thing is built once.
fn cargo_test(what: &[&str], filter: &[String]) -> Command {
    let mut command = cargo();
    command.args(["test", "--package", "regie", "--features", "ssr"]).args(what);
    if what.contains(&"--no-run") && crate::root().join("tests/main.rs").exists() {
        command.args(["--test", "it"]);
    }
    if !filter.is_empty() {
        command.arg("--").args(filter.iter().map(OsString::from));
    }
    command
}
