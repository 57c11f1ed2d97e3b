//! Collects what was measured of each relayed request, and sends it to the run that the request belongs to.
//!
//! A page opens one response that lasts as long as its run; a batch goes out on it ten times a second, so that the page
//! also learns when the companion stops running. What the records mean is in `core::http::relay_record`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt as _;
use http::{HeaderValue, Response, header};
use http_body_util::StreamBody;
use hyper::body::Frame;

use super::response::{self, BoxResponse};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::relay_record::{BATCH_EVERY, RecordBatch, RelayRecord};
use crate::core::http::request_id::RequestId;
use crate::core::run::liveness::Liveness;
use crate::net::clock::RunClock;
use crate::net::lane::{Pace, Tapped};

/// A companion that gave no sign of life for this long was stopped, or had no processor: what it measured meanwhile is
/// its own pause. Four batches long, and less than anybody would call a stall of the host.
const GAP: Micros = Micros::from_millis(400);
/// Records that a page does not fetch are dropped beyond this many.
const MAX_WAITING: usize = 100_000;

/// The records of all runs.
pub struct Records {
    clock: RunClock,
    liveness: RefCell<Liveness>,
    /// The records that wait for the next batch, by run.
    runs: RefCell<HashMap<u32, Waiting>>,
    /// Tells two subscriptions of the same run apart: a page that came back from the old one.
    subscriptions: Cell<u64>,
}

struct Waiting {
    subscription: u64,
    records: Vec<RelayRecord>,
}

impl Records {
    pub fn new(clock: RunClock) -> Self {
        let liveness = RefCell::new(Liveness::new(GAP));
        Self { clock, liveness, runs: RefCell::default(), subscriptions: Cell::default() }
    }

    /// Adds what was measured of a request, if its run is listening. A request whose response waited for the browser has
    /// no record, because the browser's pace is in its latency.
    pub fn add(&self, id: RequestId, tapped: Tapped) {
        if tapped.pace == Pace::Receiver {
            return;
        }
        let mut runs = self.runs.borrow_mut();
        let Some(waiting) = runs.get_mut(&id.run()) else { return };
        if waiting.records.len() < MAX_WAITING {
            waiting.records.push(self.record(id, tapped.exchange));
        }
    }

    fn record(&self, id: RequestId, exchange: Exchange) -> RelayRecord {
        let (from, to) = (exchange.timing.ready, exchange.timing.finished);
        let mut liveness = self.liveness.borrow_mut();
        liveness.is_alive(self.clock.now());
        let record = RelayRecord::of(id, exchange);
        if liveness.slept_between(from, to) { RelayRecord { latency: None, ..record } } else { record }
    }

    /// The response that carries a run's records until the page goes away.
    pub fn subscribe(self: &Rc<Self>, run: u32) -> BoxResponse {
        let subscription = self.subscriptions.get();
        self.subscriptions.set(subscription + 1);
        self.liveness.borrow_mut().is_alive(self.clock.now());
        self.runs.borrow_mut().insert(run, Waiting { subscription, records: Vec::new() });
        let (sender, lines) = unbounded();
        let records = Rc::clone(self);
        tokio::task::spawn_local(async move {
            let mut ticks = tokio::time::interval(Duration::from(BATCH_EVERY));
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let Some(batch) = records.take(run, subscription) else { return };
                if sender.unbounded_send(line(&batch)).is_err() {
                    records.unsubscribe(run, subscription);
                    return;
                }
            }
        });
        respond(lines)
    }

    /// The records since the last batch; `None` when a newer subscription took over.
    fn take(&self, run: u32, subscription: u64) -> Option<RecordBatch> {
        self.liveness.borrow_mut().is_alive(self.clock.now());
        let mut runs = self.runs.borrow_mut();
        let waiting = runs.get_mut(&run).filter(|waiting| waiting.subscription == subscription)?;
        Some(RecordBatch { records: std::mem::take(&mut waiting.records) })
    }

    fn unsubscribe(&self, run: u32, subscription: u64) {
        let mut runs = self.runs.borrow_mut();
        if runs.get(&run).is_some_and(|waiting| waiting.subscription == subscription) {
            runs.remove(&run);
        }
    }
}

fn line(batch: &RecordBatch) -> Bytes {
    // Cannot fail: the values are plain structs with text keys.
    let mut line = serde_json::to_vec(batch).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

fn respond(lines: UnboundedReceiver<Bytes>) -> BoxResponse {
    let frames = lines.map(|line| Ok::<_, std::convert::Infallible>(Frame::data(line)));
    let mut response = Response::new(response::boxed(StreamBody::new(frames)));
    let ndjson = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, ndjson);
    response
}
