//! The time that requests spend in each phase, and the connections to the host.
//!
//! `core::present::phases` decides which phases there are.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::present::connections::connection_line;
use crate::core::present::phases::{Phase, phases};
use crate::ui::widgets::figure_table::{FigureTable, figure_cells};

const SUBJECTS: [(&str, &str); 1] = [("cell-words", "Phase")];

/// The panel. It is shown only when the report has more than the whole duration of requests.
#[component]
pub fn Phases(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let present = move || report.with(|r| r.as_ref().is_some_and(|report| phases(report).len() > 1));
    let rows =
        move || report.with(|r| r.as_ref().map(|report| phases(report).iter().map(row).collect_view()));
    let connections = move || {
        let line = report.with(|r| r.as_ref()?.connections.as_ref().map(connection_line));
        line.map(
            |line| view! { <p class="panel-note" data-testid="connections">"Connections: " {line} "."</p> },
        )
    };
    view! {
        <Show when=present>
            <section class="panel">
                <FigureTable
                    name="phases"
                    title="Phases"
                    caption="Where requests spend their time, all names together"
                    subjects=&SUBJECTS
                    counted="Times"
                    rows=rows
                />
                {connections}
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
