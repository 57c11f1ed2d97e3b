//! Reports out and in: the bar with what is shown, export and file picker, and drag and drop onto the page.
//!
//! A file that cannot be opened is named with the reason; what was on screen stays.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Import, State, page_state};
use crate::browser::{files, incoming};
use crate::core::analyse::headline::file_name;
use crate::core::report::read::MAX_BYTES;
use crate::core::report::{RunInfo, StopReason};

/// What is shown, and the buttons for files.
#[component]
pub fn Transfer() -> impl IntoView {
    let state = page_state();
    let title = move || {
        state.shown.with(|report| {
            report.as_ref().map_or_else(|| "No run yet".to_owned(), |report| report.run.host.clone())
        })
    };
    view! {
        <section class="transfer" aria-label="Report">
            <div class="transfer-what">
                <h2 class="transfer-title" data-testid="report-host">{move || title()}</h2>
                <p class="transfer-facts">{move || state.shown.with(|report| report.as_ref().map(|r| facts(&r.run)))}</p>
            </div>
            <div class="transfer-buttons">
                <ImportButton />
                <ExportButton />
            </div>
            <ImportOutcome />
        </section>
    }
}

/// What was run, in a line: what one needs to know it again and to repeat it.
fn facts(run: &RunInfo) -> String {
    let started = run.started_at.replace('T', " ");
    let stopped = if run.stopped_by == StopReason::Stopped { " · stopped by hand" } else { "" };
    format!("{} · {} · seed {} · started {started}{stopped}", run.scenario, run.load_in_words(), run.seed)
}

/// Saves the report on screen as a file.
#[component]
fn ExportButton() -> impl IntoView {
    let state = page_state();
    let unfinished = move || {
        state.shown.with(Option::is_none) || (state.active.get() && state.opened.with(Option::is_none))
    };
    let save = move |_| {
        if let Some(report) = state.shown.get_untracked() {
            let name = file_name(&report);
            if files::download(&name, &report.to_json()).is_err() {
                let problem = "the browser did not let it be saved".to_owned();
                state.import.set(Import::Refused { file: name, problem });
            } else {
                spawn_local(state.was_exported());
            }
        }
    };
    let why = move || {
        if unfinished() { "There is a report once a run has ended" } else { "Saves the whole report" }
    };
    view! {
        <button type="button" class="button" data-testid="export-json" disabled=move || unfinished() title=move || why() on:click=save>
            "Export JSON"
        </button>
    }
}

/// A file picker that looks like a button.
#[component]
fn ImportButton() -> impl IntoView {
    let state = page_state();
    let open = move |event: ev::Event| {
        if let Some(file) = incoming::picked(&event) {
            spawn_local(import(state, file));
        }
    };
    view! {
        <label class="button file-button" title="A report that was exported here or written by the command">
            "Open report"
            <input type="file" accept=".json,application/json" data-testid="import-file" on:change=open />
        </label>
    }
}

async fn import(state: State, file: leptos::web_sys::File) {
    state.import.set(Import::Reading(file.name()));
    let bytes = files::read(&file, MAX_BYTES).await;
    state.open_file(file.name(), bytes);
}

/// How the last import went.
#[component]
fn ImportOutcome() -> impl IntoView {
    let state = page_state();
    let dismiss = move |_| state.import.set(Import::Quiet);
    let outcome = move || match state.import.get() {
        Import::Quiet => ().into_any(),
        Import::Reading(file) => view! { <p class="notice">{format!("Reading {file} …")}</p> }.into_any(),
        Import::Refused { file, problem } => view! {
            <div class="notice notice-trouble notice-row" data-testid="import-error">
                <p><strong>{file}</strong>": "{problem}"."</p>
                <button type="button" class="button" on:click=dismiss>"Dismiss"</button>
            </div>
        }
        .into_any(),
    };
    view! { <div class="transfer-outcome" role="alert">{move || outcome()}</div> }
}

/// The whole page takes dropped files, and says so while one is over it.
#[component]
pub fn DropTarget() -> impl IntoView {
    let state = page_state();
    let over = RwSignal::new(false);
    let dragged = move |event: ev::DragEvent| {
        if incoming::carries_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    };
    let left = move |event: ev::DragEvent| {
        // Leaving one element for another keeps the pointer on the page.
        if event.related_target().is_none() {
            over.set(false);
        }
    };
    let dropped = move |event: ev::DragEvent| {
        if !incoming::carries_files(&event) {
            return;
        }
        event.prevent_default();
        over.set(false);
        if let Some(file) = incoming::dropped(&event) {
            spawn_local(import(state, file));
        }
    };
    let handles = [
        window_event_listener(ev::dragover, dragged),
        window_event_listener(ev::dragleave, left),
        window_event_listener(ev::drop, dropped),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    view! {
        <div class="drop-target" class:is-over=over aria-hidden="true" data-testid="drop-target">
            <p>"Drop the report to open it"</p>
        </div>
    }
}
