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
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::relay_record::{RecordBatch, RelayRecord, Running};
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
    /// Only the sleeps of the whole machine.
    machine: Liveness,
    awaited: Awaited,
    batches: Batches,
    /// Seconds that have ended and are not posted yet, the oldest first.
    closed: VecDeque<Snapshot>,
    /// Requests that end from now on are in flight at the run's end.
    is_over: bool,
}

/// Whether the companion sends batches, and when the last one came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Batches {
    /// No batch has come: there is no companion.
    None,
    Until(Micros),
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
            machine: Liveness::new(GAP),
            awaited: Awaited::default(),
            batches: Batches::None,
            closed: VecDeque::new(),
            is_over: false,
        }
    }

    /// Notes that the shard runs. Notes a sleep when the shard has not run for `GAP` or longer.
    pub fn note_alive(&mut self, now: Micros) {
        if self.liveness.note_alive(now) == Sign::WokeUp {
            self.health.slept = Slept::Yes;
        }
    }

    /// Notes that the machine slept between two moments of the run's clock. The clock may have stood still in between.
    pub const fn slept(&mut self, from: Micros, to: Micros) {
        self.liveness.slept(from, to);
        self.machine.slept(from, to);
        self.health.slept = Slept::Yes;
    }

    /// Counts a request as sent.
    pub fn sent(&mut self, entry: EntryId, now: Micros) {
        self.note_alive(now);
        self.tallies.get_mut(entry.0).into_iter().for_each(|tally| tally.sent += 1);
    }

    /// A request that was counted as sent under one entry belongs to another, as its answer shows.
    pub fn moved(&mut self, from: EntryId, to: EntryId) {
        if self.is_over {
            return;
        }
        self.tallies.get_mut(from.0).into_iter().for_each(Tally::move_out);
        self.tallies.get_mut(to.0).into_iter().for_each(|tally| tally.sent += 1);
    }

    /// Counts a request that is sent again because it failed.
    pub fn retried(&mut self, entry: EntryId) {
        self.tallies.get_mut(entry.0).into_iter().for_each(|tally| tally.retries += 1);
    }

    /// Counts a request that failed and was not sent again, because the budget of retries was used up.
    pub fn retry_denied(&mut self, entry: EntryId) {
        self.tallies.get_mut(entry.0).into_iter().for_each(|tally| tally.retries_denied += 1);
    }

    /// Counts a journey of several requests.
    pub fn journey(&mut self, entry: EntryId, began: Micros, ended: Micros, has_failed: bool) {
        if self.is_over {
            return;
        }
        self.note_alive(ended);
        let slept = self.liveness.slept_between(began, ended);
        self.tallies.get_mut(entry.0).into_iter().for_each(|tally| {
            tally.record_journey((!slept).then(|| ended.saturating_sub(began)), has_failed);
        });
    }

    /// Notes that a request which was due at `scheduled` starts now. Returns when it counts as due: at `scheduled`, or
    /// at the end of a sleep if `scheduled` was during that sleep.
    pub fn started(&mut self, scheduled: Micros, now: Micros) -> Micros {
        self.note_alive(now);
        let due = self.liveness.woke_after(scheduled, now).map_or(scheduled, |woke| scheduled.max(woke));
        self.health.lateness.record(now.saturating_sub(due));
        due
    }

    /// Counts the outcome of a request that was due at `due`, or waits for the companion's record of it.
    pub fn ended(&mut self, entry: EntryId, due: Micros, exchange: &Exchange, now: Micros) {
        if self.is_over {
            return;
        }
        self.note_alive(now);
        let Some(id) = exchange.awaits else { return self.count(self.second, entry, due, exchange) };
        let ended = Ended { entry, due, exchange: exchange.clone(), second: self.second };
        if let Some((ended, record)) = self.awaited.on_ended(id, ended) {
            self.settle(ended, record);
        }
    }

    /// Counts requests by what the companion measured, once they have ended, and notes when the companion did not run.
    pub fn on_batch(&mut self, batch: RecordBatch, now: Micros) {
        self.batches = Batches::Until(now);
        for record in batch.records {
            if let Some((ended, record)) = self.awaited.on_record(record) {
                self.settle(ended, record);
            }
        }
        let blocked = Health { companion_blocked: batch.blocked, ..Health::default() };
        self.health.add(&blocked);
        // A pause that began before this second is in the figures of those seconds too.
        let began = now.saturating_sub(batch.blocked);
        let earlier = self.closed.iter_mut().filter(|closed| began < Micros::from_secs(closed.second + 1));
        earlier.for_each(|closed| closed.health.add(&blocked));
    }

    fn settle(&mut self, ended: Ended, record: RelayRecord) {
        let Ended { entry, due, exchange, second } = ended;
        let running = record.running;
        let measured = record.apply(&exchange);
        match running {
            Running::All => self.count(second, entry, due, &measured),
            Running::Part => self.tallies_of(second, entry, |tally| tally.record_untimed(&measured)),
        }
    }

    /// Counts a request in a second. A request has no latency if the machine slept while it was in flight; the companion
    /// goes on measuring while only the shard does not run.
    fn count(&mut self, second: u64, entry: EntryId, due: Micros, exchange: &Exchange) {
        let timing = &exchange.timing;
        let sleeper = if timing.source == TimingSource::Companion { &self.machine } else { &self.liveness };
        let slept = sleeper.slept_between(timing.ready, timing.finished);
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
        let end = Micros::from_secs(second + 1);
        let is_complete = !self.awaited.is_awaiting(second) && self.has_batches_until(end);
        if !is_complete {
            if now < end + PATIENCE {
                return None;
            }
            self.give_up(second);
        }
        self.closed.pop_front()
    }

    /// Notes that no batch will come for a while: the companion is gone, and with it the records that had not come.
    pub fn expect_no_batches(&mut self) {
        self.batches = Batches::None;
        self.give_up(u64::MAX);
    }

    /// Whether what the companion has to tell of the time before `end` has come.
    fn has_batches_until(&self, end: Micros) -> bool {
        match self.batches {
            Batches::None => true,
            Batches::Until(last) => last >= end,
        }
    }

    /// Counts the requests of a second whose records have not come by what the page saw.
    fn give_up(&mut self, second: u64) {
        for Ended { entry, due, exchange, second } in self.awaited.give_up(second) {
            // Of what failed in the browser there may be no record, and nothing is said of its timing either.
            let unrecorded = u64::from(exchange.outcome.is_ok());
            self.tallies_of(second, entry, |tally| tally.unrecorded += unrecorded);
            self.count(second, entry, due, &exchange);
        }
    }

    /// Ends the run: what ends from now on is no longer counted.
    pub const fn end(&mut self) {
        self.is_over = true;
    }

    /// Takes the seconds that are left, whatever they wait for.
    pub fn take_rest(&mut self) -> Vec<Snapshot> {
        self.give_up(u64::MAX);
        std::mem::take(&mut self.closed).into()
    }

    /// Whether figures are still to come.
    pub fn is_awaiting(&self) -> bool {
        self.awaited.is_awaiting(self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::{Failure, FailureKind};
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
        recorder.take_closed(Micros::from_secs(now_s) + PATIENCE).unwrap()
    }

    fn awaiting(number: u32, finished_ms: u64) -> Exchange {
        let finished = Micros::from_millis(finished_ms);
        let timing = Timing { sent: Some(Micros::ZERO), finished, ..Timing::default() };
        Exchange { awaits: Some(RequestId::new(0, number)), ..Exchange::new(Ok(200), timing, 0) }
    }

    fn batch(number: u32, latency_ms: u64) -> RecordBatch {
        let timing = Timing {
            sent: Some(Micros::ZERO),
            finished: Micros::from_millis(latency_ms),
            ..Timing::default()
        };
        let record = RelayRecord::of(RequestId::new(0, number), Exchange::new(Ok(200), timing, 0));
        RecordBatch { records: vec![record], blocked: Micros::ZERO }
    }

    #[test]
    fn nothing_is_waited_for_when_the_companion_is_gone() {
        let mut recorder = Recorder::new(0, 1);
        recorder.on_batch(RecordBatch::default(), Micros::from_millis(900));
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 950), Micros::from_millis(950));
        let now = Micros::from_secs(1);
        recorder.close(now, Gauges::default());
        assert!(recorder.take_closed(now).is_none());
        recorder.expect_no_batches();
        let second = recorder.take_closed(now).unwrap();
        let (_, tally) = second.tallies.first().unwrap();
        assert_eq!((tally.completed(), tally.unrecorded), (1, 1));
    }

    #[test]
    fn a_second_waits_for_the_companions_figures_of_its_requests() {
        let mut recorder = Recorder::new(0, 1);
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 900), Micros::from_millis(950));
        recorder.close(Micros::from_millis(1_000), Gauges::default());
        assert!(recorder.take_closed(Micros::from_millis(1_000)).is_none());
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(2, 1_020), Micros::from_millis(1_030));
        recorder.on_batch(batch(1, 200), Micros::from_millis(1_050));
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
        recorder.on_batch(batch(1, 200), Micros::from_secs(4));
        assert!(!recorder.is_awaiting(), "it comes too late to count");
    }

    #[test]
    fn a_request_that_the_browser_lost_is_lost_and_not_unrecorded() {
        let mut recorder = Recorder::new(0, 1);
        let lost = Exchange { outcome: Err(Failure::new(FailureKind::Lost, "")), ..awaiting(1, 900) };
        recorder.ended(EntryId(0), Micros::ZERO, &lost, Micros::from_millis(950));
        recorder.close(Micros::SECOND, Gauges::default());
        let first = recorder.take_closed(Micros::SECOND + PATIENCE).unwrap();
        let (_, tally) = &first.tallies[0];
        assert_eq!((tally.lost, tally.unrecorded, tally.completed()), (1, 0, 0));
    }

    #[test]
    fn a_pause_of_the_companion_marks_every_second_that_it_touches() {
        let mut recorder = Recorder::new(0, 1);
        recorder.on_batch(RecordBatch::default(), Micros::from_millis(900));
        recorder.close(Micros::SECOND, Gauges::default());
        assert!(recorder.take_closed(Micros::SECOND).is_none(), "no batch has told of its end");
        let blocked = Micros::from_millis(300);
        recorder.on_batch(RecordBatch { records: Vec::new(), blocked }, Micros::from_millis(1_200));
        let first = recorder.take_closed(Micros::from_millis(1_200)).unwrap();
        assert_eq!(first.health.companion_blocked, blocked);
        recorder.close(Micros::from_secs(2), Gauges::default());
        recorder.on_batch(RecordBatch::default(), Micros::from_millis(2_050));
        let second = recorder.take_closed(Micros::from_millis(2_050)).unwrap();
        assert_eq!(second.health.companion_blocked, blocked);
    }

    #[test]
    fn a_request_across_a_stop_of_the_companion_ends_without_a_latency() {
        let mut recorder = Recorder::new(0, 1);
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 900), Micros::from_millis(950));
        let mut stopped = batch(1, 800);
        stopped.records[0].running = Running::Part;
        recorder.on_batch(stopped, Micros::from_millis(990));
        let second = closed(&mut recorder, 1);
        let (_, tally) = &second.tallies[0];
        assert_eq!((tally.succeeded, tally.untimed, tally.latency.count()), (1, 1, 0));
    }

    #[test]
    fn a_shard_that_did_not_run_leaves_the_companions_figures_alone() {
        let mut recorder = Recorder::new(0, 1);
        recorder.ended(EntryId(0), Micros::ZERO, &awaiting(1, 4_900), Micros::from_secs(5));
        recorder.on_batch(batch(1, 200), Micros::from_secs(5));
        assert_eq!(closed(&mut recorder, 5).tallies[0].1.latency.count(), 1);
    }

    #[test]
    fn a_request_that_was_in_flight_while_the_machine_slept_has_no_latency() {
        let mut recorder = Recorder::new(0, 1);
        let entry = EntryId(0);
        (0..=10).for_each(|second| recorder.note_alive(Micros::from_secs(second)));
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
        recorder.note_alive(Micros::from_secs(60));
        recorder.ended(EntryId(0), Micros::from_secs(60), &exchange(60, 61), Micros::from_secs(61));
        let second = closed(&mut recorder, 61);
        assert_eq!((second.tallies[0].1.untimed, second.tallies[0].1.latency.count()), (0, 1));
    }

    #[test]
    fn a_moment_during_a_sleep_is_recognised() {
        let mut recorder = Recorder::new(0, 1);
        (0..=10).for_each(|second| recorder.note_alive(Micros::from_secs(second)));
        recorder.note_alive(Micros::from_secs(70));
        let slept = [9, 10, 11, 70, 71].map(|second| recorder.slept_at(Micros::from_secs(second)));
        assert_eq!(slept, [false, false, true, true, false]);
    }

    #[test]
    fn a_shard_that_runs_every_second_has_no_gap() {
        let mut recorder = Recorder::new(0, 1);
        (0..100).for_each(|second| recorder.note_alive(Micros::from_secs(second)));
        recorder.ended(EntryId(0), Micros::ZERO, &exchange(0, 99), Micros::from_secs(99));
        let second = closed(&mut recorder, 99);
        assert_eq!(second.tallies[0].1.untimed, 0, "a slow answer is a slow answer");
    }
}
