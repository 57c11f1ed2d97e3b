//! Holds the seconds of a run that not every shard has reported yet.
//!
//! A shard posts its seconds in order. So a second is complete when each shard has posted it or a later one, or has
//! ended. No clock and no input or output here.

use std::collections::BTreeMap;

use super::health::Health;
use super::recorder::{Gauges, Snapshot};
use super::tally::Tally;

/// A second is closed when the fastest shard is this many seconds further, because a shard that is so late slept or
/// hangs.
const PATIENCE_S: u64 = 3;
/// The value of `reported_until` for a shard that has ended.
const EVERYTHING: u64 = u64::MAX;

/// One second, merged from what the shards have posted.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// The counts by entry.
    pub tallies: BTreeMap<usize, Tally>,
    /// Users and requests in flight at the end of the second.
    pub gauges: Gauges,
    pub health: Health,
}

/// The seconds that are not complete.
#[derive(Clone, Debug)]
pub struct OpenSeconds {
    seconds: BTreeMap<u64, Second>,
    /// The first second that each shard has not reported, by shard.
    reported_until: Vec<u64>,
}

impl OpenSeconds {
    /// A run of `shards` shards before any of them has posted.
    pub fn of(shards: u32) -> Self {
        Self { seconds: BTreeMap::new(), reported_until: vec![0; shards as usize] }
    }

    /// Adds one second of one shard.
    pub fn add(&mut self, snapshot: Snapshot) {
        let Snapshot { shard, second, tallies, gauges, health } = snapshot;
        self.reached(shard, second + 1);
        let open = self.seconds.entry(second).or_default();
        for (entry, tally) in tallies {
            open.tallies.entry(entry).or_default().merge(&tally);
        }
        open.gauges.merge(&gauges);
        open.health.merge(&health);
    }

    /// Notes that a shard has posted a second that is left out.
    pub fn leave_out(&mut self, shard: u32, second: u64) {
        self.reached(shard, second + 1);
    }

    /// Drops the seconds before `first`.
    pub fn drop_before(&mut self, first: u64) {
        self.seconds = self.seconds.split_off(&first);
    }

    /// Stops waiting for seconds of a shard that has ended.
    pub fn shard_ended(&mut self, shard: u32) {
        self.reached(shard, EVERYTHING);
    }

    /// Takes the first second if it is complete or if a shard is too late to be awaited.
    pub fn pop_complete(&mut self) -> Option<(u64, Second)> {
        let complete_until = self.reported_until.iter().min().copied().unwrap_or(EVERYTHING);
        let newest = *self.seconds.last_key_value()?.0;
        let first = self.seconds.first_entry()?;
        let is_due = *first.key() < complete_until || first.key() + PATIENCE_S <= newest;
        is_due.then(|| first.remove_entry())
    }

    /// Takes the first second, complete or not.
    pub fn pop(&mut self) -> Option<(u64, Second)> {
        self.seconds.pop_first()
    }

    fn reached(&mut self, shard: u32, second: u64) {
        let until = self.reported_until.get_mut(shard as usize);
        until.into_iter().for_each(|until| *until = second.max(*until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(open: &mut OpenSeconds, shard: u32, second: u64) -> Vec<(u64, u32)> {
        let gauges = Gauges { users: 1, ..Gauges::default() };
        open.add(Snapshot { shard, second, tallies: Vec::new(), gauges, health: Health::default() });
        complete(open)
    }

    /// The seconds that are complete, each with the number of shards that reported it.
    fn complete(open: &mut OpenSeconds) -> Vec<(u64, u32)> {
        let next = || open.pop_complete().map(|(second, all)| (second, all.gauges.users));
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn a_second_is_complete_when_every_shard_has_posted_it_or_a_later_one() {
        let mut open = OpenSeconds::of(2);
        assert_eq!(post(&mut open, 0, 0), []);
        assert_eq!(post(&mut open, 1, 0), [(0, 2)]);
        assert_eq!(post(&mut open, 0, 1), []);
        // Shard 1 slept during second 1.
        assert_eq!(post(&mut open, 1, 2), [(1, 1)]);
    }

    #[test]
    fn a_shard_that_has_ended_is_not_awaited_and_a_slower_one_still_is() {
        let mut open = OpenSeconds::of(2);
        assert_eq!(post(&mut open, 0, 0), []);
        assert_eq!(post(&mut open, 0, 1), []);
        open.shard_ended(0);
        assert_eq!(complete(&mut open), []);
        assert_eq!(post(&mut open, 1, 0), [(0, 2)]);
        assert_eq!(post(&mut open, 1, 1), [(1, 2)]);
        assert_eq!(post(&mut open, 1, 2), [(2, 1)], "while it awaits its last answers");
        assert_eq!(post(&mut open, 1, 3), [(3, 1)]);
    }

    #[test]
    fn a_silent_shard_is_awaited_for_three_seconds() {
        let mut open = OpenSeconds::of(2);
        let over: Vec<_> = (0..5).map(|second| post(&mut open, 0, second)).collect();
        assert_eq!(over, [vec![], vec![], vec![], vec![(0, 1)], vec![(1, 1)]]);
    }
}
