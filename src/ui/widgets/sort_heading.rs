//! A table's heading that sorts its rows. The table decides which order a click gives.

use leptos::prelude::*;

use crate::core::present::table::Direction;

#[component]
pub fn SortHeading(
    text: &'static str,
    /// What the column has, shown beside the pointer.
    explanation: &'static str,
    /// The name that tests use: that of the column.
    field: &'static str,
    class: String,
    /// How the rows are sorted by this column; `None` when they are not.
    sorted: Signal<Option<Direction>>,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    let sorted = move || match sorted.get() {
        Some(Direction::Ascending) => "ascending",
        Some(Direction::Descending) => "descending",
        None => "none",
    };
    view! {
        <th scope="col" class=class aria-sort=sorted>
            <button
                type="button"
                class="sort-button"
                title=explanation
                data-testid=format!("sort-{field}")
                on:click=move |_| on_click()
            >
                {text}
                <span class="sort-arrow" aria-hidden="true"></span>
            </button>
        </th>
    }
}
