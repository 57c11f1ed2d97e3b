//! The verdict in words, and the table with a row for each endpoint. `core::present::comparison` has both.

use leptos::prelude::*;

use super::state::Comparing;
use crate::core::compare::outcome::{Comparison, EntryChange, Verdict};
use crate::core::present::comparison::table::{heading, rows};
use crate::core::present::comparison::text::sentences;
use crate::core::present::comparison::words::{endpoint_name, verdict_label};
use crate::ui::widgets::copy_table::CopyTable;

/// How many columns of the table are words; figures follow.
const TEXT_COLUMNS: usize = 2;

#[component]
pub fn Outcome(comparing: Comparing) -> impl IntoView {
    let has_outcome = move || comparing.outcome.with(Option::is_some);
    let verdict = move || comparing.outcome.with(|outcome| outcome.as_ref().map(|found| word(found.verdict)));
    let said = move || {
        let mut said =
            comparing.outcome.with(|outcome| outcome.as_ref().map(sentences)).unwrap_or_default().into_iter();
        let first = said.next();
        let rest = said.map(|sentence| view! { <p>{sentence.trim_start_matches("- ").to_owned()}</p> });
        view! {
            <p class="verdict" data-testid="verdict" data-verdict=verdict>{first}</p>
            {rest.collect_view()}
        }
    };
    view! {
        <Show when=has_outcome>
            <section class="panel compare-outcome" aria-label="What changed">
                <div class="compare-words" role="status" data-testid="outcome">{said}</div>
                <Matters comparing />
                <Table comparing />
            </section>
        </Show>
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "slower",
        Verdict::NoEvidence => "no-evidence",
        Verdict::NotComparable => "not-comparable",
    }
}

/// How large a change must be to count.
#[component]
fn Matters(comparing: Comparing) -> impl IntoView {
    let change = move |event| {
        let percent = event_target_value(&event).parse::<f64>().ok();
        if let Some(percent) = percent.filter(|percent| (0.0..=1_000.0).contains(percent)) {
            comparing.matters.set(percent);
        }
    };
    view! {
        <label class="compare-matters">
            "Changes matter above "
            <input type="number" min="0" max="1000" step="1" data-testid="matters"
                prop:value=move || comparing.matters.get().to_string() on:change=change />
            " %"
        </label>
    }
}

#[component]
fn Table(comparing: Comparing) -> impl IntoView {
    let table = NodeRef::<leptos::html::Div>::new();
    let has_rows =
        move || comparing.outcome.with(|found| found.as_ref().is_some_and(|found| !found.entries.is_empty()));
    let headings = heading().into_iter().enumerate().map(|(column, text)| {
        view! { <th scope="col" class=class_of(column)>{text}</th> }
    });
    let headings = headings.collect_view();
    let body = move || comparing.outcome.with(|found| found.as_ref().map(|found| body(comparing, found)));
    view! {
        <Show when=has_rows>
            <div class="panel-head">
                <p class="panel-note">"own: with the common shift taken off. *: with evidence."</p>
                <CopyTable table />
            </div>
        </Show>
        <div class="table-box" tabindex="0" role="group" aria-label="Changes by endpoint" node_ref=table>
            <table class="table" data-testid="changes" hidden=move || !has_rows()>
                <caption class="visually-hidden">"What changed in each endpoint, the largest change first"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="cell-choice" title="An endpoint that nothing can have changed: what happens to it is the machine's doing">"Control"</th>
                        {headings}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

const fn class_of(column: usize) -> &'static str {
    match column {
        0 => "cell-name",
        column if column < TEXT_COLUMNS => "cell-words",
        _ => "cell-number",
    }
}

fn body(comparing: Comparing, comparison: &Comparison) -> impl IntoView + use<> {
    let entries: Vec<Option<EntryChange>> =
        comparison.entries.iter().map(|entry| Some(entry.clone())).chain([None]).collect();
    let row = move |(cells, entry): (Vec<String>, Option<EntryChange>)| row(comparing, cells, entry);
    rows(comparison).into_iter().zip(entries).map(row).collect_view()
}

/// The row of an endpoint, or of all requests together, which cannot be ticked as a control.
fn row(comparing: Comparing, cells: Vec<String>, entry: Option<EntryChange>) -> impl IntoView {
    let name = entry.as_ref().map(endpoint_name);
    let verdict = entry.as_ref().map(|entry| word(entry.verdict));
    let label = entry.as_ref().map(|entry| verdict_label(entry.verdict));
    let control = name.clone().map(|name| {
        let (known, title) = (name.clone(), format!("{name} is a control"));
        let is_control = move || comparing.controls.with(|controls| controls.contains(&known));
        let toggle = move |_| {
            comparing.controls.update(|controls| {
                if !controls.remove(&name) {
                    controls.insert(name.clone());
                }
            });
        };
        view! { <input type="checkbox" data-testid="control" aria-label=title prop:checked=is_control on:change=toggle /> }
    });
    let cell = |(column, text): (usize, String)| match column {
        0 => view! { <th scope="row" class="cell-name">{text}</th> }.into_any(),
        _ => view! { <td class=class_of(column)>{text}</td> }.into_any(),
    };
    view! {
        <tr data-verdict=verdict data-name=name title=label>
            <td class="cell-choice">{control}</td>
            {cells.into_iter().enumerate().map(cell).collect_view()}
        </tr>
    }
}
