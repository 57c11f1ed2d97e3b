//! The line above the list: what happened last, and whether the browser keeps scenarios. It is always there, so that the list
//! does not move.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::News;
use crate::core::shelf::record::Record;
use crate::core::shelf::steps::counted;
use crate::ui::library::state::{Keeping, problem};
use crate::ui::run::state::page_state;

#[component]
pub fn Status() -> impl IntoView {
    let shelf = page_state().shelf;
    let count = move || {
        let is_there = |record: &&Record| !record.is_deleted();
        let own = shelf.records.with(|records| records.values().filter(is_there).count());
        if own == 0 {
            String::new()
        } else {
            format!("{} of your own", counted(own, "scenario", "scenarios"))
        }
    };
    let news = move || match shelf.news.get() {
        News::None => view! { <span data-testid="scenario-count">{count}</span> }.into_any(),
        News::Said(sentence) => view! {
            <span data-testid="scenario-news">{sentence}</span>
            <Dismiss />
        }
        .into_any(),
        News::Deleted(id, name) => view! {
            <span data-testid="scenario-news">{format!("Deleted {name}.")}</span>
            <button
                type="button"
                class="link-button"
                data-testid="undo-scenario"
                on:click=move |_| spawn_local(shelf.undo(id))
            >
                "Undo"
            </button>
            <Dismiss />
        }
        .into_any(),
    };
    view! {
        <div class="library-status">
            <p role="status">{news}</p>
            <Kept />
        </div>
    }
}

/// The button that removes the line about what happened last.
#[component]
fn Dismiss() -> impl IntoView {
    let shelf = page_state().shelf;
    view! {
        <button
            type="button"
            class="link-button"
            aria-label="Dismiss this message"
            data-testid="dismiss-scenario-news"
            on:click=move |_| shelf.news.set(News::None)
        >
            "OK"
        </button>
    }
}

/// Whether the browser keeps scenarios; if not, why.
#[component]
pub fn Kept() -> impl IntoView {
    let shelf = page_state().shelf;
    let is_trouble = move || matches!(shelf.keeping.get(), Keeping::NotKept(_));
    let words = move || match shelf.keeping.get() {
        Keeping::NotKept(error) => format!("Not kept: {}.", problem(error)),
        Keeping::Kept | Keeping::Looking => "Kept in this browser".to_owned(),
    };
    let has_unkept = move || shelf.unkept.with(|unkept| !unkept.is_empty());
    view! {
        <p class="library-room" class:is-trouble=is_trouble data-testid="scenarios-kept">
            {words}
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
        </p>
    }
}
