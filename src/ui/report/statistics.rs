//! The sortable table with one row per method and name. Its last row has all requests together.
//!
//! `core::present::table` decides which columns there are and how they sort.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::base::visible::cell as shown;
use crate::core::present::row_window::RowWindow;
use crate::core::present::table::{Column, Direction, columns, sort};
use crate::core::report::Entry;
use crate::ui::widgets::ids::unique_id;
use crate::ui::widgets::row_window::RowWindowLine;

/// The column and the direction by which the rows are sorted; `None` is the scenario's order.
type Order = Option<(Column, Direction)>;

/// Returns the order after a click on a heading: first ascending, then descending, then the scenario's order again.
fn after_click(order: Order, column: Column) -> Order {
    match order {
        Some((sorted, Direction::Ascending)) if sorted == column => Some((column, Direction::Descending)),
        Some((sorted, Direction::Descending)) if sorted == column => None,
        _ => Some((column, Direction::Ascending)),
    }
}

fn used(report: &SharedReport) -> impl Iterator<Item = &Entry> {
    report.requests.iter().filter(|entry| entry.is_used())
}

fn in_order(report: &SharedReport, order: Order) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = used(report).collect();
    if let Some((column, direction)) = order {
        sort(&mut entries, column, direction);
    }
    entries
}

#[component]
pub fn Statistics(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let order = RwSignal::new(Order::None);
    let columns = Memo::new(move |_| report.with(|report| columns(report.as_deref())));
    let first = RwSignal::new(0);
    let rows = Memo::new(move |_| report.with(|report| report.as_ref().map_or(0, |r| used(r).count())));
    let body = move || {
        let shown = |report: &SharedReport| {
            let entries = in_order(report, order.get());
            let window = entries.get(RowWindow::at(first.get(), entries.len()).rows()).unwrap_or_default();
            columns.with(|columns| window.iter().map(|entry| row(entry, columns)).collect_view())
        };
        report.with(|report| report.as_ref().map(shown))
    };
    let total = move || {
        let row = |report: &SharedReport| columns.with(|columns| row(&report.total, columns));
        report.with(|report| report.as_ref().map(row))
    };
    let headings =
        move || columns.get().into_iter().map(|column| view! { <Heading column order /> }).collect_view();
    let empty = move || report.with(|report| report.as_ref().is_none_or(|report| !report.total.is_used()));
    let title_id = unique_id("statistics-title");
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <h2 class="panel-title" id=title_id.clone()>"Statistics"</h2>
            // The box can have the focus, so that the keyboard can scroll it on narrow screens.
            <div class="table-box" tabindex="0" role="region" aria-labelledby=title_id.clone()>
                <table class="table statistics" data-testid="statistics">
                    <caption class="visually-hidden">"Requests by method and name. Headings sort."</caption>
                    <thead>
                        <tr>{headings}</tr>
                    </thead>
                    <tbody>{body}</tbody>
                    <tfoot>{total}</tfoot>
                </table>
                <Show when=empty>
                    <p class="panel-empty">"One row per method and name, as soon as a request was sent."</p>
                </Show>
            </div>
            <RowWindowLine name="statistics" total=rows first />
        </section>
    }
}

/// A heading that sorts the rows when it is clicked.
#[component]
fn Heading(column: Column, order: RwSignal<Order>) -> impl IntoView {
    let sorted = move || match order.get() {
        Some((sorted, Direction::Ascending)) if sorted == column => "ascending",
        Some((sorted, Direction::Descending)) if sorted == column => "descending",
        _ => "none",
    };
    view! {
        <th scope="col" class=cell_class(column) aria-sort=sorted>
            <button
                type="button"
                class="sort-button"
                title=column.explanation()
                data-testid=format!("sort-{}", column.field())
                on:click=move |_| order.update(|order| *order = after_click(*order, column))
            >
                {column.heading()}
                <span class="sort-arrow" aria-hidden="true"></span>
            </button>
        </th>
    }
}

fn row(entry: &Entry, columns: &[Column]) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| cell(*column, entry)).collect_view();
    view! { <tr data-method=shown(&entry.method) data-name=shown(&entry.name)>{cells}</tr> }
}

fn cell(column: Column, entry: &Entry) -> AnyView {
    let text = column.text(entry);
    let (class, field) = (cell_class(column), column.field());
    if column == Column::Name {
        return view! { <th scope="row" class=class data-field=field>{text}</th> }.into_any();
    }
    let failed = column == Column::Failures && entry.failures > 0;
    view! { <td class=class class:has-failures=failed data-field=field>{text}</td> }.into_any()
}

const fn cell_class(column: Column) -> &'static str {
    match column {
        Column::Method => "cell-method",
        Column::Name => "cell-name",
        _ => "cell-number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_on_a_heading_sort_up_then_down_then_restore_the_scenarios_order() {
        let up = after_click(None, Column::P95);
        let down = after_click(up, Column::P95);
        assert_eq!(up, Some((Column::P95, Direction::Ascending)));
        assert_eq!(down, Some((Column::P95, Direction::Descending)));
        assert_eq!(after_click(down, Column::P95), None);
        assert_eq!(after_click(down, Column::Name), Some((Column::Name, Direction::Ascending)));
    }
}
