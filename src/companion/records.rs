//! Collects what was measured of each relayed request, and sends it to the run that the request belongs to.
//!
//! A page opens one response that lasts as long as its run; a batch goes out on it ten times a second, so that the page
//! also learns when the companion stops running. What the records mean is in `core::http::relay_record`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;
use futures_channel::mpsc::{Receiver, channel};
use futures_util::StreamExt as _;
use http::{HeaderValue, Response, header};
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::time::MissedTickBehavior;

use super::response::{self, BoxResponse};
use crate::core::base::units::Micros;
use crate::core::http::relay_record::{BATCH_EVERY, RecordBatch, RelayRecord, Running};
use crate::core::http::request_id::RequestId;
use crate::core::run::liveness::Liveness;
use crate::net::clock::RunClock;
use crate::net::lane::{PaceSetter, Tapped};

/// A companion that gave no sign of life for this long was stopped: what it measured meanwhile is its own pause. Shorter
/// pauses are told in the batches and mark their seconds.
const GAP: Micros = Micros::from_secs(1);
/// How often the companion notes that it runs.
const WATCH_EVERY: Micros = Micros::from_millis(20);
/// A sign that is later than this means that the thread was busy or had no processor.
const BLOCKED_FROM: Micros = Micros::from_millis(10);
/// Records that a page does not fetch are dropped beyond this many.
const MAX_WAITING: usize = 100_000;
/// Batches that may wait for a page that does not read. Further records wait as records, which are bounded.
const MAX_BATCHES: usize = 8;

/// The records of all runs.
pub struct Records {
    clock: RunClock,
    liveness: RefCell<Liveness>,
    /// All the time in which the companion should have run and did not.
    blocked: Cell<Micros>,
    /// The records that wait for the next batch, by run.
    runs: RefCell<HashMap<u32, Waiting>>,
    /// Tells two subscriptions of the same run apart: a page that came back from the old one.
    subscriptions: Cell<u64>,
}

struct Waiting {
    subscription: u64,
    records: Vec<RelayRecord>,
    /// [`Records::blocked`] as the last batch told it.
    blocked_told: Micros,
}

impl Records {
    pub fn new(clock: RunClock) -> Self {
        let liveness = RefCell::new(Liveness::new(GAP));
        Self {
            clock,
            liveness,
            blocked: Cell::default(),
            runs: RefCell::default(),
            subscriptions: Cell::default(),
        }
    }

    /// Notes again and again that the companion runs, and how late it was.
    pub async fn watch(self: Rc<Self>) {
        loop {
            let due = self.clock.now() + WATCH_EVERY;
            tokio::time::sleep_until(self.clock.instant_at(due)).await;
            let late = self.clock.now().saturating_sub(due);
            if late > BLOCKED_FROM {
                self.blocked.set(self.blocked.get() + late);
            }
            self.note_alive();
        }
    }

    fn note_alive(&self) {
        self.liveness.borrow_mut().note_alive(self.clock.now());
    }

    /// Adds what was measured of a request, if its run is listening. A request whose response waited for the browser has
    /// no record, because the browser's pace is in its latency.
    pub fn add(&self, id: RequestId, tapped: Tapped) {
        if tapped.pace == PaceSetter::Receiver {
            return;
        }
        self.note_alive();
        let mut runs = self.runs.borrow_mut();
        let waiting = runs.get_mut(&id.run()).filter(|waiting| waiting.records.len() < MAX_WAITING);
        let Some(waiting) = waiting else { return };
        let timing = &tapped.exchange.timing;
        let slept = self.liveness.borrow().slept_between(timing.ready, timing.finished);
        let running = if slept { Running::Part } else { Running::All };
        waiting.records.push(RelayRecord { running, ..RelayRecord::of(id, tapped.exchange) });
    }

    /// The response that carries a run's records until the page goes away.
    pub fn subscribe(self: &Rc<Self>, run: u32) -> BoxResponse {
        let subscription = self.subscriptions.get();
        self.subscriptions.set(subscription + 1);
        let waiting = Waiting { subscription, records: Vec::new(), blocked_told: self.blocked.get() };
        self.runs.borrow_mut().entry(run).or_insert(waiting).subscription = subscription;
        let (mut sender, lines) = channel(MAX_BATCHES);
        let records = Rc::clone(self);
        tokio::task::spawn_local(async move {
            let mut ticks = tokio::time::interval(BATCH_EVERY.into());
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if sender.is_closed() {
                    return records.unsubscribe(run, subscription);
                }
                let has_room =
                    futures_util::future::poll_immediate(std::future::poll_fn(|cx| sender.poll_ready(cx)));
                if has_room.await.is_none() {
                    continue;
                }
                let Some(batch) = records.take(run, subscription) else { return };
                // It had room a moment ago; if the page has gone since, the next tick sees it.
                let _ = sender.try_send(line(&batch));
            }
        });
        respond(lines)
    }

    /// The records since the last batch; `None` when a newer subscription took over.
    fn take(&self, run: u32, subscription: u64) -> Option<RecordBatch> {
        let mut runs = self.runs.borrow_mut();
        let waiting = runs.get_mut(&run).filter(|waiting| waiting.subscription == subscription)?;
        let before = std::mem::replace(&mut waiting.blocked_told, self.blocked.get());
        let blocked = self.blocked.get().saturating_sub(before);
        Some(RecordBatch { records: std::mem::take(&mut waiting.records), blocked })
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

fn respond(lines: Receiver<Bytes>) -> BoxResponse {
    let frames = lines.map(|line| Ok::<_, std::convert::Infallible>(Frame::data(line)));
    let mut response = Response::new(response::boxed(StreamBody::new(frames)));
    let ndjson = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, ndjson);
    response
}
