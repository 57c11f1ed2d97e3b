//! Finds out whether the generator, not the host, limited a run. It counts second by second, so that the answer costs
//! nothing. Why a second is suspect is decided in `health.rs`.

use crate::core::report::{Note, SuspectReason, TimelineRow};

/// At this share of the calibrated rate or above, a page has no room left to be on time.
const CEILING_SHARE: f64 = 0.8;
/// Fewer seconds at the ceiling than this do not count as a limit.
const CEILING_SECONDS: u64 = 3;

/// The seconds in which the generator was at its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ceiling {
    seconds: u64,
    strained: u64,
    peak_rps: u64,
}

impl Ceiling {
    /// Counts a second. `best_rps` is the highest rate of the generator in requests per second, if it was measured.
    pub fn add(&mut self, row: &TimelineRow, best_rps: Option<f64>) {
        self.seconds += 1;
        self.count(row, best_rps);
    }

    /// Counts a second again after a slow shard added requests or reasons to it; `before` is its row without them.
    pub fn update(&mut self, before: &TimelineRow, row: &TimelineRow, best_rps: Option<f64>) {
        self.strained -= u64::from(is_strained(before, best_rps)).min(self.strained);
        self.count(row, best_rps);
    }

    fn count(&mut self, row: &TimelineRow, best_rps: Option<f64>) {
        if is_strained(row, best_rps) {
            self.strained += 1;
            self.peak_rps = self.peak_rps.max(row.requests);
        }
    }

    /// The note for the report, if the ceiling was reached for at least three seconds and at least a tenth of the run.
    pub fn note(&self, best_rps: Option<f64>) -> Option<Note> {
        (self.strained >= CEILING_SECONDS.max(self.seconds / 10)).then_some(Note::CeilingReached {
            seconds: self.strained,
            of_seconds: self.seconds,
            peak_rps: self.peak_rps as f64,
            best_rps,
        })
    }
}

fn is_strained(row: &TimelineRow, best_rps: Option<f64>) -> bool {
    let slow = [SuspectReason::Late, SuspectReason::Queued, SuspectReason::Blocked];
    let fast = best_rps.is_some_and(|best| row.requests as f64 >= CEILING_SHARE * best);
    fast || row.suspect.iter().any(|reason| slow.contains(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(second: u64, requests: u64, suspect: Vec<SuspectReason>) -> TimelineRow {
        TimelineRow { second, requests, suspect, ..TimelineRow::default() }
    }

    fn note(rows: &[TimelineRow], best_rps: Option<f64>) -> Option<Note> {
        let mut ceiling = Ceiling::default();
        rows.iter().for_each(|row| ceiling.add(row, best_rps));
        ceiling.note(best_rps)
    }

    #[test]
    fn the_ceiling_is_named_when_the_generator_was_the_limit() {
        let slow: Vec<_> = (0..5).map(|second| row(second, 300, vec![SuspectReason::Queued])).collect();
        let reached =
            |peak_rps, best_rps| Some(Note::CeilingReached { seconds: 5, of_seconds: 5, peak_rps, best_rps });
        assert_eq!(note(&slow, None), reached(300.0, None));
        let fast: Vec<_> = (0..5).map(|second| row(second, 480, vec![])).collect();
        assert_eq!(note(&fast, Some(550.0)), reached(480.0, Some(550.0)));
    }

    #[test]
    fn a_hiccup_or_a_slow_host_is_no_ceiling() {
        let mut rows: Vec<_> = (0..60).map(|second| row(second, 100, vec![])).collect();
        rows[3].suspect.push(SuspectReason::Late);
        rows[4].suspect.push(SuspectReason::Hidden);
        assert_eq!(note(&rows, Some(550.0)), None);
    }

    #[test]
    fn a_second_with_late_additions_is_counted_once() {
        let mut ceiling = Ceiling::default();
        let rows: Vec<_> = (0..3).map(|second| row(second, 10, vec![SuspectReason::Late])).collect();
        rows.iter().for_each(|row| ceiling.add(row, None));
        ceiling.update(&rows[2], &row(2, 15, vec![SuspectReason::Late, SuspectReason::Asleep]), None);
        let expected = Note::CeilingReached { seconds: 3, of_seconds: 3, peak_rps: 15.0, best_rps: None };
        assert_eq!(ceiling.note(None), Some(expected));
    }
}
