//! The route from a worker to the host: the address each request is fetched from, through the companion or straight.

use std::cell::Cell;
use std::rc::Rc;

use super::call::Fetch;
use super::clock::WorkerClock;
use super::timing::Timings;
use crate::browser::message::{Destination, Lanes};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::http::relay::{floor_url, lane_authority, relay_url, seal};
use crate::core::scenario::Request;

/// How many names there are for lanes; further users share them. A name has up to six connections, and Chromium opens
/// 256 in all, of late some more (480 seen in version 156).
const MAX_LANES: u32 = 256;

/// The route that all lanes of a worker share.
pub struct Route {
    host: Host,
    /// Where requests go.
    pub destination: Destination,
    /// The worker's clock.
    pub clock: Rc<WorkerClock>,
    /// What the browser measured.
    pub timings: Timings,
    /// The browser's `fetch`.
    pub fetch: Rc<Fetch>,
    /// How many requests have got a number.
    numbered: Cell<u64>,
}

impl Route {
    /// From a worker to a host.
    pub fn new(host: Host, destination: Destination, clock: Rc<WorkerClock>, timings: Timings) -> Self {
        Self { host, destination, clock, timings, fetch: Rc::new(Fetch::new()), numbered: Cell::new(0) }
    }

    /// Now, on the run's clock.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// What a lane's addresses begin with: the companion's authority, or the host's address.
    pub fn base(&self, user: u32) -> String {
        let number = user % MAX_LANES;
        match &self.destination {
            Destination::Companion { port, lanes: Lanes::PerUser, .. } => lane_authority(number, *port),
            Destination::Companion { authority, lanes: Lanes::Shared, .. } => authority.clone(),
            Destination::Direct { lanes: Lanes::PerUser } => {
                format!("http://{}{}", lane_authority(number, self.host.port), self.host.prefix)
            }
            Destination::Direct { lanes: Lanes::Shared } => self.host.to_string(),
        }
    }

    /// The address a request is fetched from. Through the companion each is unique, as its timing entry carries
    /// nothing but its address.
    pub fn url(&self, base: &str, request: &Request) -> Result<String, Failure> {
        let Destination::Companion { token, .. } = &self.destination else {
            return Ok(format!("{base}{}", request.path));
        };
        let envelope = seal(request.method.as_str(), &request.headers, self.next_number())
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        Ok(relay_url(base, token, &envelope, &request.path))
    }

    /// The address of the companion's fastest response, and never the same twice; `None` without a companion.
    pub fn floor_url(&self, base: &str) -> Option<String> {
        let Destination::Companion { token, .. } = &self.destination else { return None };
        Some(format!("{}?{}", floor_url(base, token), self.next_number()))
    }

    fn next_number(&self) -> u64 {
        self.numbered.replace(self.numbered.get() + 1)
    }
}
