//! The closed model: users who start, do task after task with think time in between, and stop.
//!
//! The model keeps as many users as the pace demands. Starting or stopping a user costs the same for any number of
//! users. What a user does in a task is in `session/`.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};

use super::session::common::Common;
use super::session::presence::Presence;
use super::session::user::User;
use super::session::walk::{Flow, Walk};
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
    /// The number of dismissed users that still have a request in flight or last steps to do.
    leaving: Rc<Cell<u32>>,
    /// The number of users with a seat that have ended by themselves.
    ended: Rc<Cell<u32>>,
    /// The number of users started in the whole run. A user that starts again after a live change draws new variables.
    incarnations: u64,
}

struct Seat {
    presence: Rc<Presence>,
    abort: AbortHandle,
    /// Whether the user's class has steps for the end of a session.
    last_steps: LastSteps,
    life: Rc<Cell<Life>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastSteps {
    None,
    Some,
}

/// How far a user has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Present,
    /// It was dismissed and is not gone yet.
    Leaving,
    /// It has ended by itself.
    Ended,
}

impl<P: Platform> ClosedModel<P> {
    /// Starts without users.
    pub fn new(common: Rc<Common<P>>, pace: Pace, share: Share, seed: u64) -> Self {
        Self {
            common,
            pace,
            share,
            seed,
            seats: Vec::new(),
            leaving: Rc::default(),
            ended: Rc::default(),
            incarnations: 0,
        }
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
        (self.seats.len() as u32).saturating_sub(self.ended.get()) + self.leaving.get()
    }

    /// Stops all users: thinking users now, the others after their request.
    pub fn dismiss_all(&mut self) {
        while !self.seats.is_empty() {
            self.dismiss_last();
        }
    }

    fn dismiss_last(&mut self) {
        let Some(seat) = self.seats.pop() else { return };
        if seat.life.get() == Life::Ended {
            self.ended.set(self.ended.get().saturating_sub(1));
        } else if seat.presence.is_in_flight() || seat.last_steps == LastSteps::Some {
            seat.life.set(Life::Leaving);
            self.leaving.set(self.leaving.get() + 1);
            self.common.in_flight.hold();
            seat.presence.leave();
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
        let class = self.common.scenario.class_of(index);
        let has_last_steps = self.common.scenario.classes.get(class).is_some_and(|c| !c.on_stop.is_empty());
        let presence = Rc::new(Presence::default());
        let life = Rc::new(Cell::new(Life::Present));
        let rng = Rng::split(self.seed, stream);
        let (abort, registration) = AbortHandle::new_pair();
        let (leaving, ended) = (Rc::clone(&self.leaving), Rc::clone(&self.ended));
        let (common, own) = (Rc::clone(&self.common), Rc::clone(&life));
        let its = Rc::clone(&presence);
        self.common.platform.spawn(async move {
            // Made in here: a future that is moved into another one takes its memory twice.
            let living = || live(Rc::clone(&common), index, class, due, rng, its);
            if Abortable::new(living(), registration).await.is_err() {
                return;
            }
            if own.replace(Life::Ended) == Life::Leaving {
                leaving.set(leaving.get().saturating_sub(1));
                common.in_flight.release();
            } else {
                ended.set(ended.get() + 1);
            }
        });
        let last_steps = if has_last_steps { LastSteps::Some } else { LastSteps::None };
        self.seats.push(Seat { presence, abort, last_steps, life });
        self.incarnations += 1;
    }
}

/// The life of one user: task after task, with think time in between, until it is leaving.
async fn live<P: Platform>(
    common: Rc<Common<P>>,
    index: u32,
    class: usize,
    due: Micros,
    mut rng: Rng,
    presence: Rc<Presence>,
) {
    let Some(user) = User::new(&common, index, class, presence, &mut rng) else { return };
    let mut scheduled = due;
    loop {
        scheduled = common.gate.pass(scheduled).await;
        let Some(begun) = user.begin(&mut rng) else { break };
        let done = user.carry_out(begun, scheduled, &mut rng).await;
        if done.flow == Flow::EndUser || user.presence.is_leaving() {
            break;
        }
        scheduled = user.next_due(&done, scheduled, &mut rng);
        if user.pause_until(scheduled, &Walk::new(&mut rng, scheduled)).await == Flow::EndUser {
            break;
        }
    }
    user.end_session(&mut rng).await;
}
