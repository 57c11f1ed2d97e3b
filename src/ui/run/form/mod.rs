//! The form: what to run, and the buttons that start, change and stop it.
//!
//! Enter starts a run; during a run it applies the new number of users, or the new rate. Fields that cannot be changed
//! then are read-only.

mod classes;
mod field;
mod load;
mod presets;
mod route_line;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::{Element, HtmlElement};

use crate::browser::page::probe::HostProbe;
use crate::browser::page::run_state::RunState;
use crate::core::config::run_config::Field;
use crate::ui::run::draft::LoadChoice;
use crate::ui::run::state::page_state;
use classes::Classes;
use field::{During, TextField};
use load::LoadFields;
use presets::Presets;
use route_line::RouteLine;

/// The whole form.
#[component]
pub fn RunForm() -> impl IntoView {
    let state = page_state();
    let form = NodeRef::<leptos::html::Form>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if state.is_active.get_untracked() {
            state.apply();
        } else {
            state.start(HostProbe::Before);
        }
        if state.draft.problems_untracked() > 0 {
            request_animation_frame(move || focus_within(form, "[aria-invalid=true]"));
        }
    };
    view! {
        <form node_ref=form class="run-form" class:is-active=state.is_active on:submit=submit novalidate aria-label="Load test">
            <TextField
                field=Field::Host
                hint="The Oddiya gateway's address."
                placeholder="http://localhost:8080"
                keyboard="url"
                during=During::ReadOnly
            />
            <RouteLine />
            <Presets />
            <LoadFields />
            <Classes />
            <TextField
                field=Field::ThinkTime
                hint="Between tasks: 0, 1s or 1s..3s."
                placeholder="as the classes say"
                during=During::ReadOnly
            />
            <Advanced />
            <Buttons />
        </form>
    }
}

/// The fields that few people need.
#[component]
fn Advanced() -> impl IntoView {
    let state = page_state();
    let fields = [Field::Arrivals, Field::Seed, Field::StopTimeout];
    let wrong = move || fields.iter().any(|field| state.draft.problem(*field).is_some());
    let details = NodeRef::<leptos::html::Details>::new();
    // Opens by itself when something in it is wrong; people close it.
    Effect::new(move || {
        if let (true, Some(details)) = (wrong(), details.get()) {
            details.set_open(true);
        }
    });
    view! {
        <details class="advanced" node_ref=details>
            <summary>"Advanced"</summary>
            <div class="advanced-fields">
                <TextField
                    field=Field::Arrivals
                    hint="How they are spaced: constant or poisson."
                    placeholder="constant"
                    during=During::ReadOnly
                />
                <TextField
                    field=Field::Seed
                    hint="The same seed repeats the same requests."
                    placeholder="drawn"
                    keyboard="numeric"
                    during=During::ReadOnly
                />
                <TextField
                    field=Field::StopTimeout
                    hint="How long the last answers are awaited."
                    during=During::ReadOnly
                />
            </div>
        </details>
    }
}

/// Start, or apply and stop.
#[component]
fn Buttons() -> impl IntoView {
    let state = page_state();
    let row = NodeRef::<leptos::html::Div>::new();
    // The button that had the focus is gone when a run starts or ends: hand the focus to its successor.
    Effect::new(move |was: Option<bool>| {
        let active = state.is_active.get();
        if was.is_some_and(|was| was != active) {
            request_animation_frame(move || hand_focus_on(row));
        }
        active
    });
    let wrong = move || match state.draft.problems() {
        0 => String::new(),
        1 => "One field needs a look.".to_owned(),
        n => format!("{n} fields need a look."),
    };
    view! {
        <div class="buttons" node_ref=row>
            {move || if state.is_active.get() {
                view! { <ActiveButtons /> }.into_any()
            } else {
                view! {
                    <button type="submit" class="button button-primary" data-testid="start">"Start"</button>
                }.into_any()
            }}
            <p class="buttons-note" role="status">{wrong}</p>
        </div>
    }
}

#[component]
fn ActiveButtons() -> impl IntoView {
    let state = page_state();
    let stopping = move || state.run_state.get() == RunState::Stopping;
    let label = move || if stopping() { "Stop now" } else { "Stop" };
    // The second click of a double click must not drop what the first one asked to wait for.
    let stop = move |event: leptos::ev::MouseEvent| {
        if event.detail() <= 1 {
            state.stop();
        }
    };
    let note = move || if stopping() { "Drops what is in flight" } else { "Lets what is in flight end" };
    view! {
        <button type="button" class="button button-stop" data-testid="stop" title=note on:click=stop>
            {label}
            <span class="visually-hidden">{move || if stopping() { " (drop what is in flight)" } else { "" }}</span>
        </button>
        <button
            type="submit"
            class="button"
            data-testid="apply"
            title="Changes users and spawn rate, or the arrival rate; the time limit stays"
            disabled=move || {
                state.run_state.get() != RunState::Running || state.draft.choice.get() == LoadChoice::Stages
            }
        >
            "Apply"
        </button>
    }
}

// The page may be gone by the time a frame is drawn: both ask rather than assume.

/// Hands the focus on to the first button of a row, if the one that had it is gone.
fn hand_focus_on(row: NodeRef<leptos::html::Div>) {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if let (true, Some(row)) = (lost, row.try_get_untracked().flatten()) {
        focus(row.query_selector("button"));
    }
}

fn focus_within(form: NodeRef<leptos::html::Form>, selector: &str) {
    if let Some(form) = form.try_get_untracked().flatten() {
        focus(form.query_selector(selector));
    }
}

/// Without such an element nothing happens: the focus is a help, not a promise.
fn focus(found: Result<Option<Element>, JsValue>) {
    if let Some(element) = found.ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
