//! The load model of a shard, closed or open, as the run loop sees it: what is due, and whether anything is left.

use std::rc::Rc;

use super::closed::ClosedModel;
use super::open::OpenModel;
use super::platform::Platform;
use super::session::common::Common;
use crate::core::base::units::Micros;
use crate::core::config::load::arrivals::Arrivals;
use crate::core::config::load::pace::Pace;
use crate::core::config::load::{Load, LoadChange, Share};

/// The load model that starts the shard's requests.
pub enum Model<P: Platform> {
    Closed(ClosedModel<P>),
    Open(OpenModel<P>),
}

impl<P: Platform> Model<P> {
    /// The model of one shard's share of a load that ends at `end`.
    pub fn new(common: &Rc<Common<P>>, load: Load, share: Share, seed: u64, end: Micros) -> Self {
        match load {
            Load::Closed { users, spawn_rate } => {
                let pace = Pace::new(&users, spawn_rate);
                Self::Closed(ClosedModel::new(Rc::clone(common), pace, share, seed))
            }
            Load::Open { rate, process, max_users } => {
                let arrivals = Arrivals::new(rate, process, share, seed, end);
                Self::Open(OpenModel::new(Rc::clone(common), arrivals, share, seed, max_users))
            }
        }
    }

    /// Starts the tasks or users that are due, and stops users that are too many.
    pub fn follow(&mut self, now: Micros) {
        match self {
            Self::Closed(closed) => closed.follow(now),
            Self::Open(open) => open.follow(now),
        }
    }

    /// Starts the arrivals that were due before the end of the run, so that none is forgotten.
    pub fn catch_up(&mut self, now: Micros) {
        if let Self::Open(open) = self {
            open.follow(now);
        }
    }

    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        match self {
            Self::Closed(closed) => closed.next_change(now),
            Self::Open(open) => open.next_change(),
        }
    }

    pub fn change_load(&mut self, at: Micros, to: LoadChange) {
        match (self, to) {
            (Self::Closed(closed), LoadChange::Users { users, spawn_rate }) => {
                closed.change_load(at, users, spawn_rate)
            }
            (Self::Open(open), LoadChange::Rate { per_second }) => {
                // Arrivals that are due before the change follow the old rate.
                open.follow(at);
                open.change_load(at, per_second);
            }
            // A change for the other load model has no meaning here.
            _ => {}
        }
    }

    pub fn users(&self) -> u32 {
        match self {
            Self::Closed(closed) => closed.users(),
            Self::Open(open) => open.users(),
        }
    }

    /// Whether no user is busy with a task, once no task may begin any more.
    pub fn is_idle(&self) -> bool {
        match self {
            Self::Closed(closed) => closed.users() == 0,
            Self::Open(open) => open.busy() == 0,
        }
    }

    /// Whether every user has ended by itself and no other one comes.
    pub fn is_spent(&self, now: Micros) -> bool {
        match self {
            Self::Closed(closed) => closed.users() == 0 && closed.next_change(now).is_none(),
            Self::Open(_) => false,
        }
    }

    pub fn dismiss_all(&mut self) {
        match self {
            Self::Closed(closed) => closed.dismiss_all(),
            Self::Open(open) => open.dismiss_all(),
        }
    }
}
