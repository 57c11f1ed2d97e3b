//! The alarm on Linux: a timer that is a file, watched by the runtime like a socket; exact to some ten microseconds.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// An alarm of nanoseconds.
pub struct Fine(AsyncFd<OwnedFd>);

impl Fine {
    /// Not set. Must be called within a runtime.
    ///
    /// # Errors
    /// When the process has no file handle left.
    #[expect(
        deprecated,
        reason = "sound here, as an `OwnedFd` keeps its number; what replaces it is unsafe code"
    )]
    pub fn new() -> io::Result<Self> {
        let timer =
            timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        AsyncFd::with_interest(timer, Interest::READABLE).map(Self)
    }

    /// Sets it anew; what it was set for is forgotten.
    pub fn set(&self, after: Duration) {
        // Zero would switch it off.
        let after = after.max(Duration::from_nanos(1));
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::try_from(after).unwrap_or(LONGEST),
        };
        // Fails only for a time that is none, and this is one.
        let _ = timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once);
    }

    /// Waits until it rings.
    pub async fn rung(&self) {
        // What it counted is not read: setting it anew clears that, and every ring is an event of its own.
        if let Ok(mut ready) = self.0.readable().await {
            ready.clear_ready();
        }
    }
}

/// For spans that the system cannot count: nobody waits for a century.
const LONGEST: Timespec = Timespec { tv_sec: 3_600_000_000, tv_nsec: 0 };
