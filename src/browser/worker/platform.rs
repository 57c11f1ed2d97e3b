//! The engine's platform in a worker: the performance clock, one browser timer for all sleepers, local tasks.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageChannel, Performance, WorkerGlobalScope};

use super::lane::{FetchLane, Route};
use super::timing::Timings;
use crate::browser::message::Destination;
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::run::platform::{Clock, Spawner, Transport};
use crate::core::run::timers::Timers;

/// A worker's clock and timers, shared with its lanes.
pub struct Time {
    performance: Performance,
    origin_ms: Cell<f64>,
    sleepers: Rc<Timers>,
    alarm: Alarm,
}

/// The one browser timer: set for whoever is due first.
///
/// A timer that is set while another rings, five deep, takes at least 4 ms (HTML, "timer initialization steps"). So the
/// next one is set from a message that the ring sends to itself: that is a task of its own.
struct Alarm {
    scope: WorkerGlobalScope,
    ring: Closure<dyn FnMut()>,
    set_for: Cell<Option<(Micros, i32)>>,
    afterwards: MessageChannel,
    _after_ring: Closure<dyn FnMut()>,
    /// Rung, and the message is under way.
    is_ringing: Cell<bool>,
}

impl Time {
    fn start() -> Option<Rc<Self>> {
        let scope: WorkerGlobalScope = js_sys::global().dyn_into().ok()?;
        let performance = scope.performance()?;
        let origin_ms = Cell::new(performance.now());
        let afterwards = MessageChannel::new().ok()?;
        Some(Rc::new_cyclic(|this| {
            let alarm = Alarm::new(scope, afterwards, this);
            Self { performance, origin_ms, sleepers: Rc::default(), alarm }
        }))
    }

    /// Now, on the run's clock.
    pub fn now(&self) -> Micros {
        self.at_ms(self.performance.now())
    }

    /// Now, on the performance clock, in milliseconds.
    pub fn now_ms(&self) -> f64 {
        self.performance.now()
    }

    /// A moment on the performance clock, on the run's clock.
    pub fn at_ms(&self, performance_ms: f64) -> Micros {
        Micros::from_millis_f64(performance_ms - self.origin_ms.get())
    }

    /// Waits until then.
    pub async fn sleep_until(&self, at: Micros) {
        self.sleepers.sleep(at, || self.now(), || self.set_alarm()).await;
    }

    fn rang(&self) {
        self.alarm.set_for.set(None);
        let sent = self.alarm.afterwards.port2().post_message(&JsValue::NULL);
        self.alarm.is_ringing.set(sent.is_ok());
        self.sleepers.wake_due(self.now());
        self.set_alarm();
    }

    fn has_rung(&self) {
        self.alarm.is_ringing.set(false);
        self.set_alarm();
    }

    /// Sets the browser's timer for the next sleeper, unless it is set for then or sooner.
    fn set_alarm(&self) {
        if self.alarm.is_ringing.get() {
            return;
        }
        let Some(at) = self.sleepers.next_due() else { return };
        if let Some((earlier, timer)) = self.alarm.set_for.get() {
            if earlier <= at {
                return;
            }
            self.alarm.scope.clear_timeout_with_handle(timer);
        }
        // Rounded up: a timer that rings early only has to be set again.
        let millis = at.saturating_sub(self.now()).0.div_ceil(1000).min(i32::MAX as u64) as i32;
        let ring = self.alarm.ring.as_ref().unchecked_ref();
        if let Ok(timer) =
            self.alarm.scope.set_timeout_with_callback_and_timeout_and_arguments_0(ring, millis)
        {
            self.alarm.set_for.set(Some((at, timer)));
        }
    }
}

impl Alarm {
    fn new(scope: WorkerGlobalScope, afterwards: MessageChannel, time: &Weak<Time>) -> Self {
        let calling = |heard: fn(&Time)| -> Closure<dyn FnMut()> {
            let time = Weak::clone(time);
            Closure::new(move || time.upgrade().iter().for_each(|time| heard(time)))
        };
        let (ring, after_ring) = (calling(Time::rang), calling(Time::has_rung));
        afterwards.port1().set_onmessage(Some(after_ring.as_ref().unchecked_ref()));
        let (set_for, is_ringing) = (Cell::new(None), Cell::new(false));
        Self { scope, ring, set_for, afterwards, _after_ring: after_ring, is_ringing }
    }
}

/// A worker's platform.
pub struct BrowserPlatform {
    time: Rc<Time>,
    route: Rc<Route>,
}

impl BrowserPlatform {
    /// `None` where workers have no performance clock.
    pub fn new(host: Host, target: Destination) -> Option<Self> {
        let time = Time::start()?;
        let timings = Timings::observe(&time.performance);
        let route = Rc::new(Route::new(host, target, Rc::clone(&time), timings));
        Some(Self { time, route })
    }

    /// The way its lanes share.
    pub const fn route(&self) -> &Rc<Route> {
        &self.route
    }

    /// Makes now the run's origin.
    pub fn start_clock(&self) {
        self.time.origin_ms.set(self.time.performance.now());
    }
}

impl Clock for BrowserPlatform {
    fn now(&self) -> Micros {
        self.time.now()
    }

    async fn sleep_until(&self, at: Micros) {
        self.time.sleep_until(at).await;
    }
}

impl Spawner for BrowserPlatform {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
    }
}

impl Transport for BrowserPlatform {
    type Lane = FetchLane;
    fn open_lane(&self, user: u32) -> FetchLane {
        FetchLane::new(Rc::clone(&self.route), user)
    }
}
