//! The worker's clock: the browser's performance clock from the run's origin on, and one browser timer for all who
//! sleep.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageChannel, Performance, WorkerGlobalScope};

use crate::core::base::units::Micros;
use crate::core::run::timers::Timers;

/// A worker's clock and its sleepers, shared with its lanes.
pub struct WorkerClock {
    performance: Performance,
    origin_ms: Cell<f64>,
    sleepers: Rc<Timers>,
    timer: Timer,
}

/// The one browser timer, set for the sleeper that is due first.
///
/// A timer that is set while another fires, five deep, takes at least 4 ms (HTML, "timer initialization steps"). So the
/// next one is set from a message that the callback sends to itself: that is a task of its own.
struct Timer {
    scope: WorkerGlobalScope,
    on_fire: Closure<dyn FnMut()>,
    /// When it fires, and the browser's handle of it.
    set_for: Cell<Option<(Micros, i32)>>,
    channel: MessageChannel,
    _after_fire: Closure<dyn FnMut()>,
    /// It has fired, and the message is under way.
    has_fired: Cell<bool>,
}

impl WorkerClock {
    /// Starts the clock; `None` where workers have no performance clock.
    pub fn start() -> Option<Rc<Self>> {
        let scope: WorkerGlobalScope = js_sys::global().dyn_into().ok()?;
        let performance = scope.performance()?;
        let origin_ms = Cell::new(performance.now());
        let channel = MessageChannel::new().ok()?;
        Some(Rc::new_cyclic(|this| {
            let timer = Timer::new(scope, channel, this);
            Self { performance, origin_ms, sleepers: Rc::default(), timer }
        }))
    }

    /// Makes now the run's origin.
    pub fn restart(&self) {
        self.origin_ms.set(self.performance.now());
    }

    /// The browser's clock under it.
    pub const fn performance(&self) -> &Performance {
        &self.performance
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
        self.sleepers.sleep(at, || self.now(), || self.set_timer()).await;
    }

    fn on_fire(&self) {
        self.timer.set_for.set(None);
        let sent = self.timer.channel.port2().post_message(&JsValue::NULL);
        self.timer.has_fired.set(sent.is_ok());
        self.sleepers.wake_due(self.now());
        self.set_timer();
    }

    fn after_fire(&self) {
        self.timer.has_fired.set(false);
        self.set_timer();
    }

    /// Sets the browser's timer for the next sleeper, unless it is set for then or sooner.
    fn set_timer(&self) {
        if self.timer.has_fired.get() {
            return;
        }
        let Some(at) = self.sleepers.next_due() else { return };
        if let Some((earlier, timer)) = self.timer.set_for.get() {
            if earlier <= at {
                return;
            }
            self.timer.scope.clear_timeout_with_handle(timer);
        }
        // Rounded up: a timer that fires early only has to be set again.
        let millis = at.saturating_sub(self.now()).0.div_ceil(1000).min(i32::MAX as u64) as i32;
        let on_fire = self.timer.on_fire.as_ref().unchecked_ref();
        if let Ok(timer) =
            self.timer.scope.set_timeout_with_callback_and_timeout_and_arguments_0(on_fire, millis)
        {
            self.timer.set_for.set(Some((at, timer)));
        }
    }
}

impl Timer {
    fn new(scope: WorkerGlobalScope, channel: MessageChannel, clock: &Weak<WorkerClock>) -> Self {
        let calling = |callback: fn(&WorkerClock)| -> Closure<dyn FnMut()> {
            let clock = Weak::clone(clock);
            Closure::new(move || clock.upgrade().iter().for_each(|clock| callback(clock)))
        };
        let (on_fire, after_fire) = (calling(WorkerClock::on_fire), calling(WorkerClock::after_fire));
        channel.port1().set_onmessage(Some(after_fire.as_ref().unchecked_ref()));
        let (set_for, has_fired) = (Cell::new(None), Cell::new(false));
        Self { scope, on_fire, set_for, channel, _after_fire: after_fire, has_fired }
    }
}
