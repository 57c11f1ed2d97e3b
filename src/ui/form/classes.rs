//! Which classes of users take part: chips to tick, and the same as text.
//!
//! The text is what counts (it is also what the address bar holds); chips read it and write into it.

use leptos::prelude::*;

use super::field::{During, TextField};
use crate::core::plan::Field;
use crate::core::scenario::Scenario;
use crate::ui::state::page_state;

/// The group of classes.
#[component]
pub fn Classes() -> impl IntoView {
    let state = page_state();
    let names: Vec<String> = Scenario::oddiya().classes.into_iter().map(|class| class.name).collect();
    let known = StoredValue::new(names.clone());
    let chip = |name: String| {
        let (this, label) = (name.clone(), name);
        let ticked = {
            let this = this.clone();
            move || takes_part(&state.draft.value(Field::Classes), &this)
        };
        let toggle = move |_| {
            let text = state.draft.text.with_untracked(|text| text.classes.clone());
            let text = known.with_value(|known| toggled(&text, &this, known));
            state.draft.type_into(Field::Classes, text);
        };
        view! {
            <label class="chip">
                <input type="checkbox" prop:checked=ticked prop:disabled=move || state.active.get() on:change=toggle />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="classes">
            <legend>"User classes"</legend>
            <div class="chips">{names.into_iter().map(chip).collect_view()}</div>
            <TextField
                field=Field::Classes
                hint="Separated by commas; empty: all."
                placeholder="all"
                during=During::ReadOnly
            />
        </fieldset>
    }
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|name| !name.is_empty())
}

fn takes_part(text: &str, name: &str) -> bool {
    listed(text).next().is_none() || listed(text).any(|listed| listed == name)
}

/// The text after a click on a chip. All classes are written as none, and so is none at all: a run has users.
fn toggled(text: &str, name: &str, known: &[String]) -> String {
    let was_in = takes_part(text, name);
    let stays = |other: &&String| if *other == name { !was_in } else { takes_part(text, other) };
    let names: Vec<&str> = known.iter().filter(stays).map(String::as_str).collect();
    if names.len() == known.len() { String::new() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_takes_a_class_out_and_another_one_back_in() {
        let known = ["A", "B", "C"].map(str::to_owned);
        let without_b = toggled("", "B", &known);
        assert_eq!(without_b, "A, C");
        assert_eq!(toggled(&without_b, "B", &known), "");
        assert_eq!(toggled("A", "A", &known), "", "without any class all take part");
        assert_eq!(toggled("Unknown, A", "B", &known), "A, B");
    }

    #[test]
    fn no_names_mean_all() {
        assert!(takes_part(" ", "A"));
        assert!(takes_part("B,A", "A"));
        assert!(!takes_part("B", "A"));
    }
}
