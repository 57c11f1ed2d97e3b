//! Which relayed request is which: the number that page and companion both know it by.

use serde::{Deserialize, Serialize};

/// Which run a relayed request belongs to, and its number in that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

impl RequestId {
    /// The id of a run's request. `run` is drawn at random, so that two tabs have different ones.
    pub const fn new(run: u32, number: u32) -> Self {
        Self((run as u64) << 32 | number as u64)
    }

    /// The number of the run, as given to [`Self::new`].
    pub const fn run(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_never_share_an_id() {
        assert_eq!(RequestId::new(3, u32::MAX).run(), 3);
        assert_ne!(RequestId::new(1, 0), RequestId::new(0, 1));
    }
}
