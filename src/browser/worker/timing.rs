//! What the browser's network stack measured: Resource Timing entries, which [`Entries`] matches to requests.
//!
//! The clock around `fetch` would measure the browser's own queue: with six connections and 50 users it is
//! wrong by a factor of eight. The entries are right, and arrive here through an observer, which misses none
//! however many there are; the browser's own buffer is emptied and never relied on.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Performance, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
    PerformanceResourceTiming,
};

use super::entries::Entries;

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
}

/// The worker's Resource Timing entries.
pub struct Timings {
    performance: Performance,
    observer: Option<PerformanceObserver>,
    entries: Rc<RefCell<Entries<ResourceTiming>>>,
    _on_entries: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

impl Timings {
    /// Starts to observe.
    pub fn observe(performance: &Performance) -> Self {
        let entries = Rc::new(RefCell::new(Entries::default()));
        let sink = Rc::clone(&entries);
        let on_entries = Closure::new(move |list: PerformanceObserverEntryList| {
            enter(&list.get_entries(), &mut sink.borrow_mut());
        });
        let observer = PerformanceObserver::new(on_entries.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            let init = PerformanceObserverInit::new(&Array::of1(&"resource".into()));
            observer.observe(&init);
        }
        Self { performance: performance.clone(), observer, entries, _on_entries: on_entries }
    }

    /// The entry of the request for `url` that was called at `called_ms`, if it has come; otherwise a way to wait.
    pub fn claim(
        &self,
        url: &str,
        called_ms: f64,
    ) -> Result<ResourceTiming, oneshot::Receiver<ResourceTiming>> {
        let mut entries = self.entries.borrow_mut();
        if let Some(observer) = &self.observer {
            enter(&observer.take_records(), &mut entries);
        }
        // Only the observer is read; this keeps the browser from holding a second copy of every entry.
        self.performance.clear_resource_timings();
        entries.claim(url, called_ms)
    }
}

fn enter(observed: &Array, entries: &mut Entries<ResourceTiming>) {
    for entry in observed.iter() {
        // The observer was given this type alone.
        let entry: PerformanceResourceTiming = entry.unchecked_into();
        let timing = read(&entry);
        entries.add(entry.name(), timing.start, timing);
    }
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
