//! The report: what a run leaves behind, as data. One schema for page and command.
//!
//! Field names are a promise to scripts (README, "The report"). Knows nothing of how a run happens: a viewer
//! needs only this. Numbers have at most 15 significant digits, so that any reader gets exactly what was written.
//! `read.rs` opens files, `csv.rs` writes Locust's tables.

pub mod connections;
pub mod csv;
pub mod load;
pub mod phases;
pub mod read;
pub mod streams;
pub mod table;
pub mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exchange::{FailureKind, Status, TimingSource};
use super::health::Suspicion;
use super::histogram::{Encoded, Figures, Histogram};
use super::load::ArrivalProcess;
use super::stream::EventKind;
use super::tally::StreamTally;
use super::units::Micros;
use super::words::words;
pub use connections::ConnectionSummary;
pub use load::LoadModel;

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

/// The figures of one (method, name), or of all together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The HTTP method; empty for the total.
    pub method: String,
    /// The name; `Aggregated` for the total.
    pub name: String,
    /// Requests started: `requests` and `in_flight_at_end` together.
    pub sent: u64,
    /// Requests that ended, well or not.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Requests still unanswered when the run ended (or, in an unfinished report, at that moment).
    pub in_flight_at_end: u64,
    /// Requests per second of the run's duration.
    pub rps: f64,
    /// Failures per second of the run's duration.
    pub failures_per_s: f64,
    /// Failures by requests, in [0, 1], to six decimals; absent without requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_ratio: Option<f64>,
    /// Arrivals that started no request, because every user was busy or the machine slept; only of the total.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// Bytes of response bodies.
    pub received_bytes: u64,
    /// Complete responses by status.
    pub statuses: BTreeMap<Status, u64>,
    /// Requests whose latency is by the page's clock, with the browser's queue in it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub page_clock: u64,
    /// Requests without a latency, because the machine slept while they were in flight.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub untimed: u64,
    /// Request sent → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Distribution>,
    /// Scheduled start → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_ms: Option<Distribution>,
    /// Request sent → first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttfb_ms: Option<Distribution>,
    /// Ready → sent: lost inside the generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_ms: Option<Distribution>,
    /// The host's own time, as the relay saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_ms: Option<Distribution>,
    /// Name look-ups; absent where no request waited for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_ms: Option<Distribution>,
    /// TCP connections; absent where no request opened one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<Distribution>,
    /// TLS handshakes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ms: Option<Distribution>,
    /// First byte → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_ms: Option<Distribution>,
    /// Redirects followed; latency is over all of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redirects: u64,
    /// Events of its streams; absent without any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stream_events: u64,
    /// The milestones of its streams, each from request sent; absent where no answer was a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_ms: Option<StreamFigures>,
}

/// The milestones of event streams. Each is of the streams that reached it, also of those that failed later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamFigures {
    /// Request sent → first event: what a person waits for until something moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<Distribution>,
    /// The longest time between two events that follow each other, of each stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_gap: Option<Distribution>,
    /// Request sent → `complete` with a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Distribution>,
    /// Request sent → `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Distribution>,
    /// Request sent → the first event of each type (`status`, `progress`, …; `other` is every unknown one).
    pub by_type: BTreeMap<EventKind, Distribution>,
}

impl StreamFigures {
    /// Of what was counted.
    pub fn of(tally: &StreamTally, detail: Detail) -> Self {
        let of = |histogram| Distribution::of(histogram, detail);
        let mut by_type = BTreeMap::new();
        // Not collected: that would sort them first, by a sort of their own.
        by_type.extend(tally.by_type.iter().filter_map(|(kind, histogram)| Some((kind, of(histogram)?))));
        Self {
            first_event: of(&tally.first_event),
            largest_gap: of(&tally.largest_gap),
            complete: of(&tally.complete),
            done: of(&tally.done),
            by_type,
        }
    }

    /// Every distribution in it.
    pub fn distributions(&self) -> impl Iterator<Item = &Distribution> {
        let named = [&self.first_event, &self.largest_gap, &self.complete, &self.done];
        named.into_iter().flatten().chain(self.by_type.values())
    }
}

impl Entry {
    /// Every family but those of its streams.
    pub fn families(&self) -> impl Iterator<Item = &Distribution> {
        let measured =
            [&self.latency_ms, &self.corrected_ms, &self.ttfb_ms, &self.queue_ms, &self.upstream_ms];
        let phases = [&self.dns_ms, &self.connect_ms, &self.tls_ms, &self.download_ms];
        measured.into_iter().chain(phases).flatten()
    }
}

const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// The figures of one latency family, and all of it for us.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ReadDistribution")]
pub struct Distribution {
    /// For people and scripts, in milliseconds.
    #[serde(flatten)]
    pub figures: Figures,
    /// In microseconds; absent from live views.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Encoded>,
}

/// The same as it is read. Spelled out, because reading by `flatten` puts every value aside first, and is kilobytes
/// of the page.
#[derive(Deserialize)]
struct ReadDistribution {
    count: u64,
    min: f64,
    mean: f64,
    p50: f64,
    p75: f64,
    p90: f64,
    p95: f64,
    p99: f64,
    p999: f64,
    max: f64,
    histogram: Option<Encoded>,
}

impl From<ReadDistribution> for Distribution {
    fn from(read: ReadDistribution) -> Self {
        let ReadDistribution { count, min, mean, p50, p75, p90, p95, p99, p999, max, histogram } = read;
        Self { figures: Figures { count, min, mean, p50, p75, p90, p95, p99, p999, max }, histogram }
    }
}

/// How much of a distribution to write down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only the figures: cheap, for views that are redrawn every second.
    Figures,
    /// The histogram too: what a file holds.
    Full,
}

impl Distribution {
    /// `None` when nothing was measured.
    pub fn of(histogram: &Histogram, detail: Detail) -> Option<Self> {
        let encoded = (detail == Detail::Full).then(|| histogram.encode());
        Some(Self { figures: histogram.figures()?, histogram: encoded })
    }

    /// All of it, with its exact bounds; `None` where the report has only figures.
    pub fn recorded(&self) -> Option<Histogram> {
        let mut histogram = self.histogram.as_ref()?.decode().ok()?;
        self.bound(&mut histogram);
        Some(histogram)
    }

    /// Gives a histogram of some of these values the exact bounds of all of them.
    pub fn bound(&self, histogram: &mut Histogram) {
        let [min, max] = [self.figures.min, self.figures.max].map(Micros::from_millis_f64);
        histogram.keep_within(min, max);
    }
}

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

/// One second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// Which one, from 0.
    pub second: u64,
    /// Users running at its end.
    pub users: u32,
    /// Users who should have been; absent in runs by arrival rate and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_users: Option<u32>,
    /// Arrivals per second that there should have been; absent in runs by users and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_rate: Option<f64>,
    /// Requests unanswered at its end.
    pub in_flight: u32,
    /// How long the oldest of these had been waiting, in milliseconds.
    pub oldest_ms: f64,
    /// Requests started in it.
    pub sent: u64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Arrivals that started no request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// Latencies of the requests that ended in it; absent when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Quantiles>,
    /// The same, from the scheduled start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_ms: Option<Quantiles>,
    /// p99 of users' lateness in milliseconds; absent when none was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_p99_ms: Option<f64>,
    /// p99 of requests' queueing in the generator in milliseconds; absent where not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_p99_ms: Option<f64>,
    /// Why its figures should not be trusted; empty when they can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspect: Vec<Suspicion>,
}

/// The three quantiles of a second, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is its quantile")]
pub struct Quantiles {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

impl Quantiles {
    /// `None` when nothing was measured.
    pub fn of(histogram: &Histogram) -> Option<Self> {
        let at = |quantile| histogram.quantile(quantile).map(Micros::as_millis_f64);
        Some(Self { p50: at(0.5)?, p95: at(0.95)?, p99: at(0.99)? })
    }
}

/// The latencies of each stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// How long a stretch is, in seconds: one, or more in long runs.
    pub period_s: u64,
    /// The stretches that had any request, in order.
    pub rows: Vec<IntervalRow>,
}

/// One stretch of one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalRow {
    /// Which stretch, from 0: it starts at `index * period_s` seconds.
    pub index: u64,
    /// Which entry: its place in the report's `requests`.
    pub entry: usize,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Their latencies.
    pub latency: Encoded,
    /// Their corrected latencies.
    pub corrected: Encoded,
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
    pub reasons: BTreeMap<Suspicion, u64>,
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
