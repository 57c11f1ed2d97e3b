//! The merged state of a run. It takes the seconds of all shards; `to_report.rs` makes a report of it.
//!
//! Sums over the whole timeline are kept up to date as seconds close, so that a report costs the same in the first
//! minute of a run and in its second hour.

use std::collections::BTreeMap;

use super::ceiling::Ceiling;
use super::health::{Delay, Verdict, judge};
use super::intervals::Collector;
use super::merging::{OpenSeconds, Second};
use super::recorder::{Gauges, Snapshot};
use super::reset::Reset;
use super::retry_series::RetrySeries;
use super::tally::Tally;
use crate::core::base::histogram::Histogram;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::config::load::{LoadChange, LoadTarget};
use crate::core::config::run_config::RunConfig;
use crate::core::report::{
    Calibration, Change, ConnectionSummary, Generator, LoadModel, Note, Quantiles, RunInfo, StopReason,
    SuspectReason, Timeline, TimelineRow,
};
use crate::core::scenario::{EntryKey, EntryKind};

/// What all shards have posted, and the report's description of the run.
#[derive(Clone, Debug)]
pub struct MergedRun {
    pub(super) info: RunInfo,
    pub(super) generator: Generator,
    pub(super) entries: Vec<EntryKey>,
    pub(super) tallies: Vec<Tally>,
    pub(super) timeline: Timeline,
    pub(super) intervals: Collector,
    pub(super) lateness: Histogram,
    pub(super) dropped: u64,
    pub(super) suspect: SuspectSeconds,
    pub(super) held_back_seconds: u64,
    pub(super) ceiling: Ceiling,
    pub(super) connections: Option<ConnectionSummary>,
    pub(super) reset: Option<Reset>,
    pub(super) retries: RetrySeries,
    /// Placeholder plans that count as successes so far, by the second in which they came.
    pub(super) unsure_plans: BTreeMap<u64, u64>,
    target: LoadTarget,
    open: OpenSeconds,
    /// The first second that no shard has posted.
    next_second: u64,
}

/// What an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    /// Journeys of several requests, which are no requests themselves.
    Group,
}

impl Kind {
    pub(super) const fn of(key: &EntryKey) -> Self {
        match key.kind {
            EntryKind::Request(_) => Self::Request,
            EntryKind::Group => Self::Group,
        }
    }
}

/// How many seconds are suspect, in all and for each reason.
#[derive(Clone, Debug, Default)]
pub(super) struct SuspectSeconds {
    pub(super) seconds: u64,
    pub(super) reasons: BTreeMap<SuspectReason, u64>,
}

impl MergedRun {
    /// A run before its first second. `started_at` is RFC 3339 in UTC.
    pub fn new(config: &RunConfig, generator: Generator, started_at: String) -> Self {
        let info = RunInfo {
            host: Some(config.host.to_string()),
            scenario: Some(config.scenario.name.clone()),
            profile: config.scenario.profile.clone(),
            classes: config.scenario.classes.iter().map(|class| class.name.clone()).collect(),
            load: Some((&config.load).into()),
            run_time_s: config.run_time.map(Micros::as_secs_f64),
            think_time: config.think_time.map(|wait| wait.to_string()),
            seed: Some(config.seed),
            started_at: Some(started_at),
            duration_s: 0.0,
            drain_s: None,
            stopped_by: Some(StopReason::Unfinished),
            changes: Vec::new(),
        };
        let entries = config.scenario.entries.clone();
        Self {
            tallies: vec![Tally::default(); entries.len()],
            info,
            open: OpenSeconds::of(generator.shards.unwrap_or(1)),
            generator,
            entries,
            target: LoadTarget::of(&config.load),
            timeline: Timeline::default(),
            intervals: Collector::default(),
            lateness: Histogram::new(),
            dropped: 0,
            suspect: SuspectSeconds::default(),
            held_back_seconds: 0,
            ceiling: Ceiling::default(),
            connections: None,
            reset: None,
            retries: RetrySeries::default(),
            unsure_plans: BTreeMap::new(),
            next_second: 0,
        }
    }

    /// Adds one second of one shard.
    pub fn absorb(&mut self, snapshot: Snapshot) {
        self.next_second = self.next_second.max(snapshot.second + 1);
        if let Some(reset) = self.reset.as_mut().filter(|reset| snapshot.second < reset.first_second()) {
            snapshot.tallies.iter().for_each(|(entry, tally)| reset.leave_out(*entry, tally));
            self.open.leave_out(snapshot.shard, snapshot.second);
            return self.close_complete();
        }
        for (entry, tally) in &snapshot.tallies {
            self.tallies.get_mut(*entry).into_iter().for_each(|sum| sum.merge(tally));
        }
        self.lateness.merge(&snapshot.health.lateness);
        self.dropped += snapshot.health.dropped;
        self.open.add(snapshot);
        self.close_complete();
    }

    /// Stops waiting for seconds of a shard that has ended.
    pub fn shard_ended(&mut self, shard: u32) {
        self.open.shard_ended(shard);
        self.close_complete();
    }

    /// The first second that no shard has posted yet.
    pub const fn next_second(&self) -> u64 {
        self.next_second
    }

    /// Sets the statistics back: they begin anew with the second `first`, which no shard has posted yet. The run goes on.
    pub fn reset_before(&mut self, first: u64) {
        self.reset = Some(Reset::before(first, &self.tallies, self.reset.take()));
        self.open.drop_before(first);
        self.tallies.fill(Tally::default());
        self.timeline = Timeline::default();
        self.intervals = Collector::default();
        self.retries = RetrySeries::default();
        self.unsure_plans.clear();
        self.lateness = Histogram::new();
        self.dropped = 0;
        self.suspect = SuspectSeconds::default();
        self.ceiling = Ceiling::default();
        self.info.duration_s = 0.0;
    }

    /// Whether the statistics were set back.
    pub const fn is_reset(&self) -> bool {
        self.reset.is_some()
    }

    /// The second at which the statistics begin.
    fn first_second(&self) -> u64 {
        self.reset.as_ref().map_or(0, Reset::first_second)
    }

    /// Adds a live change of the load.
    pub fn changed(&mut self, at: Micros, to: LoadChange) {
        let (users, spawn_rate, rate) = match to {
            LoadChange::Users { users, spawn_rate } => (Some(users), Some(spawn_rate), None),
            LoadChange::Rate { per_second } => (None, None, Some(per_second)),
        };
        self.info.changes.push(Change { at_s: at.as_secs_f64(), users, spawn_rate, rate });
        self.target.change(at, to);
    }

    /// Sets how the run connects to the host. The report adds the counted connections.
    pub const fn connects(&mut self, connections: ConnectionSummary) {
        self.connections = Some(connections);
    }

    /// Sets the highest rate that the page could reach. It is measured before the first second.
    pub const fn calibrated(&mut self, calibration: Calibration) {
        self.generator.calibration = Some(calibration);
    }

    /// The program and machine that generate the load.
    pub const fn generator(&self) -> &Generator {
        &self.generator
    }

    /// Adds a note that readers of the report need. The same note is added only once.
    pub fn note(&mut self, note: Note) {
        if !self.generator.notes.contains(&note) {
            self.generator.notes.push(note);
        }
    }

    /// Ends the run. No request was started after `stopped`, and no answer was awaited after `ended`.
    pub fn finish(&mut self, stopped: Micros, ended: Micros, why: StopReason) {
        while let Some((second, all)) = self.open.pop() {
            self.close(second, &all);
        }
        let from = self.timeline.place_of(stopped.0.div_ceil(Micros::SECOND.0)).unwrap_or_else(|place| place);
        for place in from..self.timeline.len() {
            self.timeline.update(place, |row| (row.target_users, row.target_rate) = (None, None));
        }
        self.info.duration_s = stopped.saturating_sub(Micros::from_secs(self.first_second())).as_secs_f64();
        self.info.drain_s = Some(ended.saturating_sub(stopped).as_secs_f64());
        self.info.stopped_by = Some(why);
    }

    /// The complete seconds.
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    fn best_rps(&self) -> Option<f64> {
        self.generator.calibration.map(|calibration| calibration.ceiling_rps)
    }

    /// What the generator's own delays do in this run.
    fn delay(&self) -> Delay {
        let by_companion = self.generator.timing == Some(TimingSource::Companion);
        match self.info.model() {
            LoadModel::Closed if by_companion => Delay::HoldsRateBack,
            LoadModel::Closed | LoadModel::Open => Delay::SpoilsFigures,
        }
    }

    fn close_complete(&mut self) {
        while let Some((second, all)) = self.open.pop_complete() {
            self.close(second, &all);
        }
    }

    fn close(&mut self, second: u64, all: &Second) {
        let requests = self.only_requests(all);
        self.intervals.add(second, &requests);
        self.retries.add(second, requests.iter().map(|(_, tally)| *tally));
        let unsure: u64 = requests.iter().map(|(_, tally)| tally.unsure_plans()).sum();
        if unsure > 0 {
            *self.unsure_plans.entry(second).or_default() += unsure;
        }
        let mut row = timeline_row(second, all, requests.iter().map(|(_, tally)| *tally), self.delay());
        (row.target_users, row.target_rate) = self.target.in_second(second);
        let expected = self.timeline.last().map_or(self.first_second(), |last| last.second + 1);
        if second < expected {
            return self.add_late(row);
        }
        if second > expected && !self.lacks_records() {
            mark(&mut row, SuspectReason::Asleep);
        }
        let lasted = (second + 1).saturating_sub(self.first_second());
        self.info.duration_s = self.info.duration_s.max(lasted as f64);
        self.count(&row);
        self.timeline.push(row);
    }

    /// The counts of a second by the places of the report's requests, which journeys are not among.
    fn only_requests<'a>(&self, all: &'a Second) -> Vec<(usize, &'a Tally)> {
        let requests = self.entries.iter().enumerate().filter(|(_, key)| Kind::of(key) == Kind::Request);
        let by_place =
            requests.enumerate().map(|(place, (entry, _))| Some((place, all.tallies.get(&entry)?)));
        by_place.flatten().collect()
    }

    /// Whether seconds are missing because their records cannot be read, and not because the generator slept.
    fn lacks_records(&self) -> bool {
        self.generator.notes.iter().any(|note| matches!(note, Note::RecordsUnreadable { .. }))
    }

    fn count(&mut self, row: &TimelineRow) {
        self.suspect.add(&[], &row.suspect);
        self.held_back_seconds += u64::from(!row.held_back.is_empty());
        self.ceiling.add(row, self.best_rps());
    }

    /// Adds the second of a slow shard to a timeline that may already have a row for that second.
    fn add_late(&mut self, late: TimelineRow) {
        let place = match self.timeline.place_of(late.second) {
            Ok(place) => place,
            Err(place) => {
                self.count(&late);
                return self.timeline.insert(place, late);
            }
        };
        let Some(before) = self.timeline.get(place).cloned() else { return };
        let mut row = before.clone();
        add_late(&mut row, &late);
        self.suspect.add(&before.suspect, &row.suspect);
        self.ceiling.update(&before, &row, self.best_rps());
        self.timeline.update(place, |place| *place = row);
    }
}

impl SuspectSeconds {
    /// Counts the reasons of a second. The reasons in `before` were counted already.
    fn add(&mut self, before: &[SuspectReason], now: &[SuspectReason]) {
        self.seconds += u64::from(before.is_empty() && !now.is_empty());
        for reason in now.iter().filter(|reason| !before.contains(reason)) {
            *self.reasons.entry(*reason).or_default() += 1;
        }
    }
}

/// Adds the counts of a late row. Quantiles cannot be added, so they remain those of the shards that were in time.
fn add_late(row: &mut TimelineRow, late: &TimelineRow) {
    let add = |sum: &mut Option<u64>, more: Option<u64>| {
        *sum = sum.map_or(more, |sum| Some(sum + more.unwrap_or_default()));
    };
    add(&mut row.sent, late.sent);
    add(&mut row.dropped, late.dropped);
    add(&mut row.lost, late.lost);
    row.requests += late.requests;
    row.failures += late.failures;
    late.suspect.iter().for_each(|reason| mark(row, *reason));
    mark(row, SuspectReason::Asleep);
}

fn mark(row: &mut TimelineRow, reason: SuspectReason) {
    if !row.suspect.contains(&reason) {
        row.suspect.push(reason);
    }
}

fn timeline_row<'a>(
    second: u64,
    posted: &Second,
    requests: impl Iterator<Item = &'a Tally>,
    delay: Delay,
) -> TimelineRow {
    let mut all = Tally::default();
    requests.for_each(|tally| all.merge(tally));
    let p99 = |histogram: &Histogram| histogram.quantile(0.99).map(Micros::as_millis_f64);
    let Gauges { users, in_flight, oldest } = posted.gauges;
    let Verdict { suspect, held_back } = judge(&posted.health, &all, delay);
    TimelineRow {
        second,
        users: Some(users),
        target_users: None,
        target_rate: None,
        in_flight: Some(in_flight),
        oldest_ms: (in_flight > 0).then(|| oldest.as_millis_f64()),
        sent: Some(all.sent_here()),
        requests: all.completed(),
        failures: all.failed,
        lost: (all.lost > 0).then_some(all.lost),
        dropped: Some(posted.health.dropped),
        latency_ms: Quantiles::of(&all.latency),
        corrected_ms: Quantiles::of(&all.corrected),
        lateness_p99_ms: p99(&posted.health.lateness),
        queue_p99_ms: p99(&all.queue),
        suspect,
        held_back,
    }
}
