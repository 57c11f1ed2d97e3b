//! The choice of user classes: chips to tick, and a text field with the same choice.
//!
//! The text decides. The chips read it and write into it: what is ticked is what runs.

use leptos::prelude::*;

use super::field::{During, TextField};
use crate::core::config::run_config::Field;
use crate::core::scenario::Presence;
use crate::core::shelf::list::Which;
use crate::ui::run::state::page_state;
use crate::ui::run::ticks::names;

#[component]
pub fn Classes() -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let classes = Memo::new(move |_| chosen.classes());
    let is_oddiya = move || chosen.which.get() == Which::default_one();
    let chip = move |(this, presence): (String, Presence)| {
        let label = this.clone();
        let (hint, optional) = match presence {
            Presence::Default => ("", None),
            Presence::Named if untrack(is_oddiya) => {
                ("It loads the llm-agent, which is another host than the gateway", Some(" (llm-agent)"))
            }
            Presence::Named => ("It takes part only when it is ticked", Some(" (optional)")),
        };
        let ticked = {
            let this = this.clone();
            move || is_ticked(&state.draft.value(Field::Classes), &this)
        };
        let toggle = move |_| {
            let text = state.draft.text.with_untracked(|text| text.classes.clone());
            let known: Vec<String> =
                classes.with_untracked(|all| all.iter().map(|(name, _)| name.clone()).collect());
            let text = toggled(&text, &this, &known);
            state.draft.type_into(Field::Classes, text);
        };
        view! {
            <label class="chip" title=hint>
                <input type="checkbox" prop:checked=ticked prop:disabled=state.is_active on:change=toggle />
                {label}
                {optional}
            </label>
        }
    };
    view! {
        <fieldset class="classes">
            <legend>"User classes"</legend>
            <div class="chips">{move || classes.get().into_iter().map(chip).collect_view()}</div>
            <TextField
                field=Field::Classes
                hint="Those that are ticked run; separated by commas."
                placeholder="tick at least one"
                during=During::ReadOnly
            />
        </fieldset>
    }
}

fn is_ticked(text: &str, name: &str) -> bool {
    names(text).any(|listed| listed == name)
}

/// Returns the text after a click on the chip of a class: the ticked ones of all classes, in the scenario's order.
fn toggled(text: &str, name: &str, known: &[String]) -> String {
    let stays = |other: &&String| is_ticked(text, other) != (*other == name);
    let stay: Vec<&str> = known.iter().filter(stays).map(String::as_str).collect();
    stay.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_click_removes_a_class_and_a_second_click_adds_it_again() {
        let known = ["A", "B", "C"].map(str::to_owned);
        let without_b = toggled("A, B, C", "B", &known);
        assert_eq!(without_b, "A, C");
        assert_eq!(toggled(&without_b, "B", &known), "A, B, C");
        assert_eq!(toggled("Unknown, A", "B", &known), "A, B");
    }

    #[test]
    fn unticking_the_last_class_leaves_none_and_ticking_another_one_then_ticks_only_that() {
        let known = ["A", "B", "X"].map(str::to_owned);
        let none = ["A", "B"].iter().fold("A, B".to_owned(), |text, name| toggled(&text, name, &known));
        assert_eq!(none, "");
        assert_eq!(toggled(&none, "X", &known), "X");
        assert!(!is_ticked("", "A") && is_ticked("B,A", "A") && !is_ticked("B", "A"));
    }
}
