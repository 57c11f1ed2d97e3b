//! A part of the page that is there only sometimes.
//!
//! Leptos has a `Show` too, but compiles it anew for each condition and each content: a kilobyte of the page each.

use leptos::children::ViewFn;
use leptos::prelude::*;

/// Shows its content while a condition holds, and builds it anew each time.
#[component]
pub fn Show(
    /// The condition.
    #[prop(into)]
    when: Signal<bool>,
    /// What is shown while it does not hold: nothing, if this is left out.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let when = Memo::new(move |_| when.get());
    move || if when.get() { children() } else { fallback.run() }
}
