//! Slowing down who tries too often: token buckets, per address and per account.
//!
//! A bucket that is empty fills again within minutes, so nobody is locked out; browsers that an account has signed in from
//! before have buckets of their own (`accounts`), so a stranger's guesses never slow the owner down. There is no bucket for all
//! together: a stranger with many addresses would empty it, and nobody could sign in from a new browser. What all may cost
//! together is bounded where it costs: few passwords are hashed at a time, few wait, and the others hear so ([`super::hashing`]).
//!
//! With a Redis, servers count together. Each also counts for itself, and does so first: whom its own bucket refuses costs Redis
//! nothing, and its own buckets decide when Redis does not answer. Without one, a guesser gets N times as many tries at N
//! servers, which the sizes of the buckets allow for.

use super::remote::Remote;
use super::secret::fingerprint;
use crate::kernel::Instant;
use lru::LruCache;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

/// How much may be done at once, and how soon again.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// One more after this long, in milliseconds.
    pub every_ms: i64,
}

impl Rate {
    /// How long an empty bucket takes to be full, in milliseconds.
    fn fills_in(self) -> i64 {
        self.every_ms * i64::from(self.burst)
    }
}

/// When a bucket will be full, in milliseconds since 1970 (generic cell rate algorithm).
#[derive(Clone, Copy)]
struct FullAt(i64);

/// Too often: try again after this many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often, try again in {0} s")]
pub struct TooOften(pub i64);

impl TooOften {
    fn by(millis: i64) -> Self {
        Self((millis + 999) / 1000)
    }
}

/// Buckets that are remembered; the least recently used is forgotten first. About 100 bytes each.
const BUCKETS: usize = 100_000;

/// What [`Buckets::take`] does, in Redis. Gives by how many milliseconds it is too early, or 0. A bucket that is full is not kept.
/// Sent as it is each time: Redis compiles a text once, and has no name for it that it could forget.
const TAKE: &str = "local now, every, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), now + most) + every
local over = full - now - most
if over > 0 then return over end
redis.call('SET', KEYS[1], string.format('%d', full), 'PX', string.format('%d', full - now))
return 0";

/// What [`Buckets::give_back`] does.
const GIVE_BACK: &str = "local now, every, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.min(tonumber(redis.call('GET', KEYS[1]) or 0), now + most) - every
if full <= now then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%d', full), 'PX', string.format('%d', full - now))
return 0";

/// All buckets: those of this server, and those that servers share.
pub struct Throttle {
    own: Mutex<Buckets>,
    redis: Option<Arc<Remote>>,
}

/// The buckets of a server.
struct Buckets(LruCache<[u8; 16], FullAt>);

impl Buckets {
    fn take(&mut self, name: &str, rate: Rate, now: Instant) -> Result<(), TooOften> {
        let (now, key) = (now.0, key(name));
        // No bucket takes longer than an empty one: if it seems so, the clock was set back.
        let before = self.0.get(&key).map_or(now, |bucket| bucket.0.clamp(now, now + rate.fills_in()));
        let after = before + rate.every_ms;
        let over = after - now - rate.fills_in();
        self.0.put(key, FullAt(if over > 0 { before } else { after }));
        if over > 0 { Err(TooOften::by(over)) } else { Ok(()) }
    }

    fn give_back(&mut self, name: &str, rate: Rate, now: Instant) {
        if let Some(bucket) = self.0.get_mut(&key(name)) {
            bucket.0 = (bucket.0 - rate.every_ms).max(now.0);
        }
    }
}

/// A bucket's name. An IPv6 address stands for its network (/64): whoever has one address of it has all, 2⁶⁴ of them.
fn name(kind: &str, who: &str) -> String {
    match who.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => fingerprint(format!("{kind}\n{address}")),
        Ok(IpAddr::V6(address)) => fingerprint(format!("{kind}\n{:x}/64", address.to_bits() >> 64)),
        Err(_) => fingerprint(format!("{kind}\n{who}")),
    }
}

/// It in few bytes.
fn key(name: &str) -> [u8; 16] {
    let mut key = [0; 16];
    name.bytes().zip(&mut key).for_each(|(byte, place)| *place = byte);
    key
}

impl Throttle {
    /// Counts in `redis`, too, if there is one.
    pub fn new(redis: Option<Arc<Remote>>) -> Self {
        let size = NonZero::new(BUCKETS).unwrap_or(NonZero::<usize>::MIN);
        Self { own: Mutex::new(Buckets(LruCache::new(size))), redis }
    }

    /// Takes one from the bucket of `who`, an address or somebody.
    ///
    /// # Errors
    /// [`TooOften`] when it is empty; nothing is taken then.
    pub async fn take(&self, kind: &str, who: &str, rate: Rate, now: Instant) -> Result<(), TooOften> {
        let name = name(kind, who);
        self.own.lock().unwrap_or_else(PoisonError::into_inner).take(&name, rate, now)?;
        match self.ask(TAKE, &name, rate, now).await {
            Some(over) if over > 0 => {
                self.own.lock().unwrap_or_else(PoisonError::into_inner).give_back(&name, rate, now);
                Err(TooOften::by(over))
            }
            _ => Ok(()),
        }
    }

    /// Gives one back: what was taken for turned out to be no reason to slow anybody down.
    pub async fn give_back(&self, kind: &str, who: &str, rate: Rate, now: Instant) {
        let name = name(kind, who);
        self.own.lock().unwrap_or_else(PoisonError::into_inner).give_back(&name, rate, now);
        self.ask(GIVE_BACK, &name, rate, now).await;
    }

    /// What Redis says about its bucket of that name, if there is one and it answers.
    async fn ask(&self, script: &str, name: &str, rate: Rate, now: Instant) -> Option<i64> {
        let remote = self.redis.as_ref()?;
        let mut eval = redis::cmd("EVAL");
        eval.arg(script).arg(1).arg(format!("regie:rate:{name}")).arg(now.0).arg(rate.every_ms).arg(rate.fills_in());
        remote.ask(&eval).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every_ms: 2000 };

    #[tokio::test]
    async fn a_bucket_empties_and_fills_again() {
        let throttle = Throttle::new(None);
        let take = async |at| throttle.take("sign-in", "a", RATE, Instant(at)).await;
        for _ in 0..3 {
            assert_eq!(take(0).await, Ok(()));
        }
        assert_eq!(take(0).await, Err(TooOften(2)));
        assert_eq!(take(1500).await, Err(TooOften(1)));
        assert_eq!(take(2000).await, Ok(()));
        assert_eq!(take(2000).await, Err(TooOften(2)), "what was refused took nothing");
        assert_eq!(throttle.take("sign-in", "b", RATE, Instant(0)).await, Ok(()), "another one is not concerned");
        throttle.give_back("sign-in", "a", RATE, Instant(2000)).await;
        assert_eq!(take(2000).await, Ok(()), "one came back");
        assert_eq!(take(2000).await, Err(TooOften(2)));
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_locks_nobody_out() {
        let throttle = Throttle::new(None);
        let take = async |at| throttle.take("sign-in", "a", RATE, Instant(at)).await;
        for _ in 0..3 {
            assert_eq!(take(3_600_000).await, Ok(()));
        }
        assert_eq!(take(0).await, Err(TooOften(2)));
        assert_eq!(take(2000).await, Ok(()));
    }

    #[tokio::test]
    async fn an_ipv6_network_has_one_bucket() {
        let throttle = Throttle::new(None);
        let take = async |who: &str| throttle.take("sign-in", who, RATE, Instant(0)).await;
        for who in ["2001:db8:0:7::1", "2001:db8:0:7:1::", "2001:db8:0:7:ffff:ffff:ffff:ffff"] {
            assert_eq!(take(who).await, Ok(()));
        }
        assert_eq!(take("2001:db8:0:7::2").await, Err(TooOften(2)));
        assert_eq!(take("2001:db8:0:8::1").await, Ok(()), "the network beside it is another's");
        // However the kernel writes an IPv4 address, it is one.
        for who in ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"] {
            assert_eq!(take(who).await, Ok(()));
        }
        assert_eq!(take("192.0.2.1").await, Err(TooOften(2)));
        assert_eq!(take("::ffff:192.0.2.2").await, Ok(()));
    }

    #[tokio::test]
    async fn a_redis_that_is_gone_refuses_nobody_and_lets_nobody_through() {
        // Nobody listens on the discard port.
        let throttle = Throttle::new(Remote::open("redis://127.0.0.1:9/").map(Arc::new));
        let take = async || throttle.take("sign-in", "a", RATE, Instant(0)).await;
        for _ in 0..3 {
            assert_eq!(take().await, Ok(()));
        }
        assert_eq!(take().await, Err(TooOften(2)));
        throttle.give_back("sign-in", "a", RATE, Instant(0)).await;
        assert_eq!(take().await, Ok(()));
    }
}
