//! The table of failures, the most frequent first.

use leptos::prelude::*;

use super::lens::Lens;
use super::shared_report::SharedReport;
use crate::core::base::units::format_clock;
use crate::core::base::units::group_thousands;
use crate::core::base::visible::cell;
use crate::core::present::plot::strip::strip;
use crate::core::present::row_window::RowWindow;
use crate::core::present::words::NO_DATA;
use crate::core::report::{Entry, FailureRow, Report};
use crate::ui::widgets::copy_table::CopyTable;
use crate::ui::widgets::ids::unique_id;
use crate::ui::widgets::row_window::RowWindowLine;

/// The size in pixels of the strip that shows when failures came.
const STRIP: (f64, f64) = (120.0, 14.0);

#[component]
pub fn Failures(
    /// The report of the part that is looked at.
    report: Memo<Option<SharedReport>>,
    lens: Lens,
) -> impl IntoView {
    let first = RwSignal::new(0);
    let rows = Memo::new(move |_| report.with(|report| report.as_ref().map_or(0, |r| r.failures.len())));
    let body = move || {
        let shown = |report: &SharedReport| {
            let window = RowWindow::at(first.get(), report.failures.len());
            let rows = report.failures.get(window.rows()).unwrap_or_default();
            rows.iter().map(|failure| row(report, failure, lens)).collect_view()
        };
        report.with(|report| report.as_ref().map(shown))
    };
    let none = move || report.with(|report| report.as_ref().is_none_or(|report| report.failures.is_empty()));
    let table = NodeRef::<leptos::html::Div>::new();
    let title_id = unique_id("failures-title");
    let region_id = title_id.clone();
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <div class="panel-head">
                <h2 class="panel-title" id=title_id.clone()>"Failures"</h2>
                <Show when=move || !none()><CopyTable table /></Show>
            </div>
            <Show when=move || !none() fallback=|| view! { <p class="panel-empty" data-testid="no-failures">"No failures"</p> }>
                <div class="table-box" tabindex="0" role="group" aria-labelledby=region_id.clone() node_ref=table>
                    <table class="table" data-testid="failures">
                        <caption class="visually-hidden">"Failures by method, name and kind"</caption>
                        <thead>
                            <tr>
                                <th scope="col" class="cell-method">"Method"</th>
                                <th scope="col" class="cell-name">"Name"</th>
                                <th scope="col" class="cell-words">"What"</th>
                                <th scope="col">"Detail"</th>
                                <th scope="col" class="cell-number">"Count"</th>
                                <Show when=move || lens.is_open()><th scope="col">"When"</th></Show>
                                <th scope="col" class="cell-number">"First"</th>
                                <th scope="col" class="cell-number">"Last"</th>
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
                <RowWindowLine name="failures" total=rows first />
            </Show>
        </section>
    }
}

fn clock(moment_s: Option<f64>) -> String {
    moment_s.map_or_else(|| NO_DATA.to_owned(), format_clock)
}

/// When failures of this kind came, over the whole run; all details of a kind share it.
fn strip_of(report: &Report, failure: &FailureRow, lens: Lens) -> Option<AnyView> {
    let is_of = |entry: &Entry| entry.method == failure.method && entry.name == failure.name;
    let endpoint = report.requests.iter().position(is_of);
    let path = lens.stretches.with(|stretches| {
        let counts =
            endpoint.map(|place| stretches.as_ref().map(|stretches| stretches.failures(place, failure.kind)));
        counts.map(|counts| strip(&counts.unwrap_or_default(), lens.seconds(), STRIP.0, STRIP.1))
    });
    lens.is_open().then(|| {
        view! {
            <td class="cell-strip">
                <svg width=STRIP.0.to_string() height=STRIP.1.to_string() aria-hidden="true">
                    <path class="strip" d=path.unwrap_or_default() />
                </svg>
            </td>
        }
        .into_any()
    })
}

fn row(report: &Report, failure: &FailureRow, lens: Lens) -> impl IntoView + use<> {
    let detail = if failure.detail.is_empty() { NO_DATA.to_owned() } else { cell(&failure.detail) };
    view! {
        <tr data-method=cell(&failure.method) data-name=cell(&failure.name)>
            <td class="cell-method" data-field="method">{cell(&failure.method)}</td>
            <th scope="row" class="cell-name" data-field="name">{cell(&failure.name)}</th>
            <td class="cell-words" data-field="kind">{failure.kind.label()}</td>
            <td data-field="detail">{detail}</td>
            <td class="cell-number" data-field="count">{group_thousands(failure.count)}</td>
            {strip_of(report, failure, lens)}
            <td class="cell-number" data-field="first_s">{clock(failure.first_s)}</td>
            <td class="cell-number" data-field="last_s">{clock(failure.last_s)}</td>
        </tr>
    }
}
