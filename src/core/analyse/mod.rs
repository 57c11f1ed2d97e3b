//! What can be concluded from a report. Code here uses only `report` and `base`, and it writes no texts for people.

pub mod contradictions;
pub mod findings;
pub mod headline;
pub mod trust;
pub mod waiting;
