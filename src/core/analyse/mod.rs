//! What can be concluded from a report. Code here uses only `report` and `base`, and it writes no texts for people.

pub mod chosen;
pub mod contradictions;
pub mod findings;
pub mod headline;
pub mod part;
pub mod ramp;
pub mod stretches;
pub mod time_range;
pub mod trust;
pub mod waiting;
