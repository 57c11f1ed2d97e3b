//! The line that says how requests will reach the host in the form, and what that route costs.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::run::route::{COST_OF_DIRECT, Past, Route, serve_command};
use crate::ui::run::state::page_state;

#[component]
pub fn RouteLine() -> impl IntoView {
    let state = page_state();
    let route = Memo::new(move |_| state.route());
    let line = move || match route.get() {
        Route::Unknown => view! { <strong>"Looking for a companion…"</strong> }.into_any(),
        Route::Companion => {
            view! { <strong>"Through the companion."</strong>" Each user has connections of its own." }
                .into_any()
        }
        Route::PastCompanion(past) => view! { <PastCompanion past /> }.into_any(),
        Route::Direct => view! {
            <strong>"Directly:"</strong>" no companion found. "{COST_OF_DIRECT}" Avoid that: "<Command />"."
        }
        .into_any(),
    };
    let is_past = move || matches!(route.get(), Route::PastCompanion(_));
    view! {
        <div class="route-line" class:is-past=is_past data-testid="route">
            {line}
        </div>
    }
}

/// Says that the companion does not relay to all of the run, how to have one that does, and what the run costs without.
#[component]
fn PastCompanion(past: Past) -> impl IntoView {
    let state = page_state();
    view! {
        <strong>"Directly:"</strong>
        {format!(" the companion relays only to {}. {}, start it again: ", past.relays_to, purpose(&past))}
        <Command />
        ". "
        {COST_OF_DIRECT}
        " "
        <button
            type="button"
            class="link-button"
            data-testid="look-again"
            disabled=state.is_active
            on:click=move |_| spawn_local(state.look_for_companion())
        >
            "Look again"
        </button>
    }
}

/// The command that starts a companion for the typed host.
#[component]
fn Command() -> impl IntoView {
    let state = page_state();
    view! { <code>{move || serve_command(&state.hosts())}</code> }
}

fn purpose(past: &Past) -> String {
    if past.not_to.starts_with("the service") {
        format!("For {}", past.not_to)
    } else {
        "For this host".to_owned()
    }
}
