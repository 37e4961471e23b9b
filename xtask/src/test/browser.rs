//! The browser tests: Playwright against the built server.

use super::{Ended, Run};
use crate::command::program;
use crate::{playwright, report, serve};

impl Run {
    /// Installs the npm packages of `end2end/` when the lock file is newer, checks the types, and runs Playwright.
    pub(super) fn browser(&mut self, url: &str) -> bool {
        let directory = playwright::directory();
        if !directory.join("package.json").exists() {
            return self.skip("e2e", "no end2end/package.json");
        }
        if playwright::is_outdated() && !self.step("npm ci", || playwright::install().map(|()| Ended { ok: true, counts: None }))
        {
            return false;
        }
        // Playwright takes the types out and looks at none.
        let mut check = program(playwright::binary("tsc"));
        check.arg("--noEmit").current_dir(&directory).env("PATH", playwright::path());
        if !self.command("types of e2e", &mut check) {
            return false;
        }
        let mut command = program(playwright::binary("playwright"));
        playwright::environment(&mut command);
        command
            .env("PATH", playwright::path())
            .arg("test")
            .args((!self.filter.is_empty() && !self.browser_only).then_some("--pass-with-no-tests"))
            .args(arguments(&self.filter))
            .current_dir(&directory)
            .env("REGIE_BIN", serve::binary(false))
            .env("REGIE_TEST_POSTGRES", url);
        if report::colours() {
            command.env("FORCE_COLOR", "1");
        }
        self.tests("e2e", &mut command)
    }
}

/// The filter in Playwright's words. What it compares with `--grep` begins with the file, below `specs/`; then comes the name. So
/// `planning/answers` finds all of a file, and `declines` those that say so, wherever they are. Options go through as they are.
fn arguments(filter: &[String]) -> Vec<String> {
    let (mut arguments, words): (Vec<String>, Vec<String>) = filter.iter().cloned().partition(|word| word.starts_with('-'));
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|word| escaped(word.rsplit("specs/").next().unwrap_or(word))).collect();
        arguments.extend(["--grep".to_owned(), words.join("|")]);
    }
    arguments
}

/// A regular expression of JavaScript for these very letters.
fn escaped(word: &str) -> String {
    let escape = |letter: char| if r"\^$.*+?()[]{}|/".contains(letter) { format!("\\{letter}") } else { letter.to_string() };
    word.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_part_of_a_name_or_of_a_path() {
        let of = |words: &[&str]| arguments(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(of(&[]).is_empty());
        assert_eq!(of(&["who has (not) declined"]), ["--grep", r"who has \(not\) declined"]);
        let paths = ["end2end/specs/planning/answers.spec.ts", "pages/narrow", "--headed"];
        assert_eq!(of(&paths), ["--headed", "--grep", r"planning\/answers\.spec\.ts|pages\/narrow"]);
    }
}
