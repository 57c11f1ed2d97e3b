//! When event streams reached what: a table that is there only when the run had streams.
//!
//! Which milestones there are is `core::report::streams`'s.

use leptos::prelude::*;

use super::show::Show;
use super::state::Shared;
use crate::core::histogram::Figures;
use crate::core::report::streams::{Milestone, milestones};
use crate::core::units::{format_millis, group_thousands};

const HEADINGS: [(&str, &str); 7] = [
    ("cell-name", "Name"),
    ("cell-words", "From request sent to"),
    ("cell-number", "Streams"),
    ("cell-number", "p50 ms"),
    ("cell-number", "p95 ms"),
    ("cell-number", "p99 ms"),
    ("cell-number", "Max ms"),
];

/// The panel.
#[component]
pub fn Streams(
    /// The report on screen.
    report: Memo<Option<Shared>>,
) -> impl IntoView {
    let present = move || report.with(|r| r.as_ref().is_some_and(|report| report.total.stream_ms.is_some()));
    let rows =
        move || report.with(|r| r.as_ref().map(|report| milestones(report).iter().map(row).collect_view()));
    view! {
        <Show when=present>
            <section class="panel" aria-labelledby="streams-title">
                <h2 class="panel-title" id="streams-title">"Streams"</h2>
                <div class="table-box" tabindex="0" role="region" aria-labelledby="streams-title">
                    <table class="table" data-testid="streams">
                        <caption class="visually-hidden">"Milestones of event streams, from request sent"</caption>
                        <thead>
                            <tr>
                                {HEADINGS
                                    .map(|(class, text)| view! { <th scope="col" class=class>{text}</th> })
                                    .into_iter()
                                    .collect_view()}
                            </tr>
                        </thead>
                        <tbody>{move || rows()}</tbody>
                    </table>
                </div>
            </section>
        </Show>
    }
}

/// The cells of a distribution: how often, and how long.
pub fn figure_cells(figures: &Figures) -> impl IntoView + use<> {
    let cells = [
        ("count", group_thousands(figures.count)),
        ("p50", format_millis(figures.p50)),
        ("p95", format_millis(figures.p95)),
        ("p99", format_millis(figures.p99)),
        ("max", format_millis(figures.max)),
    ];
    let cells = cells.map(|(field, text)| view! { <td class="cell-number" data-field=field>{text}</td> });
    cells.into_iter().collect_view()
}

fn row(milestone: &Milestone<'_>) -> impl IntoView + use<> {
    view! {
        <tr data-stream=milestone.name.to_owned() data-milestone=milestone.field>
            <th scope="row" class="cell-name">{milestone.name.to_owned()}</th>
            <td class="cell-words">{milestone.label}</td>
            {figure_cells(&milestone.figures)}
        </tr>
    }
}
