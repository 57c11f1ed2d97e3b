//! The requests in flight of one shard: their number, the age of the oldest one, and a wait until there are none.
//!
//! Adding and removing a request costs the same for any number of users. Only the age of the oldest request, needed
//! once a second, looks at all of them. Latencies are not measured here.

use std::cell::{RefCell, RefMut};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::core::base::units::Micros;

#[derive(Debug, Default)]
pub struct InFlight {
    state: RefCell<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The start of the request at each place; `None` for a free place.
    places: Vec<Option<Micros>>,
    free: Vec<usize>,
    /// How many users still have last steps to do.
    ending: u32,
    /// The task that waits until nothing is in flight.
    quiet: Option<Waker>,
}

/// Identifies a request in flight.
#[derive(Debug)]
pub struct Place(usize);

impl InFlight {
    /// Adds a request that starts now.
    pub fn enter(&self, now: Micros) -> Place {
        let mut state = self.state.borrow_mut();
        let place = state.free.pop().unwrap_or(state.places.len());
        match state.places.get_mut(place) {
            Some(since) => *since = Some(now),
            None => state.places.push(Some(now)),
        }
        Place(place)
    }

    /// Removes a request that has ended.
    pub fn leave(&self, Place(place): Place) {
        let mut state = self.state.borrow_mut();
        state.places.get_mut(place).into_iter().for_each(|since| *since = None);
        state.free.push(place);
        Self::wake_if_quiet(state);
    }

    /// A user has last steps to do, which are waited for.
    pub fn hold(&self) {
        self.state.borrow_mut().ending += 1;
    }

    /// A user has done its last steps.
    pub fn release(&self) {
        let mut state = self.state.borrow_mut();
        state.ending = state.ending.saturating_sub(1);
        Self::wake_if_quiet(state);
    }

    fn wake_if_quiet(mut state: RefMut<'_, Waiting>) {
        if state.is_quiet() {
            let quiet = state.quiet.take();
            // Outside the borrow: a waker may run its task at once.
            drop(state);
            quiet.into_iter().for_each(Waker::wake);
        }
    }

    /// Whether nothing is in flight and no user has last steps to do.
    pub fn is_quiet(&self) -> bool {
        self.state.borrow().is_quiet()
    }

    /// The number of requests in flight.
    pub fn in_flight(&self) -> u32 {
        self.state.borrow().in_flight()
    }

    /// The start of the oldest request in flight.
    pub fn oldest(&self) -> Option<Micros> {
        self.state.borrow().places.iter().flatten().min().copied()
    }

    /// Waits until nothing is in flight and no user has last steps to do.
    pub async fn quiet(&self) {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.is_quiet() {
                return Poll::Ready(());
            }
            state.quiet = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Waiting {
    fn in_flight(&self) -> u32 {
        (self.places.len() - self.free.len()) as u32
    }

    fn is_quiet(&self) -> bool {
        self.in_flight() == 0 && self.ending == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn the_number_in_flight_and_the_start_of_the_oldest_follow_entering_and_leaving() {
        let in_flight = InFlight::default();
        let places = [30, 10, 20].map(|at| in_flight.enter(Micros(at)));
        assert_eq!((in_flight.in_flight(), in_flight.oldest()), (3, Some(Micros(10))));
        let [first, oldest, last] = places;
        in_flight.leave(oldest);
        assert_eq!((in_flight.in_flight(), in_flight.oldest()), (2, Some(Micros(20))));
        let again = in_flight.enter(Micros(40));
        assert!(in_flight.quiet().now_or_never().is_none());
        [first, last, again].into_iter().for_each(|place| in_flight.leave(place));
        assert_eq!((in_flight.in_flight(), in_flight.oldest()), (0, None));
        assert!(in_flight.quiet().now_or_never().is_some());
    }
}
