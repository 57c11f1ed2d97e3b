//! What must be known about a text before it is changed: another tab has changed or deleted it, or the browser does not keep
//! it; and a link without a text.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edited::{Edited, Subject};
use crate::core::shelf::draft::Standing;
use crate::core::shelf::id::ScenarioId;
use crate::core::shelf::list::Which;
use crate::ui::keeping::{Keeping, problem};
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::scenarios::moving::capital;

#[component]
pub fn Notices(edited: Edited) -> impl IntoView {
    let Subject::Kept(Which::Own(id)) = edited.subject else { return ().into_any() };
    let shelf = page_state().shelf;
    let standing = Memo::new(move |_| shelf.standing(id));
    let of_other_tab = move || match standing.get() {
        Standing::Overtaken => view! { <Overtaken id /> }.into_any(),
        Standing::Deleted => view! { <Deleted /> }.into_any(),
        Standing::Same | Standing::Changed => ().into_any(),
    };
    let not_kept = move || match shelf.kept.keeping.get() {
        Keeping::NotKept(error) if shelf.kept.unkept.with(|unkept| unkept.contains(&id)) => Some(view! {
            <section class="notice notice-trouble" data-testid="scenario-not-kept" aria-label="Not kept">
                <p><strong>"Only this tab has this scenario"</strong>": "{problem(error)}"."</p>
                <button
                    type="button"
                    class="button"
                    data-testid="keep-scenario-again"
                    on:click=move |_| spawn_local(shelf.keep_again())
                >
                    "Try again"
                </button>
            </section>
        }),
        _ => None,
    };
    view! { <div class="editor-notices" role="status">{of_other_tab}{not_kept}</div> }.into_any()
}

/// Asks which of two texts is right.
#[component]
fn Overtaken(id: ScenarioId) -> impl IntoView {
    let shelf = page_state().shelf;
    view! {
        <section class="notice notice-trouble" data-testid="overtaken" aria-label="Changed in another tab">
            <p>
                <strong>"Another tab has saved this scenario"</strong>
                ". Your text is below and not saved. Saving it replaces the other one."
            </p>
            <button type="button" class="button" data-testid="take-theirs" on:click=move |_| shelf.drop_draft(id)>
                "Show the saved text"
            </button>
            <button
                type="button"
                class="button"
                data-testid="keep-mine"
                on:click=move |_| shelf.save(id)
            >
                "Save mine over it"
            </button>
        </section>
    }
}

#[component]
fn Deleted() -> impl IntoView {
    view! {
        <section class="notice notice-trouble" data-testid="deleted-elsewhere" aria-label="Deleted in another tab">
            <p><strong>"Another tab has deleted this scenario"</strong>". Your text is below; Save keeps it again."</p>
        </section>
    }
}

/// Shown for a link that has no text.
#[component]
pub fn UnreadableLink(problem: String) -> impl IntoView {
    view! {
        <section class="empty-view" data-testid="unreadable-link">
            <h2>"This link has no scenario"</h2>
            <p>{format!("{}.", capital(&problem))}</p>
            <div class="empty-view-buttons">
                <a class="button" href=View::Scenarios.fragment()>"All scenarios"</a>
            </div>
        </section>
    }
}
