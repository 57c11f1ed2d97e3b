//! The stretches of a report, unpacked: sums over any range of time and any endpoints, exactly.
//!
//! A row's histograms are unpacked when they are first needed, and kept: a second look at a range costs only the adding.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::time_range::TimeRange;
use crate::core::base::buckets::{Buckets, Unpacker};
use crate::core::base::event_kind::EventKind;
use crate::core::base::failure::FailureKind;
use crate::core::base::histogram::Histogram;
use crate::core::report::{IntervalRow, IntervalStreams, Recorded, Report};

/// A family of latencies that every stretch has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Request sent → last byte.
    Latency,
    /// Scheduled start → last byte.
    Corrected,
    /// Request sent → first byte.
    Ttfb,
}

/// The stretches of one report.
pub struct Stretches {
    report: Arc<Report>,
    /// The histograms of each row of the report's intervals, in the same order.
    unpacked: Vec<OnceLock<Unpacked>>,
    unpacker: Mutex<Unpacker>,
}

/// The histograms of one row. What was not recorded, or cannot be read, is `None`.
struct Unpacked {
    latency: Option<Buckets>,
    corrected: Option<Buckets>,
    ttfb: Option<Buckets>,
    streams: Option<Box<UnpackedStreams>>,
}

struct UnpackedStreams {
    first_event: Option<Buckets>,
    largest_gap: Option<Buckets>,
    complete: Option<Buckets>,
    done: Option<Buckets>,
    by_type: Vec<(EventKind, Buckets)>,
}

impl Unpacked {
    fn of(row: &IntervalRow, unpacker: &mut Unpacker) -> Self {
        let mut of = |recorded: &Option<Recorded>| recorded.as_ref()?.buckets(unpacker).ok();
        let [latency, corrected, ttfb] = [of(&row.latency), of(&row.corrected), of(&row.ttfb)];
        let streams = row.streams.as_deref().map(|streams| Box::new(UnpackedStreams::of(streams, unpacker)));
        Self { latency, corrected, ttfb, streams }
    }
}

impl UnpackedStreams {
    fn of(streams: &IntervalStreams, unpacker: &mut Unpacker) -> Self {
        let of = |recorded: &Option<Recorded>| recorded.as_ref()?.buckets(unpacker).ok();
        let named = [&streams.first_event, &streams.largest_gap, &streams.complete, &streams.done];
        let [first_event, largest_gap, complete, done] = named.map(of);
        let by_type = streams.by_type.iter();
        let by_type = by_type.filter_map(|(kind, recorded)| Some((*kind, recorded.buckets(unpacker).ok()?)));
        Self { first_event, largest_gap, complete, done, by_type: by_type.collect() }
    }
}

/// What was counted in some stretches of some endpoints.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Requests started; `None` when a stretch does not say.
    pub sent: Option<u64>,
    pub requests: u64,
    pub failures: u64,
    pub failures_by_kind: BTreeMap<FailureKind, u64>,
    /// Bytes of response bodies; `None` when a stretch does not say.
    pub received_bytes: Option<u64>,
    pub latency: Histogram,
    pub corrected: Histogram,
    pub ttfb: Histogram,
    /// `None` where no answer was a stream.
    pub streams: Option<StreamSums>,
}

/// The milestones of event streams; see [`crate::core::report::StreamFigures`].
#[derive(Clone, Debug, Default)]
pub struct StreamSums {
    pub events: u64,
    pub first_event: Histogram,
    pub largest_gap: Histogram,
    pub complete: Histogram,
    pub done: Histogram,
    pub by_type: BTreeMap<EventKind, Histogram>,
}

impl Stretches {
    /// `None` when the report has only sums.
    pub fn of(report: Arc<Report>) -> Option<Self> {
        let rows = report.intervals.as_ref()?.rows.len();
        let unpacked = std::iter::repeat_with(Default::default).take(rows).collect();
        Some(Self { report, unpacked, unpacker: Mutex::default() })
    }

    /// How long a stretch is, in seconds.
    pub fn period_s(&self) -> u64 {
        self.report.intervals.as_ref().map_or(1, |intervals| intervals.period_s.max(1))
    }

    /// The stretches that begin in a range, each with its place.
    fn rows(&self, range: TimeRange) -> impl Iterator<Item = (usize, &IntervalRow)> {
        let period_s = self.period_s();
        let rows = self.report.intervals.iter().flat_map(|intervals| &intervals.rows).enumerate();
        rows.filter(move |(_, row)| range.contains(row.index.saturating_mul(period_s)))
    }

    fn unpacked(&self, place: usize) -> Option<&Unpacked> {
        let row = self.report.intervals.as_ref()?.rows.get(place)?;
        let unpack = || {
            // A panic elsewhere leaves nothing half done in the unpacker: it begins anew with each text.
            let mut unpacker = self.unpacker.lock().unwrap_or_else(PoisonError::into_inner);
            Unpacked::of(row, &mut unpacker)
        };
        Some(self.unpacked.get(place)?.get_or_init(unpack))
    }

    /// A family of the row at a place; `None` when nothing was recorded, or it cannot be read.
    pub fn family(&self, place: usize, family: Family) -> Option<&Buckets> {
        let row = self.unpacked(place)?;
        match family {
            Family::Latency => row.latency.as_ref(),
            Family::Corrected => row.corrected.as_ref(),
            Family::Ttfb => row.ttfb.as_ref(),
        }
    }

    /// Calls `with` for each stretch of an endpoint in a range: its first second, its row, and its place.
    pub fn each(&self, range: TimeRange, mut with: impl FnMut(u64, &IntervalRow, usize)) {
        let period_s = self.period_s();
        self.rows(range).for_each(|(place, row)| with(row.index * period_s, row, place));
    }

    /// A family of all endpoints that `fits` names, over a range.
    pub fn histogram(&self, range: TimeRange, family: Family, fits: impl Fn(usize) -> bool) -> Histogram {
        let mut sum = Histogram::new();
        for (place, _) in self.rows(range).filter(|(_, row)| fits(row.entry)) {
            self.family(place, family).into_iter().for_each(|buckets| sum.add(buckets));
        }
        sum
    }

    /// How many failures of a kind an endpoint had in each stretch that had any: its first second, and their number.
    pub fn failures(&self, endpoint: usize, kind: FailureKind) -> Vec<(u64, u64)> {
        let mut counts = Vec::new();
        if let Some(ever) = TimeRange::new(0, u64::MAX) {
            self.each(ever, |second, row, _| {
                let count = row.failures_by_kind.get(&kind).copied().unwrap_or_default();
                if row.entry == endpoint && count > 0 {
                    counts.push((second, count));
                }
            });
        }
        counts
    }

    /// The sums of each endpoint over a range, in the order of the report's `requests`.
    pub fn sums(&self, range: TimeRange) -> Vec<Sums> {
        let known = Sums { sent: Some(0), received_bytes: Some(0), ..Sums::default() };
        let mut sums = vec![known; self.report.requests.len()];
        for (place, row) in self.rows(range) {
            if let Some(sums) = sums.get_mut(row.entry) {
                sums.add_counts(row);
                self.add_times(sums, place, row);
            }
        }
        sums
    }

    fn add_times(&self, sums: &mut Sums, place: usize, row: &IntervalRow) {
        let Some(unpacked) = self.unpacked(place) else { return };
        add(&mut sums.latency, unpacked.latency.as_ref());
        add(&mut sums.corrected, unpacked.corrected.as_ref());
        add(&mut sums.ttfb, unpacked.ttfb.as_ref());
        if let Some((counted, streams)) = row.streams.as_deref().zip(unpacked.streams.as_deref()) {
            let sums = sums.streams.get_or_insert_default();
            sums.events += counted.events;
            add(&mut sums.first_event, streams.first_event.as_ref());
            add(&mut sums.largest_gap, streams.largest_gap.as_ref());
            add(&mut sums.complete, streams.complete.as_ref());
            add(&mut sums.done, streams.done.as_ref());
            for (kind, buckets) in &streams.by_type {
                sums.by_type.entry(*kind).or_default().add(buckets);
            }
        }
    }
}

fn add(sum: &mut Histogram, more: Option<&Buckets>) {
    more.into_iter().for_each(|buckets| sum.add(buckets));
}

impl Sums {
    fn add_counts(&mut self, row: &IntervalRow) {
        let add = |sum: Option<u64>, more: Option<u64>| Some(sum? + more?);
        self.sent = add(self.sent, row.sent);
        self.requests += row.requests;
        self.failures += row.failures;
        self.received_bytes = add(self.received_bytes, row.received_bytes);
        for (kind, count) in &row.failures_by_kind {
            *self.failures_by_kind.entry(*kind).or_default() += count;
        }
    }

    /// Adds the sums of another endpoint.
    pub fn merge(&mut self, other: &Self) {
        let add = |sum: Option<u64>, more: Option<u64>| Some(sum? + more?);
        self.sent = add(self.sent, other.sent);
        self.requests += other.requests;
        self.failures += other.failures;
        self.received_bytes = add(self.received_bytes, other.received_bytes);
        for (kind, count) in &other.failures_by_kind {
            *self.failures_by_kind.entry(*kind).or_default() += count;
        }
        self.latency.merge(&other.latency);
        self.corrected.merge(&other.corrected);
        self.ttfb.merge(&other.ttfb);
        if let Some(more) = &other.streams {
            self.streams.get_or_insert_default().merge(more);
        }
    }
}

impl StreamSums {
    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.first_event.merge(&other.first_event);
        self.largest_gap.merge(&other.largest_gap);
        self.complete.merge(&other.complete);
        self.done.merge(&other.done);
        for (kind, more) in &other.by_type {
            self.by_type.entry(*kind).or_default().merge(more);
        }
    }
}
