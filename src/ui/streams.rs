//! When event streams reached what: a table that is there only when the run had streams.
//!
//! Which milestones there are is `core::report::streams`'s.

use leptos::prelude::*;

use super::state::Shared;
use crate::core::report::streams::{Milestone, milestones};
use crate::core::units::{format_millis, group_thousands};

/// The panel.
#[component]
pub fn Streams(
    /// The report on screen.
    report: Memo<Option<Shared>>,
) -> impl IntoView {
    let present = Memo::new(move |_| {
        report.with(|r| r.as_ref().is_some_and(|report| report.total.stream_ms.is_some()))
    });
    let rows =
        move || report.with(|r| r.as_ref().map(|report| milestones(report).iter().map(row).collect_view()));
    view! {
        <Show when=move || present.get()>
            <section class="panel" aria-labelledby="streams-title">
                <h2 class="panel-title" id="streams-title">"Streams"</h2>
                <div class="table-box" tabindex="0" role="region" aria-labelledby="streams-title">
                    <table class="table" data-testid="streams">
                        <caption class="visually-hidden">"Milestones of event streams, from request sent"</caption>
                        <thead>
                            <tr>
                                <th scope="col" class="cell-name">"Name"</th>
                                <th scope="col" class="cell-words">"From request sent to"</th>
                                <th scope="col" class="cell-number">"Streams"</th>
                                <th scope="col" class="cell-number">"p50 ms"</th>
                                <th scope="col" class="cell-number">"p95 ms"</th>
                                <th scope="col" class="cell-number">"p99 ms"</th>
                                <th scope="col" class="cell-number">"Max ms"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        </Show>
    }
}

fn row(milestone: &Milestone<'_>) -> impl IntoView + use<> {
    let figures = milestone.figures;
    let cells = [("p50", figures.p50), ("p95", figures.p95), ("p99", figures.p99), ("max", figures.max)];
    let cells = cells.map(|(field, millis)| {
        view! { <td class="cell-number" data-field=field>{format_millis(millis)}</td> }
    });
    view! {
        <tr data-stream=milestone.name.to_owned() data-milestone=milestone.field>
            <th scope="row" class="cell-name">{milestone.name.to_owned()}</th>
            <td class="cell-words">{milestone.label}</td>
            <td class="cell-number" data-field="count">{group_thousands(figures.count)}</td>
            {cells.into_iter().collect_view()}
        </tr>
    }
}
