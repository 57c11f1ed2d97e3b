//! What becomes of finished runs: the browser keeps them, the last one is shown, and all stay until they are dismissed.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{OnScreen, State};
use crate::browser::page::session::Session;
use crate::browser::page::storage::reports::Kept;
use crate::ui::files::open_reports::{Keeping, OpenReport, Source};
use crate::ui::navigation::View;
use crate::ui::report::SharedReport;

impl State {
    /// Brings back the reports that the browser keeps, and shows the last finished run.
    pub async fn restore_reports(self) {
        let found = match Kept::all().await {
            Ok(found) => found,
            Err(error) => return self.reports.keeping.set(Keeping::NotKept(error)),
        };
        let last_run = self.reports.restore(found);
        self.reports.keeping.set(Keeping::Kept);
        if let (Some(number), None) = (last_run, self.last_run.get_untracked()) {
            self.last_run.set(Some(number));
            self.reports.load(number).await;
        }
    }

    /// Adds the run that has just ended to the reports that the browser keeps.
    pub fn keep_this_run(self) {
        if let OnScreen::ThisRun(report) = self.on_screen.get_untracked() {
            let number = self.reports.open(Source::Run, report);
            self.last_run.set(Some(number));
            spawn_local(self.reports.keep(number));
        }
    }

    /// Whether an open report is the run that the view of a run shows.
    pub fn is_this_run(self, open: &OpenReport) -> bool {
        let is_this = self.on_screen.with(|shown| matches!(shown, OnScreen::ThisRun(_)));
        is_this && !self.is_active.get() && self.last_run.get() == Some(open.number)
    }

    /// Takes the report of the last run off the page, for good.
    pub fn dismiss_run(self) {
        if self.is_active.get_untracked() {
            return;
        }
        self.session.with_value(Session::forget);
        if let Some(number) = self.last_run.get_untracked() {
            self.last_run.set(None);
            self.reports.close(number);
        }
    }

    /// The report on screen with its histograms, which that of a run under way is without.
    pub fn full_report(self) -> Option<SharedReport> {
        match self.on_screen.get_untracked() {
            OnScreen::ThisRun(_) => self.session.with_value(Session::full_report).map(SharedReport::new),
            shown => shown.report(),
        }
    }

    /// Closes an opened report and goes back to the run.
    pub fn close(self, number: u32) {
        self.navigation.go(View::Run);
        match self.last_run.get_untracked() == Some(number) && !self.is_active.get_untracked() {
            true => self.dismiss_run(),
            false => self.reports.close(number),
        }
    }
}
