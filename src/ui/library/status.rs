//! The line above the list: what happened last or what is shown, and how much room there is. It is always there, so that
//! the list does not move.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::moving::reports;
use super::state::{Keeping, Library, News, problem};
use crate::core::base::units::format_bytes;
use crate::core::library::list::Listed;
use crate::ui::run::state::page_state;

#[component]
pub fn Status(all: Memo<Vec<Listed>>, found: Memo<Vec<Listed>>) -> impl IntoView {
    let library = page_state().library;
    let counts = move || {
        let (all, found) = (all.with(Vec::len), found.with(Vec::len));
        if all == found { reports(all) } else { format!("{found} of {}", reports(all)) }
    };
    let news = move || match library.news.get() {
        News::None => view! { <span data-testid="library-count">{counts}</span> }.into_any(),
        News::Said(sentence) => view! {
            <span data-testid="library-news">{sentence}</span>
            <Dismiss library />
        }
        .into_any(),
        News::Deleted(ids) => view! {
            <span data-testid="library-news">{format!("Deleted {}.", reports(ids.len()))}</span>
            <button
                type="button"
                class="link-button"
                data-testid="undo-delete"
                on:click=move |_| spawn_local(library.undo(ids.clone()))
            >
                "Undo"
            </button>
            <Dismiss library />
        }
        .into_any(),
    };
    view! {
        <div class="library-status">
            <p role="status">{news}</p>
            <Room library />
        </div>
    }
}

/// The button that removes the line about what happened last.
#[component]
fn Dismiss(library: Library) -> impl IntoView {
    view! {
        <button
            type="button"
            class="link-button"
            aria-label="Dismiss this message"
            data-testid="dismiss-news"
            on:click=move |_| library.news.set(News::None)
        >
            "OK"
        </button>
    }
}

/// How much room the browser has for this page, or why it keeps nothing.
#[component]
fn Room(library: Library) -> impl IntoView {
    let words = move || match (library.keeping.get(), library.estimate.get()) {
        (Keeping::NotKept(error), _) => format!("Not kept: {}.", problem(error)),
        (_, Some(estimate)) => {
            format!(
                "{} of {} used in this browser",
                format_bytes(estimate.used),
                format_bytes(estimate.limit)
            )
        }
        (_, None) => "Kept in this browser".to_owned(),
    };
    let is_trouble = move || matches!(library.keeping.get(), Keeping::NotKept(_));
    view! { <p class="library-room" class:is-trouble=is_trouble data-testid="room">{words}</p> }
}
