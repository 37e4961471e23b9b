//! Lists that were just drawn up, kept for a while: in this process, or in a Redis that all servers share.
//!
//! Nothing is ever thrown out by name. A key holds a word that each change replaces (`plan_tags`), so what is kept under an
//! older word is never asked for again; time and room take it away. A Redis that is slow or gone is a miss, never an error,
//! and is left alone for a moment.

use super::secret::fingerprint;
use crate::kernel::Instant;
use lru::LruCache;
use redis::aio::MultiplexedConnection;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

/// Most lists kept in the process.
const ENTRIES: usize = 4096;
/// Most bytes of them, together.
const BYTES: usize = 32 * 1024 * 1024;
/// Longer lists are not kept.
const LONGEST: usize = 1024 * 1024;
/// How long Redis may take: the database answers as fast.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a Redis that failed is left alone.
const REST: Duration = Duration::from_secs(2);

/// Where lists are kept.
pub struct ListCache {
    ttl_seconds: u32,
    place: Place,
}

enum Place {
    Here(Mutex<Kept>),
    There(Box<Remote>),
}

struct Kept {
    lists: LruCache<String, (Instant, String)>,
    bytes: usize,
}

struct Remote {
    client: redis::Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Not asked before then.
    rests_until: Mutex<Option<Stopwatch>>,
}

impl ListCache {
    /// `redis_url` is empty for lists kept here, else an address that the settings have checked.
    pub fn new(ttl_seconds: u32, redis_url: &str) -> Self {
        let here = || {
            let lists = LruCache::new(NonZero::new(ENTRIES).unwrap_or(NonZero::<usize>::MIN));
            Place::Here(Mutex::new(Kept { lists, bytes: 0 }))
        };
        let place = match redis::Client::open(redis_url) {
            Ok(client) if !redis_url.is_empty() => {
                Place::There(Box::new(Remote { client, connection: Mutex::new(None), rests_until: Mutex::new(None) }))
            }
            _ => here(),
        };
        Self { ttl_seconds, place }
    }

    /// What was kept under `key`, if it is not too old.
    pub async fn get(&self, key: &str, now: Instant) -> Option<String> {
        if self.ttl_seconds == 0 {
            return None;
        }
        match &self.place {
            Place::Here(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).get(key, now),
            Place::There(remote) => remote.ask(redis::cmd("GET").arg(remote_key(key))).await.flatten(),
        }
    }

    /// Keeps `text` under `key`.
    pub async fn put(&self, key: &str, text: &str, now: Instant) {
        if self.ttl_seconds == 0 || text.len() > LONGEST {
            return;
        }
        match &self.place {
            Place::Here(kept) => {
                let until = now.plus_seconds(i64::from(self.ttl_seconds));
                kept.lock().unwrap_or_else(PoisonError::into_inner).put(key, until, text);
            }
            Place::There(remote) => {
                let mut set = redis::cmd("SET");
                set.arg(remote_key(key)).arg(text).arg("EX").arg(self.ttl_seconds);
                remote.ask::<()>(&set).await;
            }
        }
    }
}

fn remote_key(key: &str) -> String {
    format!("regie:list:{}", fingerprint(key))
}

impl Kept {
    fn get(&mut self, key: &str, now: Instant) -> Option<String> {
        let (until, text) = self.lists.get(key)?;
        if now < *until {
            return Some(text.clone());
        }
        if let Some((_, text)) = self.lists.pop(key) {
            self.bytes -= text.len();
        }
        None
    }

    fn put(&mut self, key: &str, until: Instant, text: &str) {
        self.bytes += text.len();
        // What had the key or, in a full cache, what was used least recently.
        if let Some((_, (_, gone))) = self.lists.push(key.to_owned(), (until, text.to_owned())) {
            self.bytes -= gone.len();
        }
        while self.bytes > BYTES
            && let Some((_, (_, gone))) = self.lists.pop_lru()
        {
            self.bytes -= gone.len();
        }
    }
}

impl Remote {
    /// One command, or nothing when Redis does not answer at once.
    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        if self.rests() {
            return None;
        }
        match tokio::time::timeout(PATIENCE, self.send(command)).await {
            Ok(Ok(answer)) => {
                *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Some(answer)
            }
            Ok(Err(error)) => self.rest(&error.to_string()),
            Err(_) => self.rest("no answer in time"),
        }
    }

    async fn send<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> redis::RedisResult<T> {
        let open = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut connection = match open {
            Some(connection) => connection,
            None => {
                let connection = self.client.get_multiplexed_async_connection().await?;
                *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
                connection
            }
        };
        command.query_async(&mut connection).await
    }

    /// Whether Redis is left alone. When its rest is over, one request tries; the others rest until that one knows.
    fn rests(&self) -> bool {
        let mut until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        match *until {
            None => false,
            Some(at) if Stopwatch::now() < at => true,
            Some(_) => {
                *until = Some(Stopwatch::now() + REST);
                false
            }
        }
    }

    fn rest<T>(&self, why: &str) -> Option<T> {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::now() + REST);
        metrics::counter!("cache_failures_total").increment(1);
        tracing::warn!(why, "Redis does not answer; lists come from the database");
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lists_are_kept_until_their_time_is_over() {
        let cache = ListCache::new(60, "");
        cache.put("a", "[1]", Instant(0)).await;
        assert_eq!(cache.get("a", Instant(59_999)).await.as_deref(), Some("[1]"));
        assert_eq!(cache.get("b", Instant(0)).await, None);
        assert_eq!(cache.get("a", Instant(60_000)).await, None);
        let none = ListCache::new(0, "");
        none.put("a", "[1]", Instant(0)).await;
        assert_eq!(none.get("a", Instant(0)).await, None, "0 keeps nothing");
    }

    #[test]
    fn the_process_never_keeps_more_than_it_may() {
        let Place::Here(kept) = ListCache::new(60, "").place else { panic!("not here") };
        let mut kept = kept.into_inner().unwrap();
        let long = "x".repeat(LONGEST);
        for n in 0..100 {
            kept.put(&format!("{}", n % 50), Instant(1), &long);
        }
        assert_eq!(kept.bytes, kept.lists.iter().map(|(_, (_, text))| text.len()).sum::<usize>());
        assert!(kept.bytes <= BYTES && kept.lists.len() == BYTES / LONGEST);
        assert!(kept.get("49", Instant(0)).is_some() && kept.get("0", Instant(0)).is_none(), "the oldest went");
        assert!(kept.get("49", Instant(1)).is_none());
        assert_eq!(kept.bytes, BYTES - LONGEST);
    }

    #[tokio::test]
    async fn a_redis_that_is_gone_costs_one_try_and_fails_nothing() {
        // Nobody listens on the discard port.
        let cache = ListCache::new(60, "redis://127.0.0.1:9/");
        let started = Stopwatch::now();
        for _ in 0..1000 {
            cache.put("a", "[1]", Instant(0)).await;
            assert_eq!(cache.get("a", Instant(0)).await, None);
        }
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}
