//! Holds users back while the way to the host is closed: the companion is gone. Single-threaded; reads no clock.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::core::base::units::Micros;

/// The gate of a shard. It is open at first.
#[derive(Debug, Default)]
pub struct Gate {
    is_closed: Cell<bool>,
    opened: Cell<Micros>,
    waiting: RefCell<Vec<Waker>>,
}

impl Gate {
    pub fn close(&self) {
        self.is_closed.set(true);
    }

    /// Lets everybody pass from `now` on.
    pub fn open(&self, now: Micros) {
        if self.is_closed.replace(false) {
            self.opened.set(now);
            // Outside the borrow: a waker may run its task at once.
            let waiting = self.waiting.take();
            waiting.into_iter().for_each(Waker::wake);
        }
    }

    pub const fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Waits while the gate is closed. Gives the moment from which something that was due at `due` counts as due: a
    /// request that was held back is not late.
    pub async fn pass(&self, due: Micros) -> Micros {
        let mut waited = false;
        poll_fn(|context| {
            if !self.is_closed.get() {
                return Poll::Ready(());
            }
            waited = true;
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
        if waited { due.max(self.opened.get()) } else { due }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn who_is_held_back_is_due_when_the_gate_opens() {
        let gate = Gate::default();
        assert_eq!(gate.pass(Micros(5)).now_or_never(), Some(Micros(5)));
        gate.close();
        let mut held = Box::pin(gate.pass(Micros(5)));
        assert_eq!((&mut held).now_or_never(), None);
        gate.open(Micros(90));
        assert_eq!(held.now_or_never(), Some(Micros(90)));
        assert_eq!(gate.pass(Micros(7)).now_or_never(), Some(Micros(7)), "it was not held back");
    }
}
