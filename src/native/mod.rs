//! The runner: the engine on real clocks, sockets and threads, and what it prints and writes.
//!
//! | file | what lives there |
//! |---|---|
//! | `args.rs` | what can be typed after `oddiya-load run` |
//! | `run.rs` | the command from first check to exit code |
//! | `shards.rs` | one thread, one runtime, one shard of the engine each |
//! | `platform.rs` | the engine's clock, spawner and transport |
//! | `lane.rs` | one user's connections: send a request, time what comes back |
//! | `dial.rs` | name look-up, TCP, TLS, each timed and typed |
//! | `http1.rs` | HTTP/1.1 as bytes, without a socket |
//! | `terminal.rs` | the live view |
//! | `output.rs` | report and CSV files |
//! | `report.rs` | the command that opens a report |

pub mod args;
mod dial;
mod http1;
mod lane;
mod output;
mod platform;
pub mod report;
pub mod run;
mod shards;
mod terminal;
