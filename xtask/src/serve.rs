//! `cargo xtask serve`: everything from the sources to a running server.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::{cargo, program, run};
use crate::report::{note, step};
use crate::site::{Quality, Settings};

/// How to serve.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Adds the demonstration, a believable organisation, unless it is there, and prints once how to sign in.
    #[arg(long)]
    pub demo: bool,
    /// Builds and runs the single binary with the site inside.
    #[arg(long)]
    pub release: bool,
    /// Where to listen, whatever the settings say.
    #[arg(long)]
    pub addr: Option<String>,
    /// Where SQLite's file and the keys are, whatever the settings say.
    #[arg(long)]
    pub data: Option<PathBuf>,
}

/// Builds and becomes the server: signals, exit code and console are the server's own.
///
/// # Errors
/// When something does not build or the server cannot be started.
pub fn serve(options: &Options) -> Result<()> {
    crate::machine::for_building()?;
    build(options, Quality::Full)?;
    demo(options)?;
    let error = server(options)?.exec();
    Err(error).context("cannot start the server")
}

/// Builds the site and the server.
///
/// # Errors
/// When something does not build.
pub fn build(options: &Options, quality: Quality) -> Result<()> {
    crate::site::build(quality)?;
    if options.release {
        return build_release();
    }
    step("server", || run(cargo().args(["build", "--package", "regie", "--bin", "regie", "--features", "ssr"])))
}

/// Builds the single binary with the site inside.
///
/// # Errors
/// When it does not compile.
pub fn build_release() -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--release", "--package", "regie", "--bin", "regie", "--features", "ssr,embed-site"]);
    site_environment(&mut command)?;
    step("server with the site inside", || run(&mut command))?;
    let size = binary(true).metadata().map_or(0, |meta| meta.len());
    note(&format!("the binary has {:.1} MB", size as f64 / 1e6));
    Ok(())
}

/// Adds the demonstration, if asked; does nothing where it is already.
///
/// # Errors
/// When the server's `seed` fails.
pub fn demo(options: &Options) -> Result<()> {
    if !options.demo {
        return Ok(());
    }
    let mut command = regie(options, "seed")?;
    step("demo", || run(command.arg("--demo")))
}

/// The command that starts the server.
///
/// # Errors
/// When Leptos.toml cannot be read.
pub fn server(options: &Options) -> Result<Command> {
    let mut command = regie(options, "serve")?;
    if let Some(addr) = &options.addr {
        command.arg("--addr").arg(addr);
    }
    if !options.release {
        // Opens /dev/mail, where mails are read that no server sends.
        command.env("REGIE_DEVELOPMENT", "true");
    }
    Ok(command)
}

/// A command of the built server. What nobody gave here is the settings' to say.
fn regie(options: &Options, name: &str) -> Result<Command> {
    let mut command = program(binary(options.release));
    command.arg(name);
    if let Some(data) = &options.data {
        command.arg("--data").arg(data);
    }
    site_environment(&mut command)?;
    Ok(command)
}

/// The built server.
pub fn binary(release: bool) -> PathBuf {
    crate::target_dir().join(if release { "release" } else { "debug" }).join("regie")
}

/// Tells a process where the site is.
///
/// # Errors
/// When Leptos.toml cannot be read.
pub fn site_environment(command: &mut Command) -> Result<()> {
    command.env("LEPTOS_SITE_ROOT", Settings::read()?.site_root);
    Ok(())
}
