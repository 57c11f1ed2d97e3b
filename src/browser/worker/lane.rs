//! One virtual user's requests by `fetch`.
//!
//! `route.rs` says where a request goes, `call.rs` hands it to the browser, `fetched.rs` says what came of it, and
//! `timing.rs` what the browser measured.

use std::rc::Rc;

use futures_util::future::{Either, select};
use js_sys::{ArrayBuffer, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::call::Caller;
use super::clock::WorkerClock;
use super::fetched::{Fetched, Trace};
use super::pieces::Pieces;
use super::route::Route;
use super::timing::ResourceTiming;
use crate::core::base::failure::FailureKind;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::http::answer::MAX_BODY_BYTES;
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::http::request::{Request, Wanted};
use crate::core::http::request_id::RequestId;
use crate::core::http::stream::StreamReader;
use crate::core::run::platform::Lane;
use crate::core::scenario::Reading;

/// How long the lane waits for a request's timing entry. Most come before the response is read; one that is later than
/// this does not come at all.
const ENTRY_PATIENCE: Micros = Micros::from_millis(500);

/// One user's lane.
pub struct FetchLane {
    route: Rc<Route>,
    /// The user's number in the run, by which the companion knows whose cookies a request gets.
    user: u32,
    base: String,
    caller: Caller,
}

impl FetchLane {
    /// The lane of the `user`-th user.
    pub fn new(route: Rc<Route>, user: u32) -> Self {
        let (base, caller) = (route.base(user), Caller::new(Rc::clone(&route.fetch)));
        Self { route, user, base, caller }
    }

    /// Fetches a response that takes the companion no time; gives its latency. `None` without a companion.
    pub async fn floor(&mut self) -> Option<Micros> {
        let url = self.route.floor_url(&self.base)?;
        let exchange = self.exchange_at(&url, &Request::default(), None).await;
        exchange.outcome.ok().map(|_| exchange.timing.latency())
    }

    async fn fetch(&self, url: &str, request: &Request, events: Option<&mut StreamReader>) -> Fetched {
        let Ok(call) = self.caller.call(url, &self.route.destination, request) else {
            return Fetched::refused(FailureKind::Other, "the browser refuses one of the headers");
        };
        let limit = request.time_limit.unwrap_or_else(|| request.reading.time_limit());
        let deadline = self.route.clock.now() + limit;
        let conversing = std::pin::pin!(self.converse(call.response().clone(), events, request.wanted));
        let timeout = std::pin::pin!(self.route.clock.sleep_until(deadline));
        match select(conversing, timeout).await {
            Either::Left((fetched, _)) => {
                call.over();
                fetched
            }
            // The outcome is unknown, because the host may have answered while the companion was gone.
            Either::Right(_) if self.route.is_gone() => Fetched::failed(FailureKind::Lost, ""),
            Either::Right(_) => Fetched::failed(FailureKind::RequestTimeout, ""),
        }
    }

    async fn converse(
        &self,
        response: Promise,
        events: Option<&mut StreamReader>,
        wanted: Wanted,
    ) -> Fetched {
        let destination = &self.route.destination;
        let Ok(response) = JsFuture::from(response).await.map(JsValue::unchecked_into::<Response>) else {
            return Fetched::nothing_from(destination);
        };
        let mut body = Vec::new();
        let kept = wanted.body.then_some(&mut body);
        let bytes = match events {
            None => read_whole(&response, kept).await,
            Some(events) => self.read_events(&response, events, kept).await,
        };
        bytes.map_or_else(
            |_| Fetched::cut_off(destination),
            |bytes| Fetched::of(&response, bytes, destination).with_answer(&response, body, wanted),
        )
    }

    /// Reads the body as it comes; gives its size. Each piece is of the moment at which the worker got hold of it.
    async fn read_events(
        &self,
        response: &Response,
        events: &mut StreamReader,
        mut kept: Option<&mut Vec<u8>>,
    ) -> Result<u64, JsValue> {
        let (mut pieces, mut size) = (Pieces::of(response), 0);
        while let Some(piece) = pieces.next().await? {
            size += piece.len() as u64;
            kept.iter_mut().for_each(|kept| keep(kept, piece));
            events.feed(piece, self.route.clock.now());
        }
        Ok(size)
    }

    /// `id` is what the companion's record of the request has; `None` where no record comes.
    async fn exchange_at(&self, url: &str, request: &Request, id: Option<RequestId>) -> Exchange {
        let ready = self.route.clock.now();
        let called_ms = self.route.clock.now_ms();
        let mut events = (request.reading == Reading::Events).then(|| match request.wanted.events {
            true => StreamReader::keeping(),
            false => StreamReader::default(),
        });
        let mut fetched = self.fetch(url, request, events.as_mut()).await;
        let finished = self.route.clock.now();
        let by_clock = Timing {
            ready,
            sent: Some(ready),
            finished,
            source: TimingSource::PageClock,
            ..Timing::default()
        };
        let timing = match fetched.trace {
            Trace::Both => self.time(url, called_ms, by_clock).await,
            Trace::Record | Trace::Nothing => by_clock,
        };
        let kept = events.as_mut().map(StreamReader::take_events).unwrap_or_default();
        let answer = fetched.answer.take().map(|answer| Box::new(answer.with_events(kept)));
        let streamed = events.and_then(|events| events.finish(&fetched.outcome));
        let seen_by_page = id.and(timing.sent).map(|sent| timing.finished.saturating_sub(sent));
        let timing = Timing { seen_by_page, ..timing };
        let awaits = id.filter(|_| fetched.trace != Trace::Nothing);
        Exchange { streamed, awaits, answer, ..Exchange::new(fetched.outcome, timing, fetched.bytes) }
    }

    /// What the browser measured, as far as it comes before the next request; what it withholds is by the page's clock.
    async fn time(&self, url: &str, called_ms: f64, by_clock: Timing) -> Timing {
        let clock = &self.route.clock;
        let entry = match self.route.timings.claim(url, called_ms) {
            Ok(entry) => Some(entry),
            Err(coming) => {
                let patience = std::pin::pin!(clock.sleep_until(clock.now() + ENTRY_PATIENCE));
                match select(coming, patience).await {
                    Either::Left((entry, _)) => entry.ok(),
                    Either::Right(_) => None,
                }
            }
        };
        entry.and_then(|entry| by_entry(clock, by_clock.ready, &entry)).unwrap_or(by_clock)
    }
}

/// Reads the body at once; gives its size, and the body itself where it is kept.
async fn read_whole(response: &Response, kept: Option<&mut Vec<u8>>) -> Result<u64, JsValue> {
    let body = JsFuture::from(response.array_buffer()?).await?.unchecked_into::<ArrayBuffer>();
    if let Some(kept) = kept {
        keep(kept, &js_sys::Uint8Array::new(&body).to_vec());
    }
    Ok(u64::from(body.byte_length()))
}

/// Keeps a piece of a body, as far as there is room.
fn keep(kept: &mut Vec<u8>, piece: &[u8]) {
    let room = MAX_BODY_BYTES.saturating_sub(kept.len());
    kept.extend_from_slice(piece.get(..piece.len().min(room)).unwrap_or_default());
}

/// `None` when the host withholds the moments (no `Timing-Allow-Origin`), or the request never left.
fn by_entry(clock: &WorkerClock, ready: Micros, entry: &ResourceTiming) -> Option<Timing> {
    (entry.request_start > 0.0 && entry.response_end > 0.0).then(|| Timing {
        ready,
        dns: entry.dns.map(Micros::from_millis_f64),
        connect: entry.connect.map(Micros::from_millis_f64),
        tls: entry.tls.map(Micros::from_millis_f64),
        sent: Some(clock.at_ms(entry.request_start)),
        first_byte: (entry.response_start > 0.0).then(|| clock.at_ms(entry.response_start)),
        finished: clock.at_ms(entry.response_end),
        seen_by_page: None,
        source: TimingSource::Wire,
    })
}

impl Lane for FetchLane {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        let (url, id) = match self.route.url(&self.base, self.user, request) {
            Ok(addressed) => addressed,
            Err(failure) => {
                let ready = self.route.clock.now();
                let timing = Timing { ready, finished: ready, ..Timing::default() };
                return Exchange::new(Err(failure), timing, 0);
            }
        };
        self.exchange_at(&url, request, id).await
    }
}
