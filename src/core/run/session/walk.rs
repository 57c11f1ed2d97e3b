//! What belongs to one way through the steps of a task. Branches that are done at once each have their own.

use super::filler::LastSeen;
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::scenario::EntryId;

/// How long a user rests that goes on without sending anything: it must not keep all others of its shard from going on.
pub const REST: Micros = Micros::from_millis(10);

/// One way through steps.
pub struct Walk<'a> {
    pub rng: &'a mut Rng,
    /// When the next request is due: at the end of what came before it.
    pub due: Micros,
    pub last: LastSeen,
    /// Whether a request of the group that is being timed failed.
    pub has_failed: bool,
    pub refresh: RefreshRight,
    /// When the refresh that this is must be over.
    pub deadline: Option<Micros>,
    pub ending: Ending,
    /// The last request of a poll that fails when it is given up, not counted yet.
    pub held: Held,
}

/// Whether steps end when the user must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// They do, after the request in flight.
    WithTheUser,
    /// They are the user's last steps, and done nevertheless.
    LastSteps,
}

/// Whether an expired token is refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshRight {
    Yes,
    /// This is the refresh itself, or a request that is sent again after one.
    No,
}

/// Whether the last request is counted at once.
#[derive(Debug, Default)]
pub enum Held {
    /// It is.
    #[default]
    No,
    /// It is when the next one comes, or when the poll decides.
    Yes(Option<Box<Pending>>),
}

/// A request that has ended and is not counted.
#[derive(Debug)]
pub struct Pending {
    pub entry: EntryId,
    /// The entry under which it was counted as sent.
    pub sent_as: EntryId,
    pub due: Micros,
    pub exchange: Exchange,
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
    /// A way that begins with a request due at `due`.
    pub const fn new(rng: &'a mut Rng, due: Micros) -> Self {
        Self {
            rng,
            due,
            last: LastSeen { status: None, latency: Micros::ZERO, is_cached: false, has_failed: false },
            has_failed: false,
            refresh: RefreshRight::Yes,
            deadline: None,
            ending: Ending::WithTheUser,
            held: Held::No,
        }
    }
}
