//! The sortable table with one row per method and name. Its last row has all requests together.
//!
//! `core::present::table` decides which columns there are and how they sort.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::lens::Lens;
use super::shared_report::SharedReport;
use crate::browser::page::columns;
use crate::core::base::visible::cell as visible;
use crate::core::present::row_window::RowWindow;
use crate::core::present::table::{Column, Direction, choices, columns, fits, sort_by};
use crate::core::report::{Entry, Report};
use crate::ui::widgets::copy_table::CopyTable;
use crate::ui::widgets::ids::unique_id;
use crate::ui::widgets::row_window::RowWindowLine;
use crate::ui::widgets::sort_heading::SortHeading;

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

/// An endpoint with its place in the report's `requests`.
type Placed<'a> = (usize, &'a Entry);

/// The rows that are shown: of used endpoints that the search finds, in order.
fn rows<'a>(report: &'a SharedReport, search: &str, order: Order) -> Vec<Placed<'a>> {
    // Groups come behind all requests, so that the place of a request stays what the charts know it by.
    let placed = report.rows().enumerate();
    let mut rows: Vec<Placed<'a>> =
        placed.filter(|(_, entry)| entry.is_used() && fits(entry, search)).collect();
    if let Some((column, direction)) = order {
        sort_by(&mut rows, |(_, entry)| entry, column, direction);
    }
    rows
}

/// The columns that are shown: by default those of `core::present::table`, and otherwise as the reader has turned them.
fn shown(report: Option<&Report>, turned: &BTreeSet<String>) -> Vec<Column> {
    let by_default = columns(report);
    let is_shown = |column: &Column| by_default.contains(column) != turned.contains(column.field());
    choices(report).into_iter().filter(is_shown).collect()
}

#[component]
pub fn Statistics(
    /// The report of the part that is looked at.
    report: Memo<Option<SharedReport>>,
    lens: Lens,
) -> impl IntoView {
    let order = RwSignal::new(Order::None);
    let search = RwSignal::new(String::new());
    let turned = RwSignal::new(columns::turned());
    let columns = Memo::new(move |_| report.with(|report| shown(report.as_deref(), &turned.read())));
    let first = RwSignal::new(0);
    let count = Memo::new(move |_| {
        report.with(|report| report.as_ref().map_or(0, |r| rows(r, &search.read(), None).len()))
    });
    let body = move || {
        let drawn = |report: &SharedReport| {
            let rows = rows(report, &search.read(), order.get());
            let window = rows.get(RowWindow::at(first.get(), rows.len()).rows()).unwrap_or_default();
            columns.with(|columns| window.iter().map(|placed| row(*placed, columns, lens)).collect_view())
        };
        report.with(|report| report.as_ref().map(drawn))
    };
    let total = move || {
        let drawn = |report: &SharedReport| columns.with(|columns| total_row(&report.total, columns, lens));
        report.with(|report| report.as_ref().map(drawn))
    };
    let headings = move || columns.get().into_iter().map(|column| heading(column, order)).collect_view();
    let empty = move || report.with(|report| report.as_ref().is_none_or(|report| !report.total.is_used()));
    let title_id = unique_id("statistics-title");
    let table = NodeRef::<leptos::html::Div>::new();
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <div class="panel-head">
                <h2 class="panel-title" id=title_id.clone()>"Statistics"</h2>
                <input type="search" class="panel-search" placeholder="Filter by name" aria-label="Filter by name"
                    data-testid="statistics-search" prop:value=search
                    on:input=move |event| { search.set(event_target_value(&event)); first.set(0); } />
                <ColumnMenu report turned />
                <CopyTable table />
            </div>
            // The box can have the focus, so that the keyboard can scroll it on narrow screens.
            <div class="table-box" tabindex="0" role="group" aria-labelledby=title_id.clone() node_ref=table>
                <table class="table statistics" data-testid="statistics">
                    <caption class="visually-hidden">"Requests by method and name. Headings sort."</caption>
                    <thead>
                        <tr>
                            <Show when=move || lens.is_open()>
                                <th scope="col" class="cell-choice" title="Which endpoints the charts show">"Chart"</th>
                            </Show>
                            {headings}
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                    <tfoot>{total}</tfoot>
                </table>
                <Show when=empty>
                    <p class="panel-empty">"One row per method and name, as soon as a request was sent."</p>
                </Show>
                <Show when=move || count.get() == 0 && !search.read().is_empty()>
                    <p class="panel-empty">"No endpoint has this in its name."</p>
                </Show>
            </div>
            <RowWindowLine name="statistics" total=count first />
        </section>
    }
}

/// The choice of columns. It is remembered.
#[component]
fn ColumnMenu(report: Memo<Option<SharedReport>>, turned: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let items = move || {
        let by_default = report.with(|report| columns(report.as_deref()));
        let item = move |column: Column| {
            let is_default = by_default.contains(&column);
            let is_shown = move || is_default != turned.read().contains(column.field());
            let turn = move |_| {
                turned.update(|turned| {
                    if !turned.remove(column.field()) {
                        turned.insert(column.field().to_owned());
                    }
                });
                columns::remember(&turned.read_untracked());
            };
            view! {
                <label class="menu-item">
                    <input type="checkbox" data-testid=format!("column-{}", column.field()) prop:checked=is_shown on:change=turn />
                    {column.heading()}
                </label>
            }
        };
        let of_text = [Column::Method, Column::Name];
        let choices = report.with(|report| choices(report.as_deref()));
        choices.into_iter().filter(|column| !of_text.contains(column)).map(item).collect_view()
    };
    view! {
        <details class="menu">
            <summary class="shape-button" data-testid="columns">"Columns"</summary>
            <div class="menu-items menu-scrolls">{items}</div>
        </details>
    }
}

fn heading(column: Column, order: RwSignal<Order>) -> impl IntoView {
    let sorted = move || order.get().filter(|(sorted, _)| *sorted == column).map(|(_, direction)| direction);
    view! {
        <SortHeading
            text=column.heading()
            explanation=column.explanation()
            field=column.field()
            class=cell_class(column).to_owned()
            sorted=Signal::derive(sorted)
            on_click=move || order.update(|order| *order = after_click(*order, column))
        />
    }
}

fn row((place, entry): Placed<'_>, columns: &[Column], lens: Lens) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| cell(*column, entry)).collect_view();
    let is_chosen = move || lens.endpoints.with(|endpoints| endpoints.contains(&place));
    let label = format!("Show {} {} in the charts", visible(&entry.method), visible(&entry.name));
    let choice = lens.is_open().then(|| {
        view! {
            <td class="cell-choice">
                <input type="checkbox" data-testid="choose-endpoint" aria-label=label prop:checked=is_chosen
                    on:change=move |_| lens.toggle(place) />
            </td>
        }
    });
    view! { <tr data-method=visible(&entry.method) data-name=visible(&entry.name)>{choice}{cells}</tr> }
}

fn total_row(entry: &Entry, columns: &[Column], lens: Lens) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| cell(*column, entry)).collect_view();
    let choice = lens.is_open().then(|| view! { <td class="cell-choice"></td> });
    view! { <tr data-method=visible(&entry.method) data-name=visible(&entry.name)>{choice}{cells}</tr> }
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
