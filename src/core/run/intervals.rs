//! Collects the counts of a run by interval and endpoint, so that any range of time can be summed up later.
//!
//! Memory is bounded for any length of run: when there are too many intervals, neighbours are merged and intervals
//! become twice as long.

use std::collections::BTreeMap;

use super::tally::{StreamTally, Tally};
use crate::core::base::failure::FailureKind;
use crate::core::report::{IntervalRow, IntervalStreams, Intervals, Recorded};

/// The most intervals of a run. Runs of up to ten minutes have intervals of one second, longer runs have longer ones.
const MAX_INTERVALS: u64 = 600;

/// How a placeholder plan counts. Only the run's other plans show whether it is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholders {
    /// All plans are placeholders, so that a mocked model made them.
    Pass,
    Fail,
}

/// Collects the seconds of a run.
#[derive(Clone, Debug)]
pub struct Collector {
    period_s: u64,
    /// The intervals that have ended, by (index, entry).
    ended: BTreeMap<(u64, usize), IntervalRow>,
    /// Placeholder plans in them that are failures only if the run has real plans too, likewise by (index, entry).
    unsure_plans: BTreeMap<(u64, usize), u64>,
    /// The counts of the current interval, by entry.
    open: BTreeMap<usize, Tally>,
    open_index: u64,
}

impl Default for Collector {
    fn default() -> Self {
        let (ended, unsure_plans, open) = Default::default();
        Self { period_s: 1, ended, unsure_plans, open, open_index: 0 }
    }
}

impl Collector {
    /// Adds a finished second. Seconds come in order, except those that a slow shard reported late.
    pub fn add(&mut self, second: u64, tallies: &[(usize, &Tally)]) {
        while second / self.period_s >= MAX_INTERVALS {
            self.coarsen();
        }
        let index = second / self.period_s;
        if index != self.open_index {
            self.close();
            self.open_index = index;
        }
        for (entry, tally) in tallies.iter().filter(|(_, tally)| !tally.is_empty()) {
            self.open.entry(*entry).or_default().merge(tally);
        }
        if self.period_s == 1 {
            self.close();
        }
    }

    /// The intervals so far, including the current one, with placeholder plans counted as the run's other plans demand.
    pub fn rows(&self, placeholders: Placeholders) -> Intervals {
        let mut open: Vec<_> =
            self.open.iter().map(|(entry, tally)| row(self.open_index, *entry, tally)).collect();
        let mut rows: Vec<_> = self.ended.values().cloned().collect();
        if placeholders == Placeholders::Fail {
            let unsure = |row: &IntervalRow| self.unsure_plans.get(&(row.index, row.entry)).copied();
            rows.iter_mut().for_each(|row| convict(row, unsure(row).unwrap_or_default()));
            let unsure = |row: &IntervalRow| self.open.get(&row.entry).map_or(0, Tally::unsure_plans);
            open.iter_mut().for_each(|row| convict(row, unsure(row)));
        }
        for (entry, tally) in &self.open {
            take_back(rows.iter_mut().rev(), *entry, tally.sent_before());
        }
        rows.extend(open);
        Intervals { period_s: self.period_s, rows }
    }

    fn close(&mut self) {
        for (entry, tally) in std::mem::take(&mut self.open) {
            if tally.unsure_plans() > 0 {
                *self.unsure_plans.entry((self.open_index, entry)).or_default() += tally.unsure_plans();
            }
            take_back(self.ended.values_mut().rev(), entry, tally.sent_before());
            self.keep(row(self.open_index, entry, &tally));
        }
    }

    fn keep(&mut self, row: IntervalRow) {
        match self.ended.get_mut(&(row.index, row.entry)) {
            Some(first) => merge_rows(first, row),
            None => {
                self.ended.insert((row.index, row.entry), row);
            }
        }
    }

    /// Makes intervals twice as long.
    fn coarsen(&mut self) {
        self.close();
        self.period_s *= 2;
        self.open_index /= 2;
        for ((index, entry), count) in std::mem::take(&mut self.unsure_plans) {
            *self.unsure_plans.entry((index / 2, entry)).or_default() += count;
        }
        for (_, mut row) in std::mem::take(&mut self.ended) {
            row.index /= 2;
            self.keep(row);
        }
    }
}

/// Takes requests that belong to another entry out of the intervals in which they were counted as sent, the latest first.
fn take_back<'a>(rows: impl Iterator<Item = &'a mut IntervalRow>, entry: usize, mut count: u64) {
    for sent in rows.filter(|row| row.entry == entry).filter_map(|row| row.sent.as_mut()) {
        if count == 0 {
            return;
        }
        let taken = count.min(*sent);
        *sent -= taken;
        count -= taken;
    }
}

/// Makes failures of placeholder plans that counted as successes.
fn convict(row: &mut IntervalRow, unsure: u64) {
    if unsure > 0 {
        row.failures += unsure;
        *row.failures_by_kind.entry(FailureKind::Check).or_default() += unsure;
    }
}

fn row(index: u64, entry: usize, tally: &Tally) -> IntervalRow {
    let mut failures_by_kind = BTreeMap::new();
    for (failure, occurrences) in &tally.failures {
        *failures_by_kind.entry(failure.kind).or_default() += occurrences.count;
    }
    IntervalRow {
        index,
        entry,
        sent: Some(tally.sent_here()),
        requests: tally.completed(),
        failures: tally.failed,
        failures_by_kind,
        received_bytes: Some(tally.received_bytes),
        latency: Recorded::of(&tally.latency),
        corrected: Recorded::of(&tally.corrected),
        ttfb: Recorded::of(&tally.ttfb),
        streams: tally.streams.as_deref().map(|tally| Box::new(streams(tally))),
    }
}

fn streams(tally: &StreamTally) -> IntervalStreams {
    let by_type = tally.by_type.iter().filter_map(|(kind, histogram)| Some((kind, Recorded::of(histogram)?)));
    IntervalStreams {
        events: tally.events,
        first_event: Recorded::of(&tally.first_event),
        largest_gap: Recorded::of(&tally.largest_gap),
        complete: Recorded::of(&tally.complete),
        done: Recorded::of(&tally.done),
        by_type: by_type.collect(),
    }
}

fn merge_rows(first: &mut IntervalRow, second: IntervalRow) {
    let add = |sum: Option<u64>, more: Option<u64>| Some(sum? + more?);
    first.sent = add(first.sent, second.sent);
    first.requests += second.requests;
    first.failures += second.failures;
    first.received_bytes = add(first.received_bytes, second.received_bytes);
    for (kind, count) in second.failures_by_kind {
        *first.failures_by_kind.entry(kind).or_default() += count;
    }
    merge_recorded(&mut first.latency, second.latency);
    merge_recorded(&mut first.corrected, second.corrected);
    merge_recorded(&mut first.ttfb, second.ttfb);
    match (&mut first.streams, second.streams) {
        (Some(first), Some(second)) => merge_streams(first, *second),
        (first @ None, second) => *first = second,
        (Some(_), None) => {}
    }
}

fn merge_streams(first: &mut IntervalStreams, second: IntervalStreams) {
    first.events += second.events;
    merge_recorded(&mut first.first_event, second.first_event);
    merge_recorded(&mut first.largest_gap, second.largest_gap);
    merge_recorded(&mut first.complete, second.complete);
    merge_recorded(&mut first.done, second.done);
    for (kind, more) in second.by_type {
        let mut sum = first.by_type.remove(&kind);
        merge_recorded(&mut sum, Some(more));
        first.by_type.extend(sum.map(|sum| (kind, sum)));
    }
}

/// Adds `second` to `first`. Both were encoded in this file, so decoding cannot fail. If it fails all the same, `first`
/// stays as it is.
fn merge_recorded(first: &mut Option<Recorded>, second: Option<Recorded>) {
    let merged = match (&*first, &second) {
        (Some(one), Some(other)) => one.decode().ok().zip(other.decode().ok()).and_then(|(mut sum, more)| {
            sum.merge(&more);
            Recorded::of(&sum)
        }),
        (None, _) => second,
        (Some(_), None) => return,
    };
    if merged.is_some() {
        *first = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::units::Micros;

    fn second_of(latency: u64) -> Tally {
        let mut tally = Tally { succeeded: 1, ..Tally::default() };
        tally.latency.record(Micros(latency));
        tally
    }

    #[test]
    fn ten_minutes_keep_their_seconds() {
        let mut collector = Collector::default();
        (0..600).for_each(|second| collector.add(second, &[(0, &second_of(second + 1))]));
        let intervals = collector.rows(Placeholders::Pass);
        assert_eq!((intervals.period_s, intervals.rows.len()), (1, 600));
        assert_eq!(intervals.rows[41].latency.as_ref().unwrap().decode().unwrap().max(), Some(Micros(42)));
    }

    #[test]
    fn a_long_run_keeps_every_request_in_fewer_intervals() {
        let mut collector = Collector::default();
        (0..5_000).for_each(|second| collector.add(second, &[(0, &second_of(7))]));
        let intervals = collector.rows(Placeholders::Pass);
        assert_eq!(intervals.period_s, 16);
        assert!(intervals.rows.len() <= 600);
        assert_eq!(intervals.rows.iter().map(|row| row.requests).sum::<u64>(), 5_000);
        let counted: u64 =
            intervals.rows.iter().map(|row| row.latency.as_ref().unwrap().decode().unwrap().count()).sum();
        assert_eq!(counted, 5_000);
    }

    #[test]
    fn a_stream_that_ends_in_a_later_interval_is_counted_as_sent_once() {
        let mut collector = Collector::default();
        collector.add(0, &[(0, &Tally { sent: 1, ..Tally::default() })]);
        let (fresh, cached) = (Tally { moved_out: 1, ..Tally::default() }, Tally { sent: 1, ..second_of(1) });
        collector.add(3, &[(0, &fresh), (1, &cached)]);
        let sent = |collector: &Collector| -> u64 {
            collector.rows(Placeholders::Pass).rows.iter().filter_map(|row| row.sent).sum()
        };
        assert_eq!(sent(&collector), 1);
        (4..700).for_each(|second| collector.add(second, &[]));
        assert_eq!(sent(&collector), 1);
    }

    #[test]
    fn quiet_seconds_leave_no_rows() {
        let mut collector = Collector::default();
        collector.add(0, &[(0, &second_of(1))]);
        collector.add(1, &[]);
        collector.add(5, &[(0, &second_of(1))]);
        assert_eq!(
            collector.rows(Placeholders::Pass).rows.iter().map(|row| row.index).collect::<Vec<_>>(),
            [0, 5]
        );
    }
}
