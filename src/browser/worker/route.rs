//! The route from a worker to the host: the address each request is fetched from, through the companion or straight.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::call::Fetch;
use super::clock::WorkerClock;
use super::timing::Timings;
use crate::browser::message::{Destination, Lanes};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::config::run_config::RunConfig;
use crate::core::http::relay::{
    CompanionInfo, SeesCookies, Sender, floor_url, lane_authority, relay_url, seal,
};
use crate::core::http::relay_record::RECORDS_PREFIX;
use crate::core::http::request::Request;
use crate::core::http::request_id::RequestId;

/// How many names there are for lanes; further users share them. A name has up to six connections, and Chromium opens
/// 256 in all, of late some more (480 seen in version 156).
const MAX_LANES: u32 = 256;

/// The hosts of a run.
pub struct Hosts {
    pub main: Host,
    /// The further services of the scenario, in its order: their names and hosts.
    pub services: Vec<(String, Host)>,
    /// The hosts among these that requests go to.
    pub used: Vec<(String, Host)>,
}

impl Hosts {
    /// The hosts of a configuration.
    pub fn of(config: &RunConfig) -> Self {
        let names = config.scenario.services.iter().map(|service| service.name.clone());
        let services = names.zip(config.hosts()).skip(1).collect();
        Self { main: config.host.clone(), services, used: config.scenario.further_services() }
    }
}

/// The route that all lanes of a worker share.
pub struct Route {
    host: Host,
    /// The further services of the scenario, in its order: their names and hosts.
    services: Vec<(String, Host)>,
    /// The services among these that requests go to. A companion must relay to them.
    used: Vec<(String, Host)>,
    /// Where requests go.
    pub destination: Destination,
    /// The worker's clock.
    pub clock: Rc<WorkerClock>,
    /// What the browser measured.
    pub timings: Timings,
    /// The browser's `fetch`.
    pub fetch: Rc<Fetch>,
    /// What every relayed request must carry. A companion that was started anew has a new one.
    token: RefCell<String>,
    /// Whether the companion is gone.
    is_gone: Cell<bool>,
    /// The run's number, by which the companion tells two tabs apart.
    run: u32,
    /// How many requests have got a number.
    numbered: Cell<u32>,
}

impl Route {
    /// From a worker to a host.
    pub fn new(hosts: Hosts, destination: Destination, clock: Rc<WorkerClock>, timings: Timings) -> Self {
        let Hosts { main: host, services, used } = hosts;
        let token = match &destination {
            Destination::Companion { token, .. } => RefCell::new(token.clone()),
            Destination::Direct { .. } => RefCell::default(),
        };
        let run = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let (is_gone, numbered) = Default::default();
        let fetch = Rc::new(Fetch::new());
        Self { host, services, used, destination, clock, timings, fetch, token, is_gone, run, numbered }
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

    /// A further service of the scenario; `None` for the main one.
    fn service(&self, request: &Request) -> Option<&(String, Host)> {
        self.services.get(request.service.0.checked_sub(1)?)
    }

    /// What the addresses of a further service begin with, where requests go straight to it.
    fn base_of(&self, host: &Host, user: u32) -> String {
        match &self.destination {
            // A name of its own under `.localhost` is this machine's, whatever the service's host is called.
            Destination::Direct { lanes: Lanes::PerUser } if host.name == self.host.name => {
                format!("http://{}{}", lane_authority(user % MAX_LANES, host.port), host.prefix)
            }
            _ => host.to_string(),
        }
    }

    /// The address a request is fetched from, and the number by which the companion's record names it. Through the
    /// companion each address is unique, as its timing entry carries nothing but its address.
    pub fn url(
        &self,
        base: &str,
        user: u32,
        request: &Request,
    ) -> Result<(String, Option<RequestId>), Failure> {
        let service = self.service(request);
        let Destination::Companion { .. } = &self.destination else {
            let url = match service {
                None => format!("{base}{}", request.path),
                Some((_, host)) => format!("{}{}", self.base_of(host, user), request.path),
            };
            return Ok((url, None));
        };
        let id = RequestId::new(self.run, self.next_number());
        let cookies = SeesCookies::from(request.wanted.head);
        let sender = Sender { id: id.0, user, service: service.map(|(name, _)| name.as_str()), cookies };
        let envelope = seal(request.method.as_str(), &request.headers, sender, request.reading)
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        Ok((relay_url(base, &self.token.borrow(), &envelope, &request.path), Some(id)))
    }

    /// The address of the companion's fastest response, and never the same twice; `None` without a companion.
    pub fn floor_url(&self, base: &str) -> Option<String> {
        let Destination::Companion { .. } = &self.destination else { return None };
        Some(format!("{}?{}", floor_url(base, &self.token.borrow()), self.next_number()))
    }

    /// The address of the run's records; `None` without a companion. With shared lanes it is under the companion's other
    /// name, where there is one, so that it takes none of the users' six connections.
    pub fn records_url(&self) -> Option<String> {
        let Destination::Companion { authority, port, lanes, .. } = &self.destination else { return None };
        let authority = match (lanes, authority.starts_with("localhost:")) {
            (Lanes::Shared, true) => format!("127.0.0.1:{port}"),
            _ => authority.clone(),
        };
        Some(format!("http://{authority}{RECORDS_PREFIX}{}/{}", self.token.borrow(), self.run))
    }

    /// The address of one of the companion's own paths, at the page's origin; `None` without a companion.
    pub fn companion_url(&self, path: &str) -> Option<String> {
        let Destination::Companion { authority, .. } = &self.destination else { return None };
        Some(format!("http://{authority}{path}"))
    }

    /// Whether a companion relays to all hosts that this run's requests go to.
    pub fn is_served_by(&self, companion: &CompanionInfo) -> bool {
        companion.relays_to(&self.host, &self.used)
    }

    /// Takes over the token of a companion that was started anew.
    pub fn renew(&self, token: String) {
        self.token.replace(token);
    }

    /// Notes whether the companion is gone.
    pub fn set_gone(&self, is_gone: bool) {
        self.is_gone.set(is_gone);
    }

    /// Whether the companion is gone.
    pub const fn is_gone(&self) -> bool {
        self.is_gone.get()
    }

    fn next_number(&self) -> u32 {
        self.numbered.replace(self.numbered.get().wrapping_add(1))
    }
}
