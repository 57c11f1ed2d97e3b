//! The engine's platform natively: one alarm for all sleepers of a shard, local tasks, and lanes over sockets.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Instant;

use super::alarm::Alarm;
use super::lane::{HttpLane, Shared};
use crate::core::base::units::Micros;
use crate::core::run::platform::{Clock, Spawner, Transport};
use crate::core::run::timers::Timers;

/// The moment that a run's clock counts from; the same for all its shards.
#[derive(Clone, Copy, Debug)]
pub struct Origin(Instant);

impl Origin {
    /// From now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since then.
    pub fn now(self) -> Micros {
        self.0.elapsed().into()
    }

    /// A moment of the run as the runtime's timers count it.
    pub fn at(self, moment: Micros) -> tokio::time::Instant {
        // A moment past the clock's end is one that never comes: a day is long enough to look again.
        let far = std::time::Duration::from_secs(86_400);
        let offset = std::time::Duration::from(moment);
        self.0.checked_add(offset).unwrap_or_else(|| Instant::now() + far).into()
    }
}

/// One shard's platform.
pub struct NativePlatform {
    shared: Rc<Shared>,
    time: Rc<Time>,
}

/// A shard's sleepers and the alarm that is set for the first of them.
struct Time {
    origin: Origin,
    sleepers: Rc<Timers>,
    alarm: Alarm,
    set_for: Cell<Option<Micros>>,
}

impl NativePlatform {
    /// For a shard; must be called within a `LocalSet`.
    ///
    /// # Errors
    /// When the process has no file handle left for the alarm.
    pub fn new(shared: Rc<Shared>) -> io::Result<Self> {
        let origin = shared.origin;
        let (sleepers, alarm, set_for) = (Rc::default(), Alarm::new()?, Cell::new(None));
        let time = Rc::new(Time { origin, sleepers, alarm, set_for });
        tokio::task::spawn_local(Rc::clone(&time).wake_sleepers());
        Ok(Self { shared, time })
    }
}

impl Time {
    async fn wake_sleepers(self: Rc<Self>) {
        loop {
            self.alarm.rung().await;
            self.set_for.set(None);
            self.sleepers.wake_due(self.origin.now());
            self.set_alarm();
        }
    }

    /// Sets the alarm for the next sleeper, unless it is set for then or sooner.
    fn set_alarm(&self) {
        let Some(at) = self.sleepers.next_due() else { return };
        if self.set_for.get().is_none_or(|earlier| earlier > at) {
            self.set_for.set(Some(at));
            self.alarm.set(at.saturating_sub(self.origin.now()).into());
        }
    }
}

impl Clock for NativePlatform {
    fn now(&self) -> Micros {
        self.shared.origin.now()
    }

    async fn sleep_until(&self, at: Micros) {
        self.time.sleepers.sleep(at, || self.now(), || self.time.set_alarm()).await;
    }
}

impl Spawner for NativePlatform {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(task);
    }
}

impl Transport for NativePlatform {
    type Lane = HttpLane;
    fn open_lane(&self, _user: u32) -> HttpLane {
        HttpLane::new(Rc::clone(&self.shared))
    }
}
