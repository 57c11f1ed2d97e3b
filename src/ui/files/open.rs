//! Opening report files: the file picker, drag and drop onto the page, and the message when a file cannot be opened.

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::File;

use super::open_reports::{OpenReports, Opening};
use crate::browser::page::incoming;

/// A file picker that looks like a button.
#[component]
pub fn OpenButton(
    on_file: Callback<File>,
    #[prop(default = "Open report")] label: &'static str,
    /// The name that tests use.
    #[prop(default = "import-file")]
    name: &'static str,
    /// The kinds of files that it takes.
    #[prop(default = ".json,application/json")]
    accept: &'static str,
    #[prop(default = "A report that was exported here or written by the command, or a file of many reports")]
    title: &'static str,
) -> impl IntoView {
    let open = move |event: ev::Event| {
        if let Some(file) = incoming::picked(&event) {
            on_file.run(file);
        }
    };
    view! {
        <label class="button file-button" title=title>
            {label}
            <input type="file" accept=accept data-testid=name on:change=open />
        </label>
    }
}

/// The message about the last opening; empty when it succeeded.
#[component]
pub fn OpeningNotice(reports: OpenReports) -> impl IntoView {
    let dismiss = move |_| reports.opening.set(Opening::Quiet);
    let notice = move || match reports.opening.get() {
        Opening::Quiet => ().into_any(),
        Opening::Reading(name) => view! { <p class="notice">{format!("Reading {name} …")}</p> }.into_any(),
        Opening::Refused { name, problem } => view! {
            <div class="notice notice-trouble notice-row" data-testid="import-error">
                <p><strong>{name}</strong>": "{problem}"."</p>
                <button type="button" class="button" on:click=dismiss>"Dismiss"</button>
            </div>
        }
        .into_any(),
    };
    view! { <div role="alert">{notice}</div> }
}

/// Takes files that are dropped anywhere on the page, and says so while a file is dragged over it.
#[component]
pub fn DropTarget(
    on_file: Callback<File>,
    #[prop(default = "Drop the report to open it")] words: &'static str,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let dragged = move |event: ev::DragEvent| {
        if incoming::carries_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    };
    let left = move |event: ev::DragEvent| {
        // The event also comes when the pointer moves from one element to another; then it is still on the page.
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
            on_file.run(file);
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
            <p>{words}</p>
        </div>
    }
}
