//! What must hold of a report beyond its form, so that it can be shown at all: places point into lists, moments lie
//! within a run, and counts are such that their sums are numbers.

use super::{Entry, IntervalRow, Intervals, Report, TimelineRow};
use crate::core::base::buckets::MOST_VALUES;
use crate::core::base::visible::cell;

/// A year. Nobody waits longer, and whatever counts seconds stays far from the ends of its numbers.
const LONGEST_RUN_S: u64 = 366 * 86_400;

/// The most stretches that a run is divided into. This program leaves 600, however long the run was.
const MOST_INTERVALS: u64 = 10_000;

/// What is wrong with a report; `None` when it can be shown.
pub fn problem(report: &Report) -> Option<String> {
    wrong_place(report).or_else(|| wrong_moment(report)).or_else(|| wrong_count(report))
}

fn wrong_place(report: &Report) -> Option<String> {
    if let Some(intervals) = &report.intervals {
        if intervals.period_s == 0 {
            return Some("`intervals.period_s` is 0".to_owned());
        }
        if intervals.rows.iter().any(|row| row.entry >= report.requests.len()) {
            return Some("an interval belongs to an entry that is not in `requests`".to_owned());
        }
        if intervals.rows.iter().any(|row| row.index >= MOST_INTERVALS) {
            return Some(format!("`intervals` has more than {MOST_INTERVALS} stretches of time"));
        }
    }
    let rows = &report.timeline;
    if rows.iter().zip(rows.iter().skip(1)).any(|(a, b)| a.second >= b.second) {
        return Some("the seconds of `timeline` are not in order".to_owned());
    }
    let uneven = report.series.iter().find(|series| series.at_s.len() != series.values.len())?;
    Some(format!("the series `{}` has not as many values as moments", cell(&uneven.name)))
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

/// Whoever adds up counts must not come past the end of its numbers.
fn wrong_count(report: &Report) -> Option<String> {
    let is_none = |count: u64| count > MOST_VALUES;
    let rows = report.intervals.iter().flat_map(|intervals| &intervals.rows);
    let health = &report.health;
    let of_health = [health.suspect_seconds, health.held_back_seconds, health.dropped];
    let wrong = [
        ("total", of_entry(&report.total).any(is_none)),
        ("requests", report.requests.iter().flat_map(of_entry).any(is_none)),
        ("groups", report.groups.iter().flat_map(of_entry).any(is_none)),
        ("failures", report.failures.iter().any(|row| is_none(row.count))),
        ("timeline", report.timeline.iter().flat_map(of_second).any(is_none)),
        ("intervals", rows.flat_map(of_row).any(is_none)),
        ("health", of_health.into_iter().flatten().chain(health.reasons.values().copied()).any(is_none)),
    ];
    let (part, _) = wrong.into_iter().find(|(_, is_wrong)| *is_wrong)?;
    Some(format!("`{part}` has a count that no run comes to"))
}

fn of_entry(entry: &Entry) -> impl Iterator<Item = u64> {
    let counted = [
        entry.sent,
        Some(entry.requests),
        Some(entry.failures),
        entry.in_flight_at_end,
        entry.dropped,
        entry.page_clock,
        entry.placeholder_plans,
        entry.untimed,
        entry.lost,
        entry.unrecorded,
        entry.redirects,
        entry.stream_events,
        // Bytes are more, and are added up too.
        entry.received_bytes.map(|bytes| bytes >> 20),
    ];
    counted.into_iter().flatten().chain(entry.statuses.iter().flat_map(|statuses| statuses.values().copied()))
}

fn of_second(row: &TimelineRow) -> impl Iterator<Item = u64> + use<> {
    [row.sent, Some(row.requests), Some(row.failures), row.lost, row.dropped].into_iter().flatten()
}

fn of_row(row: &IntervalRow) -> impl Iterator<Item = u64> {
    let bytes = row.received_bytes.map(|bytes| bytes >> 20);
    let events = row.streams.as_ref().map(|streams| streams.events);
    let counted = [row.sent, Some(row.requests), Some(row.failures), bytes, events];
    counted.into_iter().flatten().chain(row.failures_by_kind.values().copied())
}
