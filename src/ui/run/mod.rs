//! The view of a run: the form, and the report while it grows.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the signals from which everything on the page follows |
//! | `starting.rs`, `kept_runs.rs` | starting a run; what becomes of finished runs |
//! | `draft.rs` | the texts in the form, and the problems found in them |
//! | `chosen.rs` | the scenario that the form has chosen, and what was given for it |
//! | `ticks.rs` | which classes of the chosen scenario are ticked |
//! | `form/` | the form: fields, scenario, presets, classes, buttons |
//! | `route.rs`, `direct_question.rs` | the route to the host, and the question before a run past the companion |
//! | `companion_banner.rs` | what is the matter with the companion of a run under way |
//! | `host_found.rs` | what was found out about the host before the run |
//! | `welcome.rs` | the first steps, on an empty page |
//! | `advice.rs` | the notice why a run could not start, and what to do next |
//! | `cutoff.rs` | runs that were cut off |

pub mod advice;
pub mod chosen;
pub mod companion_banner;
pub mod cutoff;
pub mod direct_question;
pub mod draft;
mod form;
mod host_found;
mod kept_runs;
pub mod route;
mod starting;
pub mod state;
mod ticks;
mod welcome;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::files::open::OpenButton;
use super::report::bar::{Completeness, ReportBar, Saved};
use super::report::{ReportBody, SharedReport};
use super::widgets::in_view::bring_into_view;
use crate::browser::page::address::Views;
use crate::browser::page::run_state::RunState;
use crate::core::analyse::headline::Window;
use form::RunForm;
use host_found::HostFound;
use state::{OnScreen, State, page_state};
use welcome::Welcome;

#[component]
pub fn RunAside() -> impl IntoView {
    view! {
        <aside class="page-form" aria-label="Run">
            <RunForm />
        </aside>
    }
}

/// The report of the run under way, or of the last run.
#[component]
pub fn RunReport(
    /// What is shown while a run is under way.
    views: Views,
) -> impl IntoView {
    let state = page_state();
    let room = NodeRef::<Div>::new();
    // On a phone the form above the report becomes larger again when a run ends. The top of the report is scrolled back
    // into view; of a run that failed, the notice why scrolls itself there.
    Effect::new(move |was: Option<bool>| {
        let is_active = state.is_active.get();
        let has_failed = state.run_state.with_untracked(|run| matches!(run, RunState::Failed(_)));
        if was == Some(true) && !is_active && !has_failed {
            request_animation_frame(move || show_top(room));
        }
        is_active
    });
    let is_shown = move || views == Views::On || !state.is_active.get();
    view! {
        <Show when=is_shown>
            <div class="page-stack" node_ref=room>
                <Welcome />
                <HostFound />
                <RunBar report=state.live />
                <ReportBody report=state.live window=live_window(state) />
            </div>
        </Show>
    }
}

/// The part of the run that the tiles show: the last seconds while the run is under way, the whole run afterwards.
pub fn live_window(state: State) -> Memo<Window> {
    Memo::new(move |_| {
        let is_this = state.on_screen.with(|shown| matches!(shown, OnScreen::ThisRun(_)));
        if state.is_active.get() && is_this { Window::Now } else { Window::Whole }
    })
}

#[component]
pub fn RunBar(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let state = page_state();
    let can_dismiss = Memo::new(move |_| !state.is_active.get() && report.with(Option::is_some));
    let completeness = move || match state.is_active.get() || report.with(Option::is_none) {
        true => Completeness::Unfinished,
        false => Completeness::Complete,
    };
    let on_saved = move |saved| {
        if let Saved::Refused(name) = saved {
            state.reports.refuse(name, "the browser did not let it be saved");
        }
    };
    view! {
        <ReportBar
            report
            completeness=Signal::derive(completeness)
            on_saved=Callback::new(on_saved)
            full=Callback::new(move |()| state.full_report())
        >
            <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
            <Show when=move || can_dismiss.get()>
                <button
                    type="button"
                    class="button"
                    data-testid="dismiss-run"
                    title="Takes this report off the page; under Reports that can be undone"
                    on:click=move |_| state.dismiss_run()
                >
                    "Dismiss"
                </button>
            </Show>
        </ReportBar>
    }
}

// This runs when a frame is drawn. The page may be gone by then.
fn show_top(room: NodeRef<Div>) {
    let room = room.try_get_untracked().flatten();
    let Some(room) = room else { return };
    // The bar last: where not all fits, the top of the report is shown.
    for part in [".tiles", ".report-bar"] {
        if let Ok(Some(part)) = room.query_selector(part) {
            bring_into_view(&part);
        }
    }
}
