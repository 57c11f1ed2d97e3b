//! What the browser's network stack measured: Resource Timing entries, matched to the requests they are of.
//!
//! The clock around `fetch` would measure the browser's own queue: with six connections and 50 users it is
//! wrong by a factor of eight. The entries are right, and arrive here through an observer, which misses none
//! however many there are; the browser's own buffer is emptied and never relied on.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Performance, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
    PerformanceResourceTiming, PerformanceServerTiming,
};

use crate::core::relay::UPSTREAM_METRIC;

/// The moments of one request on the performance clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceTiming {
    /// When `fetch` was called.
    pub start: f64,
    /// DNS, where there was a look-up.
    pub dns: Option<f64>,
    /// TCP, where a connection was opened.
    pub connect: Option<f64>,
    /// TLS, where there was a handshake.
    pub tls: Option<f64>,
    /// The request left. 0 where the host does not allow the page to know.
    pub request_start: f64,
    /// The first byte came; 0 likewise.
    pub response_start: f64,
    /// The last byte came.
    pub response_end: f64,
    /// The relay's own measure of the host.
    pub upstream: Option<f64>,
}

/// Entries kept for requests that have not asked for them yet; beyond it the oldest addresses are dropped.
const MAX_UNCLAIMED: usize = 4_096;

#[derive(Default)]
struct Book {
    /// Entries nobody has asked for, by address.
    unclaimed: HashMap<String, Vec<ResourceTiming>>,
    /// Requests whose entry has not come, by address.
    waiting: HashMap<String, Vec<(f64, oneshot::Sender<ResourceTiming>)>>,
}

/// The worker's Resource Timing entries.
pub struct Timings {
    performance: Performance,
    observer: Option<PerformanceObserver>,
    book: Rc<RefCell<Book>>,
    _on_entries: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

impl Timings {
    /// Starts to observe.
    pub fn observe(performance: &Performance) -> Self {
        let book = Rc::new(RefCell::new(Book::default()));
        let sink = Rc::clone(&book);
        let on_entries = Closure::new(move |list: PerformanceObserverEntryList| {
            sink.borrow_mut().add(&list.get_entries())
        });
        let observer = PerformanceObserver::new(on_entries.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            let init = PerformanceObserverInit::new(&Array::of1(&"resource".into()));
            observer.observe(&init);
        }
        Self { performance: performance.clone(), observer, book, _on_entries: on_entries }
    }

    /// The entry of the request for `url` that was called at `called_ms`, if it has come; else a way to wait.
    pub fn claim(
        &self,
        url: &str,
        called_ms: f64,
    ) -> Result<ResourceTiming, oneshot::Receiver<ResourceTiming>> {
        let mut book = self.book.borrow_mut();
        if let Some(observer) = &self.observer {
            book.add(&observer.take_records());
        }
        // Only the observer is read; this keeps the browser from holding a second copy of every entry.
        self.performance.clear_resource_timings();
        if let Some(timing) = book.take(url, called_ms) {
            return Ok(timing);
        }
        let (sender, receiver) = oneshot::channel();
        book.waiting.entry(url.to_owned()).or_default().push((called_ms, sender));
        Err(receiver)
    }
}

impl Book {
    fn add(&mut self, entries: &Array) {
        for entry in entries.iter() {
            // Nothing else is observed.
            let entry: PerformanceResourceTiming = entry.unchecked_into();
            let (url, timing) = (entry.name(), read(&entry));
            if let Some(sender) = self.waiter(&url, timing.start) {
                // Whoever gave up meanwhile has counted the request by the page's clock.
                let _ = sender.send(timing);
            } else {
                if self.unclaimed.len() >= MAX_UNCLAIMED {
                    self.unclaimed.clear();
                }
                self.unclaimed.entry(url).or_default().push(timing);
            }
        }
    }

    /// The waiting request for that address that was called closest to when the entry began.
    fn waiter(&mut self, url: &str, start: f64) -> Option<oneshot::Sender<ResourceTiming>> {
        let waiting = self.waiting.get_mut(url)?;
        waiting.retain(|(_, sender)| !sender.is_canceled());
        let closest = closest(waiting.iter().map(|(called, _)| *called), start);
        let sender = closest.map(|index| waiting.swap_remove(index).1);
        if waiting.is_empty() {
            self.waiting.remove(url);
        }
        sender
    }

    fn take(&mut self, url: &str, called: f64) -> Option<ResourceTiming> {
        let unclaimed = self.unclaimed.get_mut(url)?;
        let index = closest(unclaimed.iter().map(|timing| timing.start), called)?;
        let timing = unclaimed.swap_remove(index);
        if unclaimed.is_empty() {
            self.unclaimed.remove(url);
        }
        Some(timing)
    }
}

/// Which of the moments is closest to another.
fn closest(moments: impl Iterator<Item = f64>, to: f64) -> Option<usize> {
    let distances = moments.map(|moment| (moment - to).abs()).enumerate();
    distances.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index)
}

fn read(entry: &PerformanceResourceTiming) -> ResourceTiming {
    let (start, connected) = (entry.start_time(), entry.connect_end());
    let timing = ResourceTiming {
        start,
        dns: None,
        connect: None,
        tls: None,
        request_start: entry.request_start(),
        response_start: entry.response_start(),
        response_end: entry.response_end(),
        upstream: upstream(&entry.server_timing()),
    };
    // On a connection that was open, all moments of connecting are that of the fetch; blanked they are 0.
    if connected > entry.fetch_start() { with_connecting(timing, entry, connected) } else { timing }
}

fn with_connecting(
    timing: ResourceTiming,
    entry: &PerformanceResourceTiming,
    connected: f64,
) -> ResourceTiming {
    // Without TLS, its start is 0.
    let span = |from: f64, to: f64| (from > 0.0 && to > from).then_some(to - from);
    let secure_from = entry.secure_connection_start();
    let tcp_until = if secure_from > 0.0 { secure_from } else { connected };
    ResourceTiming {
        dns: span(entry.domain_lookup_start(), entry.domain_lookup_end()),
        connect: span(entry.connect_start(), tcp_until),
        tls: span(secure_from, connected),
        ..timing
    }
}

fn upstream(metrics: &Array) -> Option<f64> {
    let mut metrics = metrics.iter().map(JsValue::unchecked_into::<PerformanceServerTiming>);
    metrics.find(|metric| metric.name() == UPSTREAM_METRIC).map(|metric| metric.duration())
}
