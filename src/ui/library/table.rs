//! The table of reports: headings that sort, a window of rows, and what is said when a search finds nothing.

use leptos::prelude::*;

use super::row::Row;
use crate::core::library::list::{Column, Listed, Order, after_click};
use crate::core::present::row_window::RowWindow;
use crate::ui::run::state::page_state;
use crate::ui::widgets::row_window::RowWindowLine;
use crate::ui::widgets::sort_heading::SortHeading;

#[component]
pub fn ReportTable(
    /// The reports that the search finds, in order.
    found: Memo<Vec<Listed>>,
) -> impl IntoView {
    let library = page_state().library;
    let first = RwSignal::new(0);
    let total = Memo::new(move |_| found.with(Vec::len));
    let window = move || {
        found.with(|found| {
            let rows = RowWindow::at(first.get(), found.len()).rows();
            found.get(rows).unwrap_or_default().iter().map(|report| report.id).collect::<Vec<_>>()
        })
    };
    let headings = Column::ALL.into_iter().map(|column| heading(column, library.order)).collect_view();
    let nothing_found = move || total.get() == 0;
    view! {
        <div class="table-box" tabindex="0" role="group" aria-label="Reports">
            <table class="table report-table" data-testid="report-table">
                <caption class="visually-hidden">"Reports. Headings sort."</caption>
                <thead>
                    <tr>
                        <th class="cell-check"><ChooseAll found /></th>
                        {headings}
                        <th class="cell-actions"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=window key=|id| *id children=move |id| view! { <Row id found /> } />
                </tbody>
            </table>
        </div>
        <Show when=nothing_found>
            <div class="library-empty" data-testid="nothing-found">
                <p>"No report has all these words."</p>
                <button type="button" class="button" on:click=move |_| library.search.set(String::new())>"Show all"</button>
            </div>
        </Show>
        <RowWindowLine name="reports" total first />
    }
}

fn heading(column: Column, order: RwSignal<Order>) -> impl IntoView {
    let sorted =
        move || Some(order.get()).filter(|(sorted, _)| *sorted == column).map(|(_, direction)| direction);
    let class = match column {
        Column::Name => "cell-report".to_owned(),
        column if column.is_number() => format!("cell-{} cell-number", column.field()),
        column => format!("cell-{}", column.field()),
    };
    view! {
        <SortHeading
            text=column.heading()
            explanation=column.explanation()
            field=column.field()
            class
            sorted=Signal::derive(sorted)
            on_click=move || order.update(|order| *order = after_click(*order, column))
        />
    }
}

/// The box that chooses every report that was found, or none.
#[component]
fn ChooseAll(found: Memo<Vec<Listed>>) -> impl IntoView {
    let chosen = page_state().library.chosen;
    let are_all = move || {
        let chosen = chosen.get();
        found.with(|found| !found.is_empty() && found.iter().all(|report| chosen.contains(&report.id)))
    };
    let change = move |_| match untrack(are_all) {
        true => chosen.update(|chosen| chosen.clear()),
        false => chosen.set(found.with_untracked(|found| found.iter().map(|report| report.id).collect())),
    };
    view! {
        <input
            type="checkbox"
            aria-label="Choose all reports that are listed"
            data-testid="choose-all"
            prop:checked=are_all
            on:change=change
        />
    }
}
