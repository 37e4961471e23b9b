//! `cargo xtask`: sets the machine up, builds the site, serves it, tests everything.
//!
//! It builds the browser's part without installed tools: `wasm-bindgen` and `lightningcss` are libraries here,
//! so their versions are in Cargo.lock like all others.

mod bench;
mod command;
mod dev;
mod machine;
mod migration;
mod playwright;
mod postgres;
mod report;
mod serve;
mod site;
mod test;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The build and test tool of Régie.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds everything and starts the server.
    Serve(serve::Options),
    /// Serves, and builds and starts again when a file changes.
    Dev(serve::Options),
    /// Builds the site into target/site.
    Site {
        /// The smallest files; this is what happens anyway.
        #[arg(long, conflicts_with = "fast")]
        release: bool,
        /// Compresses less, as for `dev`.
        #[arg(long)]
        fast: bool,
    },
    /// Runs all tests: format, lints, unit, both databases, browser.
    Test(test::Options),
    /// The quick check before a commit: format, lints, tests on SQLite.
    Check,
    /// Runs the benchmarks on a release build.
    Bench {
        /// Only these benchmarks.
        names: Vec<String>,
    },
    /// Makes the files of a new migration, one for each database.
    Migration {
        /// What it does, like `add_kiosk_place`.
        name: String,
    },
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Does the task. `false` means that it was done and found something wrong.
fn run(task: Task) -> Result<bool> {
    match task {
        Task::Serve(options) => serve::serve(&options).map(|()| true),
        Task::Dev(options) => dev::dev(&options).map(|()| true),
        Task::Site { fast, .. } => {
            machine::for_building()?;
            site::build(if fast { site::Quality::Fast } else { site::Quality::Full }).map(|()| true)
        }
        Task::Test(options) => test::test(&options),
        Task::Check => test::check(),
        Task::Bench { names } => bench::bench(&names).map(|()| true),
        Task::Migration { name } => migration::make(&name).map(|()| true),
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where we have cargo build.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
