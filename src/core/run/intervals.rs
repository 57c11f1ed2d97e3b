//! The latencies of each stretch of a run, kept so that any range of time can be summed up again.
//!
//! Memory is bounded whatever the run's length: when there are too many stretches, neighbours are merged and
//! stretches become twice as long.

use std::collections::BTreeMap;

use super::tally::Tally;
use crate::core::base::histogram::Encoded;
use crate::core::report::{IntervalRow, Intervals};

/// Ten minutes keep their seconds; longer runs get longer stretches.
const MAX_STRETCHES: u64 = 600;

/// Collects the seconds of a run.
#[derive(Clone, Debug)]
pub struct Collector {
    period_s: u64,
    /// Stretches that have ended, by (index, entry).
    ended: BTreeMap<(u64, usize), IntervalRow>,
    /// The stretch under way, by entry.
    open: BTreeMap<usize, Tally>,
    open_index: u64,
}

impl Default for Collector {
    fn default() -> Self {
        Self { period_s: 1, ended: BTreeMap::new(), open: BTreeMap::new(), open_index: 0 }
    }
}

impl Collector {
    /// Adds a second that is over. Seconds come in order, but for what a slow shard reported late.
    pub fn add(&mut self, second: u64, tallies: &BTreeMap<usize, Tally>) {
        while second / self.period_s >= MAX_STRETCHES {
            self.coarsen();
        }
        let index = second / self.period_s;
        if index != self.open_index {
            self.close();
            self.open_index = index;
        }
        for (entry, tally) in tallies.iter().filter(|(_, tally)| tally.completed() > 0) {
            self.open.entry(*entry).or_default().merge(tally);
        }
        if self.period_s == 1 {
            self.close();
        }
    }

    /// What was collected so far.
    pub fn rows(&self) -> Intervals {
        let open = self.open.iter().map(|(entry, tally)| row(self.open_index, *entry, tally));
        let rows = self.ended.values().cloned().chain(open).collect();
        Intervals { period_s: self.period_s, rows }
    }

    fn close(&mut self) {
        for (entry, tally) in std::mem::take(&mut self.open) {
            self.keep(row(self.open_index, entry, &tally));
        }
    }

    fn keep(&mut self, row: IntervalRow) {
        match self.ended.get_mut(&(row.index, row.entry)) {
            Some(first) => merge_rows(first, &row),
            None => {
                self.ended.insert((row.index, row.entry), row);
            }
        }
    }

    /// Makes stretches twice as long.
    fn coarsen(&mut self) {
        self.close();
        self.period_s *= 2;
        self.open_index /= 2;
        for (_, mut row) in std::mem::take(&mut self.ended) {
            row.index /= 2;
            self.keep(row);
        }
    }
}

fn row(index: u64, entry: usize, tally: &Tally) -> IntervalRow {
    IntervalRow {
        index,
        entry,
        requests: tally.completed(),
        failures: tally.failed,
        latency: tally.latency.encode(),
        corrected: tally.corrected.encode(),
    }
}

fn merge_rows(first: &mut IntervalRow, second: &IntervalRow) {
    first.requests += second.requests;
    first.failures += second.failures;
    merge_encoded(&mut first.latency, &second.latency);
    merge_encoded(&mut first.corrected, &second.corrected);
}

/// Both were encoded here, so decoding them cannot fail; were it to, the first would stand alone.
fn merge_encoded(first: &mut Encoded, second: &Encoded) {
    if let (Ok(mut sum), Ok(more)) = (first.decode(), second.decode()) {
        sum.merge(&more);
        *first = sum.encode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::units::Micros;

    fn second_of(latency: u64) -> BTreeMap<usize, Tally> {
        let mut tally = Tally { succeeded: 1, ..Tally::default() };
        tally.latency.record(Micros(latency));
        BTreeMap::from([(0, tally)])
    }

    #[test]
    fn ten_minutes_keep_their_seconds() {
        let mut collector = Collector::default();
        (0..600).for_each(|second| collector.add(second, &second_of(second + 1)));
        let intervals = collector.rows();
        assert_eq!((intervals.period_s, intervals.rows.len()), (1, 600));
        assert_eq!(intervals.rows[41].latency.decode().unwrap().max(), Some(Micros(42)));
    }

    #[test]
    fn a_long_run_keeps_every_request_in_fewer_stretches() {
        let mut collector = Collector::default();
        (0..5_000).for_each(|second| collector.add(second, &second_of(7)));
        let intervals = collector.rows();
        assert_eq!(intervals.period_s, 16);
        assert!(intervals.rows.len() <= 600);
        assert_eq!(intervals.rows.iter().map(|row| row.requests).sum::<u64>(), 5_000);
        let counted: u64 = intervals.rows.iter().map(|row| row.latency.decode().unwrap().count()).sum();
        assert_eq!(counted, 5_000);
    }

    #[test]
    fn quiet_seconds_leave_no_rows() {
        let mut collector = Collector::default();
        collector.add(0, &second_of(1));
        collector.add(1, &BTreeMap::new());
        collector.add(5, &second_of(1));
        assert_eq!(collector.rows().rows.iter().map(|row| row.index).collect::<Vec<_>>(), [0, 5]);
    }
}
