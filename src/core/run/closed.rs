//! The closed model: users who come, do task after task with thinking in between, and go.
//!
//! Keeps as many seats taken as the pace asks for. Seating and dismissing one user costs the same however many
//! there are.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{AbortHandle, abortable};

use super::user::{Common, User};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::config::load::Share;
use crate::core::config::load::pace::Pace;
use crate::core::run::platform::Platform;

/// A shard's users.
pub struct ClosedModel<P> {
    common: Rc<Common<P>>,
    pace: Pace,
    share: Share,
    seed: u64,
    /// The users in the order of their numbers.
    seats: Vec<Seat>,
    /// How many were dismissed and have a request in flight.
    leaving: Rc<Cell<u32>>,
    /// How many were ever started: the ones that start again after a live change draw anew.
    incarnations: u64,
}

struct Seat {
    user: Rc<Presence>,
    abort: AbortHandle,
}

/// Where one user is; the closed reads it, the user writes it.
#[derive(Debug, Default)]
struct Presence {
    in_flight: Cell<bool>,
    /// Told to end after the request in flight.
    leaving: Cell<bool>,
}

impl<P: Platform> ClosedModel<P> {
    /// Nobody yet.
    pub fn new(common: Rc<Common<P>>, pace: Pace, share: Share, seed: u64) -> Self {
        Self { common, pace, share, seed, seats: Vec::new(), leaving: Rc::default(), incarnations: 0 }
    }

    /// Starts and stops users until there are as many as there should be.
    pub fn follow(&mut self, now: Micros) {
        let mine = self.share.of(self.pace.users_at(now)) as usize;
        while self.seats.len() > mine {
            self.dismiss_last();
        }
        while self.seats.len() < mine {
            let index = self.seats.len() as u32 * self.share.shards + self.share.shard;
            self.start_user(index, self.pace.due(index, now));
        }
    }

    /// When to look again.
    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        self.pace.next_change(now)
    }

    /// Another number of users, from a moment on.
    pub fn change_load(&mut self, at: Micros, users: u32, rate: f64) {
        self.pace = self.pace.changed(at, users, rate);
    }

    /// Users who are there, the leaving ones included.
    pub fn users(&self) -> u32 {
        self.seats.len() as u32 + self.leaving.get()
    }

    /// Lets everybody go: now those who think, after their request the others.
    pub fn dismiss_all(&mut self) {
        while !self.seats.is_empty() {
            self.dismiss_last();
        }
    }

    fn dismiss_last(&mut self) {
        let Some(seat) = self.seats.pop() else { return };
        if seat.user.in_flight.get() {
            seat.user.leaving.set(true);
            self.leaving.set(self.leaving.get() + 1);
        } else {
            seat.abort.abort();
        }
    }

    fn start_user(&mut self, index: u32, due: Micros) {
        let stream = if self.incarnations <= self.seats.len() as u64 {
            u64::from(index)
        } else {
            (self.incarnations << 32) | u64::from(index)
        };
        let presence = Rc::new(Presence::default());
        let rng = Rng::split(self.seed, stream);
        let life = live(Rc::clone(&self.common), index, due, rng, Rc::clone(&presence));
        let (life, abort) = abortable(life);
        let leaving = Rc::clone(&self.leaving);
        self.common.platform.spawn(async move {
            if life.await.is_ok() {
                leaving.set(leaving.get().saturating_sub(1));
            }
        });
        self.seats.push(Seat { user: presence, abort });
        self.incarnations += 1;
    }
}

/// Task after task, with thinking in between, until told to leave.
async fn live<P: Platform>(
    common: Rc<Common<P>>,
    index: u32,
    due: Micros,
    mut rng: Rng,
    presence: Rc<Presence>,
) {
    let class = common.scenario.class_of(index);
    let Some(mut user) = User::new(&common, index, class, &mut rng) else { return };
    let mut scheduled = due;
    loop {
        presence.in_flight.set(true);
        let Some(begun) = user.begin(&mut rng) else { return };
        let finished = user.carry_out(begun, scheduled).await;
        presence.in_flight.set(false);
        if presence.leaving.get() {
            return;
        }
        scheduled = finished + user.think(&mut rng);
        common.platform.sleep_until(scheduled).await;
    }
}
