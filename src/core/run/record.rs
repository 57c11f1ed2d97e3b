//! What happens in a run, one record each: what a coordinator takes, and what a journal writes down.

use serde::{Deserialize, Serialize};

use super::merged_run::MergedRun;
use super::recorder::Snapshot;
use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::report::Calibration;

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Record {
    /// A second of a shard is over.
    Second(Box<Snapshot>),
    /// The load was changed by hand.
    Changed {
        /// When.
        at: Micros,
        /// To what.
        to: LoadChange,
    },
    /// What the generator can do was found out, before the first second.
    Calibrated(Calibration),
}

impl Record {
    /// The moment up to which the run is known when this was written.
    pub fn reaches(&self) -> Micros {
        match self {
            Self::Second(snapshot) => Micros::from_secs(snapshot.second + 1),
            Self::Changed { at, .. } => *at,
            Self::Calibrated(_) => Micros::ZERO,
        }
    }

    /// Adds it to the run: the one under way, or the one that is rebuilt.
    pub fn apply(self, run: &mut MergedRun) {
        match self {
            Self::Second(snapshot) => run.absorb(*snapshot),
            Self::Changed { at, to } => run.changed(at, to),
            Self::Calibrated(calibration) => run.calibrated(calibration),
        }
    }
}
