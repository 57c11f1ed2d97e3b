//! Name, tags and note of one report, to be changed. Escape leaves them as they are.

use std::sync::Arc;

use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{KeyboardEvent, SubmitEvent};

use crate::core::library::edit::Edit;
use crate::core::library::id::ReportId;
use crate::core::library::record::Record;
use crate::core::library::words;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn Details(id: ReportId, record: Arc<Record>) -> impl IntoView {
    let library = page_state().library;
    let name = RwSignal::new(record.name.clone().unwrap_or_default());
    let tags = RwSignal::new(words::tags(&record));
    let note = RwSignal::new(record.note.clone());
    let first = NodeRef::<Input>::new();
    Effect::new(move || first.get().into_iter().for_each(|input| drop(input.focus())));
    let close = move || library.edited.set(None);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let edit = Edit::Describe {
            id,
            name: name.get_untracked(),
            tags: tags.get_untracked(),
            note: note.get_untracked(),
        };
        close();
        spawn_local(async move { library.edit(&edit).await });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let own_name = Record { name: None, ..(*record).clone() }.title();
    let [name_id, tags_id, note_id] = ["report-name", "report-tags", "report-note"].map(unique_id);
    view! {
        <form class="details" on:submit=save on:keydown=key>
            <div class="text-field">
                <label for=name_id.clone()>"Name"</label>
                <input
                    id=name_id
                    node_ref=first
                    placeholder=own_name
                    data-testid="edit-name"
                    prop:value=name
                    on:input:target=move |event| name.set(event.target().value())
                />
            </div>
            <div class="text-field">
                <label for=tags_id.clone()>"Tags"</label>
                <input
                    id=tags_id
                    placeholder="before-index staging"
                    data-testid="edit-tags"
                    prop:value=tags
                    on:input:target=move |event| tags.set(event.target().value())
                />
            </div>
            <div class="text-field details-note">
                <label for=note_id.clone()>"Note"</label>
                <input
                    id=note_id
                    data-testid="edit-note"
                    prop:value=note
                    on:input:target=move |event| note.set(event.target().value())
                />
            </div>
            <div class="details-buttons">
                <button type="submit" class="button button-primary" data-testid="edit-save">"Save"</button>
                <button type="button" class="button" data-testid="edit-cancel" on:click=move |_| close()>"Cancel"</button>
            </div>
        </form>
    }
}
