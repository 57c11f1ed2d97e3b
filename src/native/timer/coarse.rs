//! The timer on top of the runtime's timers, which are exact to a millisecond or two.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// A timer for systems without a finer one.
pub struct CoarseTimer {
    at: Cell<Option<Instant>>,
    set: Notify,
}

impl CoarseTimer {
    /// A timer that is not set. Never fails.
    #[expect(clippy::unnecessary_wraps, reason = "it stands in for a timer that can fail")]
    pub fn new() -> io::Result<Self> {
        Ok(Self { at: Cell::new(None), set: Notify::new() })
    }

    /// Sets the timer; it no longer fires for the moment it was set to before.
    pub fn set(&self, after: Duration) {
        self.at.set(Some(Instant::now() + after));
        self.set.notify_one();
    }

    /// Waits until the timer fires.
    pub async fn fired(&self) {
        loop {
            let Some(at) = self.at.get() else {
                self.set.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(at) => {
                    self.at.set(None);
                    return;
                }
                () = self.set.notified() => {}
            }
        }
    }
}
