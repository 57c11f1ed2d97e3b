//! The table of times at which event streams reached their milestones. It is shown only when the run had streams.
//!
//! `core::present::streams` decides which milestones there are.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::present::streams::{Milestone, milestones};
use crate::ui::widgets::figure_table::{FigureTable, figure_cells};

const SUBJECTS: [(&str, &str); 2] = [("cell-name", "Name"), ("cell-words", "From request sent to")];

#[component]
pub fn Streams(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let present = move || report.with(|r| r.as_ref().is_some_and(|report| report.total.stream_ms.is_some()));
    let rows =
        move || report.with(|r| r.as_ref().map(|report| milestones(report).iter().map(row).collect_view()));
    view! {
        <Show when=present>
            <section class="panel">
                <FigureTable
                    name="streams"
                    title="Streams"
                    caption="Milestones of event streams, from request sent"
                    subjects=&SUBJECTS
                    counted="Streams"
                    rows=rows
                />
            </section>
        </Show>
    }
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
