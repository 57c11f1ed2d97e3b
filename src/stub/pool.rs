//! Each service's database connections: a small pool with a queue.
//!
//! It behaves as HikariCP does: requests wait for a free connection in order of arrival and fail after the connection
//! timeout. Each service words that failure itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The service that owns the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolName {
    User,
    Plan,
    Video,
}

/// The pools of all services.
#[derive(Debug)]
pub struct Pools {
    user: Pool,
    plan: Pool,
    video: Pool,
    timeout: Duration,
}

#[derive(Debug)]
struct Pool {
    size: usize,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A connection in use; dropping it returns it to the pool.
#[derive(Debug)]
pub struct Connection(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no database connection came free within {waited_millis} ms")]
pub struct PoolExhausted {
    pub waited_millis: u64,
}

impl PoolExhausted {
    pub fn after(waited: Duration) -> Self {
        Self { waited_millis: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX) }
    }
}

/// The state of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PoolState {
    /// All connections of the pool.
    pub size: usize,
    /// Connections in use.
    pub active: usize,
    /// Requests that wait for a connection.
    pub waiting: usize,
}

impl Pools {
    /// Pools of Oddiya's sizes: user 10, plan 5, video 10. A request waits at most `timeout`.
    pub fn new(timeout: Duration) -> Self {
        Self { user: Pool::new(10), plan: Pool::new(5), video: Pool::new(10), timeout }
    }

    /// Waits for a connection.
    pub async fn connect(&self, name: PoolName) -> Result<Connection, PoolExhausted> {
        let pool = self.pool(name);
        if let Ok(permit) = Arc::clone(&pool.free).try_acquire_owned() {
            return Ok(Connection(permit));
        }
        let _waiting = Waiting::new(&pool.waiting);
        let permit = tokio::time::timeout(self.timeout, Arc::clone(&pool.free).acquire_owned()).await;
        permit.ok().and_then(Result::ok).map(Connection).ok_or(PoolExhausted::after(self.timeout))
    }

    pub fn state(&self, name: PoolName) -> PoolState {
        let pool = self.pool(name);
        PoolState {
            size: pool.size,
            active: pool.size.saturating_sub(pool.free.available_permits()),
            waiting: pool.waiting.load(Ordering::Relaxed),
        }
    }

    fn pool(&self, name: PoolName) -> &Pool {
        match name {
            PoolName::User => &self.user,
            PoolName::Plan => &self.plan,
            PoolName::Video => &self.video,
        }
    }
}

impl Pool {
    fn new(size: usize) -> Self {
        Self { size, free: Arc::new(Semaphore::new(size)), waiting: AtomicUsize::new(0) }
    }
}

/// Counts one waiting request. It is dropped, and so no longer counted, even when the client goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn the_sixth_plan_request_waits_until_one_of_five_is_done() {
        let pools = Pools::new(Duration::from_secs(60));
        let mut held: Vec<Connection> = Vec::new();
        for _ in 0..5 {
            held.push(pools.connect(PoolName::Plan).await.unwrap());
        }
        let mut sixth = Box::pin(pools.connect(PoolName::Plan));
        assert!(sixth.as_mut().now_or_never().is_none());
        assert_eq!(pools.state(PoolName::Plan), PoolState { size: 5, active: 5, waiting: 1 });
        held.pop();
        assert!(sixth.await.is_ok());
    }

    #[tokio::test]
    async fn waiting_ends_with_a_failure_and_is_no_longer_counted() {
        let pools = Pools::new(Duration::ZERO);
        let mut held = Vec::new();
        for _ in 0..10 {
            held.push(pools.connect(PoolName::User).await.unwrap());
        }
        assert_eq!(pools.connect(PoolName::User).await.unwrap_err(), PoolExhausted { waited_millis: 0 });
        assert_eq!(pools.state(PoolName::User).waiting, 0);
    }
}
