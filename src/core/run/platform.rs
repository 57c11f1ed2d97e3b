//! The traits through which a shard uses its surroundings: clock, transport and spawner. No implementations here.
//!
//! Three platforms implement them: the runner (`native`), the page's worker (`browser`) and virtual time
//! (`core::run::sim`). A shard is single-threaded on all three, so nothing here is `Send`.

use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::request::Request;

/// The run's clock, which counts from the start of the run.
pub trait Clock {
    /// The time since the start of the run. It never goes backwards.
    fn now(&self) -> Micros;
    /// Waits until `at`; does not wait when `at` has passed.
    fn sleep_until(&self, at: Micros) -> impl Future<Output = ()>;
}

/// Connects users to the host.
pub trait Transport {
    type Lane: Lane + 'static;
    /// What all lanes of one user have in common, such as its cookies.
    type Shared: Default + 'static;
    /// Opens a lane of user number `user`, with connections of its own, like those of a phone. A user has several lanes
    /// only when it sends requests at once.
    fn open_lane(&self, user: u32, shared: &Self::Shared) -> Self::Lane;
}

/// A way of one virtual user to the hosts, for one request at a time. Dropping it closes its connections.
pub trait Lane {
    /// Sends one request and waits for its outcome. A failure is part of the exchange.
    fn exchange(&mut self, request: &Request) -> impl Future<Output = Exchange>;
}

/// Runs tasks concurrently on the shard's own thread.
pub trait Spawner {
    fn spawn(&self, task: impl Future<Output = ()> + 'static);
}

/// Everything that a shard needs.
pub trait Platform: Clock + Transport + Spawner + 'static {}

impl<T: Clock + Transport + Spawner + 'static> Platform for T {}
