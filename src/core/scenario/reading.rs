//! How an answer is read, and how long it may take.

use crate::core::base::units::Micros;

/// How an answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Reading {
    /// The answer is read to its end.
    #[default]
    Whole,
    /// The answer is an event stream, and each event is timed.
    Events,
}

impl Reading {
    /// The longest time that a request may take unless its step says otherwise. For a whole answer it is the limit of
    /// the Oddiya app (30 s). The app sets no limit for a stream, so it is the deadline of the session model (120 s):
    /// a plan takes 4 to 8 s, and a user gives up after two minutes.
    pub const fn time_limit(self) -> Micros {
        match self {
            Self::Whole => Micros::from_secs(30),
            Self::Events => Micros::from_secs(120),
        }
    }
}
