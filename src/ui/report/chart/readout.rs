//! A chart's legend, with the values at the cursor or, without a cursor, those of the last second.
//!
//! Lines differ in their dashes as well as in their colours, and the legend names each.

use leptos::prelude::*;

use crate::core::analyse::headline::Window;
use crate::core::base::units::{format_millis, group_thousands};
use crate::core::present::plot::{Chart, Quantity, TimeLabels};
use crate::core::report::{Report, TimelineRow};
use crate::ui::report::shared_report::SharedReport;

/// The row of the second whose values are shown: the one at the cursor or, without a cursor, the last.
fn row_at(report: &Report, cursor: Option<u64>) -> Option<&TimelineRow> {
    match cursor {
        Some(second) => report.timeline.of_second(second),
        None => report.timeline.last(),
    }
}

/// Formats a value; a dash where there is no data.
fn text(quantity: Quantity, row: Option<&TimelineRow>) -> String {
    let value = row.and_then(|row| quantity.of(row));
    let format = |value: f64| match quantity {
        Quantity::Requests
        | Quantity::Failures
        | Quantity::Due
        | Quantity::Dropped
        | Quantity::Users
        | Quantity::InFlight => group_thousands(value.round() as u64),
        _ => format_millis(value),
    };
    value.map_or_else(|| "–".to_owned(), format)
}

/// Says why a second is suspect; empty when it is not.
fn doubts(row: Option<&TimelineRow>) -> String {
    let labels: Vec<_> = row.iter().flat_map(|row| &row.suspect).map(|reason| reason.label()).collect();
    labels.join(", ")
}

/// Says all values at the cursor in one sentence, for screen readers.
pub fn sentence(chart: Chart, report: Option<&Report>, cursor: Option<u64>, labels: TimeLabels) -> String {
    let Some(report) = report else { return "no data".to_owned() };
    let row = row_at(report, cursor);
    let values: Vec<_> = chart
        .quantities()
        .iter()
        .map(|quantity| format!("{} {}", quantity.label(), text(*quantity, row)))
        .collect();
    let second = cursor.or_else(|| row.map(|row| row.second)).unwrap_or_default();
    let doubts = doubts(row);
    let suspect = if doubts.is_empty() { String::new() } else { format!("; suspect: {doubts}") };
    format!("{}: {} {}{suspect}", labels.name(second), values.join(", "), chart.unit())
}

#[component]
pub fn Legend(
    chart: Chart,
    report: Memo<Option<SharedReport>>,
    cursor: RwSignal<Option<u64>>,
    /// The part of the run that is shown. When a run has ended, its last second would mislead and is not shown.
    window: Memo<Window>,
) -> impl IntoView {
    let is_read = move || cursor.get().is_some() || window.get() == Window::Now;
    let row_text = move |quantity, report: Option<&SharedReport>| {
        text(quantity, report.and_then(|report| row_at(report, cursor.get())))
    };
    let key = |quantity: Quantity| {
        let value = move || {
            if is_read() { report.with(|report| row_text(quantity, report.as_ref())) } else { String::new() }
        };
        view! {
            <li class="legend-key">
                <svg class="legend-swatch" width="22" height="8" aria-hidden="true">
                    <path class=line_class(quantity) d="M1 4H21" />
                </svg>
                <span class="legend-label">{quantity.label()}</span>
                <span class="legend-value">{value}</span>
            </li>
        }
    };
    view! { <ul class="legend">{chart.quantities().iter().map(|quantity| key(*quantity)).collect_view()}</ul> }
}

/// The line at the top of a chart: why the second at the cursor is suspect, or what the hatching means.
#[component]
pub fn Doubts(report: Memo<Option<SharedReport>>, cursor: RwSignal<Option<u64>>) -> impl IntoView {
    let any =
        move || report.with(|report| report.as_ref().is_some_and(|r| r.health.suspect_seconds > Some(0)));
    let words = move || {
        let of_cursor = cursor.get().map(|second| {
            report.with(|report| doubts(report.as_ref().and_then(|report| row_at(report, Some(second)))))
        });
        match of_cursor {
            Some(doubts) if !doubts.is_empty() => format!("suspect: {doubts}"),
            _ if any() => "suspect seconds".to_owned(),
            _ => String::new(),
        }
    };
    view! {
        <p class="chart-doubts">
            <span class="chart-doubts-swatch" class:is-shown=any aria-hidden="true"></span>
            {words}
        </p>
    }
}

/// The classes that give a line its colour and dashes.
pub fn line_class(quantity: Quantity) -> String {
    format!("line line-{}", class(quantity))
}

/// The classes that give the dot under the cursor its line's colour.
pub fn dot_class(quantity: Quantity) -> String {
    format!("dot dot-{}", class(quantity))
}

const fn class(quantity: Quantity) -> &'static str {
    match quantity {
        // This label has a space in it, and a class name must not have one.
        Quantity::InFlight => "in-flight",
        _ => quantity.label(),
    }
}
