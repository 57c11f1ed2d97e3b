//! Whether a user must end, and whether it has requests in flight. Shared by the user and the load model that started it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// One user's presence in a run.
#[derive(Debug, Default)]
pub struct Presence {
    in_flight: Cell<u32>,
    /// How many requests the user has begun.
    begun: Cell<u64>,
    is_leaving: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Presence {
    /// Whether a request of the user is unanswered.
    pub const fn is_in_flight(&self) -> bool {
        self.in_flight.get() > 0
    }

    pub fn entered(&self) {
        self.begun.set(self.begun.get() + 1);
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// How many requests the user has begun.
    pub const fn begun(&self) -> u64 {
        self.begun.get()
    }

    pub fn left(&self) {
        self.in_flight.set(self.in_flight.get().saturating_sub(1));
    }

    /// Whether the user must end once its requests are answered.
    pub const fn is_leaving(&self) -> bool {
        self.is_leaving.get()
    }

    /// Asks the user to end, and wakes it where it pauses.
    pub fn leave(&self) {
        self.is_leaving.set(true);
        // Outside the borrow: a waker may run its task at once.
        let waiting = self.waiting.take();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until the user is asked to end.
    pub async fn asked_to_leave(&self) {
        poll_fn(|context| {
            if self.is_leaving.get() {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting.borrow_mut();
            // A user pauses again and again, mostly in the same task.
            if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}
