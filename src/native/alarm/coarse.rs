//! The alarm on the runtime's timers, which are exact to a millisecond or two.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// An alarm for systems without a finer one.
pub struct Coarse {
    at: Cell<Option<Instant>>,
    set: Notify,
}

impl Coarse {
    /// Not set.
    ///
    /// # Errors
    /// None; other systems' alarms have some.
    #[expect(clippy::unnecessary_wraps, reason = "it stands in for an alarm that can fail")]
    pub fn new() -> io::Result<Self> {
        Ok(Self { at: Cell::new(None), set: Notify::new() })
    }

    /// Sets it anew; what it was set for is forgotten.
    pub fn set(&self, after: Duration) {
        self.at.set(Some(Instant::now() + after));
        self.set.notify_one();
    }

    /// Waits until it rings.
    pub async fn rung(&self) {
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
