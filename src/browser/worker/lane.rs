//! One virtual user's requests by `fetch`: through the companion under a name of its own, or straight to the host.
//!
//! Turns what the browser says into typed failures. When what happened is `timing.rs`'s.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{Either, select};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestCache,
    RequestCredentials, RequestInit, RequestMode, Response, WorkerGlobalScope,
};

use super::platform::Time;
use super::timing::{ResourceTiming, Timings};
use crate::browser::message::{Lanes, Target};
use crate::core::exchange::{Exchange, Failure, FailureKind, Status, Timing, TimingSource};
use crate::core::plan::Host;
use crate::core::platform::Lane;
use crate::core::relay::{
    FAILURE_HEADER, REFUSAL_HEADER, RelayFailure, STATUS_HEADER, carrier_method, floor_url, lane_authority,
    relay_url, seal,
};
use crate::core::scenario::{Reading, Request};
use crate::core::stream::StreamReader;
use crate::core::units::Micros;

/// How long an entry may come after its request. Entries mostly come first; one this late does not come at all.
const ENTRY_PATIENCE: Micros = Micros::from_millis(500);

/// The way all lanes of a worker share.
pub struct Route {
    host: Host,
    target: Target,
    time: Rc<Time>,
    timings: Timings,
    sent: Cell<u64>,
}

impl Route {
    /// From a worker to a host.
    pub const fn new(host: Host, target: Target, time: Rc<Time>, timings: Timings) -> Self {
        Self { host, target, time, timings, sent: Cell::new(0) }
    }

    /// Now, on the run's clock.
    pub fn now(&self) -> Micros {
        self.time.now()
    }

    /// The address a request is fetched from. Through the companion each is unique, as its timing entry carries
    /// nothing but its address.
    fn url(&self, authority: &str, request: &Request) -> Result<String, Failure> {
        let Target::Companion { token, .. } = &self.target else {
            return Ok(format!("{}{}", self.host, request.path));
        };
        let id = self.sent.replace(self.sent.get() + 1);
        let envelope = seal(request.method.as_str(), &request.headers, id)
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        Ok(relay_url(authority, token, &envelope, &request.path))
    }

    fn init(&self, request: &Request, controller: &AbortController) -> Result<RequestInit, JsValue> {
        let init = RequestInit::new();
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(RequestCredentials::Omit);
        init.set_mode(RequestMode::Cors);
        init.set_signal(Some(&controller.signal()));
        match &self.target {
            // Method and headers travel in the envelope; what is left needs no preflight.
            Target::Companion { .. } => {
                init.set_method(carrier_method(request.body.as_deref().map(str::as_bytes)));
            }
            Target::Direct => {
                init.set_method(request.method.as_str());
                let headers = Headers::new()?;
                request.headers.iter().try_for_each(|(name, value)| headers.append(name, value))?;
                init.set_headers(&headers);
            }
        }
        if let Some(body) = &request.body {
            init.set_body(&JsValue::from_str(body));
        }
        Ok(init)
    }
}

/// One user's way.
pub struct FetchLane {
    route: Rc<Route>,
    authority: String,
}

impl FetchLane {
    /// The `user`-th user's.
    pub fn new(route: Rc<Route>, user: u32) -> Self {
        let authority = match &route.target {
            Target::Companion { port, lanes: Lanes::PerUser, .. } => lane_authority(user % MAX_LANES, *port),
            Target::Companion { authority, lanes: Lanes::Shared, .. } => authority.clone(),
            Target::Direct => String::new(),
        };
        Self { route, authority }
    }

    /// Fetches an answer that takes the companion no time; gives its latency. `None` without a companion.
    pub async fn floor(&mut self) -> Option<Micros> {
        let Target::Companion { token, .. } = &self.route.target else { return None };
        let id = self.route.sent.replace(self.route.sent.get() + 1);
        let url = format!("{}?{id}", floor_url(&self.authority, token));
        let exchange = self.exchange_at(&url, &Request::default()).await;
        exchange.outcome.ok().map(|_| exchange.timing.latency())
    }

    async fn fetch(&self, url: &str, request: &Request, events: Option<&mut StreamReader>) -> Answer {
        let aborting = match Aborting::new() {
            Ok(aborting) => aborting,
            Err(_) => return Answer::failed(FailureKind::Other, "the browser has no AbortController"),
        };
        let Ok(init) = self.route.init(request, &aborting.0) else {
            return Answer::failed(FailureKind::Other, "the browser refuses one of the headers");
        };
        let deadline = self.route.time.now() + request.reading.time_limit();
        let fetching = std::pin::pin!(self.converse(url, &init, events));
        let timeout = std::pin::pin!(self.route.time.sleep_until(deadline));
        match select(fetching, timeout).await {
            Either::Left((answer, _)) => {
                aborting.not_needed();
                answer
            }
            Either::Right(_) => Answer::failed(FailureKind::RequestTimeout, ""),
        }
    }

    async fn converse(&self, url: &str, init: &RequestInit, events: Option<&mut StreamReader>) -> Answer {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let response = JsFuture::from(scope.fetch_with_str_and_init(url, init)).await;
        let Ok(response) = response.map(JsValue::unchecked_into::<Response>) else {
            return match self.route.target {
                Target::Direct => {
                    Answer::failed(FailureKind::Blocked, "no answer, or none that the page may read")
                }
                Target::Companion { .. } => {
                    Answer::failed(FailureKind::Other, "the companion does not answer")
                }
            };
        };
        let bytes = match events {
            None => read_whole(&response).await,
            Some(events) => self.read_events(&response, events).await,
        };
        bytes
            .map_or_else(|_| Answer::failed(FailureKind::Truncated, ""), |bytes| self.judge(&response, bytes))
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

    /// The companion's own answers say so in a header; all others are the host's.
    fn judge(&self, response: &Response, bytes: u64) -> Answer {
        let status = response.status();
        if self.route.target == Target::Direct {
            return Answer::of_the_host(status, bytes);
        }
        let header = |name: &str| response.headers().get(name).ok().flatten();
        match status {
            200 => {
                // 3xx and a few more are delivered as 200, because a browser would act on them.
                let real = header(STATUS_HEADER).and_then(|status| status.parse().ok());
                Answer::of_the_host(real.unwrap_or(status), bytes)
            }
            502 => match header(FAILURE_HEADER) {
                Some(failure) => Answer::instead(relayed(RelayFailure::from_name(&failure))),
                None => Answer::of_the_host(status, bytes),
            },
            _ => match header(REFUSAL_HEADER) {
                Some(refusal) => {
                    Answer::failed(FailureKind::Other, &format!("the companion refused it: {refusal}"))
                }
                None => Answer::of_the_host(status, bytes),
            },
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

/// Chromium opens at most 256 connections in all; users beyond share names.
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
        let url = match self.route.url(&self.authority, request) {
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

struct Answer {
    outcome: Result<Status, Failure>,
    bytes: u64,
    heard: Heard,
}

/// Whether the browser got any answer: without one it has no timing entry, or one without moments.
enum Heard {
    Answer,
    Nothing,
}

impl Answer {
    fn failed(kind: FailureKind, detail: &str) -> Self {
        Self { outcome: Err(Failure::new(kind, detail)), bytes: 0, heard: Heard::Nothing }
    }

    /// The companion's own answer instead of the host's.
    fn instead(failure: Failure) -> Self {
        Self { outcome: Err(failure), bytes: 0, heard: Heard::Answer }
    }

    fn of_the_host(status: Status, bytes: u64) -> Self {
        Self { outcome: Ok(status), bytes, heard: Heard::Answer }
    }
}

fn relayed(failure: Option<RelayFailure>) -> Failure {
    let (kind, detail) = match failure {
        Some(RelayFailure::Refused) => (FailureKind::Refused, ""),
        Some(RelayFailure::Reset) => (FailureKind::Reset, "reset by the host"),
        Some(RelayFailure::Closed) => (FailureKind::Reset, "closed by the host"),
        Some(RelayFailure::Dns) => (FailureKind::Dns, ""),
        Some(RelayFailure::Timeout) => (FailureKind::ConnectTimeout, ""),
        Some(RelayFailure::Unreachable) => (FailureKind::Unreachable, ""),
        Some(RelayFailure::Tls) => (FailureKind::Tls, ""),
        Some(RelayFailure::Malformed) => (FailureKind::Malformed, ""),
        Some(RelayFailure::Exhausted) => {
            (FailureKind::Other, "this machine has no free ports or file handles left")
        }
        Some(RelayFailure::Other) | None => (FailureKind::Other, "the relay could not say why"),
    };
    Failure::new(kind, detail)
}

/// Aborts the request when it is dropped half-way: after a timeout, or when the run is broken off.
struct Aborting(AbortController, Cell<bool>);

impl Aborting {
    fn new() -> Result<Self, JsValue> {
        Ok(Self(AbortController::new()?, Cell::new(true)))
    }

    fn not_needed(&self) {
        self.1.set(false);
    }
}

impl Drop for Aborting {
    fn drop(&mut self) {
        if self.1.get() {
            self.0.abort();
        }
    }
}
