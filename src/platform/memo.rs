//! What was worked out of many rows, kept in this process for as long as the rows are the same.
//!
//! Whoever keeps something names the version of what it came from, and whoever asks names the version that is now: something
//! older is never given. It is for what is slow to work out and quick to be seen as changed; lists that are answers are kept
//! by [`super::cache`].

use lru::LruCache;
use std::any::Any;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

/// What something came from: numbers that change whenever it does.
pub type Version = (i64, i64);

/// Most things that are kept.
const ENTRIES: usize = 64;

/// A place for them. The least recently used gives way.
pub struct Memo(Mutex<LruCache<String, Kept>>);

struct Kept {
    version: Version,
    value: Arc<dyn Any + Send + Sync>,
}

impl Default for Memo {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(const { NonZero::new(ENTRIES).unwrap() })))
    }
}

impl Memo {
    /// What was kept under a key, if it was of this version.
    pub fn find<T: Send + Sync + 'static>(&self, key: &str, version: Version) -> Option<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key).filter(|kept| kept.version == version)?;
        found.value.clone().downcast().ok()
    }

    /// Keeps something, in the place of what was there, and gives it back.
    pub fn keep<T: Send + Sync + 'static>(&self, key: String, version: Version, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let kept = Kept { version, value: value.clone() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, kept);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_of_the_version_and_the_kind_is_given() {
        let memo = Memo::default();
        assert_eq!(*memo.keep("a".into(), (7, 0), 70_i64), 70);
        assert_eq!(memo.find::<i64>("a", (7, 0)).as_deref(), Some(&70));
        assert_eq!(memo.find::<i64>("a", (8, 0)), None);
        assert_eq!(memo.find::<i64>("b", (7, 0)), None);
        assert_eq!(memo.find::<i64>("a", (7, 1)), None);
        assert_eq!(memo.find::<String>("a", (7, 0)), None);
        memo.keep("a".into(), (8, 0), 80_i64);
        assert_eq!((memo.find::<i64>("a", (7, 0)), memo.find::<i64>("a", (8, 0)).as_deref()), (None, Some(&80)));
        for n in 0..ENTRIES {
            memo.keep(n.to_string(), (1, 0), n);
        }
        assert_eq!(memo.find::<i64>("a", (8, 0)), None, "it was asked for the longest time ago");
    }
}
