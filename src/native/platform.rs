//! The engine's platform natively: tokio's timers and local tasks, and lanes over sockets.

use std::rc::Rc;
use std::time::Instant;

use super::lane::{HttpLane, Shared};
use crate::core::platform::{Clock, Spawner, Transport};
use crate::core::units::Micros;

/// The moment that a run's clock counts from; the same for all its shards.
#[derive(Clone, Copy, Debug)]
pub struct Origin(Instant);

impl Origin {
    /// From now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since then.
    pub fn now(self) -> Micros {
        self.0.elapsed().into()
    }

    /// A moment of the run as the runtime's timers count it.
    pub fn at(self, moment: Micros) -> tokio::time::Instant {
        // A moment past the clock's end is one that never comes: a day is long enough to look again.
        let far = std::time::Duration::from_secs(86_400);
        let offset = std::time::Duration::from(moment);
        self.0.checked_add(offset).unwrap_or_else(|| Instant::now() + far).into()
    }
}

/// One shard's platform.
pub struct NativePlatform {
    shared: Rc<Shared>,
}

impl NativePlatform {
    /// For a shard; must be used within a `LocalSet`.
    pub const fn new(shared: Rc<Shared>) -> Self {
        Self { shared }
    }
}

impl Clock for NativePlatform {
    fn now(&self) -> Micros {
        self.shared.origin.now()
    }

    async fn sleep_until(&self, at: Micros) {
        if at > self.now() {
            tokio::time::sleep_until(self.shared.origin.at(at)).await;
        }
    }
}

impl Spawner for NativePlatform {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(task);
    }
}

impl Transport for NativePlatform {
    type Lane = HttpLane;
    fn open_lane(&self, _user: u32) -> HttpLane {
        HttpLane::new(Rc::clone(&self.shared))
    }
}
