//! The deadlines of requests in flight: one timer for a whole shard instead of one for each request.
//!
//! A request notes its deadline in its lane's slot, which costs a few memory writes. One task checks a slot only when
//! the deadline that it last saw there has passed; by then the lane's request is usually another one.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::task::{Context, Waker};

use tokio::sync::Notify;

use super::clock::RunClock;
use crate::core::base::units::Micros;

/// The deadlines of a shard.
pub struct Deadlines {
    clock: RunClock,
    state: RefCell<State>,
    /// Signals a deadline that is before all others.
    sooner: Notify,
    watching: Cell<bool>,
}

#[derive(Default)]
struct State {
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// When to check which slot; at most a few entries for each slot.
    checks: BinaryHeap<Reverse<(Micros, usize)>>,
}

#[derive(Default)]
struct Slot {
    /// When the request in flight is given up; `None` without one.
    at: Option<Micros>,
    /// The slot's next entry in `checks`.
    next_check: Option<Micros>,
    expired: bool,
    waker: Option<Waker>,
}

/// One lane's slot.
pub struct Watch {
    deadlines: Rc<Deadlines>,
    slot: usize,
}

/// The deadline of one request. Dropping it lifts the deadline.
pub struct Armed<'a> {
    watch: &'a Watch,
    at: Micros,
    is_noted: bool,
}

impl Deadlines {
    pub fn new(clock: RunClock) -> Rc<Self> {
        let (state, sooner) = (RefCell::default(), Notify::new());
        Rc::new(Self { clock, state, sooner, watching: Cell::new(false) })
    }

    /// A slot for one lane. Must be called among the shard's tasks.
    pub fn watch(self: &Rc<Self>) -> Watch {
        if !self.watching.replace(true) {
            tokio::task::spawn_local(Rc::clone(self).expire_in_time());
        }
        let mut state = self.state.borrow_mut();
        let slot = state.free.pop().unwrap_or_else(|| {
            state.slots.push(Slot::default());
            state.slots.len() - 1
        });
        Watch { deadlines: Rc::clone(self), slot }
    }

    async fn expire_in_time(self: Rc<Self>) {
        loop {
            let next = self.state.borrow().checks.peek().map(|Reverse((at, _))| *at);
            let Some(next) = next else {
                self.sooner.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(self.clock.instant_at(next)) => {
                    self.state.borrow_mut().expire(self.clock.now());
                }
                () = self.sooner.notified() => {}
            }
        }
    }
}

impl State {
    /// Checks every slot that is due, and expires the requests whose deadline has passed.
    fn expire(&mut self, now: Micros) {
        while let Some(Reverse((at, index))) =
            self.checks.peek().copied().filter(|Reverse((at, _))| *at <= now)
        {
            self.checks.pop();
            let Some(slot) = self.slots.get_mut(index).filter(|slot| slot.next_check == Some(at)) else {
                continue;
            };
            slot.next_check = None;
            match slot.at {
                Some(deadline) if deadline <= now => {
                    slot.expired = true;
                    slot.waker.take().into_iter().for_each(Waker::wake);
                }
                Some(deadline) => {
                    slot.next_check = Some(deadline);
                    self.checks.push(Reverse((deadline, index)));
                }
                None => {}
            }
        }
    }

    /// Notes a deadline, and returns whether it is now the first of all.
    fn note(&mut self, index: usize, at: Micros) -> bool {
        let Some(slot) = self.slots.get_mut(index) else { return false };
        slot.at = Some(at);
        if slot.next_check.is_some_and(|check| check <= at) {
            return false;
        }
        slot.next_check = Some(at);
        self.checks.push(Reverse((at, index)));
        self.checks.peek() == Some(&Reverse((at, index)))
    }
}

impl Watch {
    /// Sets the deadline of the lane's next request.
    pub const fn until(&self, at: Micros) -> Armed<'_> {
        Armed { watch: self, at, is_noted: false }
    }
}

impl Armed<'_> {
    /// Whether the deadline has passed. If not, the task is woken when it does.
    pub fn poll_expired(&mut self, cx: &Context<'_>) -> bool {
        let deadlines = &self.watch.deadlines;
        let mut state = deadlines.state.borrow_mut();
        if !self.is_noted {
            self.is_noted = true;
            if state.note(self.watch.slot, self.at) {
                deadlines.sooner.notify_one();
            }
        }
        let Some(slot) = state.slots.get_mut(self.watch.slot) else { return false };
        if !slot.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            slot.waker = Some(cx.waker().clone());
        }
        slot.expired
    }
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        if self.is_noted
            && let Some(slot) = self.watch.deadlines.state.borrow_mut().slots.get_mut(self.watch.slot)
        {
            (slot.at, slot.expired) = (None, false);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut state = self.deadlines.state.borrow_mut();
        if let Some(slot) = state.slots.get_mut(self.slot) {
            // The lane's task is ending and must not be woken.
            slot.waker = None;
        }
        state.free.push(self.slot);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    async fn expiry(watch: &Watch, at: Micros) {
        let mut armed = watch.until(at);
        poll_fn(|cx| if armed.poll_expired(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    async fn has_expired(armed: &mut Armed<'_>) -> bool {
        poll_fn(|cx| Poll::Ready(armed.poll_expired(cx))).await
    }

    /// Runs on a real clock, because the deadlines are a few milliseconds away.
    fn run(test: impl AsyncFnOnce(RunClock, Rc<Deadlines>)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let clock = RunClock::start();
        tokio::task::LocalSet::new().block_on(&runtime, test(clock, Deadlines::new(clock)));
    }

    #[test]
    fn a_request_is_given_up_at_its_deadline_and_not_before() {
        run(async |clock, deadlines| {
            let watch = deadlines.watch();
            let at = clock.now() + Micros::from_millis(20);
            expiry(&watch, at).await;
            assert!(clock.now() >= at);
        });
    }

    #[test]
    fn a_later_request_of_the_same_lane_has_its_own_deadline() {
        run(async |clock, deadlines| {
            let watch = deadlines.watch();
            let first = clock.now() + Micros::from_millis(10);
            let mut armed = watch.until(first);
            assert!(!has_expired(&mut armed).await);
            drop(armed);
            let second = clock.now() + Micros::from_millis(40);
            expiry(&watch, second).await;
            assert!(clock.now() >= second, "the first request's deadline still counted");
        });
    }

    #[test]
    fn a_sooner_deadline_is_not_kept_waiting_by_a_later_one() {
        run(async |clock, deadlines| {
            let (slow, quick) = (deadlines.watch(), deadlines.watch());
            let far = clock.now() + Micros::from_secs(60);
            let mut armed = slow.until(far);
            assert!(!has_expired(&mut armed).await);
            tokio::task::yield_now().await;
            expiry(&quick, clock.now() + Micros::from_millis(10)).await;
            assert!(clock.now() < far);
        });
    }

    #[test]
    fn a_lane_that_ends_leaves_its_slot_to_the_next() {
        let deadlines = Rc::clone(&Deadlines::new(RunClock::start()));
        deadlines.watching.set(true);
        let first = deadlines.watch();
        let slot = first.slot;
        drop(first);
        assert_eq!(deadlines.watch().slot, slot);
    }
}
