//! Lists that were just drawn up, kept for a while: in this process, or in a Redis that all servers share.
//!
//! Nothing is ever thrown out by name. A key holds a word that each change replaces (`plan_tags`), so what is kept under an
//! older word is never asked for again; time and room take it away. A Redis that is slow or gone is a miss, never an error.

use super::remote::Remote;
use super::secret::fingerprint;
use crate::kernel::Instant;
use lru::LruCache;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

/// Most lists kept in the process.
const ENTRIES: usize = 4096;
/// Most bytes of them, together.
const BYTES: usize = 32 * 1024 * 1024;
/// Longer lists are not kept.
const LONGEST: usize = 1024 * 1024;

/// Where lists are kept.
pub struct ListCache {
    ttl_seconds: u32,
    place: Place,
}

enum Place {
    Here(Mutex<Kept>),
    There(Arc<Remote>),
}

/// Lists by the fingerprints of their keys: those hold what a client asked for, which may be long.
struct Kept {
    lists: LruCache<String, (Instant, String)>,
    bytes: usize,
}

impl ListCache {
    /// In `redis`, or here when there is none.
    pub fn new(ttl_seconds: u32, redis: Option<Arc<Remote>>) -> Self {
        let here = || {
            let lists = LruCache::new(NonZero::new(ENTRIES).unwrap_or(NonZero::<usize>::MIN));
            Place::Here(Mutex::new(Kept { lists, bytes: 0 }))
        };
        Self { ttl_seconds, place: redis.map_or_else(here, Place::There) }
    }

    /// What was kept under `key`, if it is not too old.
    pub async fn get(&self, key: &str, now: Instant) -> Option<String> {
        if self.ttl_seconds == 0 {
            return None;
        }
        let key = fingerprint(key);
        match &self.place {
            Place::Here(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key, now),
            Place::There(remote) => remote.ask(redis::cmd("GET").arg(remote_key(&key))).await.flatten(),
        }
    }

    /// Keeps `text` under `key`.
    pub async fn put(&self, key: &str, text: &str, now: Instant) {
        if self.ttl_seconds == 0 || text.len() > LONGEST {
            return;
        }
        let key = fingerprint(key);
        match &self.place {
            Place::Here(kept) => {
                let until = now.plus_seconds(i64::from(self.ttl_seconds));
                kept.lock().unwrap_or_else(PoisonError::into_inner).put(key, until, text);
            }
            Place::There(remote) => {
                let mut set = redis::cmd("SET");
                set.arg(remote_key(&key)).arg(text).arg("EX").arg(self.ttl_seconds);
                remote.ask::<()>(&set).await;
            }
        }
    }
}

fn remote_key(key: &str) -> String {
    format!("regie:list:{key}")
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

    fn put(&mut self, key: String, until: Instant, text: &str) {
        self.bytes += text.len();
        // What had the key or, in a full cache, what was used least recently.
        if let Some((_, (_, gone))) = self.lists.push(key, (until, text.to_owned())) {
            self.bytes -= gone.len();
        }
        while self.bytes > BYTES
            && let Some((_, (_, gone))) = self.lists.pop_lru()
        {
            self.bytes -= gone.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant as Stopwatch};

    #[tokio::test]
    async fn lists_are_kept_until_their_time_is_over() {
        let cache = ListCache::new(60, None);
        cache.put("a", "[1]", Instant(0)).await;
        assert_eq!(cache.get("a", Instant(59_999)).await.as_deref(), Some("[1]"));
        assert_eq!(cache.get("b", Instant(0)).await, None);
        assert_eq!(cache.get("a", Instant(60_000)).await, None);
        let none = ListCache::new(0, None);
        none.put("a", "[1]", Instant(0)).await;
        assert_eq!(none.get("a", Instant(0)).await, None, "0 keeps nothing");
    }

    #[tokio::test]
    async fn a_long_key_takes_no_more_room_than_a_short_one() {
        let cache = ListCache::new(60, None);
        let [one, other] = ["x", "y"].map(|letter| letter.repeat(LONGEST));
        cache.put(&one, "[1]", Instant(0)).await;
        cache.put(&other, "[2]", Instant(0)).await;
        assert_eq!(cache.get(&one, Instant(0)).await.as_deref(), Some("[1]"));
        assert_eq!(cache.get(&other, Instant(0)).await.as_deref(), Some("[2]"));
        let Place::Here(kept) = cache.place else { panic!("not here") };
        assert!(kept.into_inner().unwrap().lists.iter().all(|(key, _)| key.len() == 64));
    }

    #[test]
    fn the_process_never_keeps_more_than_it_may() {
        let Place::Here(kept) = ListCache::new(60, None).place else { panic!("not here") };
        let mut kept = kept.into_inner().unwrap();
        let long = "x".repeat(LONGEST);
        for n in 0..100 {
            kept.put(format!("{}", n % 50), Instant(1), &long);
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
        let cache = ListCache::new(60, Remote::open("redis://127.0.0.1:9/").map(Arc::new));
        let started = Stopwatch::now();
        for _ in 0..1000 {
            cache.put("a", "[1]", Instant(0)).await;
            assert_eq!(cache.get("a", Instant(0)).await, None);
        }
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}
