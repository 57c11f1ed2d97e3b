//! The benchmark's arithmetic and words: what a cell is, how far off a figure is, what was reached, Markdown.
//!
//! Pure: no clock, process or socket. `cargo test --test bench-figures` runs these files' tests, for which they
//! are a crate of their own; the benchmark has them as a module.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at a surprise"
)]
#![allow(dead_code, reason = "as a test crate of its own, nothing but the tests uses these files")]
#![allow(
    unused_imports,
    reason = "without a harness, cargo compiles the tests' modules but leaves out the tests"
)]

pub mod cell;
pub mod deviation;
pub mod load;
pub mod markdown;
pub mod outcome;
pub mod proc_text;
pub mod quantiles;
pub mod target;
pub mod views;
