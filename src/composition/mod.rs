//! Wiring: the only place that knows everybody.

mod connections;
pub mod demo;
mod demo_plan;
mod http;
mod jobs;
mod patience;
mod server;

pub use http::{around, router};
pub use jobs::{work, worker};
pub use server::serve;

use crate::platform::app::Parts;
use crate::platform::assets::Assets;
use crate::platform::cache::ListCache;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{Db, DbError, Limits};
use crate::platform::hashing::{Hasher, HashingError};
use crate::platform::keys::{self, KeyError};
use crate::platform::memo::Memo;
use crate::platform::remote::Remote;
use crate::platform::seal::Sealer;
use crate::platform::shared::Shared;
use crate::platform::throttle::Throttle;
use crate::platform::tokens::TokenSigner;
use crate::platform::{App, telemetry};
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

/// Why the application did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("data directory {path}: {error}")]
    Data { path: String, error: std::io::Error },
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error("database: {0}")]
    Db(#[from] DbError),
    #[error("{addr}: {error}")]
    Listen { addr: String, error: std::io::Error },
    #[error("signals cannot be heard: {0}")]
    Signals(io::Error),
}

/// Opens everything that the configuration names. Migrates nothing.
///
/// # Errors
/// When a part cannot be opened.
pub async fn open(config: Config, clock: Clock) -> Result<App, StartError> {
    open_on_disk(config, clock, File::sync_data).await
}

/// As [`open`], on a disk on which `sync` makes SQLite's log durable: for tests of disks that are slow or fail.
///
/// # Errors
/// As [`open`].
pub async fn open_on_disk(config: Config, clock: Clock, sync: fn(&File) -> io::Result<()>) -> Result<App, StartError> {
    // Whatever is below is somebody's. A directory that is there keeps what its owner has set.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data);
    made.map_err(|error| StartError::Data { path: config.data.display().to_string(), error })?;
    keys::clear_up(&config.data);
    if config.server.metrics {
        telemetry::metrics();
    }
    let signer = TokenSigner::open(&config.data, config.tokens.algorithm, &config.server.public_url, clock.now())?;
    let sealer = Sealer::new(&keys::seal_key(&config.data)?)
        .ok_or_else(|| KeyError::Malformed(keys::directory(&config.data).join("seal.key")))?;
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let workers = if config.passwords.workers == 0 { cores } else { config.passwords.workers };
    let hasher = Hasher::new(workers, config.passwords.memory_kib, config.passwords.passes)?;
    let limits = Limits {
        readers: config.database.readers,
        writers: config.database.writers,
        batch: config.database.batch,
        sync,
        ..Limits::default()
    };
    let db = Db::connect(&config.database_url(), limits).await?;
    let assets = Assets::load(&config.server.site);
    let redis = Remote::open(config.cache.redis_url.reveal()).map(Arc::new);
    let cache = ListCache::new(config.cache.ttl_seconds, redis.clone());
    Ok(App::new(Parts {
        config,
        db,
        clock,
        hasher,
        signer,
        sealer,
        throttle: Throttle::new(redis.clone()),
        assets,
        redis,
        cache,
        memo: Memo::default(),
        shared: Shared::default(),
    }))
}
