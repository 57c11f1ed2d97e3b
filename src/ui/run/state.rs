//! The state of the page: one struct of signals, which components get through Leptos' context.
//!
//! About once a second the session calls back, because something changed. That raises a counter in a signal, and the
//! other signals follow from it. Figures are computed in `core`; requests and files belong to `browser`.

use leptos::prelude::*;
use leptos::web_sys::File;

use super::draft::Draft;
use crate::browser::page::address::AddressParameters;
use crate::browser::page::example::make_example;
use crate::browser::page::files::FileError;
use crate::browser::page::probe::HostProbe;
use crate::browser::page::probe::companion::{self, Companion};
use crate::browser::page::run_state::RunState;
use crate::browser::page::session::Session;
use crate::browser::page::storage::journal::{Cutoff, Kept, Unreadable};
use crate::browser::page::trouble::Trouble;
use crate::core::report::Report;
use crate::ui::files::open_reports::{OpenReport, OpenReports, Opening, Source};
use crate::ui::navigation::{Navigation, ReportRef, View};
use crate::ui::report::SharedReport;

/// The result of looking for a companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompanionLookup {
    #[default]
    Looking,
    /// A companion served the page.
    Found(Companion),
    /// No companion served the page.
    Missing,
}

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

/// The state of the page. All copies share it.
#[derive(Clone, Copy)]
pub struct State {
    session: StoredValue<Session, LocalStorage>,
    /// The state of the session's run.
    pub run_state: Memo<RunState>,
    /// Whether the run is under way.
    pub is_active: Memo<bool>,
    /// Seconds since the run started.
    pub elapsed_s: Memo<f64>,
    /// The report of the run so far.
    pub live: Memo<Option<SharedReport>>,
    /// The reports that were opened in addition to it.
    pub reports: OpenReports,
    pub cutoffs: RwSignal<Cutoffs>,
    pub companion: RwSignal<CompanionLookup>,
    pub draft: Draft,
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
        let live = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::report).map(SharedReport::new)
        });
        let elapsed_s = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::elapsed_s)
        });
        Self {
            session,
            run_state,
            is_active: Memo::new(move |_| run_state.with(RunState::is_active)),
            elapsed_s,
            live,
            reports: OpenReports::empty(),
            cutoffs: RwSignal::new(Cutoffs::Looking),
            companion: RwSignal::new(CompanionLookup::Looking),
            draft: Draft::new(parameters.text.clone()),
            navigation: Navigation::at_address(),
        }
    }

    /// Looks for the companion, puts its host into the form unless the address named a host, and starts a run if the
    /// address says so.
    pub async fn follow_address(self, parameters: AddressParameters) {
        let found = companion::find().await;
        if let (Some(companion), false) = (&found, parameters.names_host) {
            self.draft.text.update(|text| text.host.clone_from(&companion.host));
        }
        self.companion.set(found.map_or(CompanionLookup::Missing, CompanionLookup::Found));
        if parameters.autostart {
            self.start_as_asked(&parameters);
        }
    }

    /// Starts the run of the address, unless parameters are unknown or contradict each other. The form would hide one
    /// of two contradicting parameters, and a person would not see it.
    fn start_as_asked(self, parameters: &AddressParameters) {
        let unknown = parameters.unknown.iter().map(|name| format!("`{name}` is no parameter of a run."));
        let contradictions = parameters.text.check(0).err().into_iter().flatten();
        let contradictions = contradictions
            .filter(|error| self.draft.is_unused(error.field))
            .map(|error| format!("{}: {}.", error.field.label(), error.problem));
        let problems: Vec<String> = unknown.chain(contradictions).collect();
        if problems.is_empty() {
            return self.start(HostProbe::Before);
        }
        let problems: Vec<&str> = problems.iter().map(String::as_str).collect();
        let trouble = Trouble::new("The address is not clear about the run.", &problems);
        self.session.with_value(|session| session.refuse(trouble));
    }

    /// Starts the run that the form describes. If a field is wrong, nothing starts, and the problem is shown beside the
    /// field.
    pub fn start(self, probe: HostProbe) {
        if self.is_active.get_untracked() || !self.draft.check() {
            return;
        }
        self.navigation.go(View::Run);
        let text = self.draft.asked();
        self.session.with_value(|session| session.start(&text, probe));
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

    /// Reads the file of a report and shows the report.
    pub async fn open_file(self, file: File) {
        if let Some(number) = self.reports.open_file(file).await {
            self.navigation.go(View::Report(ReportRef::Opened(number)));
        }
    }

    /// Shows a report from the bytes of a file. When that fails, it says why, and the view on screen stays.
    pub fn open_bytes(self, name: String, bytes: Result<Vec<u8>, FileError>) {
        if let Some(number) = self.reports.open_bytes(Source::File(name), bytes) {
            self.navigation.go(View::Report(ReportRef::Opened(number)));
        }
    }

    /// Opens a report and shows it.
    pub fn show(self, source: Source, report: Report) {
        let number = self.reports.open(source, SharedReport::new(report));
        self.navigation.go(View::Report(ReportRef::Opened(number)));
    }

    /// Goes to the example report, which is made when it is first shown.
    pub fn show_example(self) {
        self.navigation.go(View::Report(ReportRef::Example));
    }

    /// Lets a worker make the example report, unless it is open already.
    pub async fn make_example(self) {
        if self.reports.find(|open| open.source == Source::Example).is_some() {
            return;
        }
        self.reports.opening.set(Opening::Reading("the example report".to_owned()));
        match make_example().await {
            Ok(json) => drop(self.reports.open_bytes(Source::Example, Ok(json.into_bytes()))),
            Err(problem) => self.reports.refuse("The example report", problem),
        }
    }

    /// Closes an opened report and goes back to the run.
    pub fn close(self, report: &OpenReport) {
        self.navigation.go(View::Run);
        self.reports.close(report.number);
    }
}

/// Returns the state of the page to any component of it.
///
/// # Panics
/// When a component is used outside the page, which is a programming mistake.
#[expect(clippy::expect_used, reason = "a component outside the page is a mistake that the first test shows")]
pub fn page_state() -> State {
    use_context().expect("components of `ui` stand inside `Page`, which provides the state")
}
