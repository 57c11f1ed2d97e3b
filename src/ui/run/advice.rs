//! The notice that says why a run could not start or broke off, and what to do next.

use leptos::prelude::*;

use super::state::{OnScreen, page_state};
use crate::browser::page::probe::HostProbe;
use crate::browser::page::run_state::RunState;
use crate::browser::page::trouble::{Remedy, Trouble};
use crate::ui::widgets::in_view::bring_into_view;

/// The notice. It is shown only when there is a trouble.
#[component]
pub fn Advice() -> impl IntoView {
    let state = page_state();
    let trouble = move || match state.run_state.get() {
        RunState::Failed(trouble) => Some(trouble),
        _ => None,
    };
    view! { <div role="alert">{move || trouble().map(|trouble| view! { <TroubleNotice trouble /> })}</div> }
}

#[component]
fn TroubleNotice(trouble: Trouble) -> impl IntoView {
    let state = page_state();
    let Trouble { problem, advice, remedy } = trouble;
    let notice = NodeRef::<leptos::html::Section>::new();
    // On a phone the form fills the screen and the notice stands below it, so the notice is scrolled into view.
    Effect::new(move || {
        if let Some(notice) = notice.get() {
            bring_into_view(&notice);
        }
    });
    let is_earlier = state.on_screen.with_untracked(|shown| matches!(shown, OnScreen::EarlierRun(_)));
    let insist = (remedy == Remedy::SkipCheck).then(|| {
        view! {
            <button
                type="button"
                class="button"
                data-testid="insist"
                on:click=move |_| state.start(HostProbe::Skip)
            >
                "Run anyway"
            </button>
        }
    });
    view! {
        <section node_ref=notice class="notice notice-trouble" data-testid="trouble">
            <h2>{problem}</h2>
            <ul>{advice.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
            {insist}
            {is_earlier.then(|| view! { <p>"The report below is that of the run before."</p> })}
        </section>
    }
}
