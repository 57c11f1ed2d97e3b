//! The choice of user classes: chips to tick, and a text field with the same choice.
//!
//! The text decides (the address bar holds the same text). The chips read it and write into it.

use leptos::prelude::*;

use super::field::{During, TextField};
use crate::core::config::run_config::Field;
use crate::core::scenario::{Presence, Scenario};
use crate::ui::run::state::page_state;

#[component]
pub fn Classes() -> impl IntoView {
    let state = page_state();
    let classes = Scenario::oddiya().classes.into_iter().map(|class| (class.name, class.presence));
    let known: Vec<Known> = classes.collect();
    let chips = known.clone();
    let known = StoredValue::new(known);
    let chip = |(this, presence): Known| {
        let label = this.clone();
        let (hint, optional) = match presence {
            Presence::Default => ("", None),
            Presence::Named => {
                ("Only when it is ticked or named: it needs a host of its own", Some(" (optional)"))
            }
        };
        let ticked = {
            let this = this.clone();
            move || takes_part(&state.draft.value(Field::Classes), &this, presence)
        };
        let toggle = move |_| {
            let text = state.draft.text.with_untracked(|text| text.classes.clone());
            let text = known.with_value(|known| toggled(&text, &this, known));
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
            <div class="chips">{chips.into_iter().map(chip).collect_view()}</div>
            <TextField
                field=Field::Classes
                hint="Separated by commas; empty: all but the optional ones."
                placeholder="all but the optional ones"
                during=During::ReadOnly
            />
        </fieldset>
    }
}

/// The name of a class, and whether it takes part by default.
type Known = (String, Presence);

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|name| !name.is_empty())
}

fn takes_part(text: &str, name: &str, presence: Presence) -> bool {
    if listed(text).next().is_none() {
        return presence == Presence::Default;
    }
    listed(text).any(|listed| listed == name)
}

/// Returns the text after a click on the chip of a class. The default choice is written as an empty text. So is a
/// choice without any class, because a run needs users.
fn toggled(text: &str, name: &str, known: &[Known]) -> String {
    let stays = |(other, presence): &&Known| takes_part(text, other, *presence) != (other == name);
    let stay: Vec<&Known> = known.iter().filter(stays).collect();
    let names: Vec<&str> = stay.iter().map(|(name, _)| name.as_str()).collect();
    let as_default =
        |(name, presence): &Known| names.contains(&name.as_str()) == (*presence == Presence::Default);
    if known.iter().all(as_default) { String::new() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_click_removes_a_class_and_a_second_click_adds_it_again() {
        let known = ["A", "B", "C"].map(|name| (name.to_owned(), Presence::Default));
        let without_b = toggled("", "B", &known);
        assert_eq!(without_b, "A, C");
        assert_eq!(toggled(&without_b, "B", &known), "");
        assert_eq!(toggled("A", "A", &known), "", "without any class all take part");
        assert_eq!(toggled("Unknown, A", "B", &known), "A, B");
    }

    #[test]
    fn an_empty_text_selects_all_default_classes() {
        assert!(takes_part(" ", "A", Presence::Default));
        assert!(takes_part("B,A", "A", Presence::Default));
        assert!(!takes_part("B", "A", Presence::Default));
    }

    #[test]
    fn an_optional_class_takes_part_only_when_it_is_named() {
        let known = [("A".to_owned(), Presence::Default), ("X".to_owned(), Presence::Named)];
        assert!(!takes_part("", "X", Presence::Named));
        assert!(takes_part("X", "X", Presence::Named));
        assert_eq!(toggled("", "X", &known), "A, X");
        assert_eq!(toggled("A, X", "X", &known), "");
        assert_eq!(toggled("A, X", "A", &known), "X");
    }
}
