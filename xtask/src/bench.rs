//! `cargo xtask bench`: the benchmarks, against the release binary.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::postgres::Cluster;
use crate::report::step;
use crate::serve;
use crate::site::Quality;

/// Runs all benchmarks, or the named ones.
///
/// # Errors
/// When something does not build, or a benchmark misses its budget.
pub fn bench(names: &[String]) -> Result<()> {
    crate::machine::for_building()?;
    crate::site::build(Quality::Full)?;
    serve::build_release()?;
    let mut command = cargo();
    command.args(["run", "--release", "--package", "bench", "--"]).args(names);
    command.env("REGIE_BIN", serve::binary(true));
    serve::site_environment(&mut command)?;
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
