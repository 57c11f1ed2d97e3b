//! When requests in flight are given up: one timer for a whole shard instead of one for each request.
//!
//! A request notes its deadline in its lane's slot, which costs a few memory writes. The one task that watches looks
//! at a lane only when the deadline it last saw there has come: by then the lane's request is usually another one.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::task::{Context, Waker};

use tokio::sync::Notify;

use super::platform::Origin;
use crate::core::base::units::Micros;

/// The deadlines of a shard.
pub struct Deadlines {
    origin: Origin,
    state: RefCell<State>,
    /// A deadline came in that is before all others.
    sooner: Notify,
    watching: Cell<bool>,
}

#[derive(Default)]
struct State {
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// When to look at which slot; at most a few entries for each.
    looks: BinaryHeap<Reverse<(Micros, usize)>>,
}

#[derive(Default)]
struct Slot {
    /// When the request in flight is given up; `None` without one.
    at: Option<Micros>,
    /// The next entry in `looks`.
    next_look: Option<Micros>,
    expired: bool,
    waker: Option<Waker>,
}

/// One lane's place among the deadlines.
pub struct Watch {
    deadlines: Rc<Deadlines>,
    slot: usize,
}

/// A request under a deadline; dropping it ends the watching.
pub struct Armed<'a> {
    watch: &'a Watch,
    at: Micros,
    is_noted: bool,
}

impl Deadlines {
    /// None yet.
    pub fn new(origin: Origin) -> Rc<Self> {
        let (state, sooner) = (RefCell::default(), Notify::new());
        Rc::new(Self { origin, state, sooner, watching: Cell::new(false) })
    }

    /// A place for one lane. Must be called among the shard's tasks.
    pub fn watch(self: &Rc<Self>) -> Watch {
        if !self.watching.replace(true) {
            tokio::task::spawn_local(Rc::clone(self).give_up_in_time());
        }
        let mut state = self.state.borrow_mut();
        let slot = state.free.pop().unwrap_or_else(|| {
            state.slots.push(Slot::default());
            state.slots.len() - 1
        });
        Watch { deadlines: Rc::clone(self), slot }
    }

    async fn give_up_in_time(self: Rc<Self>) {
        loop {
            let next = self.state.borrow().looks.peek().map(|Reverse((at, _))| *at);
            let Some(next) = next else {
                self.sooner.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(self.origin.at(next)) => {
                    self.state.borrow_mut().look(self.origin.now());
                }
                () = self.sooner.notified() => {}
            }
        }
    }
}

impl State {
    /// Looks at every slot whose time has come.
    fn look(&mut self, now: Micros) {
        while let Some(Reverse((at, index))) =
            self.looks.peek().copied().filter(|Reverse((at, _))| *at <= now)
        {
            self.looks.pop();
            let Some(slot) = self.slots.get_mut(index).filter(|slot| slot.next_look == Some(at)) else {
                continue;
            };
            slot.next_look = None;
            match slot.at {
                Some(deadline) if deadline <= now => {
                    slot.expired = true;
                    slot.waker.take().into_iter().for_each(Waker::wake);
                }
                Some(deadline) => {
                    slot.next_look = Some(deadline);
                    self.looks.push(Reverse((deadline, index)));
                }
                None => {}
            }
        }
    }

    /// Notes a deadline; says whether it is now the first of all.
    fn note(&mut self, index: usize, at: Micros) -> bool {
        let Some(slot) = self.slots.get_mut(index) else { return false };
        slot.at = Some(at);
        if slot.next_look.is_some_and(|look| look <= at) {
            return false;
        }
        slot.next_look = Some(at);
        self.looks.push(Reverse((at, index)));
        self.looks.peek() == Some(&Reverse((at, index)))
    }
}

impl Watch {
    /// Puts the request that is sent now under a deadline.
    pub const fn until(&self, at: Micros) -> Armed<'_> {
        Armed { watch: self, at, is_noted: false }
    }
}

impl Armed<'_> {
    /// Whether the deadline has passed; if not, wakes the task when it does.
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
            // The task that it would wake is ending.
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

    /// On a real clock: the deadlines of these tests are a few milliseconds away.
    fn run(test: impl AsyncFnOnce(Origin, Rc<Deadlines>)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let origin = Origin::start();
        tokio::task::LocalSet::new().block_on(&runtime, test(origin, Deadlines::new(origin)));
    }

    #[test]
    fn a_request_is_given_up_at_its_deadline_and_not_before() {
        run(async |origin, deadlines| {
            let watch = deadlines.watch();
            let at = origin.now() + Micros::from_millis(20);
            expiry(&watch, at).await;
            assert!(origin.now() >= at);
        });
    }

    #[test]
    fn a_later_request_of_the_same_lane_has_its_own_deadline() {
        run(async |origin, deadlines| {
            let watch = deadlines.watch();
            let first = origin.now() + Micros::from_millis(10);
            let mut armed = watch.until(first);
            assert!(!has_expired(&mut armed).await);
            drop(armed);
            let second = origin.now() + Micros::from_millis(40);
            expiry(&watch, second).await;
            assert!(origin.now() >= second, "the first request's deadline is no longer anybody's");
        });
    }

    #[test]
    fn a_sooner_deadline_is_not_kept_waiting_by_a_later_one() {
        run(async |origin, deadlines| {
            let (slow, quick) = (deadlines.watch(), deadlines.watch());
            let far = origin.now() + Micros::from_secs(60);
            let mut armed = slow.until(far);
            assert!(!has_expired(&mut armed).await);
            tokio::task::yield_now().await;
            expiry(&quick, origin.now() + Micros::from_millis(10)).await;
            assert!(origin.now() < far);
        });
    }

    #[test]
    fn a_lane_that_ends_leaves_its_place_to_the_next() {
        let deadlines = Rc::clone(&Deadlines::new(Origin::start()));
        deadlines.watching.set(true);
        let first = deadlines.watch();
        let place = first.slot;
        drop(first);
        assert_eq!(deadlines.watch().slot, place);
    }
}
