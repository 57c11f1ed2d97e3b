//! Basic types that every other folder uses. They know nothing of runs, reports or protocols.

pub mod buckets;
pub mod connections;
pub mod event_kind;
pub mod failing;
pub mod failure;
pub mod given;
pub mod header;
pub mod histogram;
pub mod host;
pub mod renamed;
pub mod rng;
pub mod stages;
pub mod timing_source;
pub mod typed;
pub mod units;
pub mod visible;
