//! Whether every histogram of a report can be read and holds as many values as the figures beside it say.
//!
//! All of them are looked at, also the many of intervals: one that is damaged would otherwise vanish from a sum without a
//! word. None is unpacked into more than its buckets in use.

use super::{Distribution, Entry, IntervalRow, Intervals, Report, StreamFigures};
use crate::core::base::buckets::Unpacker;
use crate::core::base::visible::cell;

/// What is wrong with the histograms of a report; `None` when nothing is.
pub fn problem(report: &Report) -> Option<String> {
    let mut unpacker = Unpacker::default();
    let mut in_entry = |entry: &Entry| {
        let streams = entry.stream_ms.iter().flat_map(StreamFigures::distributions);
        let wrong = entry.families().chain(streams).find_map(|family| of_distribution(&mut unpacker, family));
        Some(format!("in `{}`, {}", named(entry), wrong?))
    };
    if let Some(problem) = report.entries().find_map(&mut in_entry) {
        return Some(problem);
    }
    let lateness = report.health.lateness_ms.iter().find_map(|family| of_distribution(&mut unpacker, family));
    if let Some(problem) = lateness {
        return Some(format!("in `health`, {problem}"));
    }
    of_intervals(&mut unpacker, report.intervals.as_ref()?, &report.requests)
}

fn named(entry: &Entry) -> String {
    format!("{} {}", cell(&entry.method), cell(&entry.name))
}

fn of_distribution(unpacker: &mut Unpacker, family: &Distribution) -> Option<String> {
    let claimed = family.figures.count;
    match unpacker.count(family.histogram.as_ref()?.as_str()) {
        Ok(count) if count == claimed => None,
        Ok(count) => Some(format!("a histogram holds {count} values and its `count` is {claimed}")),
        Err(error) => Some(error.to_string()),
    }
}

fn of_intervals(unpacker: &mut Unpacker, intervals: &Intervals, entries: &[Entry]) -> Option<String> {
    intervals.rows.iter().find_map(|row| {
        let problem = of_row(unpacker, row)?;
        let entry = entries.get(row.entry).map_or_else(String::new, named);
        Some(format!("in interval {} of `{entry}`, {problem}", row.index))
    })
}

/// A request may have no latency, when the machine slept during it, but no more than one of a family.
fn of_row(unpacker: &mut Unpacker, row: &IntervalRow) -> Option<String> {
    row.recorded().find_map(|recorded| match unpacker.count(recorded.histogram.as_str()) {
        Ok(count) if count <= row.requests => None,
        Ok(count) => Some(format!("a histogram holds {count} values of {} requests", row.requests)),
        Err(error) => Some(error.to_string()),
    })
}
