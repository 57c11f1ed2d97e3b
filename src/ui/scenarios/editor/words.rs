//! What a right text says, in words: services, classes with their shares and tasks, the rows that its report will have.

use leptos::prelude::*;

use super::edited::Edited;
use crate::core::shelf::steps::{Line, timed_together};
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
        None => view! { <p class="panel-note">"Fix the problems to see a summary here."</p> }.into_any(),
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
    let Part { title, note, lines, more } = shortened(part);
    let line = |Line { depth, text }: Line| {
        view! { <li class="words-line" style:padding-left=format!("{depth}rem")>{text}</li> }
    };
    let note = (!note.is_empty()).then(|| view! { <span class="words-note">{format!(" · {note}")}</span> });
    let steps = (!lines.is_empty()).then(|| {
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

/// A task of one request is called after its path, and one of a single group often like that: the line of it says all that the
/// title says.
fn shortened(part: Part) -> Part {
    let Part { title, note, mut lines, more } = part;
    let says_it = |first: &Line| {
        let behind_method = first.text.split_once(' ').map_or("", |(_, rest)| rest);
        let is_alone = lines.len() == 1 && more == 0 && behind_method.starts_with(&title);
        let is_all_in_it = lines.iter().skip(1).all(|line| line.depth > 0);
        is_alone || (is_all_in_it && first.text == timed_together(&title))
    };
    if !lines.first().is_some_and(says_it) {
        return Part { title, note, lines, more };
    }
    let first = lines.remove(0);
    lines.iter_mut().for_each(|line| line.depth = line.depth.saturating_sub(1));
    Part { title: first.text, note, lines, more }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(title: &str, lines: &[(usize, &str)]) -> Part {
        let lines = lines.iter().map(|(depth, text)| Line { depth: *depth, text: (*text).to_owned() });
        Part { title: title.to_owned(), note: String::new(), lines: lines.collect(), more: 0 }
    }

    #[test]
    fn a_title_that_its_line_says_again_is_left_out() {
        let request = shortened(part("/plans", &[(0, "POST /plans · a stream")]));
        assert_eq!(request, part("POST /plans · a stream", &[]));
        let group = shortened(part("buy", &[(0, "buy, timed together:"), (1, "GET /a"), (2, "GET /b")]));
        assert_eq!(group, part("buy, timed together:", &[(0, "GET /a"), (1, "GET /b")]));
        for other in
            [part("buy", &[(0, "GET /a")]), part("/a", &[(0, "GET /a"), (0, "GET /b")]), part("a", &[])]
        {
            assert_eq!(shortened(other.clone()), other);
        }
    }
}
