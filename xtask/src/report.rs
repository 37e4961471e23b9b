//! What the tool says while it works: one line per step with its time, and a table at the end of a test run.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Announces a step on standard error, runs it, and says how long it took.
///
/// # Errors
/// Whatever the step returns, after saying that it failed.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("{} {name}", paint("1;34", "▸"));
    let start = Instant::now();
    let outcome = work();
    let took = seconds(start.elapsed());
    match &outcome {
        Ok(_) => eprintln!("{} {name} ({took})", paint("1;32", "✓")),
        Err(_) => eprintln!("{} {name} ({took})", paint("1;31", "✗")),
    }
    outcome
}

/// One line of information under the current step.
pub fn note(text: &str) {
    eprintln!("  {text}");
}

/// `12.3 s`, or minutes and seconds from one minute on.
pub fn seconds(time: Duration) -> String {
    let total = time.as_secs_f64();
    if total < 60.0 { format!("{total:.1} s") } else { format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60) }
}

/// Whether colours are welcome on standard error.
pub fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn paint(code: &str, text: &str) -> String {
    if colours() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// How one step of a test run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// Tests counted in a runner's output.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
}

/// One row of the summary.
#[derive(Debug)]
pub struct Row {
    pub step: &'static str,
    pub outcome: Outcome,
    /// `None` when the step runs no tests or its output names no number.
    pub counts: Option<Counts>,
    pub took: Duration,
    /// Why it was skipped, or another short word.
    pub remark: String,
}

/// The summary of a test run as a table.
pub fn table(rows: &[Row]) -> String {
    let mut out = String::new();
    let width = rows.iter().map(|row| row.step.chars().count()).max().unwrap_or(0).max(4);
    let _ = writeln!(out, "{:<width$}  {:<7}  {:>6}  {:>6}  {:>8}", "step", "result", "passed", "failed", "seconds");
    for row in rows {
        let (word, code) = match row.outcome {
            Outcome::Passed => ("ok", "32"),
            Outcome::Failed => ("FAILED", "31"),
            Outcome::Skipped => ("skipped", "33"),
        };
        let number = |pick: fn(Counts) -> u32| row.counts.map_or_else(|| "-".to_owned(), |c| pick(c).to_string());
        let line = format!(
            "{:<width$}  {}  {:>6}  {:>6}  {:>8.1}  {}",
            row.step,
            paint(code, &format!("{word:<7}")),
            number(|c| c.passed),
            number(|c| c.failed),
            row.took.as_secs_f64(),
            row.remark,
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// Reads the numbers of passed and failed tests from the output of `cargo test` or Playwright.
pub fn count_tests(output: &str) -> Option<Counts> {
    let lines: Vec<String> = output.lines().map(|line| without_colours(line).trim().to_owned()).collect();
    let mut counts = Counts::default();
    let mut found = false;
    for result in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
        found = true;
        result.split([';', '.']).for_each(|part| add(&mut counts, part.trim()));
    }
    if found {
        return Some(counts);
    }
    // Playwright ends with a line for each kind, among others for tests that it names.
    for line in lines.iter().filter(|line| is_playwright_total(line)) {
        found = true;
        add(&mut counts, line);
    }
    found.then_some(counts)
}

/// `5 passed (3.2s)`, `1 failed`: a number and one of the words Playwright uses.
fn is_playwright_total(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(number, rest)| {
        number.parse::<u32>().is_ok() && (["failed", "interrupted", "flaky"].contains(&rest) || rest.starts_with("passed ("))
    })
}

fn add(counts: &mut Counts, part: &str) {
    let Some((number, word)) = part.split_once(' ') else { return };
    let Ok(number) = number.parse::<u32>() else { return };
    if word.starts_with("passed") || word == "flaky" {
        counts.passed += number;
    } else if word.starts_with("failed") || word == "interrupted" {
        counts.failed += number;
    }
}

fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A colour is ESC, `[`, numbers and a letter.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_cargo_results_are_added_up() {
        let output = "running 3 tests\n\
            test result: \u{1b}[32mok\u{1b}[0m. 12 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.02s\n\
            4 passed (out of 9)\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.02s\n";
        assert_eq!(count_tests(output), Some(Counts { passed: 15, failed: 2 }));
    }

    #[test]
    fn playwright_totals_are_read() {
        let output = "Running 9 tests using 2 workers\n  1 failed\n    [chromium] › a.spec.ts:3:1 › 4 passed by\n  1 flaky\n  2 skipped\n  5 passed (3.2s)\n";
        assert_eq!(count_tests(output), Some(Counts { passed: 6, failed: 1 }));
    }

    #[test]
    fn output_without_totals_counts_nothing() {
        assert_eq!(count_tests("Checking regie v0.1.0\n12 files formatted\n"), None);
    }

    #[test]
    fn the_table_shows_each_step_once() {
        let rows = [
            Row {
                step: "format",
                outcome: Outcome::Passed,
                counts: None,
                took: Duration::from_millis(640),
                remark: String::new(),
            },
            Row {
                step: "unit",
                outcome: Outcome::Failed,
                counts: Some(Counts { passed: 7, failed: 1 }),
                took: Duration::from_secs(2),
                remark: String::new(),
            },
        ];
        let table = table(&rows);
        assert_eq!(table.lines().count(), 3);
        assert!(table.lines().any(|line| line.starts_with("unit") && line.contains('7') && line.ends_with("2.0")));
    }

    #[test]
    fn long_times_are_said_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
