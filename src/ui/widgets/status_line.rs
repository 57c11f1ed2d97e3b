//! The line above a list: what happened last or how much there is, and whether the browser keeps it. It is always there, so
//! that the list does not move.

use leptos::prelude::*;

use crate::ui::keeping::Keeping;

/// What a list says happened last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News<D> {
    None,
    /// This was deleted, which can be undone.
    Deleted(D),
    /// This sentence, as it is shown.
    Said(String),
}

/// The names that tests use.
#[derive(Clone, Copy)]
pub struct Names {
    pub count: &'static str,
    pub news: &'static str,
    pub undo: &'static str,
    pub dismiss: &'static str,
}

/// The line: the news, without any the count, and what stands at its end.
pub fn status_line<D: Clone + Send + Sync + 'static>(
    news: RwSignal<News<D>>,
    names: Names,
    count: Memo<String>,
    deleted: fn(&D) -> String,
    undo: Callback<D>,
    end: impl IntoView + 'static,
) -> impl IntoView {
    let shown = move || match news.get() {
        News::None => view! { <span data-testid=names.count>{count}</span> }.into_any(),
        News::Said(sentence) => view! {
            <span data-testid=names.news>{sentence}</span>
            {dismiss(news, names.dismiss)}
        }
        .into_any(),
        News::Deleted(what) => view! {
            <span data-testid=names.news>{format!("Deleted {}.", deleted(&what))}</span>
            <button
                type="button"
                class="link-button"
                data-testid=names.undo
                on:click=move |_| undo.run(what.clone())
            >
                "Undo"
            </button>
            {dismiss(news, names.dismiss)}
        }
        .into_any(),
    };
    view! {
        <div class="library-status">
            <p role="status">{shown}</p>
            {end}
        </div>
    }
}

/// The button that takes the news off.
fn dismiss<D: Send + Sync + 'static>(news: RwSignal<News<D>>, name: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            class="link-button"
            aria-label="Dismiss this message"
            data-testid=name
            on:click=move |_| news.set(News::None)
        >
            "OK"
        </button>
    }
}

/// Why the browser keeps nothing, or words that hold while it does; then what can be done.
pub fn kept_words(
    keeping: RwSignal<Keeping>,
    name: &'static str,
    while_kept: Memo<String>,
    more: impl IntoView + 'static,
) -> impl IntoView {
    let words = move || keeping.get().trouble().unwrap_or_else(|| while_kept.get());
    let is_trouble = move || matches!(keeping.get(), Keeping::NotKept(_));
    view! {
        <p class="library-room" class:is-trouble=is_trouble data-testid=name>
            {words}
            {more}
        </p>
    }
}
