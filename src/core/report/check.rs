//! What must hold of a report beyond its form: places point into lists, moments lie within a run, histograms decode.

use super::{Distribution, Intervals, Report};

/// A year. Nobody waits longer, and whatever counts seconds stays far from the ends of its numbers.
const LONGEST_RUN_S: u64 = 366 * 86_400;

/// What is wrong with a report; `None` when it can be shown.
pub fn problem(report: &Report) -> Option<String> {
    wrong_place(report).or_else(|| wrong_moment(report)).or_else(|| wrong_histogram(report))
}

fn wrong_place(report: &Report) -> Option<String> {
    if let Some(intervals) = &report.intervals {
        if intervals.period_s == 0 {
            return Some("`intervals.period_s` is 0".to_owned());
        }
        if intervals.rows.iter().any(|row| row.entry >= report.requests.len()) {
            return Some("an interval belongs to an entry that is not in `requests`".to_owned());
        }
    }
    let rows = &report.timeline;
    if rows.iter().zip(rows.iter().skip(1)).any(|(a, b)| a.second >= b.second) {
        return Some("the seconds of `timeline` are not in order".to_owned());
    }
    let uneven = report.series.iter().find(|series| series.at_s.len() != series.values.len())?;
    Some(format!("the series `{}` has not as many values as moments", uneven.name))
}

/// Charts and tables count on moments to be within a run, and a run to end.
fn wrong_moment(report: &Report) -> Option<String> {
    let is_late = |second: u64| second > LONGEST_RUN_S;
    let is_outside = |secs: f64| !(0.0..=LONGEST_RUN_S as f64).contains(&secs);
    let late_interval = |intervals: &Intervals| {
        intervals.rows.iter().any(|row| is_late(row.index.saturating_mul(intervals.period_s)))
    };
    let run = &report.run;
    let wrong = [
        ("timeline", report.timeline.iter().any(|row| is_late(row.second))),
        ("intervals", report.intervals.as_ref().is_some_and(late_interval)),
        (
            "failures",
            report.failures.iter().any(|row| [row.first_s, row.last_s].into_iter().flatten().any(is_outside)),
        ),
        ("run.changes", run.changes.iter().any(|change| is_outside(change.at_s))),
        ("run.duration_s", is_outside(run.duration_s)),
        ("run.drain_s", run.drain_s.is_some_and(is_outside)),
        ("series", report.series.iter().flat_map(|series| &series.at_s).any(|at| is_outside(*at))),
    ];
    let (part, _) = wrong.into_iter().find(|(_, is_wrong)| *is_wrong)?;
    Some(format!("`{part}` has a moment that is in no run of up to {} days", LONGEST_RUN_S / 86_400))
}

/// Those of intervals are many, and are looked at one by one when they are needed.
fn wrong_histogram(report: &Report) -> Option<String> {
    let wrong =
        |family: &Distribution| family.histogram.as_ref().and_then(|histogram| histogram.decode().err());
    let lateness = report.health.lateness_ms.iter().find_map(wrong);
    let in_entries = report.entries().find_map(|entry| {
        let streams = entry.stream_ms.iter().flat_map(super::StreamFigures::distributions);
        let error = entry.families().chain(streams).find_map(wrong)?;
        Some(format!("in `{} {}`, {error}", entry.method, entry.name))
    });
    in_entries.or_else(|| lateness.map(|error| format!("in `health`, {error}")))
}
