//! The report of a part of a run: every figure summed up anew for a range of time, from the stretches.
//!
//! It is a report like any other, so every view of a report shows a part as it shows a whole. What is known only of the
//! whole run (statuses, phases, connections) is absent.

use std::collections::BTreeMap;

use super::stretches::{StreamSums, Stretches, Sums};
use super::time_range::TimeRange;
use crate::core::base::failure::FailureKind;
use crate::core::base::histogram::Histogram;
use crate::core::report::{
    Detail, Distribution, Entry, FailureRow, Health, Note, Report, RunInfo, StreamFigures, SuspectReason,
    Timeline, TimelineRow,
};

/// What is said in place of a detail that several failures share.
const SEVERAL: &str = "several details";

/// The report of a range of a run, widened to whole stretches. `report` is the one that the stretches are of.
pub fn part(report: &Report, stretches: &Stretches, range: TimeRange) -> Report {
    let range = range.widened(stretches.period_s());
    let duration_s = duration_s(report, range);
    let sums = stretches.sums(range);
    let timeline: Timeline =
        report.timeline.iter().filter(|row| range.contains(row.second)).cloned().collect();
    let mut total = Sums { sent: Some(0), received_bytes: Some(0), ..Sums::default() };
    sums.iter().for_each(|sums| total.merge(sums));
    let dropped = sum(&timeline, |row| row.dropped);
    let total = Entry {
        dropped,
        in_flight_at_end: timeline.last().and_then(|row| row.in_flight).map(u64::from),
        lost: sum(&timeline, |row| row.lost).filter(|lost| *lost > 0),
        ..entry(&report.total, &total, duration_s)
    };
    Report {
        run: RunInfo { duration_s, drain_s: None, ..report.run.clone() },
        total,
        requests: report
            .requests
            .iter()
            .zip(&sums)
            .map(|(whole, sums)| entry(whole, sums, duration_s))
            .collect(),
        // A journey belongs to no single stretch of time.
        groups: Vec::new(),
        failures: failures(report, &sums, range),
        health: health(report, &timeline, dropped),
        timeline,
        intervals: None,
        connections: None,
        generator: report.generator.clone(),
        schema: report.schema.clone(),
        version: report.version,
        series: report.series.clone(),
    }
}

/// How long requests were being started in a range, in seconds.
fn duration_s(report: &Report, range: TimeRange) -> f64 {
    let reset = report.generator.notes.iter().find_map(|note| match note {
        Note::StatisticsReset { at_s, .. } => Some(*at_s),
        _ => None,
    });
    let start_s = reset.unwrap_or_default();
    range.overlap_s(start_s, start_s + report.run.duration_s)
}

fn sum(timeline: &Timeline, of: fn(&TimelineRow) -> Option<u64>) -> Option<u64> {
    timeline.iter().filter_map(of).reduce(u64::saturating_add)
}

fn entry(whole: &Entry, sums: &Sums, duration_s: f64) -> Entry {
    let of = |histogram: &Histogram| Distribution::of(histogram, Detail::Figures);
    Entry {
        method: whole.method.clone(),
        name: whole.name.clone(),
        sent: sums.sent,
        requests: sums.requests,
        failures: sums.failures,
        rps: Entry::per_second(sums.requests, duration_s),
        failures_per_s: Entry::per_second(sums.failures, duration_s),
        failure_ratio: Entry::ratio(sums.failures, sums.requests),
        received_bytes: sums.received_bytes,
        latency_ms: of(&sums.latency),
        corrected_ms: of(&sums.corrected),
        ttfb_ms: of(&sums.ttfb),
        stream_events: sums.streams.as_ref().map(|streams| streams.events),
        stream_ms: sums.streams.as_ref().map(stream_figures),
        ..Entry::default()
    }
}

fn stream_figures(sums: &StreamSums) -> StreamFigures {
    let of = |histogram: &Histogram| Distribution::of(histogram, Detail::Figures);
    StreamFigures {
        first_event: of(&sums.first_event),
        largest_gap: of(&sums.largest_gap),
        complete: of(&sums.complete),
        done: of(&sums.done),
        by_type: sums.by_type.iter().filter_map(|(kind, histogram)| Some((*kind, of(histogram)?))).collect(),
    }
}

/// The failures of a range. Stretches count them by kind; which detail they had is known where a kind has only one, or
/// where all of them fall into the range.
fn failures(report: &Report, sums: &[Sums], range: TimeRange) -> Vec<FailureRow> {
    let mut rows = Vec::new();
    for (entry, sums) in report.requests.iter().zip(sums) {
        for (kind, count) in &sums.failures_by_kind {
            let fits =
                |row: &&FailureRow| row.kind == *kind && row.method == entry.method && row.name == entry.name;
            let whole: Vec<&FailureRow> = report.failures.iter().filter(fits).collect();
            rows.extend(of_kind(entry, *kind, *count, &whole, range));
        }
    }
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.name, &a.detail).cmp(&(&b.name, &b.detail))));
    rows
}

fn of_kind(
    entry: &Entry,
    kind: FailureKind,
    count: u64,
    whole: &[&FailureRow],
    range: TimeRange,
) -> Vec<FailureRow> {
    if count == 0 {
        return Vec::new();
    }
    if whole.iter().map(|row| row.count).sum::<u64>() == count {
        return whole.iter().map(|row| (*row).clone()).collect();
    }
    let within = |moment: Option<f64>| {
        moment.filter(|moment| *moment >= range.from() as f64 && *moment < range.until() as f64)
    };
    let (detail, first_s, last_s) = match whole {
        [only] => (only.detail.clone(), within(only.first_s), within(only.last_s)),
        _ => (SEVERAL.to_owned(), None, None),
    };
    let (method, name) = (entry.method.clone(), entry.name.clone());
    vec![FailureRow { method, name, kind, detail, count, first_s, last_s }]
}

/// The health of a part of a run, from its seconds. Suspect seconds are absent where they are absent of the whole run.
fn health(report: &Report, timeline: &Timeline, dropped: Option<u64>) -> Health {
    let mut reasons: BTreeMap<SuspectReason, u64> = BTreeMap::new();
    for reason in timeline.iter().flat_map(|row| &row.suspect) {
        *reasons.entry(*reason).or_default() += 1;
    }
    let count =
        |is_marked: fn(&TimelineRow) -> bool| timeline.iter().filter(|row| is_marked(row)).count() as u64;
    Health {
        lateness_ms: None,
        suspect_seconds: report.health.suspect_seconds.map(|_| count(|row| !row.suspect.is_empty())),
        held_back_seconds: Some(count(|row| !row.held_back.is_empty())).filter(|seconds| *seconds > 0),
        reasons,
        dropped,
    }
}
