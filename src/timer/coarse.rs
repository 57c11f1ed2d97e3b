//! The timer on top of the runtime's timers, which are exact to a millisecond or two.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// A timer for systems without a finer one.
pub struct CoarseTimer {
    at: Mutex<Option<Instant>>,
    set: Notify,
}

impl CoarseTimer {
    /// A timer that is not set. Never fails.
    #[expect(clippy::unnecessary_wraps, reason = "it stands in for a timer that can fail")]
    pub fn new() -> io::Result<Self> {
        Ok(Self { at: Mutex::default(), set: Notify::new() })
    }

    /// Sets the timer; it no longer fires for the moment it was set to before.
    pub fn set(&self, after: Duration) {
        self.put(Some(Instant::now() + after));
        self.set.notify_one();
    }

    /// Waits until the timer fires.
    pub async fn fired(&self) {
        loop {
            let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(at) = at else {
                self.set.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(at) => {
                    self.put(None);
                    return;
                }
                () = self.set.notified() => {}
            }
        }
    }

    fn put(&self, at: Option<Instant>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}
