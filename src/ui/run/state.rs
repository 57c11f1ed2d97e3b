//! The state of the page: one struct of signals, which components get through Leptos' context.
//!
//! About once a second the session calls back, because something changed. That raises a counter in a signal, and the
//! other signals follow from it. Figures are computed in `core`; requests and files belong to `browser`. How a run is
//! started is in `starting.rs`, what becomes of finished runs in `kept_runs.rs`.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::File;

use super::chosen::Chosen;
use super::draft::Draft;
use super::route::{CompanionLookup, DirectRun, Hosts};
use crate::browser::page::address::AddressParameters;
use crate::browser::page::companion_state::CompanionState;
use crate::browser::page::files::FileError;
use crate::browser::page::run_state::RunState;
use crate::browser::page::session::Session;
use crate::browser::page::storage::journal::{Cutoff, Kept, Unreadable};
use crate::core::library::id::ReportId;
use crate::core::report::Report;
use crate::core::run::example;
use crate::core::shelf::list::Which;
use crate::ui::files::open_reports::{OpenReports, Source};
use crate::ui::library::moving;
use crate::ui::library::state::Library;
use crate::ui::navigation::{Navigation, ReportRef, View};
use crate::ui::report::SharedReport;
use crate::ui::scenarios;
use crate::ui::scenarios::state::Shelf;
use crate::ui::suite::progress::Progress;

/// The result of looking for runs that were cut off.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cutoffs {
    #[default]
    Looking,
    /// The browser keeps these runs.
    Found(Kept),
    /// Another tab keeps the database busy, so it is not known whether there are any.
    Blocked,
}

/// What the view of a run shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OnScreen {
    #[default]
    Nothing,
    /// The run under way, or the run that has just ended.
    ThisRun(SharedReport),
    /// The run before: no other has begun since.
    EarlierRun(SharedReport),
}

impl OnScreen {
    pub(super) fn report(&self) -> Option<SharedReport> {
        match self {
            Self::Nothing => None,
            Self::ThisRun(report) | Self::EarlierRun(report) => Some(report.clone()),
        }
    }
}

/// The state of the page. All copies share it.
#[derive(Clone, Copy)]
pub struct State {
    pub(super) session: StoredValue<Session, LocalStorage>,
    /// The state of the session's run.
    pub run_state: Memo<RunState>,
    /// Whether the run is under way.
    pub is_active: Memo<bool>,
    /// Seconds since the run started.
    pub elapsed_s: Memo<f64>,
    /// What the view of a run shows.
    pub on_screen: Memo<OnScreen>,
    /// The report of it.
    pub live: Memo<Option<SharedReport>>,
    /// The reports that are open, the last finished run among them.
    pub reports: OpenReports,
    /// What the browser and the companion's folder keep.
    pub library: Library,
    /// The scenarios that the browser keeps.
    pub shelf: Shelf,
    /// The id of the last finished run.
    pub(in crate::ui) last_run: RwSignal<Option<ReportId>>,
    pub cutoffs: RwSignal<Cutoffs>,
    pub companion: RwSignal<CompanionLookup>,
    /// What was found out about the host of the run, in sentences.
    pub said: Memo<Vec<String>>,
    /// Whether the companion of the run under way is there.
    pub companion_state: Memo<CompanionState>,
    /// The hosts of the last run that was started. The scenario's text may have changed since then.
    pub run_hosts: RwSignal<Hosts>,
    /// Whether a run may go past the companion.
    pub direct_run: RwSignal<DirectRun>,
    pub draft: Draft,
    /// The suite that was started last in this tab.
    pub suite: RwSignal<Option<Progress>>,
    /// Whether one of its stages is under way or still to come.
    pub is_suite_under_way: Memo<bool>,
    pub navigation: Navigation,
}

impl State {
    /// The state of a page that was just opened at an address. It does not look for anything or start anything yet.
    pub fn new(parameters: &AddressParameters) -> Self {
        let tick = RwSignal::new(0_u64);
        let session = Session::new(move || tick.update(|tick| *tick += 1));
        let session = StoredValue::new_local(session);
        let run_state = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::run_state)
        });
        let shelf = Shelf::empty();
        let which = parameters.scenario.as_deref().and_then(Which::named);
        let chosen = Chosen::new(shelf, which.unwrap_or_else(Which::default_one));
        let (reports, last_run) = (OpenReports::empty(), RwSignal::new(None));
        let on_screen = Memo::new(move |_| {
            tick.track();
            match session.with_value(Session::report) {
                Some(report) => OnScreen::ThisRun(SharedReport::new(report)),
                None if session.with_value(Session::run_state).has_begun() => OnScreen::Nothing,
                // A start that takes its time, or fails, must not take the last report away.
                None => earlier_run(reports, last_run.get()),
            }
        });
        let elapsed_s = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::elapsed_s)
        });
        let said = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::said)
        });
        let suite = RwSignal::new(None::<Progress>);
        let companion_state = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::companion)
        });
        Self {
            session,
            run_state,
            is_active: Memo::new(move |_| run_state.with(RunState::is_active)),
            elapsed_s,
            on_screen,
            live: Memo::new(move |_| on_screen.with(OnScreen::report)),
            reports,
            library: Library::empty(),
            shelf,
            last_run,
            cutoffs: RwSignal::new(Cutoffs::Looking),
            companion: RwSignal::new(CompanionLookup::Looking),
            said,
            companion_state,
            run_hosts: RwSignal::new(Hosts::default()),
            direct_run: RwSignal::new(DirectRun::NotAsked),
            draft: Draft::new(parameters.text.clone(), chosen),
            suite,
            is_suite_under_way: Memo::new(move |_| {
                suite.with(|suite| suite.as_ref().is_some_and(|progress| !progress.is_over()))
            }),
            navigation: Navigation::at_address(),
        }
    }

    /// Changes the load of the run under way to the load in the form.
    pub fn apply(self) {
        if let Some(to) = self.draft.check_load() {
            self.session.with_value(|session| session.change_load(to));
        }
    }

    /// Stops the run. A second call stops it without waiting for the requests in flight.
    pub fn stop(self) {
        self.session.with_value(Session::stop);
    }

    /// Starts the statistics of the run under way anew.
    pub fn reset_statistics(self) {
        self.session.with_value(Session::reset_statistics);
    }

    /// Looks for runs that were cut off.
    pub async fn find_cutoffs(self) {
        self.cutoffs.set(Kept::find().await.map_or(Cutoffs::Blocked, Cutoffs::Found));
    }

    /// Whether the report of a run that was cut off is open.
    pub fn is_open(self, cutoff: &Cutoff) -> bool {
        self.reports
            .find(|open| matches!(&open.source, Source::Recovered(other) if other == cutoff))
            .is_some()
    }

    /// Opens the report of a run that was cut off. The browser keeps the run until it is exported or discarded.
    pub async fn open_cutoff(self, cutoff: Cutoff) {
        match cutoff.report().await {
            Some(report) => self.show(Source::Recovered(cutoff), report),
            // Another tab has discarded the run meanwhile.
            None => self.withdraw(&cutoff),
        }
    }

    /// Removes a run that was cut off from the browser.
    pub async fn discard(self, cutoff: Cutoff) {
        cutoff.discard().await;
        self.withdraw(&cutoff);
    }

    /// Removes a run that cannot be read from the browser.
    pub async fn discard_unreadable(self, unreadable: Unreadable) {
        unreadable.discard().await;
        self.change_kept(|kept| kept.unreadable.retain(|other| *other != unreadable));
    }

    fn withdraw(self, cutoff: &Cutoff) {
        self.change_kept(|kept| kept.cutoffs.retain(|other| other != cutoff));
    }

    fn change_kept(self, change: impl FnOnce(&mut Kept)) {
        self.cutoffs.update(|cutoffs| {
            if let Cutoffs::Found(kept) = cutoffs {
                change(kept);
            }
        });
    }

    /// Reads a file and shows what it has: a report, many reports, or a scenario.
    pub async fn open_file(self, file: File) {
        if scenarios::moving::is_scenario(&file) {
            return self.open_scenario(file).await;
        }
        if moving::is_library(&file).await {
            self.navigation.go(View::Reports);
            return self.library.import(file).await;
        }
        if let Some(id) = self.reports.open_file(file).await {
            self.navigation.go(View::Report(ReportRef::Opened(id)));
            self.keep(id).await;
        }
    }

    /// Keeps the scenario of a file and shows it; says in the list why it could not be read.
    pub async fn open_scenario(self, file: File) {
        let id = self.shelf.import(file).await;
        self.navigation.go(id.map_or(View::Scenarios, |id| View::Scenario(Which::Own(id))));
    }

    /// Shows a report from the bytes of a file. When that fails, it says why, and the view on screen stays.
    pub fn open_bytes(self, name: String, bytes: Result<Vec<u8>, FileError>) {
        if let Some(id) = self.reports.open_bytes(Source::File(name), bytes) {
            self.navigation.go(View::Report(ReportRef::Opened(id)));
            spawn_local(self.keep(id));
        }
    }

    /// Opens a report and shows it.
    pub fn show(self, source: Source, report: Report) {
        let id = self.reports.open(source, SharedReport::new(report));
        self.navigation.go(View::Report(ReportRef::Opened(id)));
    }

    /// Goes to the example report, which is made when it is first shown.
    pub fn show_example(self) {
        self.navigation.go(View::Report(ReportRef::Example));
    }

    /// Makes the example report, unless it is open already. It is made in virtual time, within some milliseconds.
    pub fn make_example(self) {
        if self.reports.find(|open| open.source == Source::Example).is_some() {
            return;
        }
        match example::report() {
            Some(report) => drop(self.reports.open(Source::Example, SharedReport::new(report))),
            None => self.reports.refuse("The example report", "it could not be made".to_owned()),
        }
    }
}

fn earlier_run(reports: OpenReports, last_run: Option<ReportId>) -> OnScreen {
    let open = last_run.and_then(|id| reports.get(id));
    open.map(|open| open.report).map_or(OnScreen::Nothing, OnScreen::EarlierRun)
}

/// Returns the state of the page to any component of it.
///
/// # Panics
/// When a component is used outside the page, which is a programming mistake.
#[expect(clippy::expect_used, reason = "a component outside the page is a mistake that the first test shows")]
pub fn page_state() -> State {
    use_context().expect("components of `ui` stand inside `Page`, which provides the state")
}
