//! The line above the list: what happened last, and whether the browser keeps scenarios.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::core::shelf::id::ScenarioId;
use crate::core::shelf::record::Record;
use crate::core::shelf::steps::counted;
use crate::ui::run::state::page_state;
use crate::ui::widgets::status_line::{Names, kept_words, status_line};

const NAMES: Names = Names {
    count: "scenario-count",
    news: "scenario-news",
    undo: "undo-scenario",
    dismiss: "dismiss-scenario-news",
};

#[component]
pub fn Status() -> impl IntoView {
    let shelf = page_state().shelf;
    let count = Memo::new(move |_| {
        let is_there = |record: &&Record| !record.is_deleted();
        match shelf.kept.records.with(|records| records.values().filter(is_there).count()) {
            0 => String::new(),
            own => format!("{} of your own", counted(own, "scenario", "scenarios")),
        }
    });
    let while_kept = Memo::new(|_| "Kept in this browser".to_owned());
    let has_unkept = move || shelf.kept.unkept.with(|unkept| !unkept.is_empty());
    let again = view! {
        <Show when=has_unkept>
            " "
            <button
                type="button"
                class="link-button"
                data-testid="keep-scenarios-again"
                on:click=move |_| spawn_local(shelf.keep_again())
            >
                "Try again"
            </button>
        </Show>
    };
    let deleted = |(_, name): &(ScenarioId, String)| name.clone();
    let undo = Callback::new(move |(id, _): (ScenarioId, String)| spawn_local(shelf.undo(id)));
    let kept = kept_words(shelf.kept.keeping, "scenarios-kept", while_kept, again);
    status_line(shelf.news, NAMES, count, deleted, undo, kept)
}
