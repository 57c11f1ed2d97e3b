//! A small button in a row of a list, for one thing that can be done with what the row shows.

use leptos::prelude::*;

#[component]
pub fn RowButton(
    /// What it does, for screen readers: the name of what the row shows follows.
    action: &'static str,
    /// The name of what the row shows.
    of: Memo<String>,
    /// The name that tests use.
    name: &'static str,
    /// What it does, shown beside the pointer.
    #[prop(optional)]
    explanation: Option<&'static str>,
    #[prop(default = "row-button")] class: &'static str,
    /// Whether it is pressed, for a button that stays so.
    #[prop(optional)]
    is_pressed: Option<Signal<bool>>,
    /// Whether what it opens is open.
    #[prop(optional)]
    is_expanded: Option<Signal<bool>>,
    #[prop(optional)] is_disabled: Option<Signal<bool>>,
    on_click: impl Fn() + 'static,
    /// Its word or sign.
    children: Children,
) -> impl IntoView {
    let told = |signal: Option<Signal<bool>>| move || signal.map(|signal| signal.get().to_string());
    view! {
        <button
            type="button"
            class=class
            aria-pressed=told(is_pressed)
            aria-expanded=told(is_expanded)
            aria-label=move || format!("{action} {}", of.get())
            title=explanation
            data-testid=name
            disabled=move || is_disabled.is_some_and(|is_disabled| is_disabled.get())
            on:click=move |_| on_click()
        >
            {children()}
        </button>
    }
}
