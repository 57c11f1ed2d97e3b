//! The question before a run that would go past the companion, because the typed host is not the companion's.

use leptos::prelude::*;

use super::route::{COST_OF_DIRECT, DirectRun, Past, serve_command};
use super::state::page_state;
use crate::browser::page::probe::HostProbe;
use crate::core::config::run_config::Field;
use crate::ui::widgets::in_view::bring_into_view;

/// The question. It is shown only when somebody pressed Start for such a host.
#[component]
pub fn DirectQuestion() -> impl IntoView {
    let state = page_state();
    let question = move || match state.direct_run.get() {
        // The question is withdrawn when the host is changed.
        DirectRun::Asked { host, past } if host == state.draft.value(Field::Host) => {
            Some(view! { <Question past /> })
        }
        _ => None,
    };
    view! { <div role="alert">{question}</div> }
}

#[component]
fn Question(past: Past) -> impl IntoView {
    let state = page_state();
    let notice = NodeRef::<leptos::html::Section>::new();
    // On a phone the form fills the screen and the notice stands below it, so the notice is scrolled into view.
    Effect::new(move || {
        if let Some(notice) = notice.get() {
            bring_into_view(&notice);
        }
    });
    let command = serve_command(&untrack(move || state.hosts()));
    let title = format!("The companion relays to {}, not to {}.", past.relays_to, past.not_to);
    view! {
        <section node_ref=notice class="notice notice-trouble" data-testid="direct-question" aria-label="Route to the host">
            <h2>{title}</h2>
            <ul>
                <li>"Start it again for this, then press Start: "<code>{command}</code></li>
                <li>{COST_OF_DIRECT}</li>
            </ul>
            <div class="notice-buttons">
                <button type="button" class="button" data-testid="go-through" on:click=move |_| state.start(HostProbe::Before)>
                    "The companion is restarted: start"
                </button>
                <button type="button" class="button" data-testid="go-direct" on:click=move |_| state.start_directly()>
                    "Start directly"
                </button>
                <button type="button" class="button" data-testid="do-not-start" on:click=move |_| state.direct_run.set(DirectRun::NotAsked)>
                    "Cancel"
                </button>
            </div>
        </section>
    }
}
