//! The command as its users meet it: a process, its output, its files, its exit code, against the stub.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

mod bad_input;
mod command;
mod counts;
mod files;
