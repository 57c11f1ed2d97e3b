//! The table of failures, the most frequent first.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::base::units::format_clock;
use crate::core::base::units::group_thousands;
use crate::core::base::visible::cell;
use crate::core::present::row_window::RowWindow;
use crate::core::present::words::NO_DATA;
use crate::core::report::FailureRow;
use crate::ui::widgets::ids::unique_id;
use crate::ui::widgets::row_window::RowWindowLine;

#[component]
pub fn Failures(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let first = RwSignal::new(0);
    let rows = Memo::new(move |_| report.with(|report| report.as_ref().map_or(0, |r| r.failures.len())));
    let body = move || {
        let shown = |report: &SharedReport| {
            let window = RowWindow::at(first.get(), report.failures.len());
            report.failures.get(window.rows()).unwrap_or_default().iter().map(row).collect_view()
        };
        report.with(|report| report.as_ref().map(shown))
    };
    let none = move || report.with(|report| report.as_ref().is_none_or(|report| report.failures.is_empty()));
    let title_id = unique_id("failures-title");
    let region_id = title_id.clone();
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <h2 class="panel-title" id=title_id.clone()>"Failures"</h2>
            <Show when=move || !none() fallback=|| view! { <p class="panel-empty" data-testid="no-failures">"No failures"</p> }>
                <div class="table-box" tabindex="0" role="region" aria-labelledby=region_id.clone()>
                    <table class="table" data-testid="failures">
                        <caption class="visually-hidden">"Failures by method, name and kind"</caption>
                        <thead>
                            <tr>
                                <th scope="col" class="cell-method">"Method"</th>
                                <th scope="col" class="cell-name">"Name"</th>
                                <th scope="col" class="cell-words">"What"</th>
                                <th scope="col">"Detail"</th>
                                <th scope="col" class="cell-number">"Count"</th>
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

fn row(failure: &FailureRow) -> impl IntoView + use<> {
    let detail = if failure.detail.is_empty() { NO_DATA.to_owned() } else { cell(&failure.detail) };
    view! {
        <tr data-method=cell(&failure.method) data-name=cell(&failure.name)>
            <td class="cell-method" data-field="method">{cell(&failure.method)}</td>
            <th scope="row" class="cell-name" data-field="name">{cell(&failure.name)}</th>
            <td class="cell-words" data-field="kind">{failure.kind.label()}</td>
            <td data-field="detail">{detail}</td>
            <td class="cell-number" data-field="count">{group_thousands(failure.count)}</td>
            <td class="cell-number" data-field="first_s">{clock(failure.first_s)}</td>
            <td class="cell-number" data-field="last_s">{clock(failure.last_s)}</td>
        </tr>
    }
}
