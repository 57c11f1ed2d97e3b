//! The headline figures of a report: those of the last seconds while a run is under way, those of the whole run
//! afterwards.
//!
//! No text for people is here: page and terminal show the figures in their own words.

use super::waiting::{Waiting, waiting};
use crate::core::report::{Distribution, LoadModel, Note, Quantiles, Report, Timeline};

/// The part of the run that the figures are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The present: rates are means over the last two complete seconds.
    Now,
    /// The whole run from start to end.
    Whole,
    /// A part of it that was chosen.
    Part,
}

/// From when on the figures of the whole run are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    #[default]
    Start,
    /// The statistics were set back in mid-run.
    Reset,
}

/// The headline figures. A figure without data is `None`, never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Headline {
    /// From when on the figures of the whole run are counted.
    pub since: Since,
    /// Requests that ended per second.
    pub rps: Option<f64>,
    /// Requests that ended in the whole run.
    pub requests: u64,
    /// Failed requests in the whole run.
    pub failures: u64,
    /// Failures divided by requests in the whole run, in [0, 1].
    pub failure_ratio: Option<f64>,
    /// Latency over the whole run.
    pub latency_ms: Option<Quantiles>,
    /// Corrected latency (from the scheduled start) over the whole run.
    pub corrected_ms: Option<Quantiles>,
    /// The load model, which decides which of the two latencies is shown first.
    pub model: LoadModel,
    /// Arrivals that started no request, in the whole run.
    pub dropped: Option<u64>,
    /// Users now, or the highest number of users in the run.
    pub users: Option<u32>,
    /// Requests in flight now, or when the run ended.
    pub in_flight: Option<u64>,
    /// How long the oldest request in flight has waited, or the longest such wait of the run, in milliseconds.
    pub oldest_ms: Option<f64>,
    /// Whether that is longer than such requests take in this run; only of a run under way.
    pub waiting: Waiting,
}

impl Headline {
    pub fn of(report: &Report, window: Window) -> Self {
        let total = &report.total;
        let quantiles =
            |family: &Option<Distribution>| family.as_ref().map(|family| Quantiles::from(family.figures));
        let rows = &report.timeline;
        let is_reset = |note: &Note| matches!(note, Note::StatisticsReset { .. });
        let whole = Self {
            since: if report.generator.notes.iter().any(is_reset) { Since::Reset } else { Since::Start },
            rps: (report.run.duration_s > 0.0).then_some(total.rps),
            requests: total.requests,
            failures: total.failures,
            failure_ratio: total.failure_ratio,
            latency_ms: quantiles(&total.latency_ms),
            corrected_ms: quantiles(&total.corrected_ms),
            model: report.run.model(),
            dropped: report.health.dropped,
            users: rows.iter().filter_map(|row| row.users).max(),
            in_flight: total.in_flight_at_end,
            oldest_ms: rows.iter().filter_map(|row| row.oldest_ms).reduce(f64::max),
            waiting: Waiting::Ordinary,
        };
        match (window, rows.last()) {
            (Window::Now, Some(last)) => Self {
                rps: Some(recent_rate(rows)),
                users: last.users,
                in_flight: last.in_flight.map(u64::from),
                oldest_ms: last.oldest_ms,
                waiting: waiting(report, last.oldest_ms),
                ..whole
            },
            _ => whole,
        }
    }

    /// The latency that is shown first: corrected latency in the open model, because users wait from the scheduled
    /// start on, and latency in the closed model.
    pub const fn headline_ms(&self) -> Option<Quantiles> {
        match self.model {
            LoadModel::Closed => self.latency_ms,
            LoadModel::Open => self.corrected_ms,
        }
    }

    /// Whether no request ended lately although one has been in flight for longer than such requests take.
    pub fn is_stalled(&self) -> bool {
        self.rps == Some(0.0) && self.waiting == Waiting::Long
    }
}

/// The age in milliseconds from which the age of the oldest request in flight is shown. `waiting.rs` says whether it is
/// unusual.
pub const OLD_MS: f64 = 1_000.0;

/// Requests per second: the mean over the last two complete seconds, or over one when there is only one. When requests
/// waited in the last second and none ended, the rate is 0 rather than a mean, so that a stall shows after one second.
fn recent_rate(rows: &Timeline) -> f64 {
    if rows.last().is_some_and(|row| row.requests == 0 && row.in_flight.unwrap_or_default() > 0) {
        return 0.0;
    }
    let newest = rows.last().map_or(0, |row| row.second);
    let recent = rows.iter().rev().take(2).filter(|row| row.second + 1 >= newest);
    let (requests, seconds) = recent.fold((0, 0), |(sum, n), row| (sum + row.requests, n + 1));
    if seconds == 0 { 0.0 } else { requests as f64 / f64::from(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    fn report() -> Report {
        read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap()
    }

    #[test]
    fn now_is_the_mean_of_the_last_two_complete_seconds() {
        let mut report = report();
        report.timeline.truncate(10);
        report.timeline.update(8, |row| row.requests = 10);
        report.timeline.update(9, |row| (row.requests, row.oldest_ms) = (15, Some(4_200.0)));
        let headline = Headline::of(&report, Window::Now);
        assert_eq!((headline.rps, headline.oldest_ms), (Some(12.5), Some(4_200.0)));
        report.timeline = report.timeline.iter().filter(|row| row.second != 8).cloned().collect();
        assert_eq!(
            Headline::of(&report, Window::Now).rps,
            Some(15.0),
            "a second that is not there is not zero"
        );
    }

    #[test]
    fn the_rate_is_zero_after_a_second_in_which_requests_waited_and_none_ended() {
        let mut report = report();
        report.timeline.truncate(10);
        report.timeline.update(8, |row| row.requests = 10);
        report.timeline.update(9, |row| (row.requests, row.in_flight) = (0, Some(0)));
        assert_eq!(Headline::of(&report, Window::Now).rps, Some(5.0), "nobody waits");
        report.timeline.update(9, |row| (row.in_flight, row.oldest_ms) = (Some(3), Some(1_200.0)));
        let headline = Headline::of(&report, Window::Now);
        assert!(headline.rps == Some(0.0) && headline.is_stalled());
    }

    #[test]
    fn the_whole_run_shows_its_mean_rate_and_its_highest_number_of_users() {
        let report = report();
        let headline = Headline::of(&report, Window::Whole);
        assert_eq!((headline.rps, headline.users, headline.requests), (Some(9.7), Some(6), 194));
    }

    #[test]
    fn after_a_reset_the_figures_are_not_those_of_the_whole_run() {
        let mut report = report();
        assert_eq!(Headline::of(&report, Window::Whole).since, Since::Start);
        let reset = Note::StatisticsReset { at_s: 5.0, requests_before: 40, in_flight: 1 };
        report.generator.notes.push(reset);
        assert_eq!(Headline::of(&report, Window::Now).since, Since::Reset);
    }

    #[test]
    fn a_report_without_seconds_has_no_data() {
        let mut report = report();
        report.timeline = Timeline::default();
        report.run.duration_s = 0.0;
        report.total.in_flight_at_end = None;
        report.total.latency_ms = None;
        report.total.failure_ratio = None;
        for span in [Window::Now, Window::Whole] {
            let headline = Headline::of(&report, span);
            assert_eq!((headline.rps, headline.users, headline.in_flight), (None, None, None));
            assert_eq!((headline.failure_ratio, headline.latency_ms), (None, None));
        }
    }
}
