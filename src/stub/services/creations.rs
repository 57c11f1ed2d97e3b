//! The race of concurrent requests that all want to create the same thing.
//!
//! Each looks first, finds nothing and inserts. Of four at once the real user service refused one: the second inserts
//! while the first has not committed, and fails on the unique constraint; the others come to look later.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::keys::{KeyGuard, KeyLocks};

/// The creations that are under way, by what they create.
#[derive(Debug, Default)]
pub struct Creations {
    locks: KeyLocks,
    under_way: Mutex<HashMap<String, usize>>,
}

/// A request's place in the race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    First,
    /// It looked while the first had not committed.
    Second,
    Later,
}

/// A request's turn, which ends when this is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    pub place: Place,
    _guard: KeyGuard<'a>,
    _entered: Entered<'a>,
}

impl Creations {
    /// Waits until the requests before this one are done.
    pub async fn enter(&self, key: &str) -> Turn<'_> {
        let place = {
            let mut under_way = self.under_way();
            let count = under_way.entry(key.to_owned()).or_default();
            *count += 1;
            match *count {
                1 => Place::First,
                2 => Place::Second,
                _ => Place::Later,
            }
        };
        let entered = Entered { creations: self, key: key.to_owned() };
        Turn { place, _guard: self.locks.lock(key).await, _entered: entered }
    }

    fn leave(&self, key: &str) {
        let mut under_way = self.under_way();
        if let Some(count) = under_way.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(key);
            }
        }
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request out again, at the end of its turn or when it goes away before.
#[derive(Debug)]
struct Entered<'a> {
    creations: &'a Creations,
    key: String,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.creations.leave(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn of_four_at_once_one_is_second() {
        let creations = Creations::default();
        let first = creations.enter("k").await;
        let mut others: Vec<_> = (0..3).map(|_| Box::pin(creations.enter("k"))).collect();
        assert!(others.iter_mut().all(|other| other.as_mut().now_or_never().is_none()));
        let mut places = vec![first.place];
        drop(first);
        for other in others {
            places.push(other.await.place);
        }
        assert_eq!(places, [Place::First, Place::Second, Place::Later, Place::Later]);
        assert!(creations.under_way().is_empty());
    }
}
