//! The requests in flight of one shard: how many, since when, and when there are none any more.
//!
//! Entering and leaving cost the same whatever the number of users; only the age of the oldest, asked once a second,
//! looks at all of them.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::core::base::units::Micros;

/// What is in flight.
#[derive(Debug, Default)]
pub struct InFlight {
    state: RefCell<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Since when each place's request waits; `None` for a free place.
    places: Vec<Option<Micros>>,
    free: Vec<usize>,
    /// Told when nothing is in flight.
    quiet: Option<Waker>,
}

/// The place of a request in flight.
#[derive(Debug)]
pub struct Place(usize);

impl InFlight {
    /// A request starts.
    pub fn enter(&self, now: Micros) -> Place {
        let mut state = self.state.borrow_mut();
        let place = state.free.pop().unwrap_or(state.places.len());
        match state.places.get_mut(place) {
            Some(since) => *since = Some(now),
            None => state.places.push(Some(now)),
        }
        Place(place)
    }

    /// It has ended.
    pub fn leave(&self, Place(place): Place) {
        let mut state = self.state.borrow_mut();
        state.places.get_mut(place).into_iter().for_each(|since| *since = None);
        state.free.push(place);
        if state.in_flight() == 0 {
            let quiet = state.quiet.take();
            // Outside the borrow: a waker may run its task at once.
            drop(state);
            quiet.into_iter().for_each(Waker::wake);
        }
    }

    /// How many there are.
    pub fn in_flight(&self) -> u32 {
        self.state.borrow().in_flight()
    }

    /// Since when the oldest of them waits.
    pub fn oldest(&self) -> Option<Micros> {
        self.state.borrow().places.iter().flatten().min().copied()
    }

    /// Waits until there are none.
    pub async fn quiet(&self) {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.in_flight() == 0 {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn knows_how_many_are_in_flight_and_since_when_the_oldest() {
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
