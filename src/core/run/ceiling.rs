//! Finds out whether the generator, not the host, limited a run, and says what was seen. It counts second by second, so
//! that the answer costs nothing. Why a second is suspect is decided in `health.rs`.

use crate::core::report::{Note, SuspectReason, TimelineRow};

/// At this share of the calibrated rate or above, a page has no room left to be on time.
const CEILING_SHARE: f64 = 0.8;
/// Fewer seconds than this do not count as a limit.
const ENOUGH_SECONDS: u64 = 3;

/// What the generator's seconds looked like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ceiling {
    seconds: u64,
    /// Seconds at a rate near the best.
    near_best: u64,
    peak_rps: u64,
    held_up: HeldUp,
}

/// Seconds in which the generator was held up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct HeldUp {
    seconds: u64,
    late: u64,
    queued: u64,
    blocked: u64,
    hidden: u64,
}

impl Ceiling {
    /// Counts a second. `best_rps` is the highest rate of the generator in requests per second, if it was measured.
    pub fn add(&mut self, row: &TimelineRow, best_rps: Option<f64>) {
        self.seconds += 1;
        self.count(row, best_rps);
    }

    /// Counts a second again after a slow shard added requests or reasons to it; `before` is its row without them.
    pub fn update(&mut self, before: &TimelineRow, row: &TimelineRow, best_rps: Option<f64>) {
        self.near_best -= u64::from(is_near_best(before, best_rps)).min(self.near_best);
        self.held_up.subtract(HeldUp::of(before));
        self.count(row, best_rps);
    }

    fn count(&mut self, row: &TimelineRow, best_rps: Option<f64>) {
        if is_near_best(row, best_rps) {
            self.near_best += 1;
            self.peak_rps = self.peak_rps.max(row.requests);
        }
        self.held_up.add(HeldUp::of(row));
    }

    /// The note for the report: the rate is to blame where it was near the best, otherwise what was seen is said. `None`
    /// unless it lasted at least three seconds and a tenth of the run.
    pub fn note(&self, best_rps: Option<f64>) -> Option<Note> {
        let enough = ENOUGH_SECONDS.max(self.seconds / 10);
        let of_seconds = self.seconds;
        if self.near_best >= enough {
            let peak_rps = self.peak_rps as f64;
            return Some(Note::CeilingReached { seconds: self.near_best, of_seconds, peak_rps, best_rps });
        }
        let HeldUp { seconds, late, queued, blocked, hidden } = self.held_up;
        (seconds >= enough).then_some(Note::HeldUp { seconds, of_seconds, late, queued, blocked, hidden })
    }
}

fn is_near_best(row: &TimelineRow, best_rps: Option<f64>) -> bool {
    best_rps.is_some_and(|best| row.requests as f64 >= CEILING_SHARE * best)
}

impl HeldUp {
    fn of(row: &TimelineRow) -> Self {
        let has = |reason| u64::from(row.suspect.contains(&reason) || row.held_back.contains(&reason));
        use SuspectReason::{Blocked, Hidden, Late, Queued};
        let [late, queued, blocked, hidden] = [Late, Queued, Blocked, Hidden].map(has);
        // A hidden page that keeps its schedule is not held up.
        Self { seconds: late.max(queued).max(blocked), late, queued, blocked, hidden }
    }

    const fn add(&mut self, more: Self) {
        self.seconds += more.seconds;
        self.late += more.late;
        self.queued += more.queued;
        self.blocked += more.blocked;
        self.hidden += more.hidden;
    }

    const fn subtract(&mut self, less: Self) {
        self.seconds = self.seconds.saturating_sub(less.seconds);
        self.late = self.late.saturating_sub(less.late);
        self.queued = self.queued.saturating_sub(less.queued);
        self.blocked = self.blocked.saturating_sub(less.blocked);
        self.hidden = self.hidden.saturating_sub(less.hidden);
    }
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
    fn the_rate_is_to_blame_where_it_was_near_the_best() {
        let fast: Vec<_> = (0..5).map(|second| row(second, 480, vec![SuspectReason::Late])).collect();
        let best_rps = Some(550.0);
        let reached = Note::CeilingReached { seconds: 5, of_seconds: 5, peak_rps: 480.0, best_rps };
        assert_eq!(note(&fast, best_rps), Some(reached));
    }

    #[test]
    fn far_from_the_best_what_was_seen_is_said_instead() {
        let mut slow: Vec<_> = (0..5).map(|second| row(second, 38, vec![SuspectReason::Queued])).collect();
        slow[1].held_back = vec![SuspectReason::Late, SuspectReason::Blocked];
        let held_up =
            Some(Note::HeldUp { seconds: 5, of_seconds: 5, late: 1, queued: 5, blocked: 1, hidden: 0 });
        assert_eq!(note(&slow, Some(518.0)), held_up);
        assert_eq!(note(&slow, None), held_up, "a best that nobody measured is not blamed");
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
        let expected = Note::HeldUp { seconds: 3, of_seconds: 3, late: 3, queued: 0, blocked: 0, hidden: 0 };
        assert_eq!(ceiling.note(None), Some(expected));
    }
}
