//! What was found out about the host before the run: which Oddiya it is, and its users.

use leptos::prelude::*;

use super::state::page_state;

/// One line; nothing where nothing was asked.
#[component]
pub fn HostFound() -> impl IntoView {
    let state = page_state();
    let words = Memo::new(move |_| state.said.with(|said| said.join(" ")));
    let line = move || {
        let words = words.get();
        (!words.is_empty()).then(|| view! { <p class="host-found" data-testid="host-found">{words}</p> })
    };
    view! { <div role="status">{line}</div> }
}
