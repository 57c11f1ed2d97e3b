//! A table of distributions, as phases and streams have it. A row has its subject, then a count, then quantiles of
//! time.

use leptos::children::ViewFn;
use leptos::prelude::*;

use crate::core::base::histogram::Figures;
use crate::core::base::units::group_thousands;
use crate::core::present::words::millis_or_dash;
use crate::ui::widgets::ids::unique_id;

/// The headings of [`figure_cells`] except the first one, which says what is counted.
const QUANTILES: [&str; 4] = ["p50 ms", "p95 ms", "p99 ms", "Max ms"];

/// The table with its title.
#[component]
pub fn FigureTable(
    /// The test id: one word in lower case.
    name: &'static str,
    title: &'static str,
    /// The description for screen readers.
    caption: &'static str,
    /// The columns that name the subject of a row: their class and heading.
    subjects: &'static [(&'static str, &'static str)],
    /// The heading of the counts.
    counted: &'static str,
    #[prop(into)] rows: ViewFn,
) -> impl IntoView {
    let title_id = unique_id(name);
    let numbers = std::iter::once(counted).chain(QUANTILES).map(|text| ("cell-number", text));
    let headings = subjects.iter().copied().chain(numbers);
    let headings = headings.map(|(class, text)| view! { <th scope="col" class=class>{text}</th> });
    let headings = headings.collect_view();
    view! {
        <h2 class="panel-title" id=title_id.clone()>{title}</h2>
        <div class="table-box" tabindex="0" role="group" aria-labelledby=title_id>
            <table class="table" data-testid=name>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{headings}</tr>
                </thead>
                <tbody>{move || rows.run()}</tbody>
            </table>
        </div>
    }
}

/// The cells of a distribution: the count, then the quantiles and the maximum in milliseconds.
pub fn figure_cells(figures: &Figures) -> impl IntoView + use<> {
    let cells = [
        ("count", group_thousands(figures.count)),
        ("p50", millis_or_dash(figures.p50)),
        ("p95", millis_or_dash(figures.p95)),
        ("p99", millis_or_dash(figures.p99)),
        ("max", millis_or_dash(figures.max)),
    ];
    let cells = cells.map(|(field, text)| view! { <td class="cell-number" data-field=field>{text}</td> });
    cells.into_iter().collect_view()
}
