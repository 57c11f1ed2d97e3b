//! Locks on idempotency keys that an open transaction has inserted.
//!
//! In PostgreSQL, inserting a key waits for another open transaction that inserted the same key. SQLite runs our
//! statements one after another, so requests wait here instead.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

type Lock = Arc<AsyncMutex<()>>;

#[derive(Debug, Default)]
pub struct KeyLocks(Mutex<HashMap<String, Lock>>);

/// The lock on one key, released on drop.
#[derive(Debug)]
pub struct KeyGuard<'a> {
    locks: &'a KeyLocks,
    key: String,
    held: Option<OwnedMutexGuard<()>>,
}

impl KeyLocks {
    /// Waits until no other request holds the key, then locks it.
    pub async fn lock(&self, key: &str) -> KeyGuard<'_> {
        let lock = Arc::clone(self.locks().entry(key.to_owned()).or_default());
        let mut guard = KeyGuard { locks: self, key: key.to_owned(), held: None };
        guard.held = Some(lock.lock_owned().await);
        guard
    }

    fn locks(&self) -> MutexGuard<'_, HashMap<String, Lock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for KeyGuard<'_> {
    fn drop(&mut self) {
        let mut locks = self.locks.locks();
        self.held = None;
        // Only the map refers to the lock, so no request waits for it.
        if locks.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_second_holder_waits_and_a_free_key_is_forgotten() {
        let keys = KeyLocks::default();
        let first = keys.lock("k").await;
        let mut second = Box::pin(keys.lock("k"));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        drop(second.await);
        assert!(keys.locks().is_empty());
    }
}
