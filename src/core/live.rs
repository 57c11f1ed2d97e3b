//! Where a run stands right now: the handful of figures that tiles and the terminal show.
//!
//! Derived from a report (or a run under way) each time; nothing is kept.

use super::report::{Report, TimelineRow};
use super::units::Micros;

/// The rate is the mean of this many complete seconds: long enough to read, and a stalled host shows within two.
const RATE_WINDOW_S: u64 = 2;
/// Requests older than this are worth a word.
const OLD: Micros = Micros::SECOND;

/// The figures of the moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Users running.
    pub users: u32,
    /// Requests sent and unanswered.
    pub in_flight: u32,
    /// How long the oldest of these has waited, from one second on.
    pub oldest: Option<Micros>,
    /// Requests that ended per second, over the last two complete seconds.
    pub rps: f64,
    /// Requests that ended so far.
    pub requests: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Failures by requests in [0, 1]; `None` without requests.
    pub failure_ratio: Option<f64>,
    /// Median latency of the run so far in milliseconds.
    pub p50_ms: Option<f64>,
    /// The quantile 0.95 of it.
    pub p95_ms: Option<f64>,
    /// The quantile 0.99 of it.
    pub p99_ms: Option<f64>,
}

impl Live {
    /// From a report of a run under way.
    pub fn of(report: &Report) -> Self {
        let last = report.timeline.last();
        let figures = report.total.latency_ms.as_ref().map(|latency| latency.figures);
        let oldest = last.map(|row| Micros::from_millis_f64(row.oldest_ms)).filter(|age| *age >= OLD);
        Self {
            users: last.map_or(0, |row| row.users),
            in_flight: last.map_or(0, |row| row.in_flight),
            oldest,
            rps: recent_rps(&report.timeline),
            requests: report.total.requests,
            failures: report.total.failures,
            failure_ratio: report.total.failure_ratio,
            p50_ms: figures.map(|f| f.p50),
            p95_ms: figures.map(|f| f.p95),
            p99_ms: figures.map(|f| f.p99),
        }
    }
}

/// Requests per second over the last complete seconds.
pub fn recent_rps(timeline: &[TimelineRow]) -> f64 {
    let Some(last) = timeline.last() else { return 0.0 };
    let from = (last.second + 1).saturating_sub(RATE_WINDOW_S);
    let recent = timeline.iter().rev().take_while(|row| row.second >= from);
    recent.map(|row| row.requests).sum::<u64>() as f64 / (last.second + 1 - from) as f64
}
