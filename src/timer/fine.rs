//! The timer on Linux: a timer that is a file (`timerfd`), which the runtime watches like a socket; exact to some ten
//! microseconds.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A timer that counts in nanoseconds.
pub struct FineTimer(AsyncFd<OwnedFd>);

impl FineTimer {
    /// A timer that is not set. Must be called within a runtime.
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

    /// Sets the timer; it no longer fires for the moment it was set to before.
    pub fn set(&self, after: Duration) {
        // Zero would switch the timer off.
        let after = after.max(Duration::from_nanos(1));
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::try_from(after).unwrap_or(LONGEST),
        };
        // Fails only for a time that is not valid, and this one is.
        let _ = timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once);
    }

    /// Waits until the timer fires.
    pub async fn fired(&self) {
        // The file's count of expiries is not read: setting the timer clears it, and each expiry is an event of its own.
        if let Ok(mut ready) = self.0.readable().await {
            ready.clear_ready();
        }
    }
}

/// A century, for spans that the system cannot count.
const LONGEST: Timespec = Timespec { tv_sec: 3_600_000_000, tv_nsec: 0 };
