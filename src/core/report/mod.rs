//! The report: what a run leaves behind, as data. One schema for page and command.
//!
//! Field names are a promise to scripts (README, "The report format"). Knows nothing of how a run happens: a viewer
//! needs only this. Numbers have at most 15 significant digits, so that any reader gets exactly what was written.
//!
//! | file | what lives there |
//! |---|---|
//! | here | the whole, what was run and by what, what failed, whether it can be trusted |
//! | `entry.rs`, `distribution.rs`, `timeline.rs`, `connections.rs` | the parts: an endpoint, a latency, the seconds |
//! | `read.rs`, `csv.rs` | opening files, Locust's tables |
//! | `text.rs`, `table.rs`, `phases.rs`, `streams.rs`, `load.rs` | the same for people, in words and columns |

pub mod connections;
mod distribution;
mod entry;
pub mod load;
pub mod read;
mod timeline;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::base::failure::FailureKind;
use crate::core::base::words::words;
use crate::core::config::load::ArrivalProcess;
use crate::core::http::exchange::TimingSource;
use crate::core::run::health::SuspectReason;
pub use connections::ConnectionSummary;
pub use distribution::{Detail, Distribution, Quantiles};
pub use entry::{Entry, StreamFigures};
pub use load::LoadModel;
pub use timeline::{IntervalRow, Intervals, TimelineRow};

/// What every report starts with.
pub const SCHEMA: &str = "oddiya-load/report";
/// The version this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`VERSION`] of the program that wrote it.
    pub version: u32,
    /// What was run.
    pub run: RunInfo,
    /// What ran it.
    pub generator: Generator,
    /// All requests together, under the name `Aggregated`.
    pub total: Entry,
    /// One entry per method and name, in the scenario's order.
    pub requests: Vec<Entry>,
    /// What went wrong, the most frequent first.
    pub failures: Vec<FailureRow>,
    /// One row per second; seconds in which nothing was kept are absent.
    pub timeline: Vec<TimelineRow>,
    /// The latencies of each stretch of time, so that any range can be summed up again.
    pub intervals: Intervals,
    /// Whether the generator could be trusted.
    pub health: HealthSummary,
    /// How the host was connected to; absent where the platform does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<ConnectionSummary>,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The host's address.
    pub host: String,
    /// The scenario's name.
    pub scenario: String,
    /// The classes that took part.
    pub classes: Vec<String>,
    /// Peak users asked for at the start; the most that there may be in a run by arrival rate.
    pub users: u32,
    /// Users started per second, asked for at the start; 0 in a run by arrival rate.
    pub spawn_rate: f64,
    /// Arrivals per second; absent in runs by users, and where stages say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How arrivals were spaced; absent in runs by users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<ArrivalProcess>,
    /// The levels over time as they are typed, of users or, with `/s`, of arrivals; absent where one was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<String>,
    /// The time limit in seconds, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_time_s: Option<f64>,
    /// The think time that overrode every class's, where there was one: `1s` or `1s..3s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub think_time: Option<String>,
    /// What all draws followed from: the same seed repeats the requests.
    pub seed: u64,
    /// When the first user started, RFC 3339 in UTC.
    pub started_at: String,
    /// How long requests were being started, in seconds.
    pub duration_s: f64,
    /// How long the last answers were waited for after that, in seconds.
    pub drain_s: f64,
    /// Why it ended.
    pub stopped_by: StopReason,
    /// Live changes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Its time was over.
    RunTime,
    /// Somebody stopped it.
    Stopped,
    /// It has not: this is a report of a run under way, or of one that was killed.
    Unfinished,
}

words!(StopReason { RunTime = "run_time", Stopped = "stopped", Unfinished = "unfinished" });

/// A live change of the load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When, in seconds from the start.
    pub at_s: f64,
    /// Users from then on; absent in runs by arrival rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// Users started or stopped per second from then on; absent in runs by arrival rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spawn_rate: Option<f64>,
    /// Arrivals per second from then on; absent in runs by users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

/// What ran it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Page, command or virtual time.
    pub kind: GeneratorKind,
    /// The program's version.
    pub version: String,
    /// How many shards shared the run.
    pub shards: u32,
    /// Through what requests went.
    pub route: Route,
    /// How close to the wire latencies were taken.
    pub timing: TimingSource,
    /// What a page could do at its best, measured before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What else a reader should know, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a page could do at its best, against its own companion: its floor and its ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Median latency of an answer that takes no time, in milliseconds: no figure can be below it.
    pub floor_p50_ms: f64,
    /// The quantile 0.99 of it.
    pub floor_p99_ms: f64,
    /// Requests per second with six at a time: near this the page, not the host, is what a run measures.
    pub ceiling_rps: f64,
}

/// The three platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorKind {
    /// The page, in a browser.
    Browser,
    /// The command.
    Native,
    /// Virtual time.
    Sim,
}

words!(GeneratorKind { Browser = "browser", Native = "native", Sim = "sim" });

/// Through what requests went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Straight to the host.
    Direct,
    /// Through the companion's relay.
    Companion,
}

words!(Route { Direct = "direct", Companion = "companion" });

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureRow {
    /// The HTTP method.
    pub method: String,
    /// The name.
    pub name: String,
    /// Of which kind.
    pub kind: FailureKind,
    /// What tells it apart from others of its kind.
    pub detail: String,
    /// How often.
    pub count: u64,
    /// When first, in seconds from the start.
    pub first_s: f64,
    /// When last, in seconds from the start.
    pub last_s: f64,
}

/// Whether the generator could be trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthSummary {
    /// Users' lateness: due → running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_ms: Option<Distribution>,
    /// Seconds that were marked.
    pub suspect_seconds: u64,
    /// How many seconds for which reason; one second may have several.
    pub reasons: BTreeMap<SuspectReason, u64>,
    /// Starts that were due and never made.
    pub dropped: u64,
}

impl Report {
    /// The file's text: indented by one space, ending in a line break; the same report gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut bytes = Vec::new();
        // Cannot fail: the sink is memory and every map's keys are text or numbers.
        let _ = self.write_json(&mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Writes the file's text, in many small pieces.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn write_json(&self, mut sink: impl std::io::Write) -> std::io::Result<()> {
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
        self.serialize(&mut serde_json::Serializer::with_formatter(&mut sink, formatter))?;
        sink.write_all(b"\n")
    }

    /// The entries in table order, the total last.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.requests.iter().chain(std::iter::once(&self.total))
    }

    /// Whether any request failed.
    pub const fn has_failures(&self) -> bool {
        self.total.failures > 0
    }
}

const fn is_zero(n: &u64) -> bool {
    *n == 0
}
