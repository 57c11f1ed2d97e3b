//! What the page shows.

use leptos::prelude::*;

/// Puts the app into the page.
pub fn mount() {
    mount_to_body(App);
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    view! { <main>"Oddiya Load"</main> }
}
