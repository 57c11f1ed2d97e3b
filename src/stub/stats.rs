//! The stub's counters for each route: requests, statuses, unanswered requests, server-side times.
//!
//! Tests compare a load generator's figures with these. A request is counted when its head was read, its answer when
//! the last byte was handed over. Requests to `/__stub` are not counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{Method, StatusCode};
use serde::Serialize;

use super::options::{Options, Profile, Speed};
use super::routes::Front;
use crate::core::base::histogram::{Encoded, Figures, Histogram};

/// The name of all unknown paths. They share one name, so that a scan of random paths cannot fill the memory.
pub const UNROUTED: &str = "(unrouted)";

/// The counters of one stub.
#[derive(Debug, Default)]
pub struct Stats(Mutex<Counters>);

#[derive(Debug, Default)]
struct Counters {
    /// Grows at each reset, so that answers to earlier requests are not counted.
    epoch: u64,
    connections: u64,
    options: u64,
    preparing: u64,
    routes: HashMap<Key, RouteCounters>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    front: Front,
    name: String,
    method: &'static str,
}

#[derive(Debug, Default)]
struct RouteCounters {
    requests: u64,
    statuses: BTreeMap<u16, u64>,
    unanswered: u64,
    times: Histogram,
}

impl Stats {
    /// Counts an accepted connection.
    pub fn connected(&self) {
        self.counters().connections += 1;
    }

    /// Counts a request whose head was read. The returned measure counts its answer.
    pub fn begin(self: &Arc<Self>, front: Front, method: &Method, name: &str) -> Measure {
        let key = Key { front, name: name.to_owned(), method: method_name(method) };
        let mut counters = self.counters();
        counters.options += u64::from(method == Method::OPTIONS);
        counters.routes.entry(key.clone()).or_default().requests += 1;
        self.measure(key, counters.epoch)
    }

    /// Counts a request that prepares a run and is none of its load: apart from all others, so that what is counted by route
    /// is the load.
    pub fn begin_preparing(self: &Arc<Self>, front: Front) -> Measure {
        let mut counters = self.counters();
        counters.preparing += 1;
        // No route has this name, so the answer is not counted.
        let key = Key { front, name: String::new(), method: "" };
        self.measure(key, counters.epoch)
    }

    fn measure(self: &Arc<Self>, key: Key, epoch: u64) -> Measure {
        Measure { stats: Arc::clone(self), key, epoch, started: Instant::now(), end: End::None }
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        let mut counters = self.counters();
        *counters = Counters { epoch: counters.epoch + 1, ..Counters::default() };
    }

    /// The counters that `GET /__stub/stats` shows.
    pub fn report(&self, options: &Options) -> Report {
        let counters = self.counters();
        let mut routes: Vec<(&Key, &RouteCounters)> = counters.routes.iter().collect();
        routes.sort_by_key(|(key, _)| *key);
        Report {
            profile: options.profile,
            speed: options.speed,
            seed: options.seed,
            connections: counters.connections,
            options: counters.options,
            preparing: counters.preparing,
            routes: routes.into_iter().map(|(key, route)| RouteReport::of(key, route)).collect(),
        }
    }

    fn counters(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Unknown methods share one name, for the same reason as unknown paths.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::HEAD,
    ];
    const NAMES: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];
    KNOWN.iter().zip(NAMES).find(|(known, _)| *known == method).map_or("OTHER", |(_, name)| name)
}

/// A request in progress. It counts as unanswered unless `answered` is called before it is dropped.
#[derive(Debug)]
pub struct Measure {
    stats: Arc<Stats>,
    key: Key,
    epoch: u64,
    started: Instant,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    None,
    Answered(StatusCode),
}

impl Measure {
    /// The last byte was handed over.
    pub fn answered(mut self, status: StatusCode) {
        self.end = End::Answered(status);
    }
}

impl Drop for Measure {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        let mut counters = self.stats.counters();
        if counters.epoch != self.epoch {
            return;
        }
        let Some(route) = counters.routes.get_mut(&self.key) else { return };
        match self.end {
            End::None => route.unanswered += 1,
            End::Answered(status) => {
                *route.statuses.entry(status.as_u16()).or_default() += 1;
                route.times.record(took.into());
            }
        }
    }
}

/// The body of `GET /__stub/stats`.
#[derive(Debug, Serialize)]
pub struct Report {
    pub profile: Profile,
    pub speed: Speed,
    pub seed: u64,
    /// TCP connections accepted, those for `/__stub` included.
    pub connections: u64,
    /// The number of OPTIONS requests.
    pub options: u64,
    /// Requests by which `oddiya-load` prepared runs or cleaned up after them. They are in no route.
    pub preparing: u64,
    /// Sorted by service, name and method; only routes that were requested.
    pub routes: Vec<RouteReport>,
}

/// The counters of one method and path template.
#[derive(Debug, Serialize)]
pub struct RouteReport {
    pub service: Front,
    /// `OTHER` for unknown methods.
    pub method: &'static str,
    /// The path template in the client's form, or [`UNROUTED`].
    pub name: String,
    /// Requests whose head was read, including those in progress.
    pub requests: u64,
    /// Finished answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests whose answer was never finished.
    pub unanswered: u64,
    /// From head read to last byte handed over, of finished answers; `None` before the first.
    pub server_ms: Option<Figures>,
    /// The histogram of `server_ms`.
    pub histogram: Encoded,
}

impl RouteReport {
    fn of(key: &Key, route: &RouteCounters) -> Self {
        Self {
            service: key.front,
            method: key.method,
            name: key.name.clone(),
            requests: route.requests,
            statuses: route.statuses.clone(),
            unanswered: route.unanswered,
            server_ms: route.times.figures(),
            histogram: route.times.encode(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(stats: &Stats) -> Report {
        stats.report(&Options::default())
    }

    #[test]
    fn answered_unanswered_and_under_way_are_told_apart() {
        let stats = Arc::new(Stats::default());
        let begin = || stats.begin(Front::Gateway, &Method::GET, "/api/plans");
        begin().answered(StatusCode::OK);
        drop(begin());
        let under_way = begin();
        let route = report(&stats).routes.remove(0);
        assert_eq!((route.requests, route.unanswered, route.statuses[&200]), (3, 1, 1));
        assert_eq!(route.server_ms.unwrap().count, 1);
        drop(under_way);
    }

    #[test]
    fn requests_that_prepare_a_run_are_in_no_route() {
        let stats = Arc::new(Stats::default());
        stats.begin_preparing(Front::Gateway).answered(StatusCode::OK);
        drop(stats.begin_preparing(Front::Gateway));
        let now = report(&stats);
        assert_eq!((now.preparing, now.routes.len()), (2, 0));
    }

    #[test]
    fn an_answer_to_a_request_from_before_a_reset_is_not_counted() {
        let stats = Arc::new(Stats::default());
        let before = stats.begin(Front::Llm, &Method::OPTIONS, "/");
        stats.connected();
        stats.reset();
        let after = stats.begin(Front::Llm, &Method::OPTIONS, "/");
        before.answered(StatusCode::OK);
        let now = report(&stats);
        assert_eq!((now.connections, now.options, now.routes[0].requests), (0, 1, 1));
        assert!(now.routes[0].statuses.is_empty());
        drop(after);
    }
}
