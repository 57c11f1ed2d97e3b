//! One field of the form: label, text, hint, and what is wrong with it.
//!
//! The problem is tied to the control for screen readers; its line is reserved, so nothing jumps when it appears.

use leptos::prelude::*;

use super::draft::{LoadChoice, control_name};
use crate::core::config::run_config::Field;
use crate::ui::state::page_state;

/// Whether a field may be changed while a run is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    /// It may.
    Editable,
    /// It can only be read.
    ReadOnly,
}

/// A labelled text field.
#[component]
pub fn TextField(
    /// Which one.
    field: Field,
    /// What to write, in a few words.
    hint: &'static str,
    /// What stands in it while it is empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// During a run.
    during: During,
    /// The keyboard of a phone: `text`, `url`, `numeric` or `decimal`.
    #[prop(default = "text")]
    keyboard: &'static str,
) -> impl IntoView {
    let state = page_state();
    let name = control_name(field);
    let problem = move || state.draft.problem(field);
    // Stages say for the whole run how the load changes.
    let frozen = move || {
        let fixed = during == During::ReadOnly || state.draft.choice.get() == LoadChoice::Stages;
        fixed && state.active.get()
    };
    let placeholder = move || match (field, state.draft.choice.get()) {
        (Field::RunTime, LoadChoice::Stages) => "as the stages",
        _ => placeholder,
    };
    let is_wrong = move || problem().is_some();
    let described = move || if is_wrong() { format!("{name}-problem") } else { format!("{name}-hint") };
    view! {
        <div
            class="text-field"
            class:is-wrong=move || is_wrong()
            hidden=move || state.draft.is_unused(field)
        >
            <label for=name>{field.label()}</label>
            <input
                id=name
                name=name
                data-testid=name
                type="text"
                inputmode=keyboard
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=move || placeholder()
                readonly=move || frozen()
                aria-describedby=move || described()
                aria-invalid=move || is_wrong().to_string()
                prop:value=move || state.draft.value(field)
                on:input:target=move |event| state.draft.type_into(field, event.target().value())
            />
            <p class="text-field-note">
                {move || match problem() {
                    Some(problem) => view! {
                        <span class="problem" id=format!("{name}-problem") data-testid=format!("{name}-error")>
                            {format!("{}: {problem}", field.label())}
                        </span>
                    }.into_any(),
                    None => view! { <span id=format!("{name}-hint")>{hint}</span> }.into_any(),
                }}
            </p>
        </div>
    }
}
