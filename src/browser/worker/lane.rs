//! One virtual user's requests by `fetch`: through the companion under a name of its own, or straight to the host.
//!
//! How a request is handed to the browser is `call.rs`'s, what its answer means `answer.rs`'s, and when what happened
//! `timing.rs`'s.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{Either, select};
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, ReadableStreamReadResult, Response};

use super::answer::{Answer, Heard};
use super::call::{Caller, Fetch};
use super::platform::Time;
use super::timing::{ResourceTiming, Timings};
use crate::browser::message::{Destination, Lanes};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::http::relay::{floor_url, lane_authority, relay_url, seal};
use crate::core::http::stream::StreamReader;
use crate::core::run::platform::Lane;
use crate::core::scenario::{Reading, Request};

/// How long an entry may come after its request. Entries mostly come first; one this late does not come at all.
const ENTRY_PATIENCE: Micros = Micros::from_millis(500);

/// The way all lanes of a worker share.
pub struct Route {
    host: Host,
    target: Destination,
    time: Rc<Time>,
    timings: Timings,
    fetch: Rc<Fetch>,
    sent: Cell<u64>,
}

impl Route {
    /// From a worker to a host.
    pub fn new(host: Host, target: Destination, time: Rc<Time>, timings: Timings) -> Self {
        Self { host, target, time, timings, fetch: Rc::new(Fetch::new()), sent: Cell::new(0) }
    }

    /// Now, on the run's clock.
    pub fn now(&self) -> Micros {
        self.time.now()
    }

    /// What a lane's addresses begin with: the companion's authority, or the host's address.
    fn base(&self, user: u32) -> String {
        let number = user % MAX_LANES;
        match &self.target {
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
    fn url(&self, base: &str, request: &Request) -> Result<String, Failure> {
        let Destination::Companion { token, .. } = &self.target else {
            return Ok(format!("{base}{}", request.path));
        };
        let id = self.sent.replace(self.sent.get() + 1);
        let envelope = seal(request.method.as_str(), &request.headers, id)
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        Ok(relay_url(base, token, &envelope, &request.path))
    }
}

/// One user's way.
pub struct FetchLane {
    route: Rc<Route>,
    base: String,
    caller: Caller,
}

impl FetchLane {
    /// The `user`-th user's.
    pub fn new(route: Rc<Route>, user: u32) -> Self {
        let (base, caller) = (route.base(user), Caller::new(Rc::clone(&route.fetch)));
        Self { route, base, caller }
    }

    /// Fetches an answer that takes the companion no time; gives its latency. `None` without a companion.
    pub async fn floor(&mut self) -> Option<Micros> {
        let Destination::Companion { token, .. } = &self.route.target else { return None };
        let id = self.route.sent.replace(self.route.sent.get() + 1);
        let url = format!("{}?{id}", floor_url(&self.base, token));
        let exchange = self.exchange_at(&url, &Request::default()).await;
        exchange.outcome.ok().map(|_| exchange.timing.latency())
    }

    async fn fetch(&self, url: &str, request: &Request, events: Option<&mut StreamReader>) -> Answer {
        let Ok(call) = self.caller.call(url, &self.route.target, request) else {
            return Answer::failed(FailureKind::Other, "the browser refuses one of the headers");
        };
        let deadline = self.route.time.now() + request.reading.time_limit();
        let conversing = std::pin::pin!(self.converse(call.response().clone(), events));
        let timeout = std::pin::pin!(self.route.time.sleep_until(deadline));
        match select(conversing, timeout).await {
            Either::Left((answer, _)) => {
                call.over();
                answer
            }
            Either::Right(_) => Answer::failed(FailureKind::RequestTimeout, ""),
        }
    }

    async fn converse(&self, response: Promise, events: Option<&mut StreamReader>) -> Answer {
        let target = &self.route.target;
        let Ok(response) = JsFuture::from(response).await.map(JsValue::unchecked_into::<Response>) else {
            return Answer::none_from(target);
        };
        let bytes = match events {
            None => read_whole(&response).await,
            Some(events) => self.read_events(&response, events).await,
        };
        bytes.map_or_else(
            |_| Answer::failed(FailureKind::Truncated, ""),
            |bytes| Answer::of(&response, bytes, target),
        )
    }

    /// Reads the body as it comes; gives its size. Each piece is of the moment at which the worker got hold of it.
    async fn read_events(&self, response: &Response, events: &mut StreamReader) -> Result<u64, JsValue> {
        let Some(body) = response.body() else { return Ok(0) };
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let (mut size, mut bytes) = (0, Vec::new());
        loop {
            let read = JsFuture::from(reader.read()).await?.unchecked_into::<ReadableStreamReadResult>();
            let now = self.route.time.now();
            if read.get_done() == Some(true) {
                return Ok(size);
            }
            let piece = Uint8Array::new(&read.get_value());
            bytes.resize(piece.length() as usize, 0);
            piece.copy_to(&mut bytes);
            size += bytes.len() as u64;
            events.feed(&bytes, now);
        }
    }

    async fn exchange_at(&self, url: &str, request: &Request) -> Exchange {
        let ready = self.route.time.now();
        let called_ms = self.route.time.now_ms();
        let mut events = (request.reading == Reading::Events).then(StreamReader::default);
        let answer = self.fetch(url, request, events.as_mut()).await;
        let finished = self.route.time.now();
        let by_clock = Timing {
            ready,
            sent: Some(ready),
            finished,
            source: TimingSource::PageClock,
            ..Timing::default()
        };
        let timing = match answer.heard {
            Heard::Answer => self.time(url, called_ms, by_clock).await,
            Heard::Nothing => by_clock,
        };
        let streamed = events.and_then(|events| events.finish(&answer.outcome));
        Exchange { streamed, ..Exchange::new(answer.outcome, timing, answer.bytes) }
    }

    /// What the browser measured, in time for the next request; what it withholds is by the page's clock.
    async fn time(&self, url: &str, called_ms: f64, by_clock: Timing) -> Timing {
        let time = &self.route.time;
        let entry = match self.route.timings.claim(url, called_ms) {
            Ok(entry) => Some(entry),
            Err(coming) => {
                let patience = std::pin::pin!(time.sleep_until(time.now() + ENTRY_PATIENCE));
                match select(coming, patience).await {
                    Either::Left((entry, _)) => entry.ok(),
                    Either::Right(_) => None,
                }
            }
        };
        entry.and_then(|entry| by_entry(time, by_clock.ready, &entry)).unwrap_or(by_clock)
    }
}

/// Reads the body at once; gives its size.
async fn read_whole(response: &Response) -> Result<u64, JsValue> {
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok(u64::from(body.unchecked_into::<ArrayBuffer>().byte_length()))
}

/// Names for lanes; users beyond share them. A name has up to six connections, and Chromium opens 256 in all, of late
/// some more (480 seen in version 156).
const MAX_LANES: u32 = 256;

/// `None` when the host withholds the moments (no `Timing-Allow-Origin`), or the request never left.
fn by_entry(time: &Time, ready: Micros, entry: &ResourceTiming) -> Option<Timing> {
    (entry.request_start > 0.0 && entry.response_end > 0.0).then(|| Timing {
        ready,
        dns: entry.dns.map(Micros::from_millis_f64),
        connect: entry.connect.map(Micros::from_millis_f64),
        tls: entry.tls.map(Micros::from_millis_f64),
        sent: Some(time.at_ms(entry.request_start)),
        first_byte: (entry.response_start > 0.0).then(|| time.at_ms(entry.response_start)),
        finished: time.at_ms(entry.response_end),
        upstream: entry.upstream.map(Micros::from_millis_f64),
        source: TimingSource::Wire,
    })
}

impl Lane for FetchLane {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        let url = match self.route.url(&self.base, request) {
            Ok(url) => url,
            Err(failure) => {
                let ready = self.route.time.now();
                let timing = Timing { ready, finished: ready, ..Timing::default() };
                return Exchange::new(Err(failure), timing, 0);
            }
        };
        self.exchange_at(&url, request).await
    }
}
