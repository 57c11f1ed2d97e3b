//! What becomes of reports: the browser keeps them, the last run is shown again, and all stay until they are deleted.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::route::CompanionLookup;
use super::state::{OnScreen, State};
use crate::browser::page::session::Session;
use crate::browser::page::storage::library as storage;
use crate::core::library::Records;
use crate::core::library::folder::FolderListing;
use crate::core::library::id::ReportId;
use crate::core::library::record::{Origin, Record};
use crate::core::report::read::{read, read_kept};
use crate::ui::files::open_reports::{OpenReport, Source};
use crate::ui::navigation::View;
use crate::ui::report::SharedReport;

impl State {
    /// Lists the reports that the browser keeps, shows the last finished run, and follows what other tabs change.
    pub async fn restore_reports(self) {
        self.library.listen(move || spawn_local(self.follow_other_tabs()));
        self.library.refresh().await;
        self.library.tidy_up().await;
        let is_run =
            |(_, record): &(&ReportId, &Record)| record.origin == Origin::Run && !record.is_deleted();
        let last_run = |records: &Records| records.iter().rev().find(is_run).map(|(id, _)| *id);
        let last = self.library.kept.records.try_with_untracked(last_run).flatten();
        if let (Some(id), None) = (last, self.last_run.get_untracked()) {
            // The run is shown once it is open.
            self.load_report(id).await;
            self.last_run.set(Some(id));
        }
    }

    /// Reads the list again after another tab has changed it. A last run that was deleted there leaves the page here.
    async fn follow_other_tabs(self) {
        let is_kept = move |id: ReportId| {
            let is_kept = |records: &Records| records.get(&id).is_some_and(|record| !record.is_deleted());
            self.library.kept.records.try_with_untracked(is_kept) == Some(true)
        };
        let was_kept = self.last_run.try_get_untracked().flatten().filter(|id| is_kept(*id));
        self.library.refresh().await;
        let is_over = self.is_active.try_get_untracked() == Some(false);
        if let Some(id) = was_kept.filter(|id| is_over && !is_kept(*id)) {
            self.last_run.set(None);
            self.reports.close(id);
            self.session.with_value(Session::forget);
        }
    }

    /// Adds the run that has just ended to the reports that the browser keeps, in place of its journal.
    pub fn keep_this_run(self) {
        if let OnScreen::ThisRun(report) = self.on_screen.get_untracked() {
            let id = self.reports.open(Source::Run, report);
            self.last_run.set(Some(id));
            spawn_local(self.keep(id));
        }
    }

    /// Lets the browser keep a report, so that it comes back when the page is opened again.
    pub async fn keep(self, id: ReportId) {
        let Some(open) = untrack(|| self.reports.get(id)) else { return };
        let Some(origin) = open.source.origin() else { return };
        let is_last_run = open.source == Source::Run && self.last_run.get_untracked() == Some(id);
        let journal = if is_last_run { self.session.with_value(Session::take_journal) } else { None };
        if let Some(journal) = self.library.keep(id, origin, &open.report, journal).await {
            self.session.try_with_value(|session| session.put_back(journal));
        }
        self.library.look_at_room().await;
    }

    /// Tries once more to keep what is not kept.
    pub async fn keep_again(self) {
        for id in self.library.kept.unkept.get_untracked() {
            self.keep(id).await;
        }
    }

    /// Opens a report by its id, wherever it is; `false` when nobody has it any more. Of a folder that is not known yet,
    /// the companion is asked.
    pub async fn load_report(self, id: ReportId) -> bool {
        if untrack(|| self.reports.get(id)).is_some() {
            return true;
        }
        let found =
            if id.is_of_file() { self.read_from_folder(id).await } else { read_from_storage(id).await };
        let Some((source, report)) = found else { return false };
        self.reports.open_as(id, source, report);
        true
    }

    async fn read_from_folder(self, id: ReportId) -> Option<(Source, SharedReport)> {
        let CompanionLookup::Found(companion) = self.companion.get_untracked() else { return None };
        let is_it = |name: &String| ReportId::of_file(name) == id;
        let names = |folder: &FolderListing| folder.files.iter().map(|file| file.name.clone()).find(is_it);
        let known = self.library.folder.try_with_untracked(names)?;
        let name = match known {
            Some(name) => name,
            None => names(&companion.reports().await?)?,
        };
        let report = read(&companion.report(&name).await?).ok()?;
        Some((Source::Folder(name), SharedReport::new(report)))
    }

    /// Looks what the companion's folder has, again and again until the companion has read every file.
    pub async fn look_into_folder(self) {
        let CompanionLookup::Found(companion) = self.companion.get_untracked() else { return };
        if self.library.is_looking.get_value() {
            return;
        }
        self.library.is_looking.set_value(true);
        while let Some(listing) = companion.reports().await {
            let is_whole = listing.pending == 0;
            let is_new = self.library.folder.try_with_untracked(|known| *known != listing);
            if is_new == Some(true) {
                self.library.folder.set(listing);
            }
            if is_whole || is_new.is_none() {
                self.library.is_looking.try_set_value(false);
                return;
            }
        }
        // A companion that does not answer has not lost its files; one that was started anew has another token.
        self.look_for_companion().await;
        self.library.is_looking.try_set_value(false);
    }

    /// Whether an open report is the run that the view of a run shows.
    pub fn is_this_run(self, open: &OpenReport) -> bool {
        let is_this = self.on_screen.with(|shown| matches!(shown, OnScreen::ThisRun(_)));
        is_this && !self.is_active.get() && self.last_run.get() == Some(open.id)
    }

    /// Takes the report of the last run off the page and deletes it, which the library can undo.
    pub fn dismiss_run(self) {
        if self.is_active.get_untracked() {
            return;
        }
        self.session.with_value(Session::forget);
        if let Some(id) = self.last_run.get_untracked() {
            self.last_run.set(None);
            self.delete(vec![id]);
        }
    }

    /// Deletes reports, which the library can undo. The last run leaves the page with its report.
    pub fn delete(self, ids: Vec<ReportId>) {
        if let Some(last) = self.last_run.get_untracked().filter(|last| ids.contains(last)) {
            self.session.with_value(Session::forget);
            self.last_run.set(None);
            self.reports.close(last);
        }
        for id in &ids {
            self.reports.close(*id);
            self.library.kept.unkept.update(|unkept| {
                unkept.remove(id);
            });
        }
        spawn_local(self.library.delete(ids));
    }

    /// The report on screen with its histograms, which that of a run under way is without.
    pub fn full_report(self) -> Option<SharedReport> {
        match self.on_screen.get_untracked() {
            OnScreen::ThisRun(_) => self.session.with_value(Session::full_report).map(SharedReport::new),
            shown => shown.report(),
        }
    }

    /// Closes an opened report, and goes to the library where it is listed, otherwise to the run. A report that only this
    /// tab has stays, because it would be lost.
    pub fn close(self, id: ReportId) {
        let is_listed = match untrack(|| self.reports.get(id)).map(|open| open.source) {
            Some(Source::Run | Source::File(_) | Source::Folder(_)) => true,
            Some(Source::Example | Source::Recovered(_)) | None => false,
        };
        self.navigation.go(if is_listed { View::Reports } else { View::Run });
        let is_elsewhere =
            id.is_of_file() || self.library.kept.records.with_untracked(|records| records.contains_key(&id));
        let is_last_run = self.last_run.get_untracked() == Some(id);
        if !is_listed || (is_elsewhere && !is_last_run) {
            self.reports.close(id);
        }
    }
}

async fn read_from_storage(id: ReportId) -> Option<(Source, SharedReport)> {
    let (record, text) = storage::open(id).await.ok()??;
    let report = read_kept(&text).ok()?;
    Some((record.origin.into(), SharedReport::new(report)))
}
