//! `cargo xtask bench`: the benchmarks, against the release binary.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::postgres::Cluster;
use crate::report::step;
use crate::site::Quality;
use crate::{machine, playwright, serve};

/// Runs all benchmarks, or the named ones.
///
/// # Errors
/// When something does not build, or a benchmark misses its budget.
pub fn bench(names: &[String]) -> Result<()> {
    machine::for_building()?;
    let with_browser = wants_browser(names);
    if with_browser {
        machine::for_browser()?;
    }
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
        command.env("REGIE_PLAYWRIGHT", playwright::binary()).env("REGIE_PLAYWRIGHT_PATH", playwright::path());
    }
    // A PostgreSQL for those that want one, unless somebody names theirs.
    let cluster = match std::env::var_os("REGIE_TEST_POSTGRES") {
        Some(_) => None,
        None => Some(step("PostgreSQL", Cluster::start)?),
    };
    if let Some(cluster) = &cluster {
        command.env("REGIE_TEST_POSTGRES", cluster.url());
    }
    step("benchmarks", || run(&mut command))
}

/// Whether the benchmark that uses a browser is among those asked for: named, or none is.
fn wants_browser(names: &[String]) -> bool {
    let mut benchmarks = names.iter().filter(|name| !name.starts_with("--")).peekable();
    benchmarks.peek().is_none() || benchmarks.any(|name| name.split('=').next() == Some("kiosk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_set_up_for_the_kiosk_only() {
        let wants = |names: &[&str]| wants_browser(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(wants(&[]) && wants(&["--quick"]) && wants(&["start", "kiosk=5"]) && wants(&["kiosk", "--quick"]));
        assert!(!wants(&["start"]) && !wants(&["race=1000", "--quick"]));
    }
}
