//! The runner: the engine on a real clock and real threads, and what it prints and writes.
//!
//! It sends requests through `net`.
//!
//! | file | what lives there |
//! |---|---|
//! | `command_line.rs` | from words to arguments, or to the one line that says what is wrong |
//! | `project_file.rs` | the defaults of a preset and of the project's file |
//! | `args.rs` | the flags of `oddiya-load run` |
//! | `options.rs` | its flags about connections, checked |
//! | `scenario/` | its flags about scenarios; the command that lists, shows, checks and tries them |
//! | `run.rs` | the command, from the first check to the exit code |
//! | `setup.rs`, `cleanup.rs` | what the host is asked before a run; deleting the plans that it made |
//! | `ending.rs` | how it ended, and the exit code |
//! | `interrupts.rs` | the signals that stop a run |
//! | `shards.rs` | threads, each with one runtime and one shard of the engine |
//! | `platform.rs` | the engine's clock, spawner and transport |
//! | `fd_limit.rs` | the limit on open files |
//! | `terminal.rs`, `warnings.rs`, `say.rs` | the live view; what is said while it goes on; messages, and the tables at the end |
//! | `output.rs` | report and CSV files |
//! | `place.rs`, `writing.rs` | what a path is, and writing there; in a thread of its own |
//! | `reports_folder.rs` | the folder into which reports are dropped |
//! | `checkpoints.rs` | saving the report during the run |
//! | `named_text.rs` | a text that a word of the command line names |
//! | `report.rs`, `open.rs` | the command that opens a report; opening a file |
//! | `compare.rs` | the command that compares groups of reports |
//! | `suite/` | the command that runs several loads in turn |
//! | `repeat/` | the commands that make such groups: repeated runs, and two hosts in turn |

pub mod args;
mod checkpoints;
mod cleanup;
pub mod command_line;
pub mod compare;
mod ending;
mod fd_limit;
mod interrupts;
mod named_text;
mod open;
mod options;
mod output;
mod place;
mod platform;
mod project_file;
pub mod repeat;
pub mod report;
mod reports_folder;
pub mod run;
pub mod say;
pub mod scenario;
mod setup;
mod shards;
pub mod suite;
mod terminal;
mod warnings;
mod writing;
