//! The button that changes the page's colours.

use leptos::prelude::*;

use crate::browser::page::theme;

/// The button. Each click goes to the next of system, light and dark.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(theme::chosen());
    Effect::new(move || theme::choose(theme.get()));
    let label = move || format!("Colours: {}", theme.get().word());
    view! {
        <button
            type="button"
            class="theme-button"
            data-testid="theme"
            data-choice=move || theme.get().word()
            title=label
            aria-label=label
            on:click=move |_| theme.update(|theme| *theme = theme.next())
        >
            <span class="theme-button-shape" aria-hidden="true"></span>
        </button>
    }
}
