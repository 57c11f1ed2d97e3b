//! What is wrong with the text: how many problems, and each with its place. Choosing one puts the caret there.

use leptos::prelude::*;

use super::area::show_place;
use super::edited::{COUNT_ID, Edited};
use crate::core::scenario::file::problem::Problem;
use crate::core::shelf::check::{Verdict, Want};
use crate::core::shelf::steps::counted;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn Problems(edited: Edited) -> impl IntoView {
    let title_id = unique_id("problems");
    let list = Memo::new(move |_| match edited.verdict.get() {
        Verdict::Wrong(problems) => problems.list.clone(),
        Verdict::Right(_) | Verdict::Wants(..) => Vec::new(),
    });
    let more = move || match edited.verdict.get() {
        Verdict::Wrong(problems) => problems.more,
        Verdict::Right(_) | Verdict::Wants(..) => 0,
    };
    // Said by screen readers, so it is drawn anew only when it changes.
    let count = Memo::new(move |_| match list.with(Vec::len) + more() {
        0 => "No problems".to_owned(),
        count => counted(count, "problem", "problems"),
    });
    let is_right = move || list.with(Vec::is_empty);
    let numbered = move || list.get().into_iter().enumerate().collect::<Vec<_>>();
    let wants = move || match edited.verdict.get() {
        Verdict::Wants(wants, _) => {
            let words: Vec<_> = wants.iter().map(Want::words).collect();
            Some(view! {
                <p class="editor-wants" data-testid="wants">
                    {format!("Before a run it needs {}; the form asks for it.", words.join(" and "))}
                </p>
            })
        }
        Verdict::Right(_) | Verdict::Wrong(_) => None,
    };
    view! {
        <section class="panel problems" class:is-right=is_right aria-labelledby=title_id.clone()>
            <h3 class="panel-title problems-title" id=title_id.clone()>
                <span id=COUNT_ID role="status" data-testid="problem-count">{count}</span>
            </h3>
            <Show when=move || !is_right()>
                <ol class="problem-list" data-testid="problems">
                    {move || numbered().into_iter().map(|(index, problem)| view! { <Item edited index problem /> }).collect_view()}
                </ol>
                <Show when=move || more() != 0>
                    <p class="panel-note">{move || format!("{} more; fix these first.", more())}</p>
                </Show>
            </Show>
            {wants}
        </section>
    }
}

#[component]
fn Item(edited: Edited, index: usize, problem: Problem) -> impl IntoView {
    let Problem { place, path, message, .. } = problem.clone();
    let at = if place.line == 0 { "The text".to_owned() } else { format!("{}:{}", place.line, place.column) };
    let go = move |_| show_place(edited, &problem);
    view! {
        <li>
            <button type="button" class="problem-item" data-testid=format!("problem-{index}") on:click=go>
                <span class="problem-at">{at}</span>
                <span class="problem-path">{path}</span>
                <span class="problem-message">{message}</span>
            </button>
        </li>
    }
}
