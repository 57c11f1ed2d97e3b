//! Search, and the buttons that concern many reports.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::address;
use crate::core::library::id::ReportId;
use crate::core::library::list::{Listed, Place};
use crate::core::library::sides::Sides;
use crate::ui::files::open::OpenButton;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn Toolbar(
    all: Memo<Vec<Listed>>,
    /// The reports that the search finds, in the order of the table.
    found: Memo<Vec<Listed>>,
) -> impl IntoView {
    let state = page_state();
    let library = state.library;
    let chosen = Memo::new(move |_| {
        let chosen = library.chosen.get();
        all.with(|all| all.iter().filter(|report| chosen.contains(&report.id)).cloned().collect::<Vec<_>>())
    });
    let kept = move |reports: &[Listed]| -> Vec<ReportId> {
        reports.iter().filter(|report| report.place == Place::Kept).map(|report| report.id).collect()
    };
    // What is found is exported when nothing is chosen.
    let exported = Memo::new(move |_| match chosen.with(|chosen| chosen.is_empty()) {
        true => found.with(|found| kept(found)),
        false => chosen.with(|chosen| kept(chosen)),
    });
    let deleted = Memo::new(move |_| {
        let is_ours = |report: &&Listed| report.place != Place::Folder;
        chosen.with(|chosen| chosen.iter().filter(is_ours).map(|report| report.id).collect::<Vec<_>>())
    });
    let compare = move |_| {
        let records = library.kept.records;
        let sides = records.with_untracked(|kept| chosen.with_untracked(|chosen| Sides::of(chosen, kept)));
        address::go_to_fragment(&sides.fragment());
    };
    let counted = move |label: &str, count: usize| match chosen.with(Vec::len) {
        0 => label.to_owned(),
        _ => format!("{label} {count}"),
    };
    view! {
        <SearchField />
        <div class="library-buttons">
            <button
                type="button"
                class="button button-primary"
                data-testid="compare-chosen"
                title="Compares the chosen reports: those marked as baseline, or the earlier ones, are the base"
                disabled=move || chosen.with(|chosen| chosen.is_empty())
                on:click=compare
            >
                {move || counted("Compare", chosen.with(Vec::len))}
            </button>
            <button
                type="button"
                class="button"
                data-testid="export-library"
                title="Saves the chosen reports, or all that are listed, as one file"
                disabled=move || exported.with(|ids| ids.is_empty())
                on:click=move |_| spawn_local(library.export(exported.get_untracked()))
            >
                {move || if chosen.with(|chosen| chosen.is_empty()) { "Export all".to_owned() } else { counted("Export", exported.with(Vec::len)) }}
            </button>
            <button
                type="button"
                class="button"
                data-testid="delete-chosen"
                title="Deletes the chosen reports; that can be undone"
                disabled=move || deleted.with(|ids| ids.is_empty())
                on:click=move |_| state.delete(deleted.get_untracked())
            >
                {move || counted("Delete", deleted.with(Vec::len))}
            </button>
            <OpenButton
                label="Open or import"
                on_file=Callback::new(move |file| spawn_local(state.open_file(file)))
            />
        </div>
    }
}

#[component]
fn SearchField() -> impl IntoView {
    let library = page_state().library;
    let id = unique_id("search");
    view! {
        <div class="library-search">
            <label class="visually-hidden" for=id.clone()>"Search the reports"</label>
            <input
                type="search"
                id=id
                placeholder="Search: name, host, #tag"
                autocomplete="off"
                data-testid="search"
                prop:value=move || library.search.get()
                on:input:target=move |event| library.search.set(event.target().value())
            />
        </div>
    }
}
