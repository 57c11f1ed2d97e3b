//! The report: what a run leaves behind, as data. One schema for page and command, version 2.
//!
//! Field names are a promise to scripts (`docs/report-format.md`, `docs/report.schema.json`). What was not measured is
//! absent: never zero, never a default. A word that a later version adds to an enum reads as `other`. This room knows
//! nothing of how a run happens, and only `base` of the other rooms. Numbers have at most 15 significant digits, so
//! that any reader gets exactly what was written.
//!
//! | file | what lives there |
//! |---|---|
//! | here | the whole report |
//! | `run_info.rs`, `load.rs`, `generator.rs`, `note.rs` | what was run, under which load, by what, and under which conditions |
//! | `entry.rs`, `distribution.rs`, `failure_row.rs` | the figures of an endpoint |
//! | `timeline.rs`, `intervals.rs`, `series.rs` | figures over time |
//! | `health.rs`, `connections.rs` | whether the generator kept up; how the host was connected to |
//! | `json.rs`, `read.rs`, `outline.rs`, `check.rs`, `check_histograms.rs`, `upgrade.rs` | writing and reading files |

mod check;
mod check_histograms;
pub mod connections;
mod distribution;
mod entry;
mod failure_row;
mod generator;
mod health;
mod intervals;
mod json;
pub mod load;
mod note;
mod outline;
pub mod read;
mod run_info;
mod series;
mod timeline;
mod upgrade;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use connections::ConnectionSummary;
pub use distribution::{Detail, Distribution, Quantiles};
pub use entry::{Entry, StreamFigures};
pub use failure_row::FailureRow;
pub use generator::{Calibration, Fidelity, Generator, GeneratorKind, Route, Tool};
pub use health::{Health, SuspectReason};
pub use intervals::{IntervalRow, IntervalStreams, Intervals, Recorded};
pub use load::{Load, LoadModel};
pub use note::Note;
pub use run_info::{Change, RunInfo, StopReason};
pub use series::{Series, SeriesSource};
pub use timeline::{Timeline, TimelineRow};

/// What every report starts with.
pub const SCHEMA: &str = "oddiya-load/report";
/// The version this program writes, and the newest it reads.
pub const VERSION: u32 = 2;
/// The name of the row that sums up all others, as in Locust.
pub const TOTAL_NAME: &str = "Aggregated";

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `oddiya-load/report`.
    pub schema: String,
    /// The version of this format: 2.
    pub version: u32,
    /// What was run.
    pub run: RunInfo,
    /// What ran it.
    pub generator: Generator,
    /// All requests together, under the name `Aggregated`.
    pub total: Entry,
    /// One entry per method and name, in the scenario's order.
    pub requests: Vec<Entry>,
    /// One entry per named group of requests, timed as one journey. A group is no request, so it is neither in `requests`
    /// nor in `total`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Entry>,
    /// What went wrong, the most frequent first.
    pub failures: Vec<FailureRow>,
    /// One row per second; seconds in which nothing was kept are absent.
    #[serde(default, skip_serializing_if = "Timeline::is_empty")]
    pub timeline: Timeline,
    /// What each stretch of time counted, so that any range can be summed up again. Absent where only sums are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
    /// Whether the generator kept up.
    #[serde(default, skip_serializing_if = "Health::is_unknown")]
    pub health: Health,
    /// How the host was connected to; absent where the platform does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<ConnectionSummary>,
    /// Further figures over time: of monitors, of networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
}

impl Report {
    /// The entries in table order: requests, groups, and the total last.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rows().chain(std::iter::once(&self.total))
    }

    /// The entries without the total: requests, then groups.
    pub fn rows(&self) -> impl Iterator<Item = &Entry> {
        self.requests.iter().chain(&self.groups)
    }

    /// Whether any request failed.
    pub const fn has_failures(&self) -> bool {
        self.total.failures > 0
    }
}
