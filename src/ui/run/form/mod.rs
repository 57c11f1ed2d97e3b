//! The form: the configuration of a run, and the buttons that start, change and stop it.
//!
//! Enter starts a run. During a run, Enter applies the new number of users or the new rate, and all other fields are
//! read-only.

mod classes;
mod field;
mod host_advice;
mod load;
mod presets;
mod route_line;
mod scenario;
mod values;

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
use host_advice::HostAdviceLine;
use load::LoadFields;
use presets::Presets;
use route_line::RouteLine;
use scenario::ScenarioChoice;

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
                hint="The address of the gateway, or of the scenario's main service."
                placeholder="http://localhost:8080"
                keyboard="url"
                during=During::ReadOnly
            />
            <RouteLine />
            <HostAdviceLine />
            <ScenarioChoice />
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

/// The fields that few people need. They are folded away.
#[component]
fn Advanced() -> impl IntoView {
    let state = page_state();
    let fields = [Field::Arrivals, Field::Seed, Field::StopTimeout];
    let wrong = move || fields.iter().any(|field| state.draft.problem(*field).is_some());
    let details = NodeRef::<leptos::html::Details>::new();
    // The page opens this part when a field in it is wrong. Only a person closes it.
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

/// The button that starts a run or, during a run, those that apply a change and stop the run.
#[component]
fn Buttons() -> impl IntoView {
    let state = page_state();
    let row = NodeRef::<leptos::html::Div>::new();
    // The button that had the focus disappears when a run starts or ends. The first of the new buttons gets the focus.
    Effect::new(move |was: Option<bool>| {
        let active = state.is_active.get();
        if was.is_some_and(|was| was != active) {
            request_animation_frame(move || hand_focus_on(row));
        }
        active
    });
    let problems = Memo::new(move |_| state.draft.problems());
    let note = move || match problems.get() {
        // Why there is no Start; during a stage there is none anyway.
        0 if state.is_suite_under_way.get() && !state.is_active.get() => "The suite is under way.".to_owned(),
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
                    <button
                        type="submit"
                        class="button button-primary"
                        data-testid="start"
                        disabled=state.is_suite_under_way
                    >
                        "Start"
                    </button>
                }.into_any()
            }}
            <p class="buttons-note" class:is-wrong=move || problems.get() != 0 role="status">{note}</p>
        </div>
    }
}

#[component]
fn ActiveButtons() -> impl IntoView {
    let state = page_state();
    let stopping = move || state.run_state.get() == RunState::Stopping;
    let label = move || if stopping() { "Stop now" } else { "Stop" };
    // The first click stops the run and waits for the requests in flight, a second one would drop them. The second
    // click of a double click must not do so.
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
        <button
            type="button"
            class="button"
            data-testid="reset"
            title="Starts the statistics anew, for example after the ramp; the run goes on"
            disabled=move || state.run_state.get() != RunState::Running
            on:click=move |_| state.reset_statistics()
        >
            "Reset"
        </button>
    }
}

// The next two functions run when a frame is drawn. The page may be gone by then, so they check for it.

/// Gives the focus to the first button of a row if no element has the focus, because the button that had it is gone.
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

/// Gives the focus to an element. Without an element nothing happens, because the focus is only a help.
fn focus(found: Result<Option<Element>, JsValue>) {
    if let Some(element) = found.ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
