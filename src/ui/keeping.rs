//! What the browser keeps for a list, of reports or of scenarios: the records, whether it keeps them, and what to say where it
//! does not. What a record is and how it changes belongs to `core`; reading and writing them to the list that has them.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use crate::browser::page::storage::StorageError;
use crate::browser::page::storage::changes::{Changes, Of};

/// Records marked as deleted for longer than this are removed for good when the page is opened, in milliseconds: an hour is
/// time enough to undo.
const FORGET_AFTER_MS: u64 = 3_600_000;

/// Whether the records of a list come back after a reload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// It is not known yet: the page has just been opened.
    #[default]
    Looking,
    Kept,
    /// The records are lost with the tab, because the browser stores nothing.
    NotKept(StorageError),
}

impl Keeping {
    /// A sentence that says why nothing is kept; `None` while nothing is known to be wrong.
    pub fn trouble(self) -> Option<String> {
        match self {
            Self::NotKept(error) => Some(format!("Not kept: {}.", problem(error))),
            Self::Looking | Self::Kept => None,
        }
    }
}

/// Why the browser does not keep something, and what to do next.
pub const fn problem(error: StorageError) -> &'static str {
    match error {
        StorageError::Blocked => {
            "another tab of this page, perhaps of an older version, keeps the browser's database busy; close it and try again"
        }
        StorageError::Full => {
            "the browser has no more room for this page; export reports and delete them, then try again"
        }
        StorageError::Refused => {
            "the browser keeps nothing for this page, as in private windows; export what you need"
        }
    }
}

/// The records of a list by their ids. All copies share them.
pub struct KeptRecords<I, R> {
    pub records: RwSignal<BTreeMap<I, R>>,
    pub keeping: RwSignal<Keeping>,
    /// The ids of what only this tab has, although the browser should keep it.
    pub unkept: RwSignal<BTreeSet<I>>,
    changes: StoredValue<Option<Changes>, LocalStorage>,
}

impl<I, R> Clone for KeptRecords<I, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, R> Copy for KeptRecords<I, R> {}

impl<I, R> KeptRecords<I, R>
where
    I: Ord + Send + Sync + 'static,
    R: PartialEq + Send + Sync + 'static,
{
    /// Nothing is known yet.
    pub fn empty() -> Self {
        Self {
            records: RwSignal::new(BTreeMap::new()),
            keeping: RwSignal::new(Keeping::Looking),
            unkept: RwSignal::new(BTreeSet::new()),
            changes: StoredValue::new_local(None),
        }
    }

    /// Calls back whenever another tab has changed what the browser keeps.
    pub fn listen(self, of: Of, on_change: impl FnMut() + 'static) {
        self.changes.set_value(Some(Changes::listen(of, on_change)));
    }

    /// Tells the other tabs that this one has changed it.
    pub fn announce(self) {
        self.changes.try_with_value(|changes| changes.iter().for_each(Changes::announce));
    }

    /// Takes over what was read. When reading failed, the records stay as they are.
    pub fn take(self, read: Result<BTreeMap<I, R>, StorageError>) {
        match read {
            Ok(records) => {
                self.show(records);
                // Reading works even when there is no room to write.
                if self.unkept.try_with_untracked(BTreeSet::is_empty) == Some(true) {
                    self.keeping.try_set(Keeping::Kept);
                }
            }
            Err(error) => {
                self.keeping.try_set(Keeping::NotKept(error));
            }
        }
    }

    pub fn show(self, records: BTreeMap<I, R>) {
        // The signal is not set to an equal value, because rows that are built anew lose the focus.
        if self.records.try_with_untracked(|shown| *shown == records) == Some(false) {
            self.records.set(records);
        }
    }

    /// The moment before which deleted records are to be forgotten, in milliseconds since 1970; `None` when there are no
    /// such records.
    pub fn forgotten_before_ms(self, now_ms: u64, deleted_ms: impl Fn(&R) -> Option<u64>) -> Option<u64> {
        let before_ms = now_ms.saturating_sub(FORGET_AFTER_MS);
        let is_old = |record: &R| deleted_ms(record).is_some_and(|at_ms| at_ms < before_ms);
        let has_any = self.records.try_with_untracked(|records| records.values().any(is_old));
        (has_any == Some(true)).then_some(before_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records that are the moments of their deletion.
    type Moments = KeptRecords<u8, Option<u64>>;

    #[test]
    fn reading_says_that_all_is_kept_only_where_nothing_waits_to_be_kept() {
        let owner = Owner::new();
        owner.set();
        let kept = Moments::empty();
        assert_eq!(kept.keeping.get_untracked(), Keeping::Looking);
        kept.take(Ok(BTreeMap::from([(1, None)])));
        assert_eq!(kept.keeping.get_untracked(), Keeping::Kept);

        kept.take(Err(StorageError::Full));
        let trouble = kept.keeping.get_untracked().trouble().unwrap();
        assert!(trouble.starts_with("Not kept: the browser has no more room"), "{trouble}");
        assert_eq!(kept.records.get_untracked().len(), 1, "what is shown stays");

        kept.unkept.set(BTreeSet::from([2]));
        kept.take(Ok(BTreeMap::new()));
        assert_eq!(kept.keeping.get_untracked(), Keeping::NotKept(StorageError::Full));
        assert!(kept.records.get_untracked().is_empty());
    }

    #[test]
    fn what_was_deleted_over_an_hour_ago_is_to_be_forgotten() {
        let owner = Owner::new();
        owner.set();
        let kept = Moments::empty();
        let before = |now_ms| kept.forgotten_before_ms(now_ms, |deleted_ms| *deleted_ms);
        kept.take(Ok(BTreeMap::from([(1, None), (2, Some(1_000))])));
        assert_eq!((before(5), before(3_601_000)), (None, None));
        assert_eq!(before(3_601_001), Some(1_001));
    }
}
