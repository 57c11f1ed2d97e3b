//! The recorder of a shard counts the current second and returns each finished second as a [`Snapshot`].
//!
//! A finished request counts in the second in which it ended, and a started request in the second in which it started.
//! The recorder keeps the current second, and finished ones whose figures the companion still has to send;
//! `merged_run.rs` sums over the run.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::awaited::{Awaited, Ended, PATIENCE};
use super::health::{Health, Slept};
use super::liveness::{Liveness, Sign};
use super::tally::Tally;
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::relay_record::RelayRecord;
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
    fn tally(&mut self, entry: EntryId) -> &mut Tally {
        let place = self.tallies.iter().position(|(known, _)| *known == entry.0).unwrap_or_else(|| {
            self.tallies.push((entry.0, Tally::default()));
            self.tallies.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was found or made a line before")]
        &mut self.tallies[place].1
    }

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
    liveness: Liveness,
    awaited: Awaited,
    /// Seconds that have ended and are not posted yet, the oldest first.
    closed: VecDeque<Snapshot>,
}

impl Recorder {
    /// A recorder of `shard` for a scenario with `entries` entries.
    pub fn new(shard: u32, entries: usize) -> Self {
        Self {
            shard,
            second: 0,
            tallies: vec![Tally::default(); entries],
            health: Health::default(),
            liveness: Liveness::new(GAP),
            awaited: Awaited::default(),
            closed: VecDeque::new(),
        }
    }

    /// Notes that the shard runs. Notes a sleep when the shard has not run for `GAP` or longer.
    pub fn is_alive(&mut self, now: Micros) {
        if self.liveness.is_alive(now) == Sign::WokeUp {
            self.health.slept = Slept::Yes;
        }
    }

    /// Notes that the machine slept between two moments of the run's clock. The clock may have stood still in between.
    pub const fn slept(&mut self, from: Micros, to: Micros) {
        self.liveness.slept(from, to);
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
        let due = self.liveness.woke_after(scheduled, now).map_or(scheduled, |woke| scheduled.max(woke));
        self.health.lateness.record(now.saturating_sub(due));
        due
    }

    /// Counts the outcome of a request that was due at `due`, or waits for the companion's record of it.
    pub fn ended(&mut self, entry: EntryId, due: Micros, exchange: &Exchange, now: Micros) {
        self.is_alive(now);
        let Some(id) = exchange.awaits else { return self.count(self.second, entry, due, exchange) };
        let ended = Ended { entry, due, exchange: exchange.clone(), second: self.second };
        if let Some((ended, record)) = self.awaited.on_ended(id, ended) {
            self.settle(ended, record);
        }
    }

    /// Counts a request by what the companion measured, once it has ended.
    pub fn on_record(&mut self, record: RelayRecord) {
        if let Some((ended, record)) = self.awaited.on_record(record) {
            self.settle(ended, record);
        }
    }

    fn settle(&mut self, ended: Ended, record: RelayRecord) {
        let Ended { entry, due, exchange, second } = ended;
        match record.apply(&exchange) {
            Some(measured) => self.count(second, entry, due, &measured),
            None => self.tallies_of(second, entry, |tally| tally.record_untimed(&exchange)),
        }
    }

    /// Counts a request in a second. A request has no latency if the machine slept while it was in flight.
    fn count(&mut self, second: u64, entry: EntryId, due: Micros, exchange: &Exchange) {
        let timing = &exchange.timing;
        let slept = self.liveness.slept_between(timing.ready, timing.finished);
        self.tallies_of(second, entry, |tally| {
            if slept { tally.record_untimed(exchange) } else { tally.record(due, exchange) }
        });
    }

    fn tallies_of(&mut self, second: u64, entry: EntryId, count: impl FnOnce(&mut Tally)) {
        match self.closed.iter_mut().find(|closed| closed.second == second) {
            Some(closed) => count(closed.tally(entry)),
            None => self.tallies.get_mut(entry.0).map_or((), count),
        }
    }

    /// Counts an arrival that was due and cannot start.
    pub const fn dropped(&mut self) {
        self.health.dropped += 1;
    }

    /// Whether the shard was not running at an earlier moment.
    pub fn slept_at(&self, moment: Micros) -> bool {
        self.liveness.slept_at(moment)
    }

    /// When the current second ends.
    pub const fn second_ends(&self) -> Micros {
        Micros::from_secs(self.second + 1)
    }

    /// Adds what the shard noticed about itself in this second.
    pub fn notice(&mut self, health: &Health) {
        self.health.add(health);
    }

    /// Ends the current second, and moves on to the one that contains `now`.
    pub fn close(&mut self, now: Micros, gauges: Gauges) {
        let tallies = self.tallies.iter_mut().enumerate().filter(|(_, tally)| !tally.is_empty());
        self.closed.push_back(Snapshot {
            shard: self.shard,
            second: self.second,
            tallies: tallies.map(|(entry, tally)| (entry, std::mem::take(tally))).collect(),
            gauges,
            health: std::mem::take(&mut self.health),
        });
        self.second = now.second().max(self.second + 1);
    }

    /// Takes the oldest second that has ended, once all its figures have come or were waited for long enough.
    pub fn take_closed(&mut self, now: Micros) -> Option<Snapshot> {
        let second = self.closed.front()?.second;
        if self.awaited.is_awaiting(second) {
            if now < Micros::from_secs(second + 1) + PATIENCE {
                return None;
            }
            for Ended { entry, due, exchange, second } in self.awaited.give_up(second) {
                self.tallies_of(second, entry, |tally| tally.unrecorded += 1);
                self.count(second, entry, due, &exchange);
            }
        }
        self.closed.pop_front()
    }

    /// Whether figures are still to come.
    pub fn is_awaiting(&self) -> bool {
        self.awaited.is_awaiting(self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::exchange::Timing;
    use crate::core::http::request_id::RequestId;

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

    fn closed(recorder: &mut Recorder, now_s: u64) -> Snapshot {
        recorder.close(Micros::from_secs(now_s), Gauges::default());
        recorder.take_closed(Micros::from_secs(now_s)).unwrap()
    }

    fn awaiting(number: u32, finished_ms: u64) -> Exchange {
        let finished = Micros::from_millis(finished_ms);
        let timing = Timing { sent: Some(Micros::ZERO), finished, ..Timing::default() };
        Exchange { awaits: Some(RequestId::new(0, number)), ..Exchange::new(Ok(200), timing, 0) }
    }

    fn record(number: u32, latency_ms: u64) -> RelayRecord {
        let timing = Timing {
            sent: Some(Micros::ZERO),
            finished: Micros::from_millis(latency_ms),
            ..Timing::default()
        };
        RelayRecord::of(RequestId::new(0, number), Exchange::new(Ok(200), timing, 0))
    }

    #[test]
    fn a_second_waits_for_the_companions_figures_of_its_requests() {
        let mut recorder = Recorder::new(0, 1);
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 900), Micros::from_millis(950));
        recorder.close(Micros::from_millis(1_000), Gauges::default());
        assert!(recorder.take_closed(Micros::from_millis(1_000)).is_none());
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(2, 1_020), Micros::from_millis(1_030));
        recorder.on_record(record(1, 200));
        let first = recorder.take_closed(Micros::from_millis(1_050)).unwrap();
        let (_, tally) = &first.tallies[0];
        assert_eq!((first.second, tally.completed(), tally.unrecorded), (0, 1, 0));
        assert_eq!(tally.latency.max(), Some(Micros::from_millis(200)), "not the 900 ms that the page saw");
        assert!(recorder.is_awaiting(), "the second request counts in the second second");
    }

    #[test]
    fn a_request_without_a_record_is_counted_by_the_page_and_said() {
        let mut recorder = Recorder::new(0, 1);
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 900), Micros::from_millis(950));
        recorder.close(Micros::SECOND, Gauges::default());
        assert!(recorder.take_closed(PATIENCE).is_none());
        let first = recorder.take_closed(Micros::SECOND + PATIENCE).unwrap();
        let (_, tally) = &first.tallies[0];
        assert_eq!((tally.completed(), tally.unrecorded), (1, 1));
        assert_eq!(tally.latency.max(), Some(Micros::from_millis(900)));
        recorder.on_record(record(1, 200));
        assert!(!recorder.is_awaiting(), "it comes too late to count");
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
        let second = closed(&mut recorder, 70);
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
        let second = closed(&mut recorder, 61);
        let (_, tally) = &second.tallies[0];
        assert_eq!((tally.succeeded, tally.untimed, tally.latency.count()), (1, 1, 0));
    }

    #[test]
    fn a_request_that_left_as_soon_as_the_machine_woke_has_a_latency() {
        let mut recorder = Recorder::new(0, 1);
        recorder.is_alive(Micros::from_secs(60));
        recorder.ended(EntryId(0), Micros::from_secs(60), &exchange(60, 61), Micros::from_secs(61));
        let second = closed(&mut recorder, 61);
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
        let second = closed(&mut recorder, 99);
        assert_eq!(second.tallies[0].1.untimed, 0, "a slow answer is a slow answer");
    }
}
