//! What a room shares between the requests of this process: one value of each type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A place for one value of each type. The platform does not know the types: they are the rooms' own.
#[derive(Default)]
pub struct Shared(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Shared {
    /// The value of a type; the first who asks makes it.
    pub fn of<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let kind = TypeId::of::<T>();
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&kind).cloned();
        let value = found.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            all.entry(kind).or_insert_with(|| Arc::new(make())).clone()
        });
        value.downcast().unwrap_or_else(|_| unreachable!("each value is kept under its type"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_type_is_made() {
        let shared = Shared::default();
        assert_eq!(*shared.of(|| 7_i64), 7);
        assert_eq!(*shared.of(|| 8_i64), 7);
        assert_eq!(*shared.of(|| "seven".to_owned()), "seven");
    }
}
