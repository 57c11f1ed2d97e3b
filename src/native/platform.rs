//! The engine's platform in the runner: the run's clock, one timer for all sleepers of a shard, local tasks, lanes of the
//! HTTP client.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use crate::core::base::units::Micros;
use crate::core::run::platform::{Clock, Spawner, Transport};
use crate::core::run::timers::Timers;
use crate::net::client::Clients;
use crate::net::clock::RunClock;
use crate::net::cookies::CookieJar;
use crate::net::lane::HttpLane;
use crate::timer::Timer;

/// One shard's platform.
pub struct NativePlatform {
    clock: RunClock,
    clients: Clients,
    alarm: Rc<Alarm>,
}

/// A shard's sleepers, and the timer that is set for the first of them.
struct Alarm {
    clock: RunClock,
    sleepers: Rc<Timers>,
    timer: Timer,
    set_for: Cell<Option<Micros>>,
}

impl NativePlatform {
    /// The platform of one shard. Must be called within a `LocalSet`.
    ///
    /// # Errors
    /// When the process has no file handle left for the timer.
    pub fn new(clients: Clients, clock: RunClock) -> io::Result<Self> {
        let (sleepers, timer, set_for) = (Rc::default(), Timer::new()?, Cell::new(None));
        let alarm = Rc::new(Alarm { clock, sleepers, timer, set_for });
        tokio::task::spawn_local(Rc::clone(&alarm).wake_sleepers());
        Ok(Self { clock, clients, alarm })
    }
}

impl Alarm {
    async fn wake_sleepers(self: Rc<Self>) {
        loop {
            self.timer.fired().await;
            self.set_for.set(None);
            self.sleepers.wake_due(self.clock.now());
            self.set_timer();
        }
    }

    /// Sets the timer for the next sleeper, unless it is set for that moment or a sooner one.
    fn set_timer(&self) {
        let Some(at) = self.sleepers.next_due() else { return };
        if self.set_for.get().is_none_or(|earlier| earlier > at) {
            self.set_for.set(Some(at));
            self.timer.set(at.saturating_sub(self.clock.now()).into());
        }
    }
}

impl Clock for NativePlatform {
    fn now(&self) -> Micros {
        self.clock.now()
    }

    async fn sleep_until(&self, at: Micros) {
        self.alarm.sleepers.sleep(at, || self.now(), || self.alarm.set_timer()).await;
    }
}

impl Spawner for NativePlatform {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(task);
    }
}

impl Transport for NativePlatform {
    type Lane = HttpLane;
    type Shared = CookieJar;

    #[expect(clippy::expect_used, reason = "a run without a host is refused before it starts")]
    fn open_lane(&self, _user: u32, cookies: &CookieJar) -> HttpLane {
        HttpLane::new(Rc::clone(&self.clients), cookies.clone()).expect("a run has a host")
    }
}
