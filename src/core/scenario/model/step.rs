//! What a task consists of. Steps are done one after the other.

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::ids::{DataId, EntryId};
use super::request::RequestStep;
use super::text::{Slot, Template};
use super::think_time::ThinkTime;
use crate::core::base::units::Micros;

/// A step of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Sends a request and waits for its answer.
    Request(Box<RequestStep>),
    /// A journey: its steps are timed together as an entry of its own. It failed when a request in it failed, or
    /// when its steps ended early.
    Group {
        entry: EntryId,
        steps: Vec<Step>,
    },
    /// The branches are done at once, and the step is over when all are.
    Parallel(Vec<Vec<Step>>),
    If {
        condition: Condition,
        then: Vec<Step>,
        otherwise: Vec<Step>,
    },
    Repeat(Repeat),
    Poll(Poll),
    /// Sets a value.
    Set {
        slot: Slot,
        value: Template,
    },
    /// Adds a value to the end of a list; an unset value becomes a list.
    Append {
        slot: Slot,
        value: Template,
    },
    /// Makes a value unset.
    Clear(Slot),
    /// Takes the next row of a data set.
    NextRow(DataId),
    /// A pause within a task.
    Wait(ThinkTime),
    /// Ends what is named, without a failure.
    End(End),
}

/// Steps that are done several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    pub times: Times,
    pub steps: Vec<Step>,
}

/// How often steps are repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Times {
    /// A number of times, drawn evenly, both ends included.
    Count { from: u32, to: u32 },
    /// As long as the condition holds, looked at before each time, and at most so often.
    While { condition: Condition, at_most: u32 },
    /// Once for each entry of the list as it is when the step begins; the entry is put into `item`.
    ForEach { list: Slot, item: Slot },
}

/// Steps that are repeated until something has come about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// The name of the failed check when it gave up.
    pub check: String,
    /// Looked at after the steps.
    pub until: Condition,
    /// The pause between the end of the steps and their next start.
    pub every: Micros,
    /// How often the steps are done at most; 1 or more.
    pub at_most: u32,
    /// How long after the start of the poll its steps may start again; `None` for no such limit.
    pub within: Option<Micros>,
    pub steps: Vec<Step>,
    pub given_up: GivenUp,
}

/// What follows when a poll did not end by its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenUp {
    /// A failed check of the poll's last request; the task ends.
    Fail,
    /// The next step follows.
    Continue,
}

/// What an early end ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The task: the think time follows.
    Task,
    /// The session: `on_stop` follows, then the think time, then a new session of this user.
    Session,
    /// The user: `on_stop` follows, and the user does nothing more in this run.
    User,
}
