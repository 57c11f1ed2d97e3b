//! Whether the figures of a report agree with each other. A report of this program always does; a file that was edited,
//! damaged or badly imported does not, and its reader must know that before any figure.
//!
//! What cannot be shown at all is refused when a file is read (`core::report::read`); here is what can be shown and cannot
//! be true. Other tools round: their quantiles may lie a little outside their own bounds.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::core::base::histogram::Figures;
use crate::core::base::visible::cell;
use crate::core::report::{Distribution, Entry, GeneratorKind, Quantiles, Report, StopReason, StreamFigures};

/// Two figures that cannot both be true, or a figure that its meaning excludes.
#[derive(Clone, Debug, PartialEq)]
pub enum Contradiction {
    /// A total is not what its parts add up to.
    NoSum { what: Summed, total: u64, parts: u64 },
    /// More requests of a name failed than ended.
    MoreFailed { name: String, failures: u64, requests: u64 },
    /// More failed in a second than ended in it.
    MoreFailedInSecond { second: u64 },
    /// A share of failures is none, or not that of the counts beside it.
    WrongShare { name: String, share: f64 },
    /// A higher quantile is lower, or one lies outside minimum and maximum.
    OutOfOrder { name: String },
    /// More times were measured than requests ended.
    MoreTimes { name: String, times: u64, requests: u64 },
    /// The quantiles of a second are out of order.
    OutOfOrderInSecond { second: u64 },
    /// A time or a rate is below zero.
    Negative { name: String },
    /// A failure was seen last before it was seen first.
    LastBeforeFirst { name: String },
    /// The start of the run is no moment.
    NoDate { started_at: String },
}

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summed {
    /// The requests of all names.
    Requests,
    /// The failures of all names.
    Failures,
    /// The requests started under all names.
    Sent,
    /// The bytes of all names.
    Bytes,
    /// The failures in the table of failures.
    FailureRows,
    /// The requests of all seconds.
    Seconds,
    /// The requests of all intervals.
    Intervals,
}

/// The most contradictions that are named: after these few nobody reads on.
const MOST: usize = 5;
/// By which share a bound of another tool may be off: Locust rounds quantiles to two digits.
const ROUNDED: f64 = 0.06;

/// What contradicts itself in a report: nothing, or the first few.
pub fn contradictions(report: &Report) -> Vec<Contradiction> {
    let slack = if report.generator.kind == GeneratorKind::Imported { ROUNDED } else { 1e-6 };
    let of_entries = report.entries().flat_map(|entry| of_entry(entry, slack));
    no_date(report)
        .into_iter()
        .chain(sums(report))
        .chain(of_entries)
        .chain(of_failures(report))
        .chain(of_seconds(report, slack))
        .take(MOST)
        .collect()
}

/// `GET /api/plans`, or `Aggregated`, shortened: a name may be as long as a file.
fn named(method: &str, name: &str) -> String {
    format!("{} {}", cell(method), cell(name)).trim_start().to_owned()
}

fn no_date(report: &Report) -> Option<Contradiction> {
    let started_at = report.run.started_at.as_ref()?;
    let is_date = OffsetDateTime::parse(started_at, &Rfc3339).is_ok();
    (!is_date).then(|| Contradiction::NoDate { started_at: cell(started_at) })
}

/// A report with nothing but its total has no parts. Another tool's parts may lack some of the whole, and so may those of a
/// run under way.
fn sums(report: &Report) -> Vec<Contradiction> {
    let total = &report.total;
    let entries = &report.requests;
    let of = |count: fn(&Entry) -> Option<u64>| {
        entries.iter().map(count).try_fold(0_u64, |sum, n| Some(sum.saturating_add(n?)))
    };
    let all_entries = |what, whole: Option<u64>, parts: Option<u64>| (what, whole, parts, Parts::AreAll);
    let kind = report.generator.kind;
    let is_own = matches!(kind, GeneratorKind::Browser | GeneratorKind::Native | GeneratorKind::Sim);
    let of_failures = if is_own { Parts::AreAll } else { Parts::MayLack };
    let ended = matches!(
        report.run.stopped_by,
        Some(StopReason::RunTime | StopReason::Iterations | StopReason::Stopped)
    );
    let of_time = if is_own && ended { Parts::AreAll } else { Parts::MayLack };
    let rows = report.failures.iter().map(|row| row.count).sum();
    let seconds = report.timeline.iter().map(|row| row.requests).sum();
    let intervals = report.intervals.as_ref().map(|all| all.rows.iter().map(|row| row.requests).sum());
    let mut checked = Vec::new();
    if !entries.is_empty() {
        checked.extend([
            all_entries(Summed::Requests, Some(total.requests), of(|entry| Some(entry.requests))),
            all_entries(Summed::Failures, Some(total.failures), of(|entry| Some(entry.failures))),
            all_entries(Summed::Sent, total.sent, of(|entry| entry.sent)),
            all_entries(Summed::Bytes, total.received_bytes, of(|entry| entry.received_bytes)),
        ]);
    }
    checked.push((Summed::FailureRows, Some(total.failures), Some(rows), of_failures));
    if !report.timeline.is_empty() {
        checked.push((Summed::Seconds, Some(total.requests), Some(seconds), of_time));
    }
    checked.push((Summed::Intervals, Some(total.requests), intervals, of_time));
    checked.into_iter().filter_map(no_sum).collect()
}

/// Whether parts make up all of a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    AreAll,
    MayLack,
}

fn no_sum((what, total, parts, are): (Summed, Option<u64>, Option<u64>, Parts)) -> Option<Contradiction> {
    let (total, parts) = total.zip(parts)?;
    let wrong = parts > total || (are == Parts::AreAll && parts < total);
    wrong.then_some(Contradiction::NoSum { what, total, parts })
}

fn of_entry(entry: &Entry, slack: f64) -> impl Iterator<Item = Contradiction> {
    let name = || named(&entry.method, &entry.name);
    let (failures, requests) = (entry.failures, entry.requests);
    let more_failed =
        (failures > requests).then(|| Contradiction::MoreFailed { name: name(), failures, requests });
    let share = entry.failure_ratio.filter(|share| !is_share_of(*share, failures, requests));
    let wrong_share = share.map(|share| Contradiction::WrongShare { name: name(), share });
    let streams = entry.stream_ms.iter().flat_map(StreamFigures::distributions);
    let mut families = entry.families().chain(streams);
    let is_negative = entry.rps < 0.0 || entry.failures_per_s < 0.0;
    let of_family = families.find_map(|family| of_family(family, slack).map(|wrong| wrong.named(name())));
    let times = entry.latency_ms.as_ref().map_or(0, |latency| latency.figures.count);
    let more_times = (times > requests).then(|| Contradiction::MoreTimes { name: name(), times, requests });
    let negative = is_negative.then(|| Contradiction::Negative { name: name() });
    [more_failed, wrong_share, negative, of_family, more_times].into_iter().flatten()
}

/// Shares are written with six decimals; other tools write fewer.
fn is_share_of(share: f64, failures: u64, requests: u64) -> bool {
    let counted = if requests == 0 { 0.0 } else { failures as f64 / requests as f64 };
    (0.0..=1.0).contains(&share) && (share - counted).abs() <= 0.005
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Negative,
    OutOfOrder,
}

impl Wrong {
    fn named(self, name: String) -> Contradiction {
        match self {
            Self::Negative => Contradiction::Negative { name },
            Self::OutOfOrder => Contradiction::OutOfOrder { name },
        }
    }
}

fn of_family(family: &Distribution, slack: f64) -> Option<Wrong> {
    let Figures { count: _, min, mean, p50, p75, p90, p95, p99, p999, max } = family.figures;
    let quantiles = [p50, p75, p90, p95, p99, p999];
    let all = || [min, mean, max].into_iter().chain(quantiles).flatten();
    if all().any(|figure| figure < 0.0) {
        return Some(Wrong::Negative);
    }
    let is_below = |figure: f64, bound: f64| figure < bound - bound * slack - 0.001;
    let below_min = min.is_some_and(|min| all().any(|figure| is_below(figure, min)));
    let above_max = max.is_some_and(|max| all().any(|figure| is_below(max, figure)));
    (below_min || above_max || !are_rising(quantiles)).then_some(Wrong::OutOfOrder)
}

fn are_rising<const N: usize>(figures: [Option<f64>; N]) -> bool {
    figures.into_iter().flatten().is_sorted()
}

fn of_failures(report: &Report) -> impl Iterator<Item = Contradiction> {
    let rows = report
        .failures
        .iter()
        .filter(|row| row.first_s.zip(row.last_s).is_some_and(|(first, last)| last < first));
    rows.map(|row| Contradiction::LastBeforeFirst { name: named(&row.method, &row.name) })
}

fn of_seconds(report: &Report, slack: f64) -> impl Iterator<Item = Contradiction> {
    let of_quantiles = |quantiles: &Quantiles| [quantiles.p50, quantiles.p95, quantiles.p99];
    report.timeline.iter().filter_map(move |row| {
        let second = row.second;
        if row.failures > row.requests {
            return Some(Contradiction::MoreFailedInSecond { second });
        }
        let mut families = row.latency_ms.iter().chain(&row.corrected_ms).map(of_quantiles);
        let is_wrong = |figures: [Option<f64>; 3]| {
            !are_rising(figures) || figures.into_iter().flatten().any(|figure| figure < -slack)
        };
        families.any(is_wrong).then_some(Contradiction::OutOfOrderInSecond { second })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    fn report() -> Report {
        read::read(include_bytes!("../../../tests/fixtures/reports/v2/sim.json")).unwrap()
    }

    /// What is found once a report was changed.
    fn found(change: impl FnOnce(&mut Report)) -> Vec<Contradiction> {
        let mut report = report();
        change(&mut report);
        contradictions(&report)
    }

    #[test]
    fn a_report_of_ours_agrees_with_itself() {
        assert_eq!(contradictions(&report()), []);
        let v1 = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        assert_eq!(contradictions(&v1), []);
        let imported =
            read::read(include_bytes!("../../../tests/fixtures/reports/v2/imported.json")).unwrap();
        assert_eq!(contradictions(&imported), []);
    }

    #[test]
    fn a_total_that_is_not_the_sum_of_its_parts_is_found_with_both_figures() {
        let found_sums = found(|report| report.total.requests = 500);
        let no_sum = |what, parts| Contradiction::NoSum { what, total: 500, parts };
        assert!(found_sums.contains(&no_sum(Summed::Requests, 194)), "{found_sums:?}");
        assert!(found_sums.contains(&no_sum(Summed::Seconds, 194)), "{found_sums:?}");
        let found_rows = found(|report| report.failures.clear());
        assert_eq!(found_rows, [Contradiction::NoSum { what: Summed::FailureRows, total: 3, parts: 0 }]);
    }

    #[test]
    fn failures_above_requests_and_shares_outside_zero_and_one_are_found() {
        let name = "Aggregated".to_owned();
        for share in [-0.1, 1.5, 0.9] {
            let wrong = Contradiction::WrongShare { name: name.clone(), share };
            assert_eq!(found(|report| report.total.failure_ratio = Some(share)), [wrong]);
        }
        let more = found(|report| report.requests[0].failures = 10_000);
        assert!(
            matches!(
                &more[..],
                [Contradiction::NoSum { .. }, Contradiction::MoreFailed { failures: 10_000, .. }, ..]
            ),
            "{more:?}"
        );
        let in_second = found(|report| report.timeline.update(3, |row| row.failures = 10_000));
        assert_eq!(in_second, [Contradiction::MoreFailedInSecond { second: 3 }]);
    }

    #[test]
    fn quantiles_out_of_order_and_negative_times_are_found() {
        let with = |change: fn(&mut Figures)| {
            found(|report| change(&mut report.total.latency_ms.as_mut().unwrap().figures))
        };
        let out_of_order = Contradiction::OutOfOrder { name: "Aggregated".to_owned() };
        assert_eq!(
            with(|figures| figures.p50 = figures.max.map(|max| max * 2.0)),
            std::slice::from_ref(&out_of_order)
        );
        assert_eq!(
            with(|figures| figures.min = figures.max.map(|max| max * 2.0)),
            std::slice::from_ref(&out_of_order)
        );
        assert_eq!(with(|figures| figures.max = Some(0.001)), [out_of_order]);
        assert_eq!(
            with(|figures| figures.min = Some(-1.0)),
            [Contradiction::Negative { name: "Aggregated".to_owned() }]
        );
        let in_second = found(|report| {
            report.timeline.update(2, |row| {
                row.latency_ms = Some(Quantiles { p50: Some(9.0), p95: Some(1.0), p99: None })
            });
        });
        assert_eq!(in_second, [Contradiction::OutOfOrderInSecond { second: 2 }]);
    }

    #[test]
    fn another_tool_may_round_its_quantiles() {
        let mut report = report();
        report.generator.kind = GeneratorKind::Imported;
        let figures = &mut report.total.latency_ms.as_mut().unwrap().figures;
        *figures = Figures {
            count: 194,
            min: Some(104.0),
            p50: Some(100.0),
            p99: Some(150.0),
            max: Some(147.0),
            ..Figures::default()
        };
        assert_eq!(contradictions(&report), []);
    }

    #[test]
    fn a_start_that_is_no_date_and_a_failure_that_ends_before_it_begins_are_found() {
        let started_at = "yesterday".to_owned();
        assert_eq!(
            found(|report| report.run.started_at = Some("yesterday".to_owned())),
            [Contradiction::NoDate { started_at }]
        );
        let backwards =
            found(|report| (report.failures[0].first_s, report.failures[0].last_s) = (Some(5.0), Some(1.0)));
        assert!(matches!(&backwards[..], [Contradiction::LastBeforeFirst { .. }]), "{backwards:?}");
    }

    #[test]
    fn of_many_contradictions_a_few_are_named() {
        let found = found(|report| {
            (0..20).for_each(|second| report.timeline.update(second, |row| row.failures = 1_000))
        });
        assert_eq!(found.len(), MOST);
    }
}
