//! Several loads in turn, with a report for each and one page that sums them up.
//!
//! Each stage is a process of its own, so that none leaves anything behind for the next, and a stage that fails does not end
//! the suite.
//!
//! | file | what lives there |
//! |---|---|
//! | `command.rs` | `oddiya-load suite`: its options, the stages in turn, the page |
//! | `plan.rs` | from a suite and what was typed to the command line of each stage |
//! | `stage.rs` | one stage as a process |

pub mod command;
mod plan;
mod stage;
