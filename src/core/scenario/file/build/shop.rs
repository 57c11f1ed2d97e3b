//! What all parts of the check share: the text's blocks and services, and the lists that grow while steps are made.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::services::Services;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::settings::Settings;
use crate::core::scenario::file::surroundings::{LARGEST_FILE, LARGEST_FILES, Surroundings};
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::Fields;
use crate::core::scenario::file::wire::forms::List;
use crate::core::scenario::file::wire::step::WireStep;
use crate::core::scenario::file::wire::{WireModel, WireScenario};
use crate::core::scenario::model::data::{Blob, BlobId, DataSet, RowOrder};
use crate::core::scenario::model::request::{PlanModel, TemplateId};
use crate::core::scenario::model::scenario::{DataId, EntryId, EntryKey, EntryKind};

/// The message for a next row of a data set whose rows are unique.
pub fn one_row_each(name: &str) -> String {
    format!(
        "the data `{name}` is `order: unique`, so each user keeps its one row; write another `order` for a next one"
    )
}

/// The state that all readers of a scenario's parts share.
pub struct Shop<'s> {
    pub trouble: &'s Trouble<'s>,
    pub around: &'s dyn Surroundings,
    pub settings: &'s Settings,
    pub services: Services,
    pub data: Vec<DataSet>,
    pub blocks: &'s Fields<List<WireStep>>,
    /// What makes the host's plans.
    pub model: PlanModel,
    entries: RefCell<Vec<EntryKey>>,
    blobs: RefCell<Vec<Blob>>,
    blob_paths: RefCell<BTreeMap<String, BlobId>>,
    ready_made: Cell<usize>,
}

impl<'s> Shop<'s> {
    pub fn new(
        trouble: &'s Trouble<'s>,
        around: &'s dyn Surroundings,
        settings: &'s Settings,
        services: Services,
        data: Vec<DataSet>,
        wire: &'s WireScenario,
    ) -> Self {
        let (entries, blobs, blob_paths) = (RefCell::default(), RefCell::default(), RefCell::default());
        let ready_made = Cell::new(0);
        let (blocks, model) = (&wire.blocks, model(wire.model));
        Self {
            trouble,
            around,
            settings,
            services,
            data,
            blocks,
            model,
            entries,
            blobs,
            blob_paths,
            ready_made,
        }
    }

    /// Whether each user has one row of a data set and never another.
    pub fn keeps_its_row(&self, data: DataId) -> bool {
        self.data.get(data.0).is_some_and(|set| set.order == RowOrder::Unique)
    }

    /// The entry with that key. Equal keys share an entry. A path may have a secret, which no report may show.
    pub fn entry(&self, kind: EntryKind, name: &str) -> EntryId {
        let key = EntryKey { kind, name: self.settings.hide(name) };
        let mut entries = self.entries.borrow_mut();
        let place = entries.iter().position(|known| *known == key).unwrap_or_else(|| {
            entries.push(key);
            entries.len() - 1
        });
        EntryId(place)
    }

    /// The number of the next template that needs no filling.
    pub fn next_ready_made(&self) -> TemplateId {
        self.ready_made.set(self.ready_made.get() + 1);
        TemplateId(self.ready_made.get() - 1)
    }

    /// The steps of a block.
    pub fn block(&self, name: &str) -> Option<&'s List<WireStep>> {
        self.blocks.0.iter().find(|(known, _)| known.value == name).map(|(_, steps)| steps)
    }

    /// The content of a file to be sent; each file is read once.
    pub fn blob(&self, path: &At<String>) -> Option<BlobId> {
        if let Some(known) = self.blob_paths.borrow().get(&path.value) {
            return Some(*known);
        }
        let content = read_file(self.around, self.trouble, path)?;
        let mut blobs = self.blobs.borrow_mut();
        blobs.push(Blob(content));
        let id = BlobId(blobs.len() - 1);
        self.blob_paths.borrow_mut().insert(path.value.clone(), id);
        Some(id)
    }

    /// Whether a file to be sent has these bytes somewhere.
    pub fn blob_contains(&self, id: BlobId, bytes: &[u8]) -> bool {
        self.blobs
            .borrow()
            .get(id.0)
            .is_some_and(|blob| blob.0.windows(bytes.len()).any(|part| part == bytes))
    }

    /// The entries, the files to be sent, the data, and the number of ready-made templates.
    pub fn into_parts(self) -> (Vec<EntryKey>, Vec<Blob>, Vec<DataSet>, usize) {
        (self.entries.into_inner(), self.blobs.into_inner(), self.data, self.ready_made.get())
    }
}

const fn model(wire: WireModel) -> PlanModel {
    match wire {
        WireModel::Any => PlanModel::Any,
        WireModel::Real => PlanModel::Real,
    }
}

/// The content of a file, or a problem where the scenario names it.
pub fn read_file(around: &dyn Surroundings, trouble: &Trouble, path: &At<String>) -> Option<Vec<u8>> {
    let content = trouble.keep(path, around.file(&path.value))?;
    if content.len() > LARGEST_FILE {
        trouble.about(path, format!("the file {} has over 64 MB; use a smaller one", path.value));
        return None;
    }
    if !trouble.takes_file(content.len()) {
        let most = LARGEST_FILES >> 20;
        trouble.about(
            path,
            format!("the scenario's files have over {most} MB together; use fewer or smaller ones"),
        );
        return None;
    }
    Some(content)
}
