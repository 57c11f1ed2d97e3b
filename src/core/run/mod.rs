//! A run on its way: the shard loop over a platform, what it counts, and how shards become one report.
//!
//! | file | what lives there |
//! |---|---|
//! | `platform.rs` | the traits that a shard runs on: clock, spawner, transport |
//! | `shard.rs` | the run loop of one shard, the only one there is |
//! | `closed.rs`, `open.rs` | the two load models |
//! | `user.rs`, `in_flight.rs` | one user and its task; requests in flight |
//! | `recorder.rs`, `tally.rs`, `health.rs` | what a shard counts each second, and what it notices of itself |
//! | `merging.rs`, `intervals.rs`, `ceiling.rs` | seconds that are not complete; stretches of time; the generator's limit |
//! | `merged_run.rs`, `to_report.rs` | the merged state of a run, and the report of it |
//! | `coordinator.rs`, `record.rs`, `journal.rs` | a run as page and runner lead it; what happens in it; written down |
//! | `sim.rs`, `example.rs` | virtual time; an example report |
//! | `timers.rs` | who sleeps until when |

mod ceiling;
mod closed;
pub mod coordinator;
pub mod example;
pub mod health;
mod in_flight;
mod intervals;
pub mod journal;
pub mod merged_run;
mod merging;
mod open;
pub mod platform;
pub mod record;
pub mod recorder;
pub mod shard;
pub mod sim;
pub mod tally;
pub mod timers;
mod to_report;
mod user;
