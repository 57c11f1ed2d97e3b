//! A live run: the shard loop over a platform, what it counts, and how the shards' counts become one report. Nothing
//! here knows sockets, browsers or files.
//!
//! | file | what lives there |
//! |---|---|
//! | `platform.rs` | the traits that a shard runs on: clock, spawner, transport |
//! | `shard.rs`, `assignment.rs` | the run loop of one shard, the only one there is; what it is told to do |
//! | `model.rs`, `closed.rs`, `open.rs` | the load model, which is one of two |
//! | `session/` | the life of one user: its tasks, its requests, what it makes of answers |
//! | `in_flight.rs`, `gate.rs` | requests in flight; holding users back |
//! | `recorder.rs`, `tally.rs`, `health.rs` | what a shard counts each second, and what it notices about itself |
//! | `occurrences.rs`, `plan_tally.rs` | how often something happened and when; plans and placeholders among answers |
//! | `awaited.rs`, `liveness.rs` | figures that the companion still has to send; noticing that the machine slept |
//! | `merging.rs`, `intervals.rs`, `ceiling.rs` | incomplete seconds; counts by interval; the generator's limit |
//! | `merged_run.rs`, `to_report.rs` | the merged state of a run, and the report of it |
//! | `reset.rs`, `retry_series.rs` | statistics that are set back in mid-run; retries over time |
//! | `coordinator.rs`, `record.rs`, `journal.rs` | what page and runner share; the events of a run; its journal |
//! | `sim.rs`, `example.rs` | virtual time; an example report |
//! | `timers.rs` | a queue of sleeping tasks |

pub mod assignment;
mod awaited;
mod ceiling;
mod closed;
pub mod coordinator;
pub mod example;
mod gate;
pub mod health;
mod in_flight;
mod intervals;
pub mod journal;
pub mod liveness;
pub mod merged_run;
mod merging;
mod model;
mod occurrences;
mod open;
pub mod plan_tally;
pub mod platform;
pub mod record;
pub mod recorder;
mod reset;
mod retry_series;
pub mod session;
pub mod shard;
pub mod sim;
pub mod tally;
pub mod timers;
mod to_report;
