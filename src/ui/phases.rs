//! Where requests spend their time, phase by phase, and how the host was connected to.
//!
//! Which phases there are is `core::report::phases`'s.

use leptos::prelude::*;

use super::show::Show;
use super::state::Shared;
use super::streams::figure_cells;
use crate::core::report::phases::{Phase, phases};

const HEADINGS: [(&str, &str); 6] = [
    ("cell-words", "Phase"),
    ("cell-number", "Times"),
    ("cell-number", "p50 ms"),
    ("cell-number", "p95 ms"),
    ("cell-number", "p99 ms"),
    ("cell-number", "Max ms"),
];

/// The panel; there only when more is known than how long requests took.
#[component]
pub fn Phases(
    /// The report on screen.
    report: Memo<Option<Shared>>,
) -> impl IntoView {
    let present = move || report.with(|r| r.as_ref().is_some_and(|report| phases(report).len() > 1));
    let rows =
        move || report.with(|r| r.as_ref().map(|report| phases(report).iter().map(row).collect_view()));
    let connections = move || {
        let line = report.with(|r| r.as_ref()?.connections.as_ref().map(|connections| connections.line()));
        line.map(
            |line| view! { <p class="panel-note" data-testid="connections">"Connections: " {line} "."</p> },
        )
    };
    view! {
        <Show when=present>
            <section class="panel" aria-labelledby="phases-title">
                <h2 class="panel-title" id="phases-title">"Phases"</h2>
                <div class="table-box" tabindex="0" role="region" aria-labelledby="phases-title">
                    <table class="table" data-testid="phases">
                        <caption class="visually-hidden">"Where requests spend their time, all names together"</caption>
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
                {move || connections()}
            </section>
        </Show>
    }
}

fn row(phase: &Phase) -> impl IntoView + use<> {
    view! {
        <tr data-phase=phase.field>
            <th scope="row" class="cell-words">{phase.label}</th>
            {figure_cells(&phase.figures)}
        </tr>
    }
}
