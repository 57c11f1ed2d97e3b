//! What every other room stands on. Knows no run, no report and no protocol.

pub mod connections;
pub mod event_kind;
pub mod failure;
pub mod histogram;
pub mod host;
pub mod rng;
pub mod stages;
pub mod timing_source;
pub mod units;
