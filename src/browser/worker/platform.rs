//! The engine's platform in a worker: its clock, its lanes, and local tasks.

use std::rc::Rc;

use super::clock::WorkerClock;
use super::lane::FetchLane;
use super::route::{Hosts, Route};
use super::timing::Timings;
use crate::browser::message::Destination;
use crate::core::base::units::Micros;
use crate::core::run::platform::{Clock, Spawner, Transport};

/// A worker's platform.
pub struct BrowserPlatform {
    clock: Rc<WorkerClock>,
    route: Rc<Route>,
}

impl BrowserPlatform {
    /// `None` where workers have no performance clock.
    pub fn new(hosts: Hosts, destination: Destination) -> Option<Self> {
        let clock = WorkerClock::start()?;
        let timings = Timings::observe(clock.performance());
        let route = Rc::new(Route::new(hosts, destination, Rc::clone(&clock), timings));
        Some(Self { clock, route })
    }

    /// The route that its lanes share.
    pub const fn route(&self) -> &Rc<Route> {
        &self.route
    }

    /// Makes now the run's origin.
    pub fn start_clock(&self) {
        self.clock.restart();
    }
}

impl Clock for BrowserPlatform {
    fn now(&self) -> Micros {
        self.clock.now()
    }

    async fn sleep_until(&self, at: Micros) {
        self.clock.sleep_until(at).await;
    }
}

impl Spawner for BrowserPlatform {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
    }
}

impl Transport for BrowserPlatform {
    type Lane = FetchLane;
    type Shared = ();
    fn open_lane(&self, user: u32, (): &()) -> FetchLane {
        FetchLane::new(Rc::clone(&self.route), user)
    }
}
