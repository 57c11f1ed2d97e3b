//! One field of the form: its label, text, hint and problem.
//!
//! Screen readers say the problem together with the control. The line for the problem is always reserved, so that
//! nothing moves when a problem appears.

use leptos::prelude::*;

use crate::core::config::run_config::Field;
use crate::ui::run::draft::{LoadChoice, control_name};
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

/// Whether a field may be changed while a run is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    Editable,
    ReadOnly,
}

/// A labelled text field.
#[component]
pub fn TextField(
    field: Field,
    /// A few words that say what to type.
    hint: &'static str,
    /// The text that is shown while the field is empty.
    #[prop(optional)]
    placeholder: &'static str,
    during: During,
    /// The kind of keyboard on a phone: `text`, `url`, `numeric` or `decimal`.
    #[prop(default = "text")]
    keyboard: &'static str,
) -> impl IntoView {
    let state = page_state();
    let name = control_name(field);
    let problem = move || state.draft.problem(field);
    // Stages describe the changes of load for the whole run, so the load cannot be changed by hand.
    let frozen = move || {
        let fixed = during == During::ReadOnly || state.draft.choice.get() == LoadChoice::Stages;
        fixed && state.is_active.get()
    };
    let placeholder = move || match (field, state.draft.choice.get()) {
        (Field::RunTime, LoadChoice::Stages) => "as the stages",
        _ => placeholder,
    };
    let is_wrong = move || problem().is_some();
    let id = unique_id(name);
    let (problem_id, hint_id) = (format!("{id}-problem"), format!("{id}-hint"));
    let described = {
        let (problem_id, hint_id) = (problem_id.clone(), hint_id.clone());
        move || if is_wrong() { problem_id.clone() } else { hint_id.clone() }
    };
    view! {
        <div
            class=format!("text-field text-field-{name}")
            class:is-wrong=is_wrong
            hidden=move || state.draft.is_unused(field)
        >
            <label for=id.clone()>{field.label()}</label>
            <input
                id=id
                name=name
                data-testid=name
                type="text"
                inputmode=keyboard
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=placeholder
                readonly=frozen
                aria-describedby=described
                aria-invalid=move || is_wrong().to_string()
                prop:value=move || state.draft.value(field)
                on:input:target=move |event| state.draft.type_into(field, event.target().value())
            />
            <p class="text-field-note">
                {move || match problem() {
                    Some(problem) => view! {
                        <span class="problem" id=problem_id.clone() data-testid=format!("{name}-error")>
                            {format!("{}: {problem}", field.label())}
                        </span>
                    }.into_any(),
                    None => view! { <span id=hint_id.clone()>{hint}</span> }.into_any(),
                }}
            </p>
        </div>
    }
}
