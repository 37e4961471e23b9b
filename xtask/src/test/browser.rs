//! The browser tests: Playwright against the built server.

use super::{Ended, Run};
use crate::command::program;
use crate::{playwright, report, serve};

impl Run {
    /// Installs the npm packages of `end2end/` when the lock file is newer, and runs Playwright.
    pub(super) fn browser(&mut self, url: &str) -> bool {
        let directory = playwright::directory();
        if !directory.join("package.json").exists() {
            return self.skip("e2e", "no end2end/package.json");
        }
        if playwright::is_outdated() && !self.step("npm ci", || playwright::install().map(|()| Ended { ok: true, counts: None }))
        {
            return false;
        }
        let mut command = program(playwright::binary());
        playwright::environment(&mut command);
        command
            .env("PATH", playwright::path())
            .arg("test")
            .args((!self.filter.is_empty() && !self.browser_only).then_some("--pass-with-no-tests"))
            .args(&self.filter)
            .current_dir(&directory)
            .env("REGIE_BIN", serve::binary(false))
            .env("REGIE_TEST_POSTGRES", url);
        if report::colours() {
            command.env("FORCE_COLOR", "1");
        }
        self.tests("e2e", &mut command)
    }
}
