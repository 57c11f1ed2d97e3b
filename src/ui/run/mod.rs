//! The view of a run: the form, and the report while it grows.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the signals from which everything on the page follows |
//! | `draft.rs` | the texts in the form, and the problems found in them |
//! | `form/` | the form: fields, presets, classes, buttons |
//! | `welcome.rs` | the first steps, on an empty page |
//! | `advice.rs` | the notice why a run could not start, and what to do next |
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
    // On a phone the form above the report becomes larger again when a run ends. The tiles are scrolled back into view.
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

/// The part of the run that the tiles show: the last seconds while the run is under way, the whole run afterwards.
pub fn live_window(state: State) -> Memo<Window> {
    Memo::new(move |_| if state.is_active.get() { Window::Now } else { Window::Whole })
}

#[component]
pub fn RunBar(report: Memo<Option<SharedReport>>) -> impl IntoView {
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

// This runs when a frame is drawn. The page may be gone by then.
fn show_tiles(room: NodeRef<Div>) {
    let room = room.try_get_untracked().flatten();
    if let Some(Ok(Some(tiles))) = room.map(|room| room.query_selector(".tiles")) {
        bring_into_view(&tiles);
    }
}
