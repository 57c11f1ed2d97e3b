//! What the companion measured of each relayed request, as it tells the page: the records, their batches, their path.
//!
//! A browser's network thread queues answers inside what it calls the wire, so a page cannot measure a host exactly. The
//! companion can, and sends what it measured in batches beside the load. Nothing is sent or measured here.

use serde::{Deserialize, Serialize};

use super::exchange::{Exchange, Timing};
use super::request_id::RequestId;
use super::stream::Streamed;
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;

/// The start of the path of a run's records: `/companion/records/{token}/{run}`. The answer is a [`RecordBatch`] as JSON
/// on each line, and lasts as long as the run.
pub const RECORDS_PREFIX: &str = "/companion/records/";
/// How often a batch is sent, also an empty one, so that a silent companion is noticed.
pub const BATCH_EVERY: Micros = Micros::from_millis(100);
/// A companion that sends no batch for this long has been stopped, or has no processor. A browser at its limit reads a
/// batch late too, though seldom by as much.
pub const SILENT_AFTER: Micros = Micros::from_secs(2);

/// What the companion measured of one request, by its own clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelayRecord {
    pub id: RequestId,
    /// The status, or why there is no complete response.
    pub outcome: Result<Status, Failure>,
    /// Ready to send → first byte written: the time to connect to the host, where that was needed.
    pub waited: Micros,
    /// First byte written → last byte read, or the failure known.
    pub latency: Micros,
    /// Whether the companion ran all the while. If not, its own pause is in the latency.
    #[serde(default, skip_serializing_if = "Running::was_whole")]
    pub running: Running,
    /// First byte written → first byte read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttfb: Option<Micros>,
    /// Whether the request was written.
    pub reached: Reached,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Micros>,
    pub connections: Connections,
    /// Bytes of the body on the wire.
    pub received_bytes: u64,
    /// Its events, where it was a stream. Moments count from the first byte written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streamed: Option<Box<Streamed>>,
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// It was never written: there was no connection.
    Companion,
    /// Its first byte was written.
    Host,
}

/// Whether the companion ran while a request was under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Running {
    #[default]
    All,
    /// It was stopped for at least part of the time.
    Part,
}

impl Running {
    fn was_whole(&self) -> bool {
        *self == Self::All
    }
}

/// What the companion tells of one run every [`BATCH_EVERY`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordBatch {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RelayRecord>,
    /// Time since the last batch in which the companion should have run and did not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blocked: Micros,
}

fn is_zero(time: &Micros) -> bool {
    *time == Micros::ZERO
}

impl RelayRecord {
    /// What an exchange of the companion with the host says.
    pub fn of(id: RequestId, exchange: Exchange) -> Self {
        let Exchange { outcome, timing, received_bytes, streamed, connections, .. } = exchange;
        Self {
            id,
            outcome,
            waited: timing.sent.map_or(Micros::ZERO, |sent| sent.saturating_sub(timing.ready)),
            latency: timing.latency(),
            running: Running::All,
            ttfb: timing.ttfb(),
            reached: if timing.sent.is_some() { Reached::Host } else { Reached::Companion },
            dns: timing.dns,
            connect: timing.connect,
            tls: timing.tls,
            connections,
            received_bytes,
            streamed: streamed.map(|streamed| {
                let from = timing.sent.unwrap_or(timing.ready);
                Box::new(streamed.moved(|moment| moment.saturating_sub(from)))
            }),
        }
    }

    /// The exchange as the companion measured it, placed where the page saw it begin. What the page saw itself becomes
    /// the page's own time.
    pub fn apply(self, seen: &Exchange) -> Exchange {
        let by_page = &seen.timing;
        let sent = by_page.sent.unwrap_or(by_page.ready) + self.waited;
        // The page's connection is one to the companion: its time is no queue, and not the host's either.
        let queue = by_page.queue().unwrap_or_default();
        let timing = Timing {
            ready: if self.reached == Reached::Host { sent.saturating_sub(queue) } else { sent },
            dns: self.dns,
            connect: self.connect,
            tls: self.tls,
            sent: (self.reached == Reached::Host).then_some(sent),
            first_byte: self.ttfb.map(|ttfb| sent + ttfb),
            finished: sent + self.latency,
            seen_by_page: by_page.seen_by_page,
            source: TimingSource::Companion,
        };
        let outcome = if may_be_the_browsers(&seen.outcome) { self.outcome } else { seen.outcome.clone() };
        let streamed = self.streamed.map(|streamed| Box::new(streamed.moved(|moment| sent + moment)));
        Exchange {
            streamed: streamed.or_else(|| seen.streamed.clone()),
            connections: self.connections,
            awaits: None,
            judged: seen.judged.clone(),
            plan: seen.plan,
            ..Exchange::new(outcome, timing, self.received_bytes)
        }
    }
}

/// Whether an outcome may be the browser's own: it lost the response, or got it too late. The companion knows what the
/// host did.
fn may_be_the_browsers(outcome: &Result<Status, Failure>) -> bool {
    let own = [FailureKind::Lost, FailureKind::RequestTimeout];
    outcome.as_ref().is_err_and(|failure| own.contains(&failure.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RequestId = RequestId::new(7, 1);

    fn at_companion() -> Exchange {
        let timing = Timing {
            ready: Micros(1_000),
            sent: Some(Micros(1_100)),
            first_byte: Some(Micros(201_000)),
            finished: Micros(204_700),
            connect: Some(Micros(90)),
            ..Timing::default()
        };
        Exchange::new(Ok(200), timing, 321)
    }

    fn in_page() -> Exchange {
        let timing = Timing {
            ready: Micros(5_000),
            sent: Some(Micros(6_000)),
            first_byte: Some(Micros(215_000)),
            finished: Micros(221_000),
            seen_by_page: Some(Micros(215_000)),
            ..Timing::default()
        };
        Exchange { awaits: Some(ID), ..Exchange::new(Ok(200), timing, 999) }
    }

    fn sent_and_received(record: &RelayRecord) -> RelayRecord {
        serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap()
    }

    #[test]
    fn an_exchange_has_the_companions_latency_and_the_pages_queue() {
        let record = sent_and_received(&RelayRecord::of(ID, at_companion()));
        let exchange = record.apply(&in_page());
        let timing = exchange.timing;
        assert_eq!((timing.latency(), timing.ttfb()), (Micros(203_600), Some(Micros(199_900))));
        assert_eq!(timing.download(), Some(Micros(3_700)));
        assert_eq!((timing.queue(), timing.seen_by_page), (Some(Micros(1_000)), Some(Micros(215_000))));
        let connecting = Micros(100);
        assert_eq!(timing.corrected_latency(Micros(4_000)), Micros(2_000) + connecting + Micros(203_600));
        assert_eq!((timing.source, exchange.received_bytes), (TimingSource::Companion, 321));
        assert_eq!((timing.connect, exchange.awaits), (Some(Micros(90)), None));
    }

    #[test]
    fn what_the_browser_lost_or_got_too_late_ended_as_the_host_ended_it() {
        let reset = || Err(Failure::new(FailureKind::Truncated, "reset by the host"));
        for of_host in [reset(), Ok(200)] {
            let record = RelayRecord::of(ID, Exchange { outcome: of_host.clone(), ..at_companion() });
            for kind in [FailureKind::Lost, FailureKind::RequestTimeout] {
                let seen = Exchange { outcome: Err(Failure::new(kind, "")), ..in_page() };
                assert_eq!(record.clone().apply(&seen).outcome, of_host);
            }
            assert_eq!(record.apply(&Exchange { outcome: Ok(404), ..in_page() }).outcome, Ok(404));
        }
    }

    #[test]
    fn a_request_that_was_never_written_has_no_moment_of_sending() {
        let mut unsent = at_companion();
        unsent.timing.sent = None;
        unsent.timing.first_byte = None;
        let record = RelayRecord::of(ID, unsent);
        assert_eq!(record.reached, Reached::Companion);
        let timing = record.apply(&in_page()).timing;
        assert_eq!((timing.sent, timing.ttfb()), (None, None));
    }
}
