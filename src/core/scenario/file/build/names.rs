//! What the names in a class's blanks stand for: its values, the settings, columns of data, and what is always known.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::{Scalar, ScalarKind};
use crate::core::scenario::model::data::DataSet;
use crate::core::scenario::model::scenario::DataId;
use crate::core::scenario::model::text::{LastAnswer, Slot, Source};

/// What is known of a user's last answer.
const LAST: [(&str, LastAnswer); 4] = [
    ("last.status", LastAnswer::Status),
    ("last.latency_ms", LastAnswer::LatencyMs),
    ("last.cached", LastAnswer::Cached),
    ("last.failed", LastAnswer::Failed),
];

/// What a blank stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Filled {
    Source {
        source: Source,
        /// Whether it is written without any escape.
        raw: bool,
    },
    /// A value for the whole run.
    Known(String),
}

/// The names of one class.
pub struct Names<'s> {
    settings: &'s BTreeMap<String, Scalar>,
    data: &'s [DataSet],
    /// The values of a user, each at the index of its slot.
    slots: RefCell<Vec<String>>,
    /// The slot of each name.
    places: RefCell<HashMap<String, Slot>>,
    /// The data sets whose rows are used.
    used_data: RefCell<Vec<DataId>>,
    trouble: &'s Trouble<'s>,
}

impl<'s> Names<'s> {
    pub fn new(
        settings: &'s BTreeMap<String, Scalar>,
        data: &'s [DataSet],
        trouble: &'s Trouble<'s>,
    ) -> Self {
        let (slots, places, used_data) = Default::default();
        Self { settings, data, slots, places, used_data, trouble }
    }

    /// Takes so many bytes from the budget of the text.
    pub fn take(&self, bytes: usize) -> Result<(), String> {
        self.trouble.take(bytes)
    }

    /// Makes a name known as a value of the user. A name that is known already keeps its slot.
    pub fn declare(&self, name: &str) -> Slot {
        self.slot(name).unwrap_or_else(|| {
            let mut slots = self.slots.borrow_mut();
            let slot = Slot(slots.len());
            slots.push(name.to_owned());
            self.places.borrow_mut().insert(name.to_owned(), slot);
            slot
        })
    }

    /// The slot of a counter. Its name in the list has a blank, so that it is no value's name.
    pub fn counter(&self, name: &str) -> Slot {
        self.declare(&format!("counter {name}"))
    }

    /// The name of a value.
    pub fn name(&self, slot: Slot) -> String {
        self.slots.borrow().get(slot.0).cloned().unwrap_or_default()
    }

    /// The slot of a value.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.places.borrow().get(name).copied()
    }

    pub fn is_setting(&self, name: &str) -> bool {
        self.settings.contains_key(name)
    }

    /// What a name stands for.
    pub fn find(&self, name: &str) -> Result<Filled, String> {
        let source = |source| Ok(Filled::Source { source, raw: false });
        if let Some(slot) = self.slot(name) {
            return source(Source::Slot(slot));
        }
        if let Some(value) = self.settings.get(name) {
            return match value.kind {
                ScalarKind::Json => source(Source::Json(value.text.clone())),
                ScalarKind::Text => Ok(Filled::Known(value.text.clone())),
            };
        }
        if let Some((_, last)) = LAST.iter().find(|(known, _)| *known == name) {
            return source(Source::Last(*last));
        }
        match name {
            "user" => source(Source::User),
            "iteration" => source(Source::Iteration),
            _ => match name.split_once('.').and_then(|(set, column)| self.column(set, column)) {
                Some(column) => column.map(|source| Filled::Source { source, raw: false }),
                None => Err(self.unknown(name)),
            },
        }
    }

    /// The column of a data set; `None` when there is no such set.
    fn column(&self, set: &str, column: &str) -> Option<Result<Source, String>> {
        let id = self.data.iter().position(|known| known.name == set)?;
        let DataSet { columns, rows, .. } = self.data.get(id)?;
        if rows.is_empty() {
            // The set could not be read, which is a problem already.
            return Some(Ok(Source::Column { data: DataId(id), column: 0 }));
        }
        let Some(place) = columns.iter().position(|known| known == column) else {
            let known = columns.iter().map(String::as_str);
            return Some(Err(format!(
                "the data `{set}` has no column `{column}`; {}",
                self.trouble.instead(column, known)
            )));
        };
        self.uses(DataId(id));
        Some(Ok(Source::Column { data: DataId(id), column: place }))
    }

    /// Notes that a class uses a data set.
    pub fn uses(&self, data: DataId) {
        let mut used = self.used_data.borrow_mut();
        if !used.contains(&data) {
            used.push(data);
        }
    }

    /// The data set of that name.
    pub fn data(&self, name: &str) -> Result<DataId, String> {
        let known = self.data.iter().map(|set| set.name.as_str());
        let found = self.data.iter().position(|set| set.name == name).map(DataId);
        found.ok_or_else(|| format!("no data `{name}`; {}", self.trouble.instead(name, known)))
    }

    /// The message for an unknown name.
    pub fn unknown(&self, name: &str) -> String {
        if self.trouble.is_full() {
            return format!("no value `{name}`");
        }
        let slots = self.slots.borrow();
        let own = slots.iter().map(String::as_str).filter(|name| !name.contains(' '));
        let columns =
            self.data.iter().flat_map(|set| set.columns.iter().map(move |c| format!("{}.{c}", set.name)));
        let columns: Vec<String> = columns.collect();
        let settings = self.settings.keys().map(String::as_str);
        let always = ["user", "iteration"].into_iter().chain(LAST.iter().map(|(name, _)| *name));
        let all: Vec<&str> =
            own.chain(settings).chain(columns.iter().map(String::as_str)).chain(always).collect();
        format!("no value `{name}`; {}", self.trouble.instead(name, all.iter().copied()))
    }

    /// The names of the slots, and the data sets that are used.
    pub fn into_parts(self) -> (Vec<String>, Vec<DataId>) {
        (self.slots.into_inner(), self.used_data.into_inner())
    }
}
