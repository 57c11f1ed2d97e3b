//! The runner: the engine on a real clock and real threads, and what it prints and writes.
//!
//! It sends requests through `net`.
//!
//! | file | what lives there |
//! |---|---|
//! | `args.rs` | the flags of `oddiya-load run` |
//! | `options.rs` | its flags about connections, checked |
//! | `run.rs` | the command, from the first check to the exit code |
//! | `shards.rs` | threads, each with one runtime and one shard of the engine |
//! | `platform.rs` | the engine's clock, spawner and transport |
//! | `timer/` | the timer that wakes a shard's sleepers |
//! | `fd_limit.rs` | the limit on open files |
//! | `terminal.rs`, `say.rs` | the live view; the tables at the end |
//! | `output.rs`, `checkpoints.rs` | report and CSV files; saving them during the run |
//! | `report.rs` | the command that opens a report |

pub mod args;
mod checkpoints;
mod fd_limit;
mod options;
mod output;
mod platform;
pub mod report;
pub mod run;
mod say;
mod shards;
mod terminal;
mod timer;
