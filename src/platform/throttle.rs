//! Slowing down who tries too often: token buckets in memory, per address, per account, and for all together.
//!
//! A bucket that is empty fills again within minutes, so nobody is locked out; browsers that an account has signed in from
//! before have buckets of their own (`accounts`), so a stranger's guesses never slow the owner down. Each server counts for
//! itself: with N servers a guesser gets N times as many tries, which the sizes below allow for.

use super::secret::fingerprint;
use crate::kernel::Instant;
use lru::LruCache;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};

/// How much may be done at once, and how soon again.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// One more after this long, in milliseconds.
    pub every_ms: i64,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// When it will be full, in milliseconds since 1970 (generic cell rate algorithm).
    full_at: i64,
}

/// Too often: try again after this many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often, try again in {0} s")]
pub struct TooOften(pub i64);

/// Buckets that are remembered; the least recently used is forgotten first. About 100 bytes each.
const BUCKETS: usize = 100_000;

/// All buckets of a server.
pub struct Throttle(Mutex<LruCache<[u8; 16], Bucket>>);

impl Default for Throttle {
    fn default() -> Self {
        let size = NonZero::new(BUCKETS).unwrap_or(NonZero::<usize>::MIN);
        Self(Mutex::new(LruCache::new(size)))
    }
}

/// A bucket's name in few bytes.
fn key(kind: &str, who: &str) -> [u8; 16] {
    let mark = fingerprint(format!("{kind}\n{who}"));
    let mut key = [0; 16];
    mark.bytes().zip(&mut key).for_each(|(byte, place)| *place = byte);
    key
}

impl Throttle {
    /// Takes one from the bucket of `who`.
    ///
    /// # Errors
    /// [`TooOften`] when it is empty; nothing is taken then.
    pub fn take(&self, kind: &str, who: &str, rate: Rate, now: Instant) -> Result<(), TooOften> {
        let key = key(kind, who);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(&key).map_or(now.0, |bucket| bucket.full_at.max(now.0)) + rate.every_ms;
        let over = full_at - now.0 - rate.every_ms * i64::from(rate.burst);
        if over > 0 {
            return Err(TooOften((over + 999) / 1000));
        }
        buckets.put(key, Bucket { full_at });
        Ok(())
    }

    /// Gives one back: what was taken for turned out to be no reason to slow anybody down.
    pub fn give_back(&self, kind: &str, who: &str, rate: Rate, now: Instant) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&key(kind, who)) {
            bucket.full_at = (bucket.full_at - rate.every_ms).max(now.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every_ms: 2000 };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let throttle = Throttle::default();
        let take = |at| throttle.take("sign-in", "a", RATE, Instant(at));
        assert_eq!([take(0), take(0), take(0)], [Ok(()); 3]);
        assert_eq!(take(0), Err(TooOften(2)));
        assert_eq!(take(1500), Err(TooOften(1)));
        assert_eq!(take(2000), Ok(()));
        assert_eq!(take(2000), Err(TooOften(2)), "what was refused took nothing");
        assert_eq!(throttle.take("sign-in", "b", RATE, Instant(0)), Ok(()), "another one is not concerned");
        throttle.give_back("sign-in", "a", RATE, Instant(2000));
        assert_eq!([take(2000), take(2000)], [Ok(()), Err(TooOften(2))], "one came back");
    }
}
