//! The view of a run: the form, and the report as it grows.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the signals that everything on the page follows from |
//! | `draft.rs` | what is typed in the form, and what is wrong with it |
//! | `form/` | the form: fields, presets, classes, buttons |
//! | `welcome.rs` | what to do on an empty page |
//! | `advice.rs` | why a run could not start, and what to do next |
//! | `cutoff.rs` | runs that were cut off |

pub mod advice;
pub mod cutoff;
pub mod draft;
mod form;
pub mod state;
mod welcome;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::files::open::OpenButton;
use super::report::bar::{Completeness, ReportBar, Saved};
use super::report::{ReportBody, SharedReport};
use super::widgets::in_view::bring_into_view;
use crate::browser::page::address::Views;
use crate::core::analyse::headline::Window;
use form::RunForm;
use state::{State, page_state};
use welcome::Welcome;

/// The form.
#[component]
pub fn RunAside() -> impl IntoView {
    view! {
        <aside class="page-form" aria-label="Run">
            <RunForm />
        </aside>
    }
}

/// The run under way or the last one's report.
#[component]
pub fn RunReport(
    /// What is shown while a run is under way.
    views: Views,
) -> impl IntoView {
    let state = page_state();
    let room = NodeRef::<Div>::new();
    // On a phone the form grows back above it when a run ends; what was on screen stays there.
    Effect::new(move |was: Option<bool>| {
        let is_active = state.is_active.get();
        if was == Some(true) && !is_active {
            request_animation_frame(move || show_tiles(room));
        }
        is_active
    });
    let is_shown = move || views == Views::On || !state.is_active.get();
    view! {
        <Show when=is_shown>
            <div class="page-stack" node_ref=room>
                <Welcome />
                <RunBar report=state.live />
                <ReportBody report=state.live window=live_window(state) />
            </div>
        </Show>
    }
}

/// While a run is under way its last second is what counts.
pub fn live_window(state: State) -> Memo<Window> {
    Memo::new(move |_| if state.is_active.get() { Window::Now } else { Window::Whole })
}

/// The bar above the session's own report.
#[component]
pub fn RunBar(
    /// The session's report.
    report: Memo<Option<SharedReport>>,
) -> impl IntoView {
    let state = page_state();
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
        <ReportBar report completeness=Signal::derive(completeness) on_saved=Callback::new(on_saved)>
            <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
        </ReportBar>
    }
}

// The page may be gone by the time a frame is drawn.
fn show_tiles(room: NodeRef<Div>) {
    let room = room.try_get_untracked().flatten();
    if let Some(Ok(Some(tiles))) = room.map(|room| room.query_selector(".tiles")) {
        bring_into_view(&tiles);
    }
}
