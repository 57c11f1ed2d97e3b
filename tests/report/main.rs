//! The report's files: what is written reads back, version 1 opens, words of later versions do not break anything.
//!
//! | file | what is tested |
//! |---|---|
//! | `fixtures.rs` | files of both versions, of another tool, and of a later version |
//! | `schema.rs` | `docs/report.schema.json` against the types and the fixtures |
//! | `properties.rs` | merging, intervals and the upgrade, with random runs |
//! | `snapshots.rs` | terminal tables and CSV files, byte for byte |

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod comparison;
mod fixtures;
mod properties;
mod schema;
mod snapshots;

use oddiya_load::core::report::{Report, read::read};

/// Version 1, as its last program wrote it.
pub const V1: &str = include_str!("../fixtures/reports/v1/sim.json");
/// Version 2, of the same run.
pub const V2: &str = include_str!("../fixtures/reports/v2/sim.json");
/// Another tool's sums: no timeline, no intervals, no health.
pub const IMPORTED: &str = include_str!("../fixtures/reports/v2/imported.json");
/// Version 2 with words and fields that a later program added.
pub const FUTURE: &str = include_str!("../fixtures/reports/v2/future.json");

pub fn open(text: &str) -> Report {
    read(text.as_bytes()).unwrap()
}
