//! What a report says. Sees only reports and `base`.

pub mod headline;
pub mod trust;
