//! The only seam between the engine and the world: three small traits.
//!
//! Three platforms implement them: the runner (`native`), the page's worker (`browser`) and virtual time
//! (`core::sim`). A shard is single-threaded on all three, so nothing here is `Send`.

use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::scenario::Request;

/// Time, counted from the run's origin.
pub trait Clock {
    /// Now; never runs backwards.
    fn now(&self) -> Micros;
    /// Waits until then; at once when that has passed.
    fn sleep_until(&self, at: Micros) -> impl Future<Output = ()>;
}

/// Where requests go.
pub trait Transport {
    /// One virtual user's way to the host.
    type Lane: Lane + 'static;
    /// Opens the `user`-th user's way, with connections of its own, as a phone has.
    fn open_lane(&self, user: u32) -> Self::Lane;
}

/// One virtual user's way to the host; dropping it closes its connections.
pub trait Lane {
    /// Sends one request and waits for what comes of it. A failure is part of the exchange.
    fn exchange(&mut self, request: &Request) -> impl Future<Output = Exchange>;
}

/// Runs tasks beside each other on the shard's own thread.
pub trait Spawner {
    /// Starts a task.
    fn spawn(&self, task: impl Future<Output = ()> + 'static);
}

/// All that the engine needs.
pub trait Platform: Clock + Transport + Spawner + 'static {}

impl<T: Clock + Transport + Spawner + 'static> Platform for T {}
