//! The benchmarks: `cargo xtask bench [NAMES]`. What each measures and how to read it is in `docs/benchmarks.md`.
//!
//! Every benchmark but `conflicts` drives the release binary (`REGIE_BIN`) from outside, over HTTP; `kiosk` does so in a
//! browser. Each prints a table with its budgets and writes `target/bench/<name>.json`. A missed budget makes the process fail.

mod bytes;
mod client;
mod conflicts;
mod crew;
mod kill;
mod kiosk;
mod load;
mod machine;
#[expect(dead_code, clippy::unwrap_used, reason = "the tests of the scanner use the rest, and may")]
#[path = "../../scanner/tests/made/mod.rs"]
mod made;
mod names;
#[cfg(not(test))]
#[path = "../../src/planning/rules/tests/oracle.rs"]
mod oracle;
mod plan;
mod platform;
mod postgres;
mod punches;
mod race;
#[cfg(not(test))]
#[path = "../../src/planning/rules/tests/random.rs"]
mod random;
mod refresh;
mod report;
mod server;
mod sign_ins;
mod start;
mod stats;
mod store;
mod storm;
mod timing;

// The rules of the product, from its own source: what is pure needs no server, and building it whole a second time for them
// takes minutes.
#[expect(dead_code, reason = "the product uses the rest")]
#[path = "../../src/kernel"]
mod kernel {
    mod convention;
    pub mod time;
    pub mod zone;
    pub use convention::Convention;
    pub use time::Instant;
}
#[expect(dead_code, unused_imports, reason = "the product uses the rest")]
#[path = "../../src/planning"]
mod planning {
    mod codes;
    pub mod rules;
}

#[cfg(test)]
use planning::rules::tests::{oracle, random};

use anyhow::{Context as _, Result};
use names::{NAMES, QUICK};
use std::process::ExitCode;

/// What was asked for on the command line.
pub struct Asked {
    name: String,
    /// The number after `=`, as in `race=1000`.
    size: Option<usize>,
    quick: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [floor, directory] = words.as_slice()
        && floor == machine::FLOOR
    {
        return machine::print_floor(directory.as_ref()).map(|()| true);
    }
    // One thread: the clients share two cores with the server, and threads of theirs that wake each other take from it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let mut met = true;
    for asked in asked(&words)? {
        // One after the other: they share the machine.
        met &= runtime.block_on(measure(&asked)).with_context(|| format!("benchmark `{}`", asked.name))?;
    }
    Ok(met)
}

async fn measure(asked: &Asked) -> Result<bool> {
    let report = match asked.name.as_str() {
        "start" => start::measure(asked).await?,
        "bytes" => bytes::measure().await?,
        "kill" => kill::measure(asked).await?,
        "race" => race::measure(asked).await?,
        "timing" => timing::measure(asked).await?,
        "sign_ins" => sign_ins::measure(asked).await?,
        "storm" => storm::measure(asked).await?,
        "refresh" => refresh::measure(asked).await?,
        "conflicts" => conflicts::measure(asked)?,
        "missions" => plan::missions(asked).await?,
        "week" => plan::week(asked).await?,
        "candidates" => plan::candidates(asked).await?,
        "kiosk" => kiosk::measure(asked).await?,
        _ => punches::measure(asked).await?,
    };
    report.finish()
}

/// `punches race=1000 --quick`, or all benchmarks when none is named.
fn asked(words: &[String]) -> Result<Vec<Asked>> {
    let quick = words.iter().any(|word| word == QUICK);
    let named = names::read(words)?.into_iter();
    let mut all: Vec<Asked> = named.map(|(name, size)| Asked { name: name.to_owned(), size, quick }).collect();
    if all.is_empty() {
        all.extend(NAMES.map(|name| Asked { name: name.to_owned(), size: None, quick }));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sizes_and_quick_are_read() {
        let words = ["punches=3", "--quick"].map(str::to_owned);
        let all = asked(&words).unwrap();
        assert_eq!((all.len(), all[0].name.as_str(), all[0].size, all[0].quick), (1, "punches", Some(3), true));
        assert_eq!(asked(&[]).unwrap().len(), NAMES.len());
        assert!(asked(&["speed".to_owned()]).is_err());
    }
}
