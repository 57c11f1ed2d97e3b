//! The figures that a watcher wants at a headline, from a report: of the last seconds while a run goes on, of all
//! of it afterwards. And the one sentence on whether the generator could be trusted.
//!
//! Pure; page and terminal show them.

use crate::core::base::order::in_order;
use crate::core::base::units::format_millis;
use crate::core::report::{Distribution, LoadModel, Quantiles, Report, TimelineRow};

/// Which stretch of the run the figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Now, as far as it is known: rates over the last two complete seconds.
    Now,
    /// From start to end.
    Whole,
}

/// The figures at a headline. `None` is "no data", never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Headline {
    /// Requests that ended per second.
    pub rps: Option<f64>,
    /// Requests that ended in the whole run.
    pub requests: u64,
    /// Of these, how many failed.
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
    pub dropped: u64,
    /// Users now, or the most there were.
    pub users: Option<u32>,
    /// Requests unanswered now, or at the end.
    pub in_flight: Option<u64>,
    /// How long the oldest of these has been waiting, or the longest that was seen.
    pub oldest_ms: Option<f64>,
}

impl Headline {
    /// Reads them off a report.
    pub fn of(report: &Report, span: Window) -> Self {
        let total = &report.total;
        let quantiles = |family: &Option<Distribution>| {
            let figures = family.as_ref().map(|family| family.figures);
            figures.map(|f| Quantiles { p50: f.p50, p95: f.p95, p99: f.p99 })
        };
        let rows = report.timeline.as_slice();
        let whole = Self {
            rps: (!rows.is_empty()).then_some(total.rps),
            requests: total.requests,
            failures: total.failures,
            failure_ratio: total.failure_ratio,
            latency_ms: quantiles(&total.latency_ms),
            corrected_ms: quantiles(&total.corrected_ms),
            model: report.run.model(),
            dropped: report.health.dropped,
            users: rows.iter().map(|row| row.users).max(),
            in_flight: (!rows.is_empty()).then_some(total.in_flight_at_end),
            oldest_ms: rows.iter().map(|row| row.oldest_ms).reduce(f64::max),
        };
        match (span, rows.last()) {
            (Window::Now, Some(last)) => Self {
                rps: Some(recent_rate(rows)),
                users: Some(last.users),
                in_flight: Some(u64::from(last.in_flight)),
                oldest_ms: Some(last.oldest_ms),
                ..whole
            },
            _ => whole,
        }
    }

    /// The latency that a watcher should look at first: from the scheduled start in a run by arrival rate, where it is
    /// what users waited; from the request's own start otherwise.
    pub const fn headline_ms(&self) -> Option<Quantiles> {
        match self.model {
            LoadModel::Users => self.latency_ms,
            LoadModel::ArrivalRate => self.corrected_ms,
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
fn recent_rate(rows: &[TimelineRow]) -> f64 {
    if rows.last().is_some_and(|row| row.requests == 0 && row.in_flight > 0) {
        return 0.0;
    }
    let newest = rows.last().map_or(0, |row| row.second);
    let recent = rows.iter().rev().take(2).filter(|row| row.second + 1 >= newest);
    let (requests, seconds) = recent.fold((0, 0), |(sum, n), row| (sum + row.requests, n + 1));
    if seconds == 0 { 0.0 } else { requests as f64 / f64::from(seconds) }
}

/// Whether the generator could be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// No second is marked.
    Clean,
    /// Some are: why, the most frequent reason first.
    Suspect(String),
}

/// Judges the generator by what a report says of it.
pub fn trust(report: &Report) -> Trust {
    let health = &report.health;
    if health.suspect_seconds == 0 {
        return Trust::Clean;
    }
    // Of as many seconds each, they stay in the order of the map.
    let reasons: Vec<_> = health.reasons.iter().collect();
    let reasons = in_order(&reasons, |(_, a), (_, b)| b.cmp(a));
    let reasons: Vec<_> =
        reasons.map(|(reason, seconds)| format!("{} ({seconds} s)", reason.label())).collect();
    let of = report.timeline.len();
    let seconds = health.suspect_seconds;
    let noun = if of == 1 { "second is" } else { "seconds are" };
    Trust::Suspect(format!("{seconds} of {of} {noun} suspect: {}.", reasons.join(", ")))
}

/// How late users started and how long requests queued in the generator, in words.
pub fn delays(report: &Report) -> String {
    let p99 = |family: Option<&crate::core::report::Distribution>| {
        family.map(|family| format!("{}\u{202f}ms", format_millis(family.figures.p99)))
    };
    let late = match p99(report.health.lateness_ms.as_ref()) {
        Some(late) => format!("Users started late by {late} at p99"),
        None => "No user has started yet".to_owned(),
    };
    match p99(report.total.queue_ms.as_ref()) {
        Some(queue) => format!("{late}; requests queued in the generator for {queue} at p99."),
        None => format!("{late}; how long requests queued in the generator is not known."),
    }
}

/// The name under which a report is saved: `oddiya-load-2026-11-23T14-05-00Z.json`.
pub fn file_name(report: &Report) -> String {
    let moment: String = report.run.started_at.split('.').next().unwrap_or_default().replace(':', "-");
    let safe: String = moment.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(24).collect();
    let zone = if safe.is_empty() || safe.ends_with('Z') { "" } else { "Z" };
    if safe.is_empty() { "oddiya-load.json".to_owned() } else { format!("oddiya-load-{safe}{zone}.json") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;
    use crate::core::run::health::SuspectReason;

    fn report() -> Report {
        read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap()
    }

    #[test]
    fn now_is_the_mean_of_the_last_two_complete_seconds() {
        let mut report = report();
        report.timeline.truncate(10);
        report.timeline[8].requests = 10;
        report.timeline[9].requests = 15;
        report.timeline[9].oldest_ms = 4_200.0;
        let headline = Headline::of(&report, Window::Now);
        assert_eq!((headline.rps, headline.oldest_ms), (Some(12.5), Some(4_200.0)));
        report.timeline.remove(8);
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
        (report.timeline[8].requests, report.timeline[9].requests) = (10, 0);
        report.timeline[9].in_flight = 0;
        assert_eq!(Headline::of(&report, Window::Now).rps, Some(5.0), "nobody waits");
        (report.timeline[9].in_flight, report.timeline[9].oldest_ms) = (3, 1_200.0);
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
        report.timeline.clear();
        report.total.latency_ms = None;
        report.total.failure_ratio = None;
        for span in [Window::Now, Window::Whole] {
            let headline = Headline::of(&report, span);
            assert_eq!((headline.rps, headline.users, headline.in_flight), (None, None, None));
            assert_eq!((headline.failure_ratio, headline.latency_ms), (None, None));
        }
    }

    #[test]
    fn suspect_seconds_are_counted_with_their_reasons() {
        let mut report = report();
        assert_eq!(trust(&report), Trust::Clean);
        report.health.suspect_seconds = 3;
        report.health.reasons = [(SuspectReason::Late, 1), (SuspectReason::Hidden, 3)].into();
        let words = "3 of 20 seconds are suspect: the page was hidden (3 s), users started late (1 s).";
        assert_eq!(trust(&report), Trust::Suspect(words.to_owned()));
    }

    #[test]
    fn names_are_for_people() {
        let mut report = report();
        let mut name = |started_at: &str| {
            report.run.started_at = started_at.to_owned();
            file_name(&report)
        };
        assert_eq!(name("2026-11-23T14:05:00Z"), "oddiya-load-2026-11-23T14-05-00Z.json");
        assert_eq!(name("2026-11-23T14:05:00.123Z"), "oddiya-load-2026-11-23T14-05-00Z.json");
        assert_eq!(name("../../etc"), "oddiya-load.json");
        assert_eq!(name(""), "oddiya-load.json");
    }
}
