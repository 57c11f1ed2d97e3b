//! Version 1 of the report, as it was written, and the step from it to version 2.
//!
//! Version 1 is frozen: it had zeros where nothing was measured, the load in loose fields, and notes as sentences. What
//! it shared with version 2 is read by version 2's types.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::load::{ArrivalProcess, Level, Load};
use super::{
    Calibration, Change, ConnectionSummary, Distribution, Entry, FailureRow, Generator, GeneratorKind,
    Health, IntervalRow, Intervals, Note, Quantiles, Recorded, Report, Route, RunInfo, SCHEMA, StopReason,
    SuspectReason, TimelineRow, VERSION,
};
use crate::core::base::histogram::Encoded;
use crate::core::base::stages::Stages;
use crate::core::base::timing_source::TimingSource;

/// A report of version 1.
#[derive(Deserialize)]
pub struct ReportV1 {
    run: RunInfoV1,
    generator: GeneratorV1,
    total: Entry,
    requests: Vec<Entry>,
    failures: Vec<FailureRow>,
    timeline: Vec<TimelineRowV1>,
    intervals: IntervalsV1,
    health: HealthV1,
    connections: Option<ConnectionSummary>,
}

#[derive(Deserialize)]
struct RunInfoV1 {
    host: String,
    scenario: String,
    classes: Vec<String>,
    users: u32,
    spawn_rate: f64,
    rate: Option<f64>,
    arrivals: Option<ArrivalProcess>,
    stages: Option<String>,
    run_time_s: Option<f64>,
    think_time: Option<String>,
    seed: u64,
    started_at: String,
    duration_s: f64,
    drain_s: f64,
    stopped_by: StopReason,
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct GeneratorV1 {
    kind: GeneratorKind,
    version: String,
    shards: u32,
    route: Route,
    timing: TimingSource,
    calibration: Option<Calibration>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct TimelineRowV1 {
    second: u64,
    users: u32,
    target_users: Option<u32>,
    target_rate: Option<f64>,
    in_flight: u32,
    oldest_ms: f64,
    sent: u64,
    requests: u64,
    failures: u64,
    #[serde(default)]
    dropped: u64,
    latency_ms: Option<Quantiles>,
    corrected_ms: Option<Quantiles>,
    lateness_p99_ms: Option<f64>,
    queue_p99_ms: Option<f64>,
    #[serde(default)]
    suspect: Vec<SuspectReason>,
}

#[derive(Deserialize)]
struct IntervalsV1 {
    period_s: u64,
    rows: Vec<IntervalRowV1>,
}

#[derive(Deserialize)]
struct IntervalRowV1 {
    index: u64,
    entry: usize,
    requests: u64,
    failures: u64,
    latency: Encoded,
    corrected: Encoded,
}

#[derive(Deserialize)]
struct HealthV1 {
    lateness_ms: Option<Distribution>,
    suspect_seconds: u64,
    reasons: BTreeMap<SuspectReason, u64>,
    dropped: u64,
}

impl From<ReportV1> for Report {
    fn from(old: ReportV1) -> Self {
        let dropped = old.health.dropped;
        Self {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            run: old.run.into(),
            generator: old.generator.into(),
            total: Entry { dropped: Some(dropped), ..old.total },
            requests: old.requests,
            groups: Vec::new(),
            failures: old.failures,
            timeline: old.timeline.into_iter().map(TimelineRow::from).collect(),
            intervals: Some(old.intervals.into()),
            health: old.health.into(),
            connections: old.connections,
            series: Vec::new(),
        }
    }
}

impl From<RunInfoV1> for RunInfo {
    fn from(old: RunInfoV1) -> Self {
        Self {
            load: Some(load(&old)),
            host: Some(old.host),
            scenario: Some(old.scenario),
            profile: None,
            classes: old.classes,
            run_time_s: old.run_time_s,
            think_time: old.think_time,
            seed: Some(old.seed),
            started_at: Some(old.started_at),
            duration_s: old.duration_s,
            drain_s: Some(old.drain_s),
            stopped_by: Some(old.stopped_by),
            changes: old.changes,
        }
    }
}

/// Version 1 had stages as they are typed, a rate only in the open model, and a spacing only there too.
fn load(old: &RunInfoV1) -> Load {
    let stages = old.stages.as_deref().and_then(|text| Stages::parse(text).ok());
    let level = |held: f64| stages.as_ref().map_or(Level::Held(held), |(_, stages)| Level::from(stages));
    match old.arrivals {
        None => Load::Closed { users: level(f64::from(old.users)), spawn_rate: Some(old.spawn_rate) },
        Some(process) => Load::Open {
            rate: level(old.rate.unwrap_or_default()),
            process: Some(process),
            max_users: Some(old.users),
        },
    }
}

impl From<GeneratorV1> for Generator {
    fn from(old: GeneratorV1) -> Self {
        Self {
            kind: old.kind,
            version: Some(old.version),
            tool: None,
            fidelity: None,
            shards: Some(old.shards),
            route: Some(old.route),
            timing: Some(old.timing),
            calibration: old.calibration,
            notes: old.notes.into_iter().map(|text| Note::Text { text }).collect(),
        }
    }
}

impl From<TimelineRowV1> for TimelineRow {
    fn from(old: TimelineRowV1) -> Self {
        Self {
            second: old.second,
            users: Some(old.users),
            target_users: old.target_users,
            target_rate: old.target_rate,
            in_flight: Some(old.in_flight),
            // Version 1 wrote 0 when nothing was in flight.
            oldest_ms: Some(old.oldest_ms).filter(|_| old.in_flight > 0),
            sent: Some(old.sent),
            requests: old.requests,
            failures: old.failures,
            dropped: Some(old.dropped),
            latency_ms: old.latency_ms,
            corrected_ms: old.corrected_ms,
            lateness_p99_ms: old.lateness_p99_ms,
            queue_p99_ms: old.queue_p99_ms,
            lost: None,
            suspect: old.suspect,
            held_back: Vec::new(),
        }
    }
}

impl From<IntervalsV1> for Intervals {
    fn from(old: IntervalsV1) -> Self {
        let recorded = |histogram| Some(Recorded { exact: None, histogram });
        let row = |row: IntervalRowV1| IntervalRow {
            index: row.index,
            entry: row.entry,
            requests: row.requests,
            failures: row.failures,
            latency: recorded(row.latency),
            corrected: recorded(row.corrected),
            ..IntervalRow::default()
        };
        Self { period_s: old.period_s, rows: old.rows.into_iter().map(row).collect() }
    }
}

impl From<HealthV1> for Health {
    fn from(old: HealthV1) -> Self {
        Self {
            lateness_ms: old.lateness_ms,
            suspect_seconds: Some(old.suspect_seconds),
            held_back_seconds: None,
            reasons: old.reasons,
            dropped: Some(old.dropped),
        }
    }
}
