//! A comparison as a table: one row per endpoint, what changed most first.

use super::words::{endpoint_name, figure_label, interval, percent, shares, verdict_label};
use crate::core::base::units::format_millis;
use crate::core::compare::figure::Figure;
use crate::core::compare::outcome::{Comparison, EntryChange, FigureChange, Verdict};
use crate::core::present::words::NO_DATA;

/// Marks a figure whose change has evidence of its own.
pub const EVIDENT: &str = "*";
/// The latencies that have a column with their change alone.
const TAIL: [Figure; 4] = [Figure::P50, Figure::P90, Figure::P95, Figure::P99];

pub fn heading() -> Vec<&'static str> {
    let start = ["Endpoint", "Verdict", "mean base", "new ms", "change", "95 %", "own"];
    let tail = TAIL.map(figure_label);
    start.into_iter().chain(tail).chain(["failures", "req/s"]).collect()
}

/// The endpoints, and all requests together at the end.
pub fn rows(comparison: &Comparison) -> Vec<Vec<String>> {
    comparison.entries.iter().chain(&comparison.total).map(row).collect()
}

fn row(entry: &EntryChange) -> Vec<String> {
    let mean = entry.get(Figure::Mean);
    let millis = |value: Option<f64>| value.map_or_else(|| NO_DATA.to_owned(), format_millis);
    let range = mean.and_then(|mean| Some(interval(mean.low?, mean.high?)));
    let own = mean.and_then(|mean| mean.own).map(|own| percent(own.change));
    let mut cells = vec![
        endpoint_name(entry),
        verdict(entry),
        millis(mean.and_then(|mean| mean.base)),
        millis(mean.and_then(|mean| mean.new)),
        change(mean),
        range.unwrap_or_else(|| NO_DATA.to_owned()),
        own.unwrap_or_default(),
    ];
    cells.extend(TAIL.iter().map(|figure| change(entry.get(*figure))));
    cells.push(entry.get(Figure::FailureRatio).map_or_else(String::new, failures));
    cells.push(change(entry.get(Figure::Rps)));
    cells
}

/// The total has none: it is a mix of all endpoints.
fn verdict(entry: &EntryChange) -> String {
    if entry.endpoint.method.is_empty() {
        return String::new();
    }
    let control = if entry.is_control { " (control)" } else { "" };
    format!("{}{control}", verdict_label(entry.verdict))
}

fn failures(change: &FigureChange) -> String {
    if (change.base, change.new) == (Some(0.0), Some(0.0)) {
        "none".to_owned()
    } else {
        shares(change) + mark(change)
    }
}

fn change(change: Option<&FigureChange>) -> String {
    let Some(change) = change else { return NO_DATA.to_owned() };
    match (change.change, change.new) {
        (Some(by), _) => percent(by) + mark(change),
        (None, Some(_)) if change.base == Some(0.0) => "new".to_owned(),
        _ => NO_DATA.to_owned(),
    }
}

const fn mark(change: &FigureChange) -> &'static str {
    match change.verdict {
        Verdict::Faster | Verdict::Slower => EVIDENT,
        Verdict::NoEvidence | Verdict::NotComparable => "",
    }
}
