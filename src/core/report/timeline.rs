//! A run second by second, and the latencies of each stretch of it.

use serde::{Deserialize, Serialize};

use super::distribution::Quantiles;
use super::is_zero;
use crate::core::base::histogram::Encoded;
use crate::core::run::health::SuspectReason;

/// One second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// Which one, from 0.
    pub second: u64,
    /// Users running at its end.
    pub users: u32,
    /// Users who should have been; absent in runs by arrival rate and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_users: Option<u32>,
    /// Arrivals per second that there should have been; absent in runs by users and once the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_rate: Option<f64>,
    /// Requests unanswered at its end.
    pub in_flight: u32,
    /// How long the oldest of these had been waiting, in milliseconds.
    pub oldest_ms: f64,
    /// Requests started in it.
    pub sent: u64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Arrivals that started no request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// Latencies of the requests that ended in it; absent when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Quantiles>,
    /// The same, from the scheduled start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_ms: Option<Quantiles>,
    /// p99 of users' lateness in milliseconds; absent when none was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_p99_ms: Option<f64>,
    /// p99 of requests' queueing in the generator in milliseconds; absent where not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_p99_ms: Option<f64>,
    /// Why its figures should not be trusted; empty when they can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspect: Vec<SuspectReason>,
}

/// The latencies of each stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// How long a stretch is, in seconds: one, or more in long runs.
    pub period_s: u64,
    /// The stretches that had any request, in order.
    pub rows: Vec<IntervalRow>,
}

/// One stretch of one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalRow {
    /// Which stretch, from 0: it starts at `index * period_s` seconds.
    pub index: u64,
    /// Which entry: its place in the report's `requests`.
    pub entry: usize,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Their latencies.
    pub latency: Encoded,
    /// Their corrected latencies.
    pub corrected: Encoded,
}
