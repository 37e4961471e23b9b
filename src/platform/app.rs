//! What a request needs, in one handle.

use super::assets::Assets;
use super::cache::ListCache;
use super::clock::Clock;
use super::config::Config;
use super::db::Db;
use super::hashing::Hasher;
use super::jobs::Pulse;
use super::memo::Memo;
use super::remote::Remote;
use super::seal::Sealer;
use super::shared::Shared;
use super::throttle::Throttle;
use super::tokens::TokenSigner;
use crate::kernel::Instant;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch;

/// The running application. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    started_at: Instant,
    stop: watch::Sender<bool>,
    workers: Pulse,
}

/// The parts of an [`App`].
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub hasher: Hasher,
    pub signer: TokenSigner,
    pub sealer: Sealer,
    pub throttle: Throttle,
    pub assets: Assets,
    /// What several servers share; none when the settings name none.
    pub redis: Option<Arc<Remote>>,
    pub cache: ListCache,
    pub memo: Memo,
    pub shared: Shared,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        let started_at = parts.clock.now();
        Self(Arc::new(Inner { parts, started_at, stop: watch::Sender::new(false), workers: Pulse::default() }))
    }

    /// Says when this server is to stop: what lives long ends then.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stop.subscribe()
    }

    /// Tells all that live long to end.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Whether the workers of this server live.
    pub fn workers(&self) -> &Pulse {
        &self.0.workers
    }

    /// Since when this server runs.
    pub fn started_at(&self) -> Instant {
        self.0.started_at
    }

    /// An absolute address for a mail.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.server.public_url)
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
