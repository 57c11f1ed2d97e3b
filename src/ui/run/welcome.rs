//! The first steps, on an empty page.

use leptos::prelude::*;

use super::state::page_state;
use crate::browser::page::run_state::RunState;

/// The first steps. They are shown until there is a run.
#[component]
pub fn Welcome() -> impl IntoView {
    let state = page_state();
    let is_empty = move || {
        let is_before = matches!(state.run_state.get(), RunState::Idle | RunState::Starting);
        is_before && state.live.with(Option::is_none)
    };
    view! {
        <Show when=is_empty>
            <section class="notice notice-welcome" data-testid="welcome" aria-label="First steps">
                <p>
                    "Name the host, choose a preset and press "<strong>"Start"</strong>
                    "; or drop a report (JSON) anywhere on this page to open it."
                </p>
                <button type="button" class="button" data-testid="example" on:click=move |_| state.show_example()>
                    "See an example report"
                </button>
            </section>
        </Show>
    }
}
