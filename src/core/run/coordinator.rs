//! A run as its coordinator sees it: snapshots of all shards go in, reports come out.
//!
//! The page and the command both keep one of these; whatever they show or write is drawn from it.

use std::collections::BTreeMap;

use super::health::{SuspectReason, suspect_reasons};
use super::intervals::Collector;
use super::merging::{OpenSeconds, Second};
use super::recorder::{Gauges, Snapshot};
use super::tally::{ConnectingTally, Tally};
use crate::core::base::histogram::Histogram;
use crate::core::base::order::in_order;
use crate::core::base::units::Micros;
use crate::core::config::load::{Load, LoadChange, LoadTarget};
use crate::core::config::run_config::RunConfig;
use crate::core::http::exchange::TimingSource;
use crate::core::report::{
    Calibration, Change, ConnectionSummary, Detail, Distribution, Entry, FailureRow, Generator,
    HealthSummary, Quantiles, Report, RunInfo, SCHEMA, StopReason, StreamFigures, TimelineRow, VERSION,
};
use crate::core::scenario::EntryKey;

/// The name of the row that sums up all others, as in Locust.
pub const TOTAL_NAME: &str = "Aggregated";

/// The merged state of a run.
#[derive(Clone, Debug)]
pub struct Run {
    info: RunInfo,
    generator: Generator,
    entries: Vec<EntryKey>,
    target: LoadTarget,
    tallies: Vec<Tally>,
    open: OpenSeconds,
    timeline: Vec<TimelineRow>,
    intervals: Collector,
    lateness: Histogram,
    dropped: u64,
    gauges: Gauges,
    connections: Option<ConnectionSummary>,
}

impl Run {
    /// A run that is about to start. `started_at` is RFC 3339 in UTC.
    pub fn new(config: &RunConfig, generator: Generator, started_at: String) -> Self {
        let (spawn_rate, rate, arrivals) = match &config.load {
            Load::Closed { spawn_rate, .. } => (*spawn_rate, None, None),
            Load::Open { rate, process, .. } => (0.0, Some(rate.peak()), Some(*process)),
        };
        let stages = config.load.length().map(|_| config.load.stages_as_typed());
        let info = RunInfo {
            host: config.host.to_string(),
            scenario: config.scenario.name.clone(),
            classes: config.scenario.classes.iter().map(|class| class.name.clone()).collect(),
            users: config.load.most_users(),
            spawn_rate,
            rate: rate.filter(|_| stages.is_none()),
            arrivals,
            stages,
            run_time_s: config.run_time.map(Micros::as_secs_f64),
            think_time: config.think_time.map(|wait| wait.to_string()),
            seed: config.seed,
            started_at,
            duration_s: 0.0,
            drain_s: 0.0,
            stopped_by: StopReason::Unfinished,
            changes: Vec::new(),
        };
        let entries = config.scenario.entries.clone();
        Self {
            tallies: vec![Tally::default(); entries.len()],
            info,
            open: OpenSeconds::of(generator.shards),
            generator,
            entries,
            target: LoadTarget::of(&config.load),
            timeline: Vec::new(),
            intervals: Collector::default(),
            lateness: Histogram::new(),
            dropped: 0,
            gauges: Gauges::default(),
            connections: None,
        }
    }

    /// Adds what a shard posted.
    pub fn absorb(&mut self, snapshot: Snapshot) {
        for (entry, tally) in &snapshot.tallies {
            self.tallies.get_mut(*entry).into_iter().for_each(|sum| sum.merge(tally));
        }
        self.lateness.merge(&snapshot.health.lateness);
        self.dropped += snapshot.health.dropped;
        self.open.add(snapshot);
        self.close_seconds();
    }

    /// Awaits nothing more of a shard.
    pub fn shard_ended(&mut self, shard: u32) {
        self.open.shard_ended(shard);
        self.close_seconds();
    }

    /// Notes a live change of the load.
    pub fn changed(&mut self, at: Micros, to: LoadChange) {
        let (users, spawn_rate, rate) = match to {
            LoadChange::Users { users, spawn_rate } => (Some(users), Some(spawn_rate), None),
            LoadChange::Rate { per_second } => (None, None, Some(per_second)),
        };
        self.info.changes.push(Change { at_s: at.as_secs_f64(), users, spawn_rate, rate });
        self.target.change(at, to);
    }

    /// Says how the host is connected to; what is counted of it is filled in.
    pub const fn connects(&mut self, connections: ConnectionSummary) {
        self.connections = Some(connections);
    }

    /// What runs it.
    pub const fn generator(&self) -> &Generator {
        &self.generator
    }

    /// Adds a sentence that a reader of the report should know.
    pub fn note(&mut self, note: String) {
        if !self.generator.notes.contains(&note) {
            self.generator.notes.push(note);
        }
    }

    /// Ends the run: no request was started after `stopped`, and nothing was waited for after `ended`.
    pub fn finish(&mut self, stopped: Micros, ended: Micros, why: StopReason) {
        while let Some((second, all)) = self.open.pop() {
            self.close(second, &all);
        }
        for row in self.timeline.iter_mut().filter(|row| Micros::from_secs(row.second) >= stopped) {
            (row.target_users, row.target_rate) = (None, None);
        }
        self.info.duration_s = stopped.as_secs_f64();
        self.info.drain_s = ended.saturating_sub(stopped).as_secs_f64();
        self.info.stopped_by = why;
    }

    /// Where things stood at the last second that is complete.
    pub const fn gauges(&self) -> Gauges {
        self.gauges
    }

    /// The seconds so far.
    pub fn timeline(&self) -> &[TimelineRow] {
        &self.timeline
    }

    fn close_seconds(&mut self) {
        while let Some((second, all)) = self.open.pop_complete() {
            self.close(second, &all);
        }
    }

    fn close(&mut self, second: u64, all: &Second) {
        self.intervals.add(second, &all.tallies);
        let mut row = timeline_row(second, all);
        (row.target_users, row.target_rate) = self.target.in_second(second);
        let expected = self.timeline.last().map_or(0, |last| last.second + 1);
        if second < expected {
            return self.add_late(row);
        }
        if second > expected {
            mark(&mut row, SuspectReason::Asleep);
        }
        self.gauges = all.gauges;
        self.info.duration_s = self.info.duration_s.max((second + 1) as f64);
        self.timeline.push(row);
    }

    /// Adds what a shard reported when its second was written already.
    fn add_late(&mut self, late: TimelineRow) {
        match self.timeline.binary_search_by_key(&late.second, |row| row.second) {
            Ok(at) => self.timeline.get_mut(at).into_iter().for_each(|row| add_late(row, &late)),
            Err(at) => self.timeline.insert(at, late),
        }
    }

    /// The report of what was absorbed so far.
    pub fn report(&self, detail: Detail) -> Report {
        let mut total = Tally::default();
        self.tallies.iter().for_each(|tally| total.merge(tally));
        let key = |key: &EntryKey| (key.method.as_str().to_owned(), key.name.clone());
        let used = self.entries.iter().zip(&self.tallies);
        Report {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            run: self.info.clone(),
            generator: self.generator_with_notes(&total),
            total: Entry {
                dropped: self.dropped,
                ..self.entry((String::new(), TOTAL_NAME.to_owned()), &total, detail)
            },
            requests: used.map(|(entry, tally)| self.entry(key(entry), tally, detail)).collect(),
            failures: self.failures(),
            timeline: self.timeline.clone(),
            intervals: match detail {
                Detail::Full => self.intervals.rows(),
                Detail::Figures => Collector::default().rows(),
            },
            health: self.health(detail),
            connections: self.connections.map(|summary| summary.with(&total.connections)),
        }
    }

    /// With the notes that follow from what was counted.
    fn generator_with_notes(&self, total: &Tally) -> Generator {
        let mut generator = self.generator.clone();
        let ceiling = generator.calibration.map(|calibration| calibration.ceiling_rps);
        generator.notes.extend(super::health::ceiling_note(generator.kind, &self.timeline, ceiling));
        if total.page_clock > 0 {
            generator.notes.push(format!(
                "{} of {} requests are timed by the page's clock, with the browser's queue in it: the host withholds \
                 what the browser measured (no Timing-Allow-Origin), or no answer came.",
                total.page_clock,
                total.completed()
            ));
            if total.page_clock * 2 > total.completed() {
                generator.timing = TimingSource::PageClock;
            }
        }
        if total.untimed > 0 {
            let slept = "were in flight while the machine slept; they are counted, but in no latency.";
            generator.notes.push(format!("{} requests {slept}", total.untimed));
        }
        generator
    }

    /// What the page could do at its best, once that was measured.
    pub fn calibrated(&mut self, calibration: Calibration) {
        self.generator.calibration = Some(calibration);
    }

    fn entry(&self, (method, name): (String, String), tally: &Tally, detail: Detail) -> Entry {
        let requests = tally.completed();
        let per_second = |count: u64| {
            let rate = count as f64 / self.info.duration_s;
            if rate.is_finite() { (rate * 1e4).round() / 1e4 } else { 0.0 }
        };
        let connecting = |phase: fn(&ConnectingTally) -> &Histogram| {
            tally.connecting.as_ref().and_then(|phases| Distribution::of(phase(phases), detail))
        };
        Entry {
            method,
            name,
            sent: tally.sent,
            requests,
            failures: tally.failed,
            in_flight_at_end: tally.sent.saturating_sub(requests),
            rps: per_second(requests),
            failures_per_s: per_second(tally.failed),
            failure_ratio: (requests > 0)
                .then(|| (tally.failed as f64 / requests as f64 * 1e6).round() / 1e6),
            dropped: 0,
            received_bytes: tally.received_bytes,
            statuses: tally.statuses.clone(),
            page_clock: tally.page_clock,
            untimed: tally.untimed,
            latency_ms: Distribution::of(&tally.latency, detail),
            corrected_ms: Distribution::of(&tally.corrected, detail),
            ttfb_ms: Distribution::of(&tally.ttfb, detail),
            queue_ms: Distribution::of(&tally.queue, detail),
            upstream_ms: Distribution::of(&tally.upstream, detail),
            dns_ms: connecting(|phases| &phases.dns),
            connect_ms: connecting(|phases| &phases.connect),
            tls_ms: connecting(|phases| &phases.tls),
            download_ms: Distribution::of(&tally.download, detail),
            redirects: tally.redirects,
            stream_events: tally.streams.as_ref().map_or(0, |streams| streams.events),
            stream_ms: tally.streams.as_ref().map(|streams| StreamFigures::of(streams, detail)),
        }
    }

    fn failures(&self) -> Vec<FailureRow> {
        let rows = self.entries.iter().zip(&self.tallies).flat_map(|(key, tally)| {
            tally.failures.iter().map(|(failure, occurrences)| FailureRow {
                method: key.method.as_str().to_owned(),
                name: key.name.clone(),
                kind: failure.kind,
                detail: failure.detail.clone(),
                count: occurrences.count,
                first_s: occurrences.first.as_secs_f64(),
                last_s: occurrences.last.as_secs_f64(),
            })
        });
        let rows: Vec<_> = rows.collect();
        let rule = |a: &FailureRow, b: &FailureRow| {
            b.count.cmp(&a.count).then_with(|| (&a.name, &a.detail).cmp(&(&b.name, &b.detail)))
        };
        in_order(&rows, rule).cloned().collect()
    }

    fn health(&self, detail: Detail) -> HealthSummary {
        let mut reasons = BTreeMap::new();
        for reason in self.timeline.iter().flat_map(|row| &row.suspect) {
            *reasons.entry(*reason).or_default() += 1;
        }
        HealthSummary {
            lateness_ms: Distribution::of(&self.lateness, detail),
            suspect_seconds: self.timeline.iter().filter(|row| !row.suspect.is_empty()).count() as u64,
            reasons,
            dropped: self.dropped,
        }
    }
}

/// The quantiles stay those of the shards that were in time.
fn add_late(row: &mut TimelineRow, late: &TimelineRow) {
    row.sent += late.sent;
    row.requests += late.requests;
    row.failures += late.failures;
    row.dropped += late.dropped;
    late.suspect.iter().for_each(|reason| mark(row, *reason));
    mark(row, SuspectReason::Asleep);
}

fn mark(row: &mut TimelineRow, reason: SuspectReason) {
    if !row.suspect.contains(&reason) {
        row.suspect.push(reason);
    }
}

fn timeline_row(second: u64, posted: &Second) -> TimelineRow {
    let mut all = Tally::default();
    posted.tallies.values().for_each(|tally| all.merge(tally));
    let p99 = |histogram: &Histogram| histogram.quantile(0.99).map(Micros::as_millis_f64);
    TimelineRow {
        second,
        users: posted.gauges.users,
        target_users: None,
        target_rate: None,
        in_flight: posted.gauges.in_flight,
        oldest_ms: posted.gauges.oldest.as_millis_f64(),
        sent: all.sent,
        requests: all.completed(),
        failures: all.failed,
        dropped: posted.health.dropped,
        latency_ms: Quantiles::of(&all.latency),
        corrected_ms: Quantiles::of(&all.corrected),
        lateness_p99_ms: p99(&posted.health.lateness),
        queue_p99_ms: p99(&all.queue),
        suspect: suspect_reasons(&posted.health, &all),
    }
}
