//! Sentences at the right moment: what to do on an empty page, why a run could not start, which report is open,
//! which run was cut off.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::show::Show;
use super::state::{Origin, page_state};
use crate::browser::journal::Cutoff;
use crate::browser::session::{Phase, Preflight, Trouble};
use crate::core::base::units::format_clock;

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
            {move || insist()}
        </section>
    }
}

/// A run that was cut off, when its tab closed or crashed: open its report, or forget it.
#[component]
pub fn CutoffOffer() -> impl IntoView {
    let state = page_state();
    let open = move || state.opened.with(|opened| opened.as_ref().map(|opened| opened.origin.clone()));
    let offered = move || {
        let latest = state.cutoffs.with(|cutoffs| cutoffs.as_ref()?.first().cloned());
        latest.filter(|_| !matches!(open(), Some(Origin::Recovered(_))))
    };
    let looking = move || state.cutoffs.with(Option::is_none).to_string();
    view! {
        <div role="status" data-testid="cutoff-offer" aria-busy=move || looking()>
            {move || offered().map(|cutoff| view! { <CutoffNotice cutoff /> })}
        </div>
    }
}

/// One run that was cut off.
#[component]
pub fn CutoffNotice(
    /// Which.
    cutoff: Cutoff,
) -> impl IntoView {
    let state = page_state();
    let sentence = format!("The last run, of {}, was cut off at {}.", cutoff.host, format_clock(cutoff.at_s));
    let discarded = cutoff.clone();
    view! {
        <section class="notice notice-opened" data-testid="recovered" aria-label="Run that was cut off">
            <p>{sentence}</p>
            <button
                type="button"
                class="button"
                data-testid="recovered-open"
                on:click=move |_| spawn_local(state.open_cutoff(cutoff.clone()))
            >
                "Open its report"
            </button>
            <button
                type="button"
                class="button"
                data-testid="recovered-discard"
                on:click=move |_| spawn_local(state.discard(discarded.clone()))
            >
                "Discard"
            </button>
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
        Origin::Recovered(cutoff) => {
            let at = format_clock(cutoff.at_s);
            view! {
                <strong>"Recovered: "</strong>
                {format!("a run that was cut off at {at}. Export it to keep it.")}
            }
            .into_any()
        }
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
                        {move || back()}
                    </button>
                </section>
            }
        })
    };
    view! { <div role="status">{move || banner()}</div> }
}
