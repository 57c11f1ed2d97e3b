//! The state of the scenarios: what the browser keeps, and texts that are being changed in this tab. All copies share it.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::storage::StorageError;
use crate::browser::page::storage::changes::Of;
use crate::browser::page::storage::library::now_ms;
use crate::browser::page::storage::scenarios as storage;
use crate::core::shelf::Records;
use crate::core::shelf::draft::{Draft, Standing};
use crate::core::shelf::edit::{Edit, apply};
use crate::core::shelf::id::ScenarioId;
use crate::core::shelf::list::{Which, names_beside, text_of};
use crate::core::shelf::names::{free, renamed, title};
use crate::core::shelf::record::Record;
use crate::ui::keeping::{Keeping, KeptRecords};
use crate::ui::widgets::status_line;

/// What the list says happened last. A deleted scenario is named.
pub type News = status_line::News<(ScenarioId, String)>;

/// The state of the scenarios.
#[derive(Clone, Copy)]
pub struct Shelf {
    /// The stored scenarios: in the browser or, where it refuses, in this tab.
    pub kept: KeptRecords<ScenarioId, Record>,
    /// Texts that are being changed. They stay while other views are on screen.
    drafts: RwSignal<BTreeMap<ScenarioId, Draft>>,
    pub news: RwSignal<News>,
}

impl Shelf {
    /// Nothing is known yet.
    pub fn empty() -> Self {
        Self {
            kept: KeptRecords::empty(),
            drafts: RwSignal::new(BTreeMap::new()),
            news: RwSignal::new(News::None),
        }
    }

    /// Reads what is kept, and follows what other tabs change.
    pub async fn restore(self) {
        self.kept.listen(Of::Scenarios, move || spawn_local(self.refresh()));
        self.refresh().await;
        let before_ms = self.kept.forgotten_before_ms(now_ms(), |record| record.deleted_ms);
        if let Some(deleted_before_ms) = before_ms {
            self.edit(Edit::Forget { deleted_before_ms }).await;
        }
    }

    async fn refresh(self) {
        let read = storage::all().await;
        self.kept.take(read.map(|records| self.with_unkept(records)));
    }

    /// The text of a scenario as it is kept.
    pub fn kept_text(self, which: Which) -> Option<String> {
        self.kept.records.with(|records| text_of(which, records))
    }

    /// The text of a scenario with its changes that are not saved yet.
    pub fn text(self, which: Which) -> Option<String> {
        let draft = match which {
            Which::Own(id) => self.drafts.with(|drafts| drafts.get(&id).map(|draft| draft.text.clone())),
            Which::Shipped(_) => None,
        };
        draft.or_else(|| self.kept_text(which))
    }

    /// How the text in the editor stands to what is kept.
    pub fn standing(self, id: ScenarioId) -> Standing {
        self.drafts.with(|drafts| {
            let draft = drafts.get(&id);
            let standing =
                |records: &Records| draft.map_or(Standing::Same, |draft| draft.standing(records.get(&id)));
            self.kept.records.with(standing)
        })
    }

    /// Whether any text has changes that are not saved.
    pub fn has_changes(self) -> bool {
        let ids: Vec<ScenarioId> = self.drafts.with(|drafts| drafts.keys().copied().collect());
        ids.into_iter().any(|id| self.standing(id) != Standing::Same)
    }

    /// Stores the typed text as a draft.
    pub fn type_into(self, id: ScenarioId, text: String) {
        let from_ms = self.kept.records.with_untracked(|records| {
            records.get(&id).filter(|record| !record.is_deleted()).map(|record| record.changed_ms)
        });
        self.drafts.update(|drafts| {
            drafts.entry(id).or_insert(Draft { text: String::new(), from_ms }).text = text;
        });
        // Only a text that differs from what is kept is a draft, so that it follows what other tabs save.
        if untrack(move || self.standing(id)) == Standing::Same {
            self.drop_draft(id);
        }
    }

    /// Drops the changes of a text.
    pub fn drop_draft(self, id: ScenarioId) {
        self.drafts.update(|drafts| drop(drafts.remove(&id)));
    }

    /// Saves the text in the editor, over whatever is kept.
    pub fn save(self, id: ScenarioId) {
        if let Some(text) = untrack(move || self.text(Which::Own(id))) {
            self.save_text(id, text);
        }
    }

    /// Keeps a text at once in this tab, so that what follows finds it, and then in the browser.
    fn save_text(self, id: ScenarioId, text: String) {
        let save = Edit::Save { id, text, at_ms: now_ms() };
        self.apply_here(&save);
        spawn_local(self.store(save));
    }

    /// Keeps a text as a new scenario, under its name or, where another one has that, with a number.
    pub fn keep_new(self, text: &str) -> ScenarioId {
        let id = storage::fresh_id();
        let name = title(text);
        let taken = self.kept.records.with_untracked(|records| names_beside(None, records));
        let free = free(&name, &taken);
        let text = if free == name { text.to_owned() } else { renamed(text, &free) };
        self.save_text(id, text);
        id
    }

    /// Deletes a scenario, and offers to undo that.
    pub async fn delete(self, id: ScenarioId) {
        let Some(text) = untrack(move || self.kept_text(Which::Own(id))) else { return };
        self.edit(Edit::Forget { deleted_before_ms: u64::MAX }).await;
        self.drafts.try_update(|drafts| drop(drafts.remove(&id)));
        self.edit(Edit::Delete { id, at_ms: now_ms() }).await;
        self.news.try_set(News::Deleted((id, title(&text))));
    }

    pub async fn undo(self, id: ScenarioId) {
        self.news.set(News::None);
        self.edit(Edit::Restore(id)).await;
    }

    /// Tries once more to keep what only this tab has.
    pub async fn keep_again(self) {
        for id in self.kept.unkept.get_untracked() {
            let text = self.kept.records.with_untracked(|records| text_of(Which::Own(id), records));
            if let Some(text) = text {
                self.edit(Edit::Save { id, text, at_ms: now_ms() }).await;
            }
        }
    }

    /// Changes records: at once in this tab, then in the browser and the other tabs.
    async fn edit(self, edit: Edit) {
        self.apply_here(&edit);
        self.store(edit).await;
    }

    fn apply_here(self, edit: &Edit) {
        self.kept.records.try_update(|records| drop(apply(records, edit)));
        if let Edit::Save { id, .. } = edit {
            self.drafts.try_update(|drafts| drop(drafts.remove(id)));
        }
    }

    /// Makes a change in the browser and the other tabs. Where the browser refuses, it stays a change of this tab.
    async fn store(self, edit: Edit) {
        match storage::edit(&edit).await {
            Ok(records) => {
                if let Edit::Save { id, .. } = &edit {
                    self.kept.unkept.try_update(|unkept| unkept.remove(id));
                }
                self.kept.take(Ok(self.with_unkept(records)));
                self.kept.announce();
            }
            Err(error) => self.note_refusal(&edit, error),
        }
    }

    fn note_refusal(self, edit: &Edit, error: StorageError) {
        if let Edit::Save { id, .. } = edit {
            self.kept.unkept.try_update(|unkept| unkept.insert(*id));
        }
        self.kept.keeping.try_set(Keeping::NotKept(error));
    }

    /// Adds what only this tab has to what the browser keeps.
    fn with_unkept(self, mut records: Records) -> Records {
        let only_here = self.kept.unkept.try_with_untracked(BTreeSet::clone).unwrap_or_default();
        self.kept.records.try_with_untracked(|shown| {
            records.extend(only_here.iter().filter_map(|id| Some((*id, shown.get(id)?.clone()))));
        });
        records
    }
}
