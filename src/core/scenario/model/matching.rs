//! What values are matched with: sets of statuses, and patterns.

use serde::{Deserialize, Serialize};

use crate::core::base::failure::Status;

/// A set of statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statuses {
    /// Ranges, both ends included; at least one.
    pub ranges: Vec<(Status, Status)>,
}

impl Statuses {
    pub fn contain(&self, status: Status) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&status))
    }
}

/// A regular expression, which compiles with the crate `regex-lite`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern(pub String);
