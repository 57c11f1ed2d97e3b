//! The clock of a run: microseconds since the moment at which the run began. All shards of a run share one.

use std::time::{Duration, Instant};

use crate::core::base::units::Micros;

/// How far ahead a moment is set that lies past the end of what the system can count: a task that waits for it wakes
/// once a day and waits again.
const FAR_AHEAD: Duration = Duration::from_secs(86_400);

/// A monotonic clock that started at zero.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    started: Instant,
}

impl RunClock {
    /// Starts a clock now.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// The time since the start.
    pub fn now(self) -> Micros {
        self.started.elapsed().into()
    }

    /// A moment on this clock, as the runtime's timers count time.
    pub fn instant_at(self, moment: Micros) -> tokio::time::Instant {
        let instant = self.started.checked_add(moment.into());
        instant.unwrap_or_else(|| Instant::now() + FAR_AHEAD).into()
    }
}
