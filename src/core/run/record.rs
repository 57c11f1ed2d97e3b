//! A record describes one event of a run. The coordinator applies records to the run, and a journal stores them. This
//! file neither stores nor merges.

use serde::{Deserialize, Serialize};

use super::merged_run::MergedRun;
use super::recorder::Snapshot;
use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::report::Calibration;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Record {
    /// A shard finished a second.
    Second(Box<Snapshot>),
    /// The user changed the load; the change takes effect at `at` on the run's clock.
    Changed { at: Micros, to: LoadChange },
    /// The highest rate of the generator was measured, before the first second.
    Calibrated(Calibration),
    /// The statistics begin anew with the second `first`, which no shard has posted yet.
    Reset { first: u64 },
}

impl Record {
    /// The moment up to which the run is known with this record.
    pub fn reaches(&self) -> Micros {
        match self {
            Self::Second(snapshot) => Micros::from_secs(snapshot.second + 1),
            Self::Changed { at, .. } => *at,
            Self::Calibrated(_) => Micros::ZERO,
            Self::Reset { first } => Micros::from_secs(*first),
        }
    }

    /// Adds the record to a run, live or rebuilt from a journal.
    pub fn apply(self, run: &mut MergedRun) {
        match self {
            Self::Second(snapshot) => run.absorb(*snapshot),
            Self::Changed { at, to } => run.changed(at, to),
            Self::Calibrated(calibration) => run.calibrated(calibration),
            Self::Reset { first } => run.reset_before(first),
        }
    }
}
