//! The counts of one (method, name): of one second in a shard, and of the whole run in the report.
//!
//! Tallies can be merged, over seconds and over shards. Nothing is rounded here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::occurrences::Occurrences;
use super::plan_tally::{PLACEHOLDER_CHECK, PlanTally};
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::histogram::Histogram;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::http::stream::{ByKind, Streamed};

/// The number of distinct failures per entry. Further ones are counted together, so that texts cannot fill the memory.
const MAX_FAILURES: usize = 64;

/// Counts and latencies of one (method, name).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Requests started.
    pub sent: u64,
    /// Requests that got a complete response with a status under 400.
    pub succeeded: u64,
    pub failed: u64,
    /// Bytes of response bodies.
    pub received_bytes: u64,
    /// Requests that only the page's clock timed, because the browser withheld its own times.
    pub page_clock: u64,
    /// Requests of unknown latency, because the machine slept while they were in flight.
    pub untimed: u64,
    /// Requests that the generator lost: they have neither a latency nor an outcome.
    #[serde(default)]
    pub lost: u64,
    /// Requests without a record from the companion, so that the page's own timing counts.
    #[serde(default)]
    pub unrecorded: u64,
    /// Complete responses by status.
    pub statuses: BTreeMap<Status, u64>,
    /// Failures by kind and detail.
    pub failures: Vec<(Failure, Occurrences)>,
    /// Request sent → last byte.
    pub latency: Histogram,
    /// Scheduled start → last byte.
    pub corrected: Histogram,
    /// Request sent → first byte.
    pub ttfb: Histogram,
    /// Ready → sent, without the time to connect.
    pub queue: Histogram,
    /// Request sent → last byte as the page saw it, where the companion measured the latency.
    #[serde(default)]
    pub seen_by_page: Histogram,
    /// First byte → last byte.
    #[serde(default)]
    pub download: Histogram,
    /// Only requests that opened a connection. Boxed, because most seconds have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connecting: Option<Box<ConnectingTally>>,
    #[serde(default)]
    pub connections: Connections,
    /// Redirects followed.
    #[serde(default)]
    pub redirects: u64,
    /// Requests that the generator's machine could not send; they have no latency.
    #[serde(default)]
    pub exhausted: u64,
    /// Answered requests that only the page's clock timed, because the browser withheld its own times.
    #[serde(default)]
    pub answers_by_page_clock: u64,
    /// Requests that are counted as sent here in another second and belong to another entry.
    #[serde(default)]
    pub moved_out: u64,
    /// Requests that were sent again because they had failed; each is among `sent` too.
    #[serde(default)]
    pub retries: u64,
    /// Requests that failed and were not sent again, because the budget of retries was used up.
    #[serde(default)]
    pub retries_denied: u64,
    /// Only where answers hold plans. Boxed, because most entries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plans: Option<Box<PlanTally>>,
    /// Only event streams. Boxed, because most entries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<Box<StreamTally>>,
}

/// The phases of connecting.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ConnectingTally {
    /// Name look-up.
    pub dns: Histogram,
    /// The TCP connection.
    pub connect: Histogram,
    /// The TLS handshake.
    pub tls: Histogram,
}

/// The milestones of event streams, measured from request sent. `largest_gap` is a duration within the stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StreamTally {
    /// Events of all streams together.
    pub events: u64,
    pub first_event: Histogram,
    /// The longest time between two events of a stream.
    pub largest_gap: Histogram,
    /// The event `complete`, which carries the plan.
    pub complete: Histogram,
    /// The event `done`.
    pub done: Histogram,
    /// The first event of each type.
    pub by_type: ByKind<Histogram>,
}

impl Tally {
    /// Requests that have ended, successful or failed.
    pub const fn completed(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// Whether nothing was counted.
    pub const fn is_empty(&self) -> bool {
        self.sent == 0
            && self.completed() == 0
            && self.lost == 0
            && self.moved_out == 0
            && self.retries_denied == 0
    }

    /// Takes a request that was counted as sent out of this entry.
    pub const fn move_out(&mut self) {
        if self.sent > 0 {
            self.sent -= 1;
        } else {
            self.moved_out += 1;
        }
    }

    /// The requests that were sent and belong here.
    pub const fn sent_here(&self) -> u64 {
        self.sent.saturating_sub(self.moved_out)
    }

    /// The requests that ended here, belong to another entry, and were counted as sent before this tally began.
    pub const fn sent_before(&self) -> u64 {
        self.moved_out.saturating_sub(self.sent)
    }

    /// Counts a journey of several requests; `lasted` is `None` when the machine slept meanwhile.
    pub fn record_journey(&mut self, lasted: Option<Micros>, has_failed: bool) {
        self.sent += 1;
        self.succeeded += u64::from(!has_failed);
        self.failed += u64::from(has_failed);
        match lasted {
            Some(lasted) => self.latency.record(lasted),
            None => self.untimed += 1,
        }
    }

    /// Counts the outcome of a request that was due at `scheduled`. A request that the generator could not send has no
    /// latency, and one that it lost has no outcome either.
    pub fn record(&mut self, scheduled: Micros, exchange: &Exchange) {
        if is_lost(exchange) {
            self.lost += 1;
            return;
        }
        if is_exhausted(exchange) {
            self.exhausted += 1;
            return self.count(exchange);
        }
        let timing = &exchange.timing;
        if timing.source == TimingSource::PageClock {
            self.page_clock += 1;
            self.answers_by_page_clock += u64::from(exchange.outcome.is_ok());
        }
        self.latency.record(timing.latency());
        self.corrected.record(timing.corrected_latency(scheduled));
        for (histogram, span) in [
            (&mut self.ttfb, timing.ttfb()),
            (&mut self.queue, timing.queue()),
            (&mut self.seen_by_page, timing.seen_by_page),
            (&mut self.download, timing.download()),
        ] {
            span.into_iter().for_each(|span| histogram.record(span));
        }
        if timing.dns.is_some() || timing.connect.is_some() || timing.tls.is_some() {
            self.connecting.get_or_insert_default().time(timing);
        }
        if let Some(streamed) = &exchange.streamed {
            self.streams.get_or_insert_default().time(streamed, timing);
        }
        self.count(exchange);
    }

    /// Counts the outcome of a request whose latency is unknown.
    pub fn record_untimed(&mut self, exchange: &Exchange) {
        if is_lost(exchange) {
            self.lost += 1;
            return;
        }
        self.exhausted += u64::from(is_exhausted(exchange));
        self.untimed += 1;
        self.count(exchange);
    }

    fn count(&mut self, exchange: &Exchange) {
        self.received_bytes += exchange.received_bytes;
        self.connections.merge(&exchange.connections);
        self.redirects += u64::from(exchange.redirects);
        if let Some(streamed) = &exchange.streamed {
            self.streams.get_or_insert_default().events += streamed.events;
        }
        if let Ok(status) = exchange.outcome {
            *self.statuses.entry(status).or_default() += 1;
        }
        let failure = exchange.failure();
        if let Some(plan) = exchange.plan {
            let (has_failed, at) = (failure.is_some(), exchange.timing.finished);
            self.plans.get_or_insert_default().count(plan, has_failed, at);
        }
        match failure {
            None => self.succeeded += 1,
            Some(failure) => {
                self.failed += 1;
                let at = exchange.timing.finished;
                self.count_failure(failure, Occurrences::once(at));
            }
        }
    }

    fn count_failure(&mut self, failure: Failure, new: Occurrences) {
        let full = self.failures.len() >= MAX_FAILURES;
        if let Some((_, known)) = self.failures.iter_mut().find(|(known, _)| *known == failure) {
            known.add(new);
        } else if full && failure.detail != OVERFLOW_DETAIL {
            self.count_failure(Failure::new(FailureKind::Other, OVERFLOW_DETAIL), new);
        } else {
            self.failures.push((failure, new));
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.sent += other.sent;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.received_bytes += other.received_bytes;
        self.page_clock += other.page_clock;
        self.untimed += other.untimed;
        self.lost += other.lost;
        self.unrecorded += other.unrecorded;
        self.moved_out += other.moved_out;
        self.retries += other.retries;
        self.retries_denied += other.retries_denied;
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        for (failure, occurrences) in &other.failures {
            self.count_failure(failure.clone(), *occurrences);
        }
        self.latency.merge(&other.latency);
        self.corrected.merge(&other.corrected);
        self.ttfb.merge(&other.ttfb);
        self.queue.merge(&other.queue);
        self.seen_by_page.merge(&other.seen_by_page);
        self.download.merge(&other.download);
        if let Some(connecting) = &other.connecting {
            self.connecting.get_or_insert_default().merge(connecting);
        }
        self.connections.merge(&other.connections);
        self.redirects += other.redirects;
        self.exhausted += other.exhausted;
        self.answers_by_page_clock += other.answers_by_page_clock;
        if let Some(streams) = &other.streams {
            self.streams.get_or_insert_default().merge(streams);
        }
        if let Some(plans) = &other.plans {
            self.plans.get_or_insert_default().merge(plans);
        }
    }

    /// Placeholder plans that count as successes so far.
    pub fn unsure_plans(&self) -> u64 {
        self.plans.as_ref().map_or(0, |plans| plans.unsure_count())
    }

    /// The same counts with each placeholder plan as a failure; `None` when they are the same.
    pub fn convicted(&self) -> Option<Self> {
        let unsure = self.plans.as_ref()?.unsure?;
        let mut tally = self.clone();
        tally.succeeded = tally.succeeded.saturating_sub(unsure.count);
        tally.failed += unsure.count;
        tally.count_failure(Failure::new(FailureKind::Check, PLACEHOLDER_CHECK), unsure);
        let plans = tally.plans.get_or_insert_default();
        (plans.failed, plans.unsure) = (plans.placeholders(), None);
        Some(tally)
    }
}

fn is_exhausted(exchange: &Exchange) -> bool {
    exchange.outcome.as_ref().is_err_and(|failure| failure.kind == FailureKind::Exhausted)
}

fn is_lost(exchange: &Exchange) -> bool {
    exchange.outcome.as_ref().is_err_and(|failure| failure.kind == FailureKind::Lost)
}

impl ConnectingTally {
    fn time(&mut self, timing: &Timing) {
        let Self { dns, connect, tls } = self;
        for (histogram, span) in [(dns, timing.dns), (connect, timing.connect), (tls, timing.tls)] {
            span.into_iter().for_each(|span| histogram.record(span));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.dns.merge(&other.dns);
        self.connect.merge(&other.connect);
        self.tls.merge(&other.tls);
    }
}

impl StreamTally {
    fn time(&mut self, streamed: &Streamed, timing: &Timing) {
        // A page sees an event a little after it arrived, sometimes later than the browser's time of the last byte.
        let since_sent =
            |moment: Micros| moment.min(timing.finished).saturating_sub(timing.sent.unwrap_or(timing.ready));
        for (histogram, moment) in [
            (&mut self.first_event, streamed.first_event),
            (&mut self.complete, streamed.complete),
            (&mut self.done, streamed.done),
        ] {
            moment.into_iter().for_each(|moment| histogram.record(since_sent(moment)));
        }
        streamed.largest_gap.into_iter().for_each(|gap| self.largest_gap.record(gap));
        for (kind, moment) in streamed.first_of.iter() {
            self.by_type.get_or_insert_with(kind, Histogram::new).record(since_sent(*moment));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.first_event.merge(&other.first_event);
        self.largest_gap.merge(&other.largest_gap);
        self.complete.merge(&other.complete);
        self.done.merge(&other.done);
        for (kind, histogram) in other.by_type.iter() {
            self.by_type.get_or_insert_with(kind, Histogram::new).merge(histogram);
        }
    }
}

const OVERFLOW_DETAIL: &str = "further distinct failures, counted together";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::event_kind::EventKind;
    use crate::core::http::plan::PlanSeen;

    fn exchange(outcome: Result<Status, Failure>, finished: u64) -> Exchange {
        let timing = Timing { sent: Some(Micros(100)), finished: Micros(finished), ..Timing::default() };
        Exchange::new(outcome, timing, 7)
    }

    #[test]
    fn placeholder_plans_become_failures_of_their_own_check() {
        let mut tally = Tally::default();
        let plan = |plan| Exchange { plan: Some(plan), ..exchange(Ok(200), 1_100) };
        [PlanSeen::Real, PlanSeen::Placeholder, PlanSeen::Placeholder]
            .into_iter()
            .for_each(|seen| tally.record(Micros::ZERO, &plan(seen)));
        assert_eq!((tally.succeeded, tally.failed, tally.unsure_plans()), (3, 0, 2));
        let convicted = tally.convicted().unwrap();
        assert_eq!((convicted.succeeded, convicted.failed, convicted.unsure_plans()), (1, 2, 0));
        let [(failure, occurrences)] = &convicted.failures[..] else { panic!("{:?}", convicted.failures) };
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Check, "placeholder plan"));
        assert_eq!(occurrences.count, 2);
        assert!(convicted.convicted().is_none(), "once");
    }

    fn stream(failure: Option<Failure>) -> Exchange {
        let streamed = Streamed {
            events: 3,
            first_of: ByKind::from_iter([(EventKind::Status, Micros(200)), (EventKind::Done, Micros(1_200))]),
            first_event: Some(Micros(200)),
            largest_gap: Some(Micros(700)),
            complete: Some(Micros(900)),
            done: Some(Micros(1_200)),
            failure,
            ..Streamed::default()
        };
        Exchange { streamed: Some(Box::new(streamed)), ..exchange(Ok(200), 1_100) }
    }

    #[test]
    fn milestones_count_from_when_the_request_was_sent_and_end_with_the_last_byte() {
        let mut tally = Tally::default();
        tally.record(Micros::ZERO, &stream(None));
        let streams = tally.streams.as_ref().unwrap();
        let milestones = [&streams.first_event, &streams.largest_gap, &streams.complete, &streams.done]
            .map(Histogram::max);
        assert_eq!(milestones, [100, 700, 800, 1_000].map(|at| Some(Micros(at))));
        assert_eq!(streams.by_type.get(EventKind::Done).unwrap().max(), Some(Micros(1_000)));
        let mut sum = Tally::default();
        sum.merge(&tally);
        sum.merge(&tally);
        let streams = sum.streams.unwrap();
        assert_eq!((streams.events, streams.done.count(), streams.by_type.iter().count()), (6, 2, 2));
    }

    #[test]
    fn a_failure_inside_a_stream_counts_as_a_failure_and_its_status_is_counted_too() {
        let mut tally = Tally::default();
        tally.record(Micros::ZERO, &stream(Some(Failure::new(FailureKind::StreamError, "x"))));
        assert_eq!((tally.succeeded, tally.failed, tally.statuses[&200]), (0, 1, 1));
        assert_eq!(tally.failures[0].0.kind, FailureKind::StreamError);
    }

    #[test]
    fn connecting_is_counted_only_for_requests_that_connected() {
        let mut tally = Tally::default();
        tally.record(Micros::ZERO, &exchange(Ok(200), 500));
        assert!(tally.connecting.is_none());
        let timing = Timing { connect: Some(Micros(70)), finished: Micros(9), ..Timing::default() };
        let opened = Connections { opened: 1, ..Connections::default() };
        let connected = Exchange { connections: opened, redirects: 2, ..Exchange::new(Ok(200), timing, 0) };
        tally.record(Micros::ZERO, &connected);
        let mut sum = Tally::default();
        sum.merge(&tally);
        sum.merge(&tally);
        let connecting = sum.connecting.unwrap();
        assert_eq!((connecting.connect.count(), connecting.dns.count(), connecting.tls.count()), (2, 0, 0));
        assert_eq!((sum.connections.opened, sum.redirects), (2, 4));
    }

    #[test]
    fn a_bad_status_is_both_an_answer_and_a_failure() {
        let mut tally = Tally::default();
        tally.record(Micros(50), &exchange(Ok(500), 1_100));
        tally.record(Micros(50), &exchange(Ok(200), 2_100));
        assert_eq!((tally.succeeded, tally.failed, tally.received_bytes), (1, 1, 14));
        assert_eq!(tally.statuses, BTreeMap::from([(200, 1), (500, 1)]));
        assert_eq!(tally.failures[0].0.detail, "HTTP 500");
        assert_eq!(tally.latency.max(), Some(Micros(2_000)));
        assert_eq!(tally.corrected.max(), Some(Micros(2_050)));
    }

    #[test]
    fn what_the_generator_lost_is_no_failure_of_the_host_and_in_no_latency() {
        let mut tally = Tally::default();
        tally.record(Micros::ZERO, &exchange(Err(Failure::new(FailureKind::Lost, "")), 900));
        let mut sum = Tally::default();
        sum.merge(&tally);
        assert_eq!((sum.lost, sum.completed(), sum.failures.len()), (1, 0, 0));
        assert_eq!((sum.latency.count(), sum.received_bytes, sum.is_empty()), (0, 0, false));
    }

    #[test]
    fn merging_seconds_equals_counting_the_whole() {
        let reset = || Err(Failure::new(FailureKind::Reset, ""));
        let (mut first, mut second, mut whole) = (Tally::default(), Tally::default(), Tally::default());
        for (tally, outcome, finished) in [(&mut first, reset(), 500), (&mut second, reset(), 900)] {
            tally.record(Micros::ZERO, &exchange(outcome.clone(), finished));
            whole.record(Micros::ZERO, &exchange(outcome, finished));
        }
        first.merge(&second);
        assert_eq!(first.failures, whole.failures);
        assert_eq!(first.failures[0].1, Occurrences { count: 2, first: Micros(500), last: Micros(900) });
        assert_eq!(first.latency.figures(), whole.latency.figures());
    }

    #[test]
    fn a_flood_of_distinct_failures_is_counted_together() {
        let mut tally = Tally::default();
        for i in 0..1000 {
            tally.record(Micros::ZERO, &exchange(Err(Failure::new(FailureKind::Other, i.to_string())), 200));
        }
        assert_eq!(tally.failures.len(), MAX_FAILURES + 1);
        assert_eq!(tally.failures.iter().map(|(_, o)| o.count).sum::<u64>(), 1000);
    }
}
