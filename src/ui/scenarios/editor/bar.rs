//! The bar above the text: the scenario's name, whether it is saved, and the buttons.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edited::{Edited, Subject};
use crate::browser::page::clock::minutes_ahead_at;
use crate::core::library::words::moment;
use crate::core::shelf::check::Verdict;
use crate::core::shelf::draft::Standing;
use crate::core::shelf::list::{Which, names_beside};
use crate::core::shelf::names::title;
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::scenarios::moving::copy_link;

#[component]
pub fn EditorBar(edited: Edited) -> impl IntoView {
    let name = move || edited.text.with(|text| title(text));
    view! {
        <div class="report-bar editor-bar">
            <div class="report-bar-what">
                <p class="editor-back"><a href=View::Scenarios.fragment()>"Scenarios"</a></p>
                <h2 class="report-bar-title" data-testid="scenario-title">{name}</h2>
                <p class="report-bar-facts"><Facts edited /></p>
            </div>
            <div class="report-bar-buttons">
                <span class="copied" role="status" data-testid="editor-said">{edited.said}</span>
                <RunButton edited />
                <Keep edited />
                <Share edited />
            </div>
        </div>
    }
}

/// Whether the text is saved, and whether its name is its own.
#[component]
fn Facts(edited: Edited) -> impl IntoView {
    let shelf = page_state().shelf;
    let which = match edited.subject {
        Subject::Kept(which) => Some(which),
        Subject::Link => None,
    };
    let saved = move || match edited.subject {
        Subject::Link => "From a link, not kept".to_owned(),
        Subject::Kept(Which::Shipped(_)) => "In the program: it can be read, run and copied".to_owned(),
        Subject::Kept(Which::Own(id)) => match shelf.standing(id) {
            Standing::Same => {
                let records = shelf.kept.records;
                let at_ms = records.with(|records| records.get(&id).map(|record| record.changed_ms));
                let at = at_ms.map(|at_ms| moment(at_ms, minutes_ahead_at(at_ms)));
                at.map_or_else(String::new, |at| format!("Saved {at}"))
            }
            Standing::Changed | Standing::Overtaken | Standing::Deleted => "Changes are not saved".to_owned(),
        },
    };
    let is_taken = Memo::new(move |_| {
        let name = edited.text.with(|text| title(text));
        which != Some(Which::default_one())
            && shelf.kept.records.with(|records| names_beside(which, records).contains(&name))
    });
    view! {
        <span data-testid="saved-state">{saved}</span>
        <Show when=move || is_taken.get()>
            <span class="editor-warning" data-testid="name-taken">
                " · Another scenario has this name: their reports cannot be told apart"
            </span>
        </Show>
    }
}

/// Goes to the form with the scenario chosen. What is not saved is saved first.
#[component]
fn RunButton(edited: Edited) -> impl IntoView {
    let state = page_state();
    let shelf = state.shelf;
    let is_wrong = move || edited.verdict.with(|verdict| matches!(verdict, Verdict::Wrong(_)));
    let standing = move || match edited.subject {
        Subject::Kept(Which::Own(id)) => shelf.standing(id),
        Subject::Kept(Which::Shipped(_)) | Subject::Link => Standing::Same,
    };
    let label = move || match (edited.subject, standing()) {
        (Subject::Link, _) => "Keep and run",
        (_, Standing::Same) => "Run this",
        _ => "Save and run",
    };
    let run = move |_| match edited.subject {
        Subject::Link => {
            let id = edited.text.with_untracked(|text| shelf.take_over(text, "The scenario of the link"));
            state.run_scenario(Which::Own(id));
        }
        Subject::Kept(which) => {
            edited.save();
            state.run_scenario(which);
        }
    };
    let is_disabled = move || is_wrong() || state.is_active.get() || standing() == Standing::Overtaken;
    view! {
        <button
            type="button"
            class="button button-primary"
            data-testid="run-this"
            title="Goes to the form with this scenario chosen"
            disabled=is_disabled
            on:click=run
        >
            {label}
        </button>
    }
}

/// The button that saves the text, or keeps a text that is not one's own yet.
#[component]
fn Keep(edited: Edited) -> impl IntoView {
    let state = page_state();
    let shelf = state.shelf;
    match edited.subject {
        Subject::Kept(Which::Own(id)) => {
            let is_same = move || shelf.standing(id) == Standing::Same;
            view! {
                <button
                    type="button"
                    class="button editor-save"
                    data-testid="save-scenario"
                    title="Ctrl+S"
                    aria-keyshortcuts="Control+S Meta+S"
                    disabled=move || is_same() || shelf.standing(id) == Standing::Overtaken
                    on:click=move |_| edited.save()
                >
                    "Save"
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="discard-changes"
                    title="Drops the changes: goes back to what is saved"
                    disabled=move || is_same() || shelf.standing(id) == Standing::Deleted
                    on:click=move |_| shelf.drop_draft(id)
                >
                    "Discard"
                </button>
            }
            .into_any()
        }
        Subject::Kept(which) => {
            let copy = move |_| {
                let id = shelf.copy(which);
                id.into_iter().for_each(|id| state.navigation.go(View::Scenario(Which::Own(id))));
            };
            view! {
                <button type="button" class="button" data-testid="copy-to-edit" on:click=copy>"Copy to edit"</button>
            }
            .into_any()
        }
        Subject::Link => {
            let keep = move |_| {
                let id = edited.text.with_untracked(|text| shelf.take_over(text, "The scenario of the link"));
                state.navigation.go(View::Scenario(Which::Own(id)));
            };
            view! {
                <button type="button" class="button" data-testid="keep-scenario" on:click=keep>"Keep it here"</button>
            }
            .into_any()
        }
    }
}

/// The buttons that share the text of the editor as a link or as a file.
#[component]
fn Share(edited: Edited) -> impl IntoView {
    let shelf = page_state().shelf;
    let link = move |_| {
        let text = edited.text.get_untracked();
        spawn_local(async move { drop(edited.said.try_set(copy_link(&text).await)) });
    };
    let file = move |_| {
        let said = edited.text.with_untracked(|text| shelf.export(text));
        edited.said.set(said);
    };
    view! {
        <button
            type="button"
            class="button"
            data-testid="copy-link"
            title="A link that has the whole scenario in it"
            on:click=link
        >
            "Copy link"
        </button>
        <button
            type="button"
            class="button"
            data-testid="export-text"
            title="Saves the text as a file that the runner reads too"
            on:click=file
        >
            "Export"
        </button>
    }
}
