//! Logs and metrics.

use super::config::Log;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal as _;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging to standard error. A second call changes nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let builder = builder.with_ansi(std::io::stderr().is_terminal()); // colours are noise in a file
    let started = if log.json { builder.json().flatten_event(true).try_init() } else { builder.compact().try_init() };
    drop(started); // Only fails when logging has been started before.
}

/// The process's metrics, started on first use.
pub fn metrics() -> Option<&'static PrometheusHandle> {
    if METRICS.get().is_none() {
        let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        let matcher = Matcher::Suffix("_seconds".to_owned());
        let handle = PrometheusBuilder::new().set_buckets_for_metric(matcher, &buckets).ok()?.install_recorder().ok();
        if let Some(handle) = handle {
            drop(METRICS.set(handle));
        }
    }
    METRICS.get()
}

/// The process's metrics, unless nobody wanted any.
pub fn started_metrics() -> Option<&'static PrometheusHandle> {
    METRICS.get()
}
