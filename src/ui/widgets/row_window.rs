//! The line under a long table that says which rows are shown and moves on to others. `core::present::row_window` decides
//! which those are.

use leptos::prelude::*;

use crate::core::present::row_window::RowWindow;

/// The line; nothing under a short table.
#[component]
pub fn RowWindowLine(
    /// The name that tests use: that of the table.
    name: &'static str,
    /// How many rows the table has.
    total: Memo<usize>,
    /// The first row that is shown.
    first: RwSignal<usize>,
) -> impl IntoView {
    let window = Memo::new(move |_| RowWindow::at(first.get(), total.get()));
    let button = move |label: &'static str, id: &'static str, to: fn(RowWindow) -> Option<usize>| {
        let go = move |_| to(window.get_untracked()).into_iter().for_each(|place| first.set(place));
        view! {
            <button type="button" class="button" data-testid=format!("{name}-{id}") disabled=move || to(window.get()).is_none() on:click=go>
                {label}
            </button>
        }
    };
    view! {
        <Show when=move || window.get().is_part()>
            <div class="row-window">
                {button("Rows before", "before", RowWindow::earlier)}
                <span role="status" data-testid=format!("{name}-rows")>{move || window.get().words()}</span>
                {button("Rows after", "after", RowWindow::later)}
            </div>
        </Show>
    }
}
