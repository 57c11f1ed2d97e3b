//! The state of the library: the records that the browser keeps and that the companion's folder has, and what is chosen in
//! the list. All copies share it.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::page::storage::StorageError;
use crate::browser::page::storage::changes::Of;
use crate::browser::page::storage::estimate::{Estimate, estimate};
use crate::browser::page::storage::journal::Journal;
use crate::browser::page::storage::library as storage;
use crate::core::library::Records;
use crate::core::library::edit::Edit;
use crate::core::library::folder::FolderListing;
use crate::core::library::id::ReportId;
use crate::core::library::list::{LATEST_FIRST, Listed, Order, Place};
use crate::core::library::record::{Origin, Record};
use crate::core::library::summary::Summary;
use crate::core::report::Report;
use crate::ui::keeping::{Keeping, KeptRecords, problem};
use crate::ui::widgets::status_line;

/// What the list says happened last. Reports that were deleted together come back together.
pub type News = status_line::News<Vec<ReportId>>;

/// The state of the library.
#[derive(Clone, Copy)]
pub struct Library {
    /// What the browser keeps, and which reports of this tab it should keep and does not.
    pub kept: KeptRecords<ReportId, Record>,
    pub folder: RwSignal<FolderListing>,
    pub estimate: RwSignal<Option<Estimate>>,
    pub search: RwSignal<String>,
    pub order: RwSignal<Order>,
    pub chosen: RwSignal<BTreeSet<ReportId>>,
    /// The report whose name, tags and note are being changed.
    pub edited: RwSignal<Option<ReportId>>,
    pub news: RwSignal<News>,
    /// Whether the companion's folder is being looked at.
    pub is_looking: StoredValue<bool>,
}

impl Library {
    /// Nothing is known yet.
    pub fn empty() -> Self {
        Self {
            kept: KeptRecords::empty(),
            folder: RwSignal::new(FolderListing::default()),
            estimate: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            order: RwSignal::new(LATEST_FIRST),
            chosen: RwSignal::new(BTreeSet::new()),
            edited: RwSignal::new(None),
            news: RwSignal::new(News::None),
            is_looking: StoredValue::new(false),
        }
    }

    /// Calls back whenever another tab has changed what the browser keeps.
    pub fn listen(self, on_change: impl FnMut() + 'static) {
        self.kept.listen(Of::Library, on_change);
    }

    /// Reads the records again.
    pub async fn refresh(self) {
        self.kept.take(storage::all().await);
    }

    /// Takes over what an older version of the page kept, one report after the other, and forgets what was deleted long
    /// ago.
    pub async fn tidy_up(self) {
        while storage::adopt_next().await == Ok(true) {
            self.refresh().await;
        }
        let before_ms = self.kept.forgotten_before_ms(storage::now_ms(), |record| record.deleted_ms);
        if let Some(deleted_before_ms) = before_ms {
            self.edit(&Edit::Forget { deleted_before_ms }).await;
        }
    }

    pub async fn look_at_room(self) {
        let estimate = estimate().await;
        self.estimate.try_set(estimate);
    }

    /// Keeps a report in place of its run's journal; gives the journal back when that fails. Where there is no room, it
    /// first gives up what was deleted.
    pub async fn keep(
        self,
        id: ReportId,
        origin: Origin,
        report: &Report,
        journal: Option<Journal>,
    ) -> Option<Journal> {
        let text = report.to_json();
        let record = Record::new(origin, Summary::of(report), text.len() as u64);
        let mut kept = storage::keep(id, &record, &text, journal.as_ref()).await;
        if kept == Err(StorageError::Full) && self.forget_deleted().await {
            kept = storage::keep(id, &record, &text, journal.as_ref()).await;
        }
        match kept {
            Ok(()) => {
                self.kept.unkept.try_update(|unkept| unkept.remove(&id));
                self.kept.announce();
                self.refresh().await;
                None
            }
            Err(error) => {
                self.kept.unkept.try_update(|unkept| unkept.insert(id));
                self.kept.keeping.try_set(Keeping::NotKept(error));
                journal
            }
        }
    }

    /// Changes records, here and in the other tabs.
    pub async fn edit(self, edit: &Edit) {
        match storage::edit(edit).await {
            Ok(records) => {
                self.kept.show(records);
                self.kept.announce();
            }
            Err(error) => {
                self.news.try_set(News::Said(format!("It was not changed: {}.", problem(error))));
            }
        }
    }

    /// Deletes reports, and offers to undo that.
    pub async fn delete(self, ids: Vec<ReportId>) {
        let is_kept = |id: &ReportId| {
            let is_kept = |records: &Records| records.get(id).is_some_and(|record| !record.is_deleted());
            self.kept.records.try_with_untracked(is_kept) == Some(true)
        };
        let ids: Vec<ReportId> = ids.into_iter().filter(is_kept).collect();
        if ids.is_empty() {
            return;
        }
        self.forget_deleted().await;
        self.edit(&Edit::Delete { ids: ids.clone(), at_ms: storage::now_ms() }).await;
        self.chosen.try_update(|chosen| chosen.retain(|id| !ids.contains(id)));
        let are_gone =
            |records: &Records| ids.iter().all(|id| records.get(id).is_none_or(Record::is_deleted));
        if self.kept.records.try_with_untracked(are_gone) == Some(true) {
            self.news.try_set(News::Deleted(ids));
        }
    }

    pub async fn undo(self, ids: Vec<ReportId>) {
        self.news.set(News::None);
        self.edit(&Edit::Restore(ids)).await;
    }

    /// Forgets for good what this tab deleted last; gives whether there was anything.
    async fn forget_deleted(self) -> bool {
        let has_deleted = |records: &Records| records.values().any(Record::is_deleted);
        let has_any = self.kept.records.try_with_untracked(has_deleted) == Some(true);
        if has_any {
            self.edit(&Edit::Forget { deleted_before_ms: u64::MAX }).await;
        }
        has_any
    }

    /// What is kept, and the reports of the folder.
    pub fn listed(self) -> Vec<Listed> {
        let kept = self.kept.records.with(|records| {
            let shown = records.iter().filter(|(_, record)| !record.is_deleted());
            shown.map(|(id, record)| listed(*id, record.clone(), Place::Kept)).collect::<Vec<_>>()
        });
        let of_folder = self.folder.with(|folder| {
            folder
                .files
                .iter()
                .map(|file| listed(file.id(), file.record(), Place::Folder))
                .collect::<Vec<_>>()
        });
        kept.into_iter().chain(of_folder).collect()
    }
}

pub fn listed(id: ReportId, record: Record, place: Place) -> Listed {
    Listed { id, record: Arc::new(record), place }
}
