//! A class of virtual users: how many there are, what they do, and how long they think.

use serde::{Deserialize, Serialize};

use super::auth::Auth;
use super::data::RowUse;
use super::step::Step;
use super::text::{Slot, Template};
use super::think_time::ThinkTime;

/// A class of virtual users that have the same tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserClass {
    /// The name on the command line.
    pub name: String,
    pub presence: Presence,
    pub number: Number,
    /// The think time after each task that has none of its own.
    pub think_time: ThinkTime,
    /// The names of the slots of a user of this class. A [`Slot`] is an index here. What the page says of a scenario has
    /// these names.
    pub slots: Vec<String>,
    /// What is drawn once in this order when a user starts.
    pub variables: Vec<Variable>,
    /// The data sets whose rows a user takes, and when it takes the next.
    pub rows: Vec<RowUse>,
    /// How its requests show who the user is; `None` when only their own headers do.
    pub auth: Option<Auth>,
    /// Done once when a session starts.
    pub on_start: Vec<Step>,
    pub tasks: Tasks,
    /// Done once when a session ends.
    pub on_stop: Vec<Step>,
    /// Words by which `--tags` and `--exclude-tags` choose; a task has those of its class too.
    pub tags: Vec<String>,
}

/// When a class takes part in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// The class takes part when it is named, or when no class is named.
    Default,
    /// The class takes part only when it is named, because it needs another host than the other classes.
    Named,
}

/// How many users of a run are of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Number {
    /// A share of the users that no class with a fixed number has, relative to the other weights; 1 or more.
    Weight(u32),
    /// Exactly so many users, who come before those of classes with a weight; 1 or more.
    Fixed(u32),
}

/// A value that is drawn when a user starts. It may use the variables before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    pub slot: Slot,
    pub value: Template,
}

/// In which order a user does its tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tasks {
    /// Each next task is drawn by weight.
    Weighted(Vec<Task>),
    /// One after the other, then from the first again.
    Sequence(Vec<Task>),
    /// A state machine that starts in the first state.
    States(Vec<State>),
}

impl Tasks {
    /// Every task, whatever the order.
    pub fn all(&self) -> Box<dyn Iterator<Item = &Task> + '_> {
        match self {
            Self::Weighted(tasks) | Self::Sequence(tasks) => Box::new(tasks.iter()),
            Self::States(states) => Box::new(states.iter().map(|state| &state.task)),
        }
    }
}

/// Steps that are done one after the other, then a think time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The name in what the page says of a scenario: the task's own, else that of its step, such as a request's path. Empty
    /// for a step without a name, such as a loop.
    pub name: String,
    /// The share of the class's tasks, relative to the weights of the other tasks; 1 or more.
    pub weight: u32,
    pub tags: Vec<String>,
    /// The think time after this task in place of the class's.
    pub think_time: Option<ThinkTime>,
    pub steps: Vec<Step>,
}

/// One state of a state machine: its task, and where it goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub task: Task,
    /// The ways out, drawn by weight; at least one.
    pub next: Vec<Way>,
}

/// One way out of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub weight: u32,
    pub to: Next,
}

/// What follows a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    /// Index of a [`State`] of the class.
    State(usize),
    /// The session ends; after the think time the user begins another one.
    EndOfSession,
}
