//! Who waits until when: a queue of sleepers, for platforms whose timers are too coarse or too dear.
//!
//! Pure: it is told what time it is and wakes whoever is due. Virtual time and the page's worker stand on it.

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
    /// When and who, in the order of asking for equal moments.
    due: BinaryHeap<Reverse<(Micros, u64)>>,
    /// Those who still wait; one who gave up is only missing here.
    wakers: BTreeMap<u64, Waker>,
    asked: u64,
}

/// Takes a sleeper that gave up off the list.
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
    /// Waits until `at`, by the clock `now`; calls `queued` when it had to join the queue.
    pub async fn sleep(self: &Rc<Self>, at: Micros, now: impl Fn() -> Micros, queued: impl FnOnce()) {
        if now() >= at {
            return;
        }
        let number = {
            let mut state = self.state.borrow_mut();
            state.asked += 1;
            let number = state.asked;
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

    /// Wakes everybody who is due.
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
        assert_eq!(timers.next_due(), None, "whoever gave up is forgotten");
    }
}
