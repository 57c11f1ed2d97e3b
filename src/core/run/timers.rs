//! A queue of sleeping tasks, for platforms whose own timers are too coarse or too expensive.
//!
//! It has no clock: the caller passes the time, and the queue wakes the tasks that are due. Virtual time and the page's
//! worker use it.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::core::base::units::Micros;

/// The sleepers of one shard.
#[derive(Debug, Default)]
pub struct Timers {
    state: RefCell<Sleepers>,
}

#[derive(Debug, Default)]
struct Sleepers {
    /// The due time and number of each sleeper. At equal times the sleeper that asked first comes first.
    due: BinaryHeap<Reverse<(Micros, u64)>>,
    /// The wakers of the sleepers that still wait, by number. A dropped sleeper remains in `due` for a while.
    wakers: BTreeMap<u64, Waker>,
    last_number: u64,
}

/// Removes the waker of a sleeper that is dropped.
struct Ticket {
    timers: Rc<Timers>,
    number: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.timers.state.borrow_mut().wakers.remove(&self.number);
    }
}

impl Timers {
    /// Waits until `at` by the clock `now`. Calls `queued` once it has joined the queue; not when `at` has passed.
    pub async fn sleep(self: &Rc<Self>, at: Micros, now: impl Fn() -> Micros, queued: impl FnOnce()) {
        if now() >= at {
            return;
        }
        let number = {
            let mut state = self.state.borrow_mut();
            state.last_number += 1;
            let number = state.last_number;
            state.due.push(Reverse((at, number)));
            number
        };
        let ticket = Ticket { timers: Rc::clone(self), number };
        let mut announce = Some(queued);
        poll_fn(|context| {
            if now() >= at {
                return Poll::Ready(());
            }
            ticket.timers.state.borrow_mut().wakers.insert(number, context.waker().clone());
            if let Some(queued) = announce.take() {
                queued();
            }
            Poll::Pending
        })
        .await;
    }

    /// When the next sleeper is due.
    pub fn next_due(&self) -> Option<Micros> {
        let mut state = self.state.borrow_mut();
        loop {
            let Reverse((at, number)) = *state.due.peek()?;
            if state.wakers.contains_key(&number) {
                return Some(at);
            }
            state.due.pop();
        }
    }

    /// Wakes the sleepers that are due.
    pub fn wake_due(&self, now: Micros) {
        while self.next_due().is_some_and(|at| at <= now) {
            let waker = {
                let mut state = self.state.borrow_mut();
                let first = state.due.pop();
                first.and_then(|Reverse((_, number))| state.wakers.remove(&number))
            };
            // Outside the borrow: a waker may run its task at once.
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::cell::Cell;

    #[test]
    fn sleepers_wake_when_they_are_due_and_not_before() {
        let timers = Rc::new(Timers::default());
        let clock = Rc::new(Cell::new(Micros::ZERO));
        let sleep = |at: u64| {
            let clock = Rc::clone(&clock);
            let timers = Rc::clone(&timers);
            async move { timers.sleep(Micros(at), move || clock.get(), || {}).await }.boxed_local()
        };
        let (mut late, mut early, mut past) = (sleep(20), sleep(10), sleep(0));
        assert!(past.as_mut().now_or_never().is_some());
        assert!(late.as_mut().now_or_never().is_none() && early.as_mut().now_or_never().is_none());
        assert_eq!(timers.next_due(), Some(Micros(10)));
        clock.set(Micros(15));
        timers.wake_due(clock.get());
        assert!(early.as_mut().now_or_never().is_some() && late.as_mut().now_or_never().is_none());
        assert_eq!(timers.next_due(), Some(Micros(20)));
        drop(late);
        assert_eq!(timers.next_due(), None, "a dropped sleeper is forgotten");
    }
}
