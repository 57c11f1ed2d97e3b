//! How often something happened in a run, and when first and last.

use serde::{Deserialize, Serialize};

use crate::core::base::units::Micros;

/// How often a failure happened, and when first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrences {
    pub count: u64,
    /// On the run's clock.
    pub first: Micros,
    /// On the run's clock.
    pub last: Micros,
}

impl Occurrences {
    pub const fn once(at: Micros) -> Self {
        Self { count: 1, first: at, last: at }
    }

    /// Adds those of `other`.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}
