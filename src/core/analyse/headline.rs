//! The headline figures of a report: of the last seconds while a run goes on, of the whole run afterwards.
//!
//! Page and terminal show them.

use crate::core::report::{Distribution, LoadModel, Quantiles, Report, Timeline};

/// Which stretch of the run the figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Now, as far as it is known: rates over the last two complete seconds.
    Now,
    /// From start to end.
    Whole,
}

/// The headline figures. `None` is "no data", never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Headline {
    /// Requests that ended per second.
    pub rps: Option<f64>,
    /// Requests that ended in the whole run.
    pub requests: u64,
    /// How many of these failed.
    pub failures: u64,
    /// Failures by requests in the whole run, in [0, 1].
    pub failure_ratio: Option<f64>,
    /// Latency of the whole run.
    pub latency_ms: Option<Quantiles>,
    /// The same from the scheduled start.
    pub corrected_ms: Option<Quantiles>,
    /// Users or arrivals: which of the two latencies comes first.
    pub model: LoadModel,
    /// Arrivals that started no request, in the whole run.
    pub dropped: Option<u64>,
    /// Users now, or the most there were.
    pub users: Option<u32>,
    /// Requests unanswered now, or at the end.
    pub in_flight: Option<u64>,
    /// How long the oldest of these has been waiting, or the longest that was seen.
    pub oldest_ms: Option<f64>,
}

impl Headline {
    /// Reads them off a report.
    pub fn of(report: &Report, window: Window) -> Self {
        let total = &report.total;
        let quantiles =
            |family: &Option<Distribution>| family.as_ref().map(|family| Quantiles::from(family.figures));
        let rows = &report.timeline;
        let whole = Self {
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
        };
        match (window, rows.last()) {
            (Window::Now, Some(last)) => Self {
                rps: Some(recent_rate(rows)),
                users: last.users,
                in_flight: last.in_flight.map(u64::from),
                oldest_ms: last.oldest_ms,
                ..whole
            },
            _ => whole,
        }
    }

    /// The latency that a watcher should look at first: from the scheduled start in a run by arrival rate, where it is
    /// what users waited; from the request's own start otherwise.
    pub const fn headline_ms(&self) -> Option<Quantiles> {
        match self.model {
            LoadModel::Closed => self.latency_ms,
            LoadModel::Open => self.corrected_ms,
        }
    }

    /// Whether nothing comes back although something should.
    pub fn is_stalled(&self) -> bool {
        self.rps == Some(0.0) && self.oldest_ms.is_some_and(|oldest| oldest >= OLD_MS)
    }
}

/// Requests older than this, in milliseconds, are worth a word: a stalled host shows by them.
pub const OLD_MS: f64 = 1_000.0;

/// Requests per second over the last two complete seconds, or the one there is. A second in which requests waited and
/// none ended is no part of a mean: it is 0, so that a stall shows as soon as one second of it is over.
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
    fn a_second_without_any_answer_to_what_waits_is_no_part_of_a_mean() {
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
    fn the_whole_run_has_its_own_rate_and_its_most_users() {
        let report = report();
        let headline = Headline::of(&report, Window::Whole);
        assert_eq!((headline.rps, headline.users, headline.requests), (Some(9.7), Some(6), 194));
    }

    #[test]
    fn without_seconds_there_is_no_data() {
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
