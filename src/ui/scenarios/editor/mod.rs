//! One scenario at `#/scenario/…`: its text, what is wrong with it, and what it says.
//!
//! | file | what lives there |
//! |---|---|
//! | `edited.rs` | the text, for the parts of the view |
//! | `bar.rs` | the name, and the buttons: run, save, share |
//! | `notices.rs` | what must be known before editing: another tab, the program's own, a link |
//! | `area.rs` | the text area with its numbers and marks |
//! | `problems.rs` | the list of problems |
//! | `words.rs` | what a right text says |
//! | `brief.rs` | the format in brief |
//!
//! The text is checked while it is typed, by the reader that the runner uses.

mod area;
mod bar;
mod brief;
mod edited;
mod notices;
mod problems;
mod words;

use std::time::Duration;

use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use super::moving::of_link;
use crate::core::shelf::check::check;
use crate::core::shelf::list::Which;
use crate::core::shelf::names::title;
use crate::ui::keeping::Keeping;
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use area::TextArea;
use bar::EditorBar;
use brief::Brief;
use edited::{Edited, Subject};
use notices::{Notices, UnreadableLink};
use problems::Problems;
use words::Words;

/// A text is checked when nothing was typed for so long.
const SETTLED: Duration = Duration::from_millis(150);

/// A scenario that is kept or inside the program.
#[component]
pub fn ScenarioView(which: Which) -> impl IntoView {
    let shelf = page_state().shelf;
    let text = Memo::new(move |_| shelf.text(which));
    let is_there = Memo::new(move |_| text.with(Option::is_some));
    move || match is_there.get() {
        true => {
            let text = Memo::new(move |_| text.get().unwrap_or_default());
            view! { <Editor subject=Subject::Kept(which) text /> }.into_any()
        }
        false => view! { <NotHere /> }.into_any(),
    }
}

/// The scenario that the link on screen has in it.
#[component]
pub fn SharedScenarioView() -> impl IntoView {
    let navigation = page_state().navigation;
    let unpacked = Memo::new(move |_| of_link(&navigation.query()));
    move || match unpacked.get() {
        Ok(text) => {
            let text = Memo::new(move |_| text.clone());
            view! { <Editor subject=Subject::Link text /> }.into_any()
        }
        Err(problem) => view! { <UnreadableLink problem=problem.to_string() /> }.into_any(),
    }
}

#[component]
fn Editor(subject: Subject, text: Memo<String>) -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let read = move |text: &str| {
        let given = match subject {
            Subject::Kept(which) => chosen.given(which),
            Subject::Link => Default::default(),
        };
        check(&title(text), text, &given)
    };
    let edited = Edited::new(state.shelf, subject, text, untrack(move || text.with(|text| read(text))));
    let mut read_again = debounce(SETTLED, move |text: String| {
        // The view may be gone meanwhile.
        let found = untrack(move || read(&text));
        drop(edited.verdict.try_set(found));
    });
    Effect::new(move |was: Option<()>| {
        let text = text.get();
        if was.is_some() {
            read_again(text);
        }
    });
    let key = move |event: KeyboardEvent| {
        if event.key().eq_ignore_ascii_case("s") && (event.ctrl_key() || event.meta_key()) {
            // The browser would save the page as a file.
            event.prevent_default();
            edited.save();
        }
    };
    view! {
        <section class="editor" data-testid="editor" aria-label="Scenario" on:keydown=key>
            <EditorBar edited />
            <Notices edited />
            <div class="editor-columns">
                <TextArea edited />
                <div class="editor-side">
                    <Problems edited />
                    <Words edited />
                    <Brief />
                </div>
            </div>
        </section>
    }
}

/// Shown when nobody has the scenario of the address.
#[component]
fn NotHere() -> impl IntoView {
    let shelf = page_state().shelf;
    let is_looking = move || shelf.kept.keeping.get() == Keeping::Looking;
    move || {
        match is_looking() {
        true => view! { <p class="notice" role="status">"Reading the scenarios …"</p> }.into_any(),
        false => view! {
            <section class="empty-view" data-testid="no-scenario">
                <h2>"This scenario is not here"</h2>
                <p>"It was deleted, another browser has it, or this one keeps nothing for this page. A file or a link brings it here."</p>
                <div class="empty-view-buttons">
                    <a class="button" href=View::Scenarios.fragment()>"All scenarios"</a>
                </div>
            </section>
        }
        .into_any(),
    }
    }
}
