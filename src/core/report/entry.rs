//! The figures of one endpoint, or of all together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use crate::core::base::event_kind::EventKind;
use crate::core::base::failure::Status;

/// The figures of one (method, name), or of all together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The HTTP method; empty for the total.
    pub method: String,
    /// The name; `Aggregated` for the total.
    pub name: String,
    /// Requests started: `requests`, `in_flight_at_end` and `lost` together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Requests that ended, well or not.
    pub requests: u64,
    /// How many of these failed.
    pub failures: u64,
    /// Requests still unanswered when the run ended (or, in an unfinished report, at that moment).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight_at_end: Option<u64>,
    /// Requests per second of the run's duration.
    pub rps: f64,
    /// Failures per second of the run's duration.
    pub failures_per_s: f64,
    /// Failures by requests, in [0, 1], to six decimals; absent without requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_ratio: Option<f64>,
    /// Arrivals that started no request, because every user was busy or the machine slept; only of the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// Bytes of response bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_bytes: Option<u64>,
    /// Complete responses by status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statuses: Option<BTreeMap<Status, u64>>,
    /// Plans in its answers that are placeholders: a mocked model makes only such, and one that fails leaves them behind.
    /// They are failures where `failures` has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder_plans: Option<u64>,
    /// Requests whose latency is by the page's clock, with the browser's queue in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_clock: Option<u64>,
    /// Requests without a latency, because the machine slept while they were in flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untimed: Option<u64>,
    /// Requests that the generator lost: started, and neither ended nor in flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
    /// Requests timed by the page because the companion's record of them did not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrecorded: Option<u64>,
    /// Request sent → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Distribution>,
    /// Scheduled start → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_ms: Option<Distribution>,
    /// Request sent → first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttfb_ms: Option<Distribution>,
    /// Ready → sent: lost inside the generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_ms: Option<Distribution>,
    /// Request sent → last byte as the page saw it, where the companion measured `latency_ms`: what is above that is the
    /// page's own cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_ms: Option<Distribution>,
    /// The host's time to the head of its response, as the companion saw it; only in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_ms: Option<Distribution>,
    /// Name look-ups; absent where no request waited for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_ms: Option<Distribution>,
    /// TCP connections; absent where no request opened one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<Distribution>,
    /// TLS handshakes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ms: Option<Distribution>,
    /// First byte → last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_ms: Option<Distribution>,
    /// Redirects followed; latency is over all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirects: Option<u64>,
    /// Events of its streams; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_events: Option<u64>,
    /// The milestones of its streams, each from request sent; absent where no answer was a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_ms: Option<StreamFigures>,
}

/// The milestones of event streams. Each is of the streams that reached it, also of those that failed later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StreamFigures {
    /// Request sent → first event: what a person waits for until something moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<Distribution>,
    /// The longest time between two events that follow each other, of each stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_gap: Option<Distribution>,
    /// Request sent → `complete` with a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Distribution>,
    /// Request sent → `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Distribution>,
    /// Request sent → the first event of each type (`status`, `progress`, …; `other` is every unknown one).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_type: BTreeMap<EventKind, Distribution>,
}

impl StreamFigures {
    /// Every distribution in it.
    pub fn distributions(&self) -> impl Iterator<Item = &Distribution> {
        let named = [&self.first_event, &self.largest_gap, &self.complete, &self.done];
        named.into_iter().flatten().chain(self.by_type.values())
    }
}

impl Entry {
    /// A rate over a duration in seconds, to four decimals; 0 for no duration.
    pub fn per_second(count: u64, duration_s: f64) -> f64 {
        let rate = count as f64 / duration_s;
        if rate.is_finite() { (rate * 1e4).round() / 1e4 } else { 0.0 }
    }

    /// Failures by requests, in [0, 1], to six decimals; `None` without requests.
    pub fn ratio(failures: u64, requests: u64) -> Option<f64> {
        (requests > 0).then(|| (failures as f64 / requests as f64 * 1e6).round() / 1e6)
    }

    /// Whether any request was started under this name.
    pub fn is_used(&self) -> bool {
        self.sent.unwrap_or(self.requests) > 0
    }

    /// The mean size of a response's body, in bytes; `None` without requests, and where sizes are not known.
    pub fn mean_bytes(&self) -> Option<f64> {
        let bytes = self.received_bytes?;
        (self.requests > 0).then(|| bytes as f64 / self.requests as f64)
    }

    /// Every family but those of its streams.
    pub fn families(&self) -> impl Iterator<Item = &Distribution> {
        let measured = [
            &self.latency_ms,
            &self.corrected_ms,
            &self.ttfb_ms,
            &self.queue_ms,
            &self.page_ms,
            &self.upstream_ms,
        ];
        let phases = [&self.dns_ms, &self.connect_ms, &self.tls_ms, &self.download_ms];
        measured.into_iter().chain(phases).flatten()
    }
}
