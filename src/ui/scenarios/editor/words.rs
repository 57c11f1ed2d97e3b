//! What a right text says, in words: services, classes with their shares and tasks, the rows that its report will have.

use leptos::prelude::*;

use super::edited::Edited;
use crate::core::shelf::steps::Line;
use crate::core::shelf::told::{Part, Told, ToldClass, told};
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn Words(edited: Edited) -> impl IntoView {
    let title_id = unique_id("says");
    let said =
        Memo::new(move |_| edited.verdict.with(|verdict| verdict.scenario().map(|scenario| told(scenario))));
    let id = title_id.clone();
    let body = move || match said.get() {
        Some(said) => view! { <Said said /> }.into_any(),
        None => view! { <p class="panel-note">"Mend the text, and what it says stands here."</p> }.into_any(),
    };
    view! {
        <section class="panel words" aria-labelledby=id data-testid="words">
            <h3 class="panel-title" id=title_id>"What it says"</h3>
            {body}
        </section>
    }
}

#[component]
fn Said(said: Told) -> impl IntoView {
    let Told { about, services, classes, data, entries } = said;
    let list = |title: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| {
            let items = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! {
                <h4>{title}</h4>
                <ul class="words-list">{items}</ul>
            }
        })
    };
    let classes = classes.into_iter().map(|class| view! { <Class class /> }).collect_view();
    let rows = entries.len();
    view! {
        <div class="words-body">
            {(!about.is_empty()).then(|| view! { <p>{about}</p> })}
            {list("Services", services)}
            {list("Data", data)}
            <h4>"User classes"</h4>
            {classes}
            <details class="words-rows">
                <summary>{format!("Rows of its report: {rows}")}</summary>
                <ul class="words-list words-mono">{entries.into_iter().map(|entry| view! { <li>{entry}</li> }).collect_view()}</ul>
            </details>
        </div>
    }
}

#[component]
fn Class(class: ToldClass) -> impl IntoView {
    let ToldClass { name, line, parts } = class;
    view! {
        <div class="words-class">
            <p><strong>{name}</strong>": "{line}</p>
            <ul class="words-parts">{parts.into_iter().map(|part| view! { <Task part /> }).collect_view()}</ul>
        </div>
    }
}

#[component]
fn Task(part: Part) -> impl IntoView {
    let Part { title, note, lines, more } = part;
    let is_only_itself = more == 0 && matches!(lines.as_slice(), [only] if only.text.ends_with(&title));
    let line = |Line { depth, text }: Line| {
        view! { <li class="words-line" style:padding-left=format!("{depth}rem")>{text}</li> }
    };
    // A task of one request is called after its path; the line of the request says more.
    let title = match (is_only_itself, lines.first()) {
        (true, Some(only)) => only.text.clone(),
        _ => title,
    };
    let note = (!note.is_empty()).then(|| view! { <span class="words-note">{format!(" · {note}")}</span> });
    let steps = (!is_only_itself).then(|| {
        view! {
            <ul class="words-mono">
                {lines.into_iter().map(line).collect_view()}
                {(more != 0).then(|| view! { <li>{format!("… and {more} more")}</li> })}
            </ul>
        }
    });
    view! {
        <li>
            <span class="words-title">{title}</span>
            {note}
            {steps}
        </li>
    }
}
