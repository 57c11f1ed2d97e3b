//! Runs made in groups, so that they can be compared: one load several times, or two hosts in turn.
//!
//! Each run is a process of its own, so that none leaves anything behind for the next.
//!
//! | file | what lives there |
//! |---|---|
//! | `plan.rs` | which runs follow each other |
//! | `series.rs` | running them: pauses, the warm-up, the command before each, Ctrl-C |
//! | `command.rs` | `oddiya-load repeat` |
//! | `ab.rs` | `oddiya-load ab` |

pub mod ab;
pub mod command;
mod plan;
mod series;
