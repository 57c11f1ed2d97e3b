//! Sentences at the right moment: what to do on an empty page, why a run could not start, which report is open.

use leptos::prelude::*;
use leptos::web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::state::{Origin, page_state};
use crate::browser::session::{Phase, Preflight, Trouble};

/// What to do on an empty page.
#[component]
pub fn Welcome() -> impl IntoView {
    let state = page_state();
    let empty = move || {
        state.shown.with(Option::is_none) && matches!(state.phase.get(), Phase::Idle | Phase::Starting)
    };
    view! {
        <Show when=empty>
            <section class="notice notice-welcome" data-testid="welcome" aria-label="First steps">
                <p>
                    "Name the host, choose a preset and press "<strong>"Start"</strong>
                    "; or drop a report (JSON) anywhere on this page to open it."
                </p>
                <button type="button" class="button" data-testid="example" on:click=move |_| state.open_example()>
                    "See an example report"
                </button>
            </section>
        </Show>
    }
}

/// Why the run could not start or broke off, and what to do next.
#[component]
pub fn Advice() -> impl IntoView {
    let state = page_state();
    let trouble = move || match state.phase.get() {
        Phase::Failed(trouble) => Some(trouble),
        _ => None,
    };
    view! { <div role="alert">{move || trouble().map(|trouble| view! { <TroubleNotice trouble /> })}</div> }
}

/// One trouble.
#[component]
pub fn TroubleNotice(
    /// What went wrong.
    trouble: Trouble,
) -> impl IntoView {
    let state = page_state();
    let Trouble { problem, advice, may_insist } = trouble;
    let notice = NodeRef::<leptos::html::Section>::new();
    // On a phone the form fills the screen, and this stands below it.
    Effect::new(move || {
        if let Some(notice) = notice.get() {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            notice.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let insist = move || {
        may_insist.then(|| {
            view! {
                <button
                    type="button"
                    class="button"
                    data-testid="insist"
                    on:click=move |_| state.start(Preflight::Skip)
                >
                    "Run anyway"
                </button>
            }
        })
    };
    view! {
        <section node_ref=notice class="notice notice-trouble" data-testid="trouble">
            <h2>{problem}</h2>
            <ul>{advice.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
            {insist}
        </section>
    }
}

/// Which report is open in place of the run's own.
#[component]
pub fn OpenedBanner() -> impl IntoView {
    let state = page_state();
    let what = move |origin: Origin| match origin {
        Origin::File(name) => {
            view! { "Report from the file " <strong data-testid="opened-file">{name}</strong> }.into_any()
        }
        Origin::Example => view! {
            <strong>"An example: "</strong>
            "virtual time and a made-up host. No request was sent."
        }
        .into_any(),
    };
    let back = move || match (state.active.get(), state.live.with(Option::is_some)) {
        (true, _) => "Back to the run under way",
        (false, true) => "Back to the run",
        (false, false) => "Close",
    };
    let banner = move || {
        state.opened.get().map(|opened| {
            view! {
                <section class="notice notice-opened" data-testid="opened" aria-label="Opened report">
                    <p>{what(opened.origin)}</p>
                    <button
                        type="button"
                        class="button"
                        data-testid="close-report"
                        on:click=move |_| state.close_opened()
                    >
                        {back}
                    </button>
                </section>
            }
        })
    };
    view! { <div role="status">{banner}</div> }
}
