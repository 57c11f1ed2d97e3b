//! The state of one walk through the steps of a task. Each branch of `parallel` has a walk of its own.

use std::cell::Cell;

use super::filler::LastSeen;
use super::held::{Held, Holding};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;

/// How long a user rests after many steps without a request, so that the other users of its shard get processor time.
pub const REST: Micros = Micros::from_millis(10);

/// A walk through steps.
pub struct Walk<'a> {
    pub rng: &'a mut Rng,
    /// When the next request is due: at the end of what came before it.
    pub due: Micros,
    pub last: LastSeen,
    /// Whether a request of the group that is being timed failed.
    pub has_failed: bool,
    pub refresh: RefreshRight,
    /// When the refresh must be over, if this walk is one.
    pub deadline: Option<Micros>,
    pub ending: Ending,
    pub way: Way,
    /// The last request of a poll that fails when it is given up, not counted yet.
    pub held: Held,
    /// What the walk did since it last sent something or paused.
    pub idle: Cell<Idle>,
}

/// Whether other walks of the same user go on at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Alone,
    /// It is one of several branches. The user may have a request in flight while this one pauses.
    Branch,
}

/// What a walk did without sending anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idle {
    /// How many requests the user had begun when this began.
    pub begun: u64,
    /// The number of steps and rounds.
    pub rounds: u32,
    pub since: Micros,
}

/// What a branch takes over from the walk in which it begins.
#[derive(Clone, Copy, Debug)]
pub struct Fork {
    due: Micros,
    last: LastSeen,
    refresh: RefreshRight,
    deadline: Option<Micros>,
    ending: Ending,
    holding: Holding,
}

/// Whether steps end when the user must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The steps end with the user, after the request in flight.
    WithTheUser,
    /// The steps are `on_stop` or a refresh, which are done nevertheless.
    LastSteps,
}

/// Whether an expired token is refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshRight {
    Yes,
    /// This is the refresh itself, or a request that is sent again after one.
    No,
}

/// What follows a step, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// The next step.
    Next,
    /// The end of the task.
    EndTask,
    /// The end of the session.
    EndSession,
    /// The end of the user.
    EndUser,
}

impl<'a> Walk<'a> {
    /// A walk that begins with a request due at `due`.
    pub const fn new(rng: &'a mut Rng, due: Micros) -> Self {
        Self {
            rng,
            due,
            last: LastSeen { status: None, latency: Micros::ZERO, is_cached: false, has_failed: false },
            has_failed: false,
            refresh: RefreshRight::Yes,
            deadline: None,
            ending: Ending::WithTheUser,
            way: Way::Alone,
            held: Held::No,
            idle: Cell::new(Idle { begun: 0, rounds: 0, since: Micros::ZERO }),
        }
    }

    /// What branches that begin here take over from this walk.
    pub const fn fork(&self) -> Fork {
        Fork {
            due: self.due,
            last: self.last,
            refresh: self.refresh,
            deadline: self.deadline,
            ending: self.ending,
            holding: self.held.holding(),
        }
    }

    /// A walk through a branch.
    pub fn branch(rng: &'a mut Rng, fork: Fork) -> Self {
        let Fork { due, last, refresh, deadline, ending, holding } = fork;
        let held = Held::new(holding);
        Self { last, refresh, deadline, ending, way: Way::Branch, held, ..Self::new(rng, due) }
    }
}
