//! The closed model: users who start, do task after task with think time in between, and stop.
//!
//! The model keeps as many users as the pace demands. Starting or stopping a user costs the same for any number of
//! users. What a user does in a task is in `user.rs`.

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
    /// The number of dismissed users that still have a request in flight.
    leaving: Rc<Cell<u32>>,
    /// The number of users started in the whole run. A user that starts again after a live change draws new variables.
    incarnations: u64,
}

struct Seat {
    user: Rc<UserState>,
    abort: AbortHandle,
}

/// The state of one user, shared by the model and the user's task. The user writes `in_flight`, the model `leaving`.
#[derive(Debug, Default)]
struct UserState {
    in_flight: Cell<bool>,
    /// Whether the user must end after the request in flight.
    leaving: Cell<bool>,
}

impl<P: Platform> ClosedModel<P> {
    /// Starts without users.
    pub fn new(common: Rc<Common<P>>, pace: Pace, share: Share, seed: u64) -> Self {
        Self { common, pace, share, seed, seats: Vec::new(), leaving: Rc::default(), incarnations: 0 }
    }

    /// Starts and stops users until their number is what the pace demands at `now`.
    pub fn follow(&mut self, now: Micros) {
        let wanted = self.share.of(self.pace.users_at(now)) as usize;
        while self.seats.len() > wanted {
            self.dismiss_last();
        }
        while self.seats.len() < wanted {
            let index = self.seats.len() as u32 * self.share.shards + self.share.shard;
            self.start_user(index, self.pace.due(index, now));
        }
    }

    /// When the number of users changes next.
    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        self.pace.next_change(now)
    }

    /// Changes the number of users to `users` at `rate` users per second, from `at` on.
    pub fn change_load(&mut self, at: Micros, users: u32, rate: f64) {
        self.pace = self.pace.changed(at, users, rate);
    }

    /// The number of users, including those that are leaving.
    pub fn users(&self) -> u32 {
        self.seats.len() as u32 + self.leaving.get()
    }

    /// Stops all users: thinking users now, the others after their request.
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
        let state = Rc::new(UserState::default());
        let rng = Rng::split(self.seed, stream);
        let life = live(Rc::clone(&self.common), index, due, rng, Rc::clone(&state));
        let (life, abort) = abortable(life);
        let leaving = Rc::clone(&self.leaving);
        self.common.platform.spawn(async move {
            if life.await.is_ok() {
                leaving.set(leaving.get().saturating_sub(1));
            }
        });
        self.seats.push(Seat { user: state, abort });
        self.incarnations += 1;
    }
}

/// The life of one user: task after task, with think time in between, until it is leaving.
async fn live<P: Platform>(
    common: Rc<Common<P>>,
    index: u32,
    due: Micros,
    mut rng: Rng,
    state: Rc<UserState>,
) {
    let class = common.scenario.class_of(index);
    let Some(mut user) = User::new(&common, index, class, &mut rng) else { return };
    let mut scheduled = due;
    loop {
        scheduled = common.gate.pass(scheduled).await;
        state.in_flight.set(true);
        let Some(begun) = user.begin(&mut rng) else { return };
        let finished = user.carry_out(begun, scheduled).await;
        state.in_flight.set(false);
        if state.leaving.get() {
            return;
        }
        scheduled = finished + user.think(&mut rng);
        common.platform.sleep_until(scheduled).await;
    }
}
