//! `cargo xtask bench`: the benchmarks, against the release binary.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::postgres::{self, Cluster};
use crate::report::step;
use crate::site::Quality;
use crate::{machine, playwright, serve};

#[path = "../../bench/src/names.rs"]
mod names;

/// Those that use a browser.
const IN_BROWSER: &[&str] = &["kiosk"];
/// Those that also use PostgreSQL.
const ON_POSTGRES: &[&str] = &["race", "missions"];

/// Runs all benchmarks, or the named ones.
///
/// # Errors
/// When there is no such benchmark, something does not build, or a benchmark misses its budget.
pub fn bench(names: &[String]) -> Result<()> {
    names::read(names)?;
    postgres::clean_up_when_interrupted()?;
    let with_browser = wants(names, IN_BROWSER);
    // A PostgreSQL for those that want one, unless somebody names theirs. What cannot be had is told before all is built.
    let with_cluster = wants(names, ON_POSTGRES) && std::env::var_os("REGIE_TEST_POSTGRES").is_none();
    machine::for_benchmarks(with_cluster, with_browser)?;
    let cluster = if with_cluster { Some(step("start PostgreSQL", Cluster::start)?) } else { None };
    crate::site::build(Quality::Full)?;
    serve::build_release()?;
    let mut command = cargo();
    command.args(["run", "--release", "--package", "bench", "--"]).args(names);
    command.env("REGIE_BIN", serve::binary(true));
    serve::site_environment(&mut command)?;
    if with_browser {
        if playwright::is_outdated() {
            step("npm ci", playwright::install)?;
        }
        playwright::environment(&mut command);
        // Not as `PATH`: build scripts that watch it would run again.
        command.env("REGIE_PLAYWRIGHT", playwright::binary("playwright")).env("REGIE_PLAYWRIGHT_PATH", playwright::path());
    }
    if let Some(cluster) = &cluster {
        command.env("REGIE_TEST_POSTGRES", cluster.url());
    }
    step("benchmarks", || run(&mut command))
}

/// Whether one of these benchmarks is among those asked for: named, or none is.
fn wants(names: &[String], these: &[&str]) -> bool {
    let mut benchmarks = names.iter().filter(|name| !name.starts_with("--")).peekable();
    let is_one = |name: &String| name.split('=').next().is_some_and(|name| these.contains(&name));
    benchmarks.peek().is_none() || benchmarks.any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_not_is_refused_before_anything_is_built() {
        let read = |word: &str| names::read(&[word.to_owned()]).map(|named| named.len()).map_err(|error| error.to_string());
        assert_eq!(["race=1000", "kiosk", "--quick"].map(read), [Ok(1), Ok(1), Ok(0)]);
        assert!(read("races").unwrap_err().starts_with("no benchmark `races`; there are start, bytes"));
        assert!(read("race=many").is_err() && read("--fast").is_err());
        for name in IN_BROWSER.iter().chain(ON_POSTGRES) {
            assert!(names::NAMES.contains(name), "{name}");
        }
    }

    #[test]
    fn what_a_benchmark_needs_is_set_up_for_that_one_only() {
        let wants = |names: &[&str], these: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            wants(&names, these)
        };
        for these in [IN_BROWSER, ON_POSTGRES] {
            assert!(wants(&[], these) && wants(&["--quick"], these));
        }
        assert!(wants(&["start", "kiosk=5"], IN_BROWSER) && wants(&["kiosk", "--quick"], IN_BROWSER));
        assert!(!wants(&["start"], IN_BROWSER) && !wants(&["race=1000", "--quick"], IN_BROWSER));
        assert!(wants(&["race=1000", "--quick"], ON_POSTGRES) && wants(&["start", "missions"], ON_POSTGRES));
        assert!(!wants(&["start", "kiosk"], ON_POSTGRES) && !wants(&["races"], ON_POSTGRES));
    }
}
