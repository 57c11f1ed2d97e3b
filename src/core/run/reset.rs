//! A reset of the statistics in mid-run: which seconds count from then on, and what was in flight.
//!
//! A reset takes effect between two seconds, so the shards need not know of it: what they post of earlier seconds is left
//! out. As in Locust, a request that was in flight then counts once it ends.

use super::tally::Tally;
use crate::core::report::Note;

/// The last reset of a run.
#[derive(Clone, Debug)]
pub struct Reset {
    first_second: u64,
    /// What was counted before, since the start of the run, by entry.
    before: Vec<Before>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Before {
    /// Below zero only between a stream that is moved to another entry and the second in which it was sent.
    sent: i64,
    completed: u64,
}

impl Reset {
    /// A reset before `first_second` of what `tallies` have counted, after an `earlier` one.
    pub fn before(first_second: u64, tallies: &[Tally], earlier: Option<Self>) -> Self {
        let before = earlier.map_or_else(Vec::new, |earlier| earlier.before);
        let mut this = Self { first_second, before };
        this.before.resize(tallies.len(), Before::default());
        tallies.iter().enumerate().for_each(|(entry, tally)| this.leave_out(entry, tally));
        this
    }

    /// The first second that counts.
    pub const fn first_second(&self) -> u64 {
        self.first_second
    }

    /// Leaves out what an entry counted before the reset.
    pub fn leave_out(&mut self, entry: usize, tally: &Tally) {
        if let Some(before) = self.before.get_mut(entry) {
            before.sent += tally.sent as i64 - tally.moved_out as i64;
            before.completed += tally.completed();
        }
    }

    /// Requests of an entry that were in flight at the reset.
    pub fn in_flight(&self, entry: usize) -> u64 {
        self.before.get(entry).map_or(0, |before| {
            u64::try_from(before.sent).unwrap_or_default().saturating_sub(before.completed)
        })
    }

    /// What readers of the report must know.
    pub fn note(&self) -> Note {
        Note::StatisticsReset {
            at_s: self.first_second as f64,
            requests_before: self.before.iter().map(|before| before.completed).sum(),
            in_flight: (0..self.before.len()).map(|entry| self.in_flight(entry)).sum(),
        }
    }
}
