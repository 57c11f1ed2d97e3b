//! The table of times at which event streams reached their milestones. It is shown only when the run had streams.
//!
//! `core::present::streams` decides which milestones there are.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::base::visible::cell;
use crate::core::present::row_window::RowWindow;
use crate::core::present::streams::{Milestone, milestones};
use crate::ui::widgets::figure_table::{FigureTable, figure_cells};
use crate::ui::widgets::row_window::RowWindowLine;

const SUBJECTS: [(&str, &str); 2] = [("cell-name", "Name"), ("cell-words", "From request sent to")];

#[component]
pub fn Streams(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let present = move || report.with(|r| r.as_ref().is_some_and(|report| report.total.stream_ms.is_some()));
    let first = RwSignal::new(0);
    let total = Memo::new(move |_| report.with(|r| r.as_ref().map_or(0, |report| milestones(report).len())));
    let rows = move || {
        let shown = |report: &SharedReport| {
            let rows = milestones(report);
            let window = rows.get(RowWindow::at(first.get(), rows.len()).rows()).unwrap_or_default();
            window.iter().map(row).collect_view()
        };
        report.with(|report| report.as_ref().map(shown))
    };
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
                <RowWindowLine name="streams" total first />
            </section>
        </Show>
    }
}

fn row(milestone: &Milestone<'_>) -> impl IntoView + use<> {
    view! {
        <tr data-stream=cell(milestone.name) data-milestone=milestone.field>
            <th scope="row" class="cell-name">{cell(milestone.name)}</th>
            <td class="cell-words">{milestone.label}</td>
            {figure_cells(&milestone.figures)}
        </tr>
    }
}
