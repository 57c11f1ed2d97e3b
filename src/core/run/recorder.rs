//! The recorder of a shard counts the current second and returns each finished second as a [`Snapshot`].
//!
//! A finished request counts in the second in which it ended, and a started request in the second in which it started.
//! The recorder keeps only the current second; `merged_run.rs` sums over the run.

use serde::{Deserialize, Serialize};

use super::health::{Health, Slept};
use super::tally::Tally;
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::scenario::EntryId;

/// One second of one shard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub shard: u32,
    /// The number of the second in the run, from 0.
    pub second: u64,
    /// The counts by entry, without entries that counted nothing.
    pub tallies: Vec<(usize, Tally)>,
    /// Users and requests in flight at the end of the second.
    pub gauges: Gauges,
    pub health: Health,
}

impl Snapshot {
    /// Whether no request started or ended and no arrival was dropped.
    pub const fn is_empty(&self) -> bool {
        self.tallies.is_empty() && self.health.dropped == 0
    }
}

/// Users and requests in flight at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauges {
    /// Running virtual users.
    pub users: u32,
    /// Requests that are sent and unanswered.
    pub in_flight: u32,
    /// How long the oldest request in flight has been waiting.
    pub oldest: Micros,
}

impl Gauges {
    /// Adds another shard's gauges.
    pub fn merge(&mut self, other: &Self) {
        self.users += other.users;
        self.in_flight += other.in_flight;
        self.oldest = self.oldest.max(other.oldest);
    }
}

/// A shard that gave no sign of life for this long did not run: its thread wakes at least once a second.
const GAP: Micros = Micros::from_secs(2);

/// The counts of one shard in the current second.
#[derive(Debug)]
pub struct Recorder {
    shard: u32,
    second: u64,
    tallies: Vec<Tally>,
    health: Health,
    /// When the shard was last seen running.
    alive: Micros,
    /// The last time span in which the shard did not run: the machine slept, or the process was stopped.
    gap: Option<Gap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    from: Micros,
    to: Micros,
}

impl Recorder {
    /// A recorder of `shard` for a scenario with `entries` entries.
    pub fn new(shard: u32, entries: usize) -> Self {
        Self {
            shard,
            second: 0,
            tallies: vec![Tally::default(); entries],
            health: Health::default(),
            alive: Micros::ZERO,
            gap: None,
        }
    }

    /// Notes that the shard runs. Notes a sleep when the shard has not run for `GAP` or longer.
    pub fn is_alive(&mut self, now: Micros) {
        if now.saturating_sub(self.alive) >= GAP {
            self.slept(self.alive, now);
        }
        self.alive = now;
    }

    /// Notes that the machine slept between two moments of the run's clock. The clock may have stood still in between.
    pub fn slept(&mut self, from: Micros, to: Micros) {
        self.gap = Some(Gap { from, to });
        self.health.slept = Slept::Yes;
    }

    /// Counts a request as sent.
    pub fn sent(&mut self, entry: EntryId, now: Micros) {
        self.is_alive(now);
        self.tallies.get_mut(entry.0).into_iter().for_each(|tally| tally.sent += 1);
    }

    /// Notes that a request which was due at `scheduled` starts now. Returns when it counts as due: at `scheduled`, or
    /// at the end of a sleep if `scheduled` was during that sleep.
    pub fn started(&mut self, scheduled: Micros, now: Micros) -> Micros {
        self.is_alive(now);
        let asleep = self.gap.filter(|gap| scheduled <= gap.to && now >= gap.to);
        let due = asleep.map_or(scheduled, |gap| scheduled.max(gap.to));
        self.health.lateness.record(now.saturating_sub(due));
        due
    }

    /// Counts the outcome of a request that was due at `scheduled`. A request has no latency if the machine slept while
    /// it was in flight.
    pub fn ended(&mut self, entry: EntryId, scheduled: Micros, exchange: &Exchange, now: Micros) {
        self.is_alive(now);
        let timing = &exchange.timing;
        let slept = self.gap.is_some_and(|gap| timing.ready < gap.to && timing.finished > gap.from);
        let Some(tally) = self.tallies.get_mut(entry.0) else { return };
        if slept { tally.record_untimed(exchange) } else { tally.record(scheduled, exchange) }
    }

    /// Counts an arrival that was due and cannot start.
    pub const fn dropped(&mut self) {
        self.health.dropped += 1;
    }

    /// Whether the shard was not running at an earlier moment.
    pub fn slept_at(&self, moment: Micros) -> bool {
        self.gap.is_some_and(|gap| gap.from < moment && moment <= gap.to)
    }

    /// When the current second ends.
    pub const fn second_ends(&self) -> Micros {
        Micros::from_secs(self.second + 1)
    }

    /// Adds what the shard noticed about itself in this second.
    pub fn notice(&mut self, health: &Health) {
        self.health.add(health);
    }

    /// Returns the counts since the last call as the current second, and moves on to the second that contains `now`.
    pub fn close(&mut self, now: Micros, gauges: Gauges) -> Snapshot {
        let tallies = self.tallies.iter_mut().enumerate().filter(|(_, tally)| !tally.is_empty());
        let snapshot = Snapshot {
            shard: self.shard,
            second: self.second,
            tallies: tallies.map(|(entry, tally)| (entry, std::mem::take(tally))).collect(),
            gauges,
            health: std::mem::take(&mut self.health),
        };
        self.second = now.second().max(self.second + 1);
        snapshot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::exchange::Timing;

    fn exchange(ready_s: u64, finished_s: u64) -> Exchange {
        let at = Micros::from_secs;
        let timing = Timing {
            ready: at(ready_s),
            sent: Some(at(ready_s)),
            finished: at(finished_s),
            ..Timing::default()
        };
        Exchange::new(Ok(200), timing, 0)
    }

    #[test]
    fn a_request_that_was_in_flight_while_the_machine_slept_has_no_latency() {
        let mut recorder = Recorder::new(0, 1);
        let entry = EntryId(0);
        (0..=10).for_each(|second| recorder.is_alive(Micros::from_secs(second)));
        // The machine sleeps from 10 s to 70 s. One answer came before the sleep, the other one after it.
        recorder.ended(entry, Micros::from_secs(8), &exchange(8, 9), Micros::from_secs(70));
        recorder.ended(entry, Micros::from_secs(10), &exchange(10, 70), Micros::from_secs(70));
        let due = recorder.started(Micros::from_secs(12), Micros::from_secs(70));
        assert_eq!(due, Micros::from_secs(70), "a start that was due in the sleep is due at its end");
        let second = recorder.close(Micros::from_secs(70), Gauges::default());
        let (_, tally) = &second.tallies[0];
        assert_eq!((tally.succeeded, tally.untimed, tally.latency.count()), (2, 1, 1));
        assert_eq!(tally.latency.max(), Some(Micros::SECOND));
        assert_eq!((second.health.slept, second.health.lateness.max()), (Slept::Yes, Some(Micros::ZERO)));
    }

    #[test]
    fn a_request_that_left_just_before_the_sleep_has_no_latency_either() {
        let mut recorder = Recorder::new(0, 1);
        let entry = EntryId(0);
        recorder.started(Micros::from_secs(1), Micros::from_secs(1));
        // The request is counted as started, is sent, and then the machine sleeps. The shard gives no sign of life
        // between the start and the end of the sleep.
        let mut exchange = exchange(1, 61);
        exchange.timing.ready += Micros(40);
        recorder.ended(entry, Micros::from_secs(1), &exchange, Micros::from_secs(61));
        let second = recorder.close(Micros::from_secs(61), Gauges::default());
        let (_, tally) = &second.tallies[0];
        assert_eq!((tally.succeeded, tally.untimed, tally.latency.count()), (1, 1, 0));
    }

    #[test]
    fn a_request_that_left_as_soon_as_the_machine_woke_has_a_latency() {
        let mut recorder = Recorder::new(0, 1);
        recorder.is_alive(Micros::from_secs(60));
        recorder.ended(EntryId(0), Micros::from_secs(60), &exchange(60, 61), Micros::from_secs(61));
        let second = recorder.close(Micros::from_secs(61), Gauges::default());
        assert_eq!((second.tallies[0].1.untimed, second.tallies[0].1.latency.count()), (0, 1));
    }

    #[test]
    fn a_moment_during_a_sleep_is_recognised() {
        let mut recorder = Recorder::new(0, 1);
        (0..=10).for_each(|second| recorder.is_alive(Micros::from_secs(second)));
        recorder.is_alive(Micros::from_secs(70));
        let slept = [9, 10, 11, 70, 71].map(|second| recorder.slept_at(Micros::from_secs(second)));
        assert_eq!(slept, [false, false, true, true, false]);
    }

    #[test]
    fn a_shard_that_runs_every_second_has_no_gap() {
        let mut recorder = Recorder::new(0, 1);
        (0..100).for_each(|second| recorder.is_alive(Micros::from_secs(second)));
        recorder.ended(EntryId(0), Micros::ZERO, &exchange(0, 99), Micros::from_secs(99));
        let second = recorder.close(Micros::from_secs(99), Gauges::default());
        assert_eq!(second.tallies[0].1.untimed, 0, "a slow answer is a slow answer");
    }
}
