//! Whether the oldest request in flight has waited for long, judged by what such requests take in this run.
//!
//! A plan of five seconds is nothing unusual; a health check of five seconds is.

use crate::core::report::{Distribution, Entry, Report};

/// How the wait of the oldest request in flight compares with the run's own latencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// As long as such requests take, or nobody waits.
    #[default]
    Ordinary,
    /// Longer than such requests take: the sign of a stalled host.
    Long,
}

/// No wait below this is long, in milliseconds.
pub const SHORTEST_LONG_WAIT_MS: f64 = 1_000.0;
/// From this wait on, in milliseconds, a request is late even where no answer has come yet to compare it with.
const LONG_WITHOUT_ANSWERS_MS: f64 = 10_000.0;
/// From this many answers on, the quantile 0.99 says what is usual.
const ENOUGH_ANSWERS: u64 = 20;

/// Judges the wait of the oldest request in flight.
pub fn waiting(report: &Report, oldest_ms: Option<f64>) -> Waiting {
    match oldest_ms {
        Some(oldest) if oldest >= long_from_ms(report) => Waiting::Long,
        _ => Waiting::Ordinary,
    }
}

/// The wait in milliseconds from which one is long. A report does not say which endpoint the oldest request belongs to,
/// so it is compared with the slowest of the endpoints that have requests in flight.
fn long_from_ms(report: &Report) -> f64 {
    let of_run = usual_ms(report.total.latency_ms.as_ref());
    let in_flight = report.requests.iter().filter(|entry| entry.in_flight_at_end > Some(0));
    let usual = |entry: &Entry| usual_ms(entry.latency_ms.as_ref()).or(of_run);
    let slowest = in_flight.filter_map(usual).reduce(f64::max).or(of_run);
    slowest.map_or(LONG_WITHOUT_ANSWERS_MS, |usual| usual.max(SHORTEST_LONG_WAIT_MS))
}

/// The longest wait in milliseconds that is still usual: twice the quantile 0.99. Few answers may all have been quick
/// ones, so they are given more: four times the slowest.
fn usual_ms(latency: Option<&Distribution>) -> Option<f64> {
    let figures = latency?.figures;
    let of_few = || figures.max.map(|max| max * 4.0);
    match figures.p99 {
        Some(p99) if figures.count >= ENOUGH_ANSWERS => Some(p99 * 2.0),
        _ => of_few(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::histogram::Histogram;
    use crate::core::base::units::Micros;
    use crate::core::report::{Detail, read};

    fn answered(count: u64, millis: u64) -> Option<Distribution> {
        let mut histogram = Histogram::new();
        (0..count).for_each(|_| histogram.record(Micros::from_millis(millis)));
        Distribution::of(&histogram, Detail::Figures)
    }

    /// A run of two endpoints: their latencies, and how many requests of each are in flight.
    fn run(entries: [(Option<Distribution>, u64); 2], of_run: Option<Distribution>) -> Report {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        report.total.latency_ms = of_run;
        report.requests = entries
            .map(|(latency_ms, in_flight)| Entry {
                latency_ms,
                in_flight_at_end: Some(in_flight),
                ..Entry::default()
            })
            .into();
        report
    }

    #[test]
    fn a_plan_of_five_seconds_is_ordinary_among_plans_and_long_among_health_checks() {
        let mixed = |health, plans| run([(answered(500, 3), health), (answered(40, 4_000), plans)], None);
        assert_eq!(waiting(&mixed(3, 1), Some(5_000.0)), Waiting::Ordinary);
        assert_eq!(waiting(&mixed(3, 1), Some(8_010.0)), Waiting::Long, "twice its p99 of 4 s");
        assert_eq!(waiting(&mixed(3, 0), Some(5_000.0)), Waiting::Long, "no plan is in flight");
        assert_eq!(waiting(&mixed(3, 0), Some(990.0)), Waiting::Ordinary, "under a second");
    }

    #[test]
    fn the_first_quick_plans_do_not_make_the_next_one_late() {
        let plans = |count| run([(answered(count, 2_000), 1), (None, 0)], None);
        assert_eq!(waiting(&plans(1), Some(5_000.0)), Waiting::Ordinary);
        assert_eq!(waiting(&plans(1), Some(8_010.0)), Waiting::Long);
        assert_eq!(waiting(&plans(20), Some(5_000.0)), Waiting::Long);
    }

    #[test]
    fn an_endpoint_that_never_answered_is_judged_by_the_run_and_a_run_without_answers_has_patience() {
        let unanswered = |of_run| run([(None, 1), (answered(100, 2), 0)], of_run);
        assert_eq!(waiting(&unanswered(answered(100, 2)), Some(1_200.0)), Waiting::Long);
        let silent = run([(None, 1), (None, 0)], None);
        assert_eq!(waiting(&silent, Some(5_000.0)), Waiting::Ordinary);
        assert_eq!(waiting(&silent, Some(10_000.0)), Waiting::Long);
        assert_eq!(waiting(&silent, None), Waiting::Ordinary, "nobody waits");
    }
}
