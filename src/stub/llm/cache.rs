//! The agent's plan cache, in memory instead of Redis.
//!
//! As in Oddiya, concurrent requests for the same plan are not joined: each one that misses generates the plan. Only
//! streams that were sent to the end are stored.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Lifetime of an entry, as in the agent's SETEX.
const TTL: Duration = Duration::from_secs(3600);

/// The maximum number of entries. Beyond it writes fail silently, as with a full Redis.
const CAPACITY: usize = 20_000;

/// Finished plans by cache key.
#[derive(Debug, Default)]
pub struct PlanCache(Mutex<HashMap<String, (Instant, Value)>>);

impl PlanCache {
    /// The plan under a key; `None` when it is missing or too old.
    pub fn get(&self, key: &str, now: Instant) -> Option<Value> {
        let entries = self.entries();
        let (stored, plan) = entries.get(key)?;
        (now.saturating_duration_since(*stored) < TTL).then(|| plan.clone())
    }

    pub fn put(&self, key: String, plan: Value, now: Instant) {
        let mut entries = self.entries();
        if entries.len() >= CAPACITY {
            entries.retain(|_, (stored, _)| now.saturating_duration_since(*stored) < TTL);
        }
        if entries.len() < CAPACITY || entries.contains_key(&key) {
            entries.insert(key, (now, plan));
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, (Instant, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_lives_for_an_hour() {
        let (cache, now) = (PlanCache::default(), Instant::now());
        cache.put("plan:Seoul".to_owned(), Value::Bool(true), now);
        assert_eq!(cache.get("plan:Seoul", now + Duration::from_secs(3599)), Some(Value::Bool(true)));
        assert_eq!(cache.get("plan:Seoul", now + TTL), None);
        assert_eq!(cache.get("plan:seoul", now), None);
    }
}
