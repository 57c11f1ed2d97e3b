//! What every other room stands on. Knows no run, no report and no protocol.

pub mod failure;
pub mod histogram;
pub mod host;
pub mod order;
pub mod rng;
pub mod units;
pub mod words;
