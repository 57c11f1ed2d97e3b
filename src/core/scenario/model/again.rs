//! Sending a request again: retries after a failure, and the test that one idempotency key has one effect.

use serde::{Deserialize, Serialize};

use super::answer::JsonPath;
use super::matching::Statuses;
use crate::core::base::units::Micros;

/// When and how often a failed request is sent again. Every attempt is counted as a request of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// How often it is sent at most, the first time included; 2 or more.
    pub attempts: u32,
    /// The statuses after which it is sent again.
    pub statuses: Statuses,
    pub without_answer: RetryWithoutAnswer,
    pub backoff: Backoff,
}

/// What follows when there was no complete answer: no connection, a reset, a time-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryWithoutAnswer {
    /// It is sent again, although the host may have carried it out.
    Retry,
    GiveUp,
}

/// The pauses between attempts: `first`, then each `factor` times the one before, none above `longest`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backoff {
    pub first: Micros,
    /// 1 or more.
    pub factor: f64,
    pub longest: Micros,
    /// The share of each pause that is random, in [0, 1]: 1 draws between zero and the pause ("full jitter").
    pub jitter: f64,
}

/// The same request again, with the same key: its answers must show one effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Again {
    pub how: AgainHow,
    /// How often it is sent in all; 2 or more.
    pub times: u32,
    /// What must be the same in all answers of success: the id of what was made.
    pub same: JsonPath,
    /// The statuses that an answer may have besides those of success, such as 500 for the loser of a race. At least
    /// one answer must be a success.
    pub tolerated: Option<Statuses>,
    /// The name of the failed check when the answers differ.
    pub check: String,
}

/// How the same request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgainHow {
    /// Each after the answer to the one before.
    InSequence,
    /// All at once.
    InParallel,
    /// The first is given up after so long and counts as no failure; then the others in sequence.
    AfterTimeout { after: Micros },
}
