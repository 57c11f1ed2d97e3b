//! What the page knows: one struct of signals, shared through context.
//!
//! The session says that something changed about once a second; that bumps one signal, and everything on the
//! page follows from it. Figures are computed in `core`, requests and files are read in `browser`.

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
use crate::browser::page::storage::journal::Cutoff;
use crate::browser::page::trouble::Trouble;
use crate::core::report::Report;
use crate::ui::files::open_reports::{OpenReport, OpenReports, Opening, Source};
use crate::ui::navigation::{Navigation, ReportRef, View};
use crate::ui::report::SharedReport;

/// What is known of a companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompanionLookup {
    /// It is being looked for.
    #[default]
    Looking,
    /// The page was served by one.
    Found(Companion),
    /// It was not.
    Missing,
}

/// What is known of runs that were cut off.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cutoffs {
    /// They are being looked for.
    #[default]
    Looking,
    /// These are kept, the latest first.
    Found(Vec<Cutoff>),
    /// Another tab stands in the way.
    Blocked,
}

/// The page's state. Copies share it.
#[derive(Clone, Copy)]
pub struct State {
    session: StoredValue<Session, LocalStorage>,
    /// Where the session's run stands.
    pub run_state: Memo<RunState>,
    /// Whether it is under way.
    pub is_active: Memo<bool>,
    /// How long it has been, in seconds.
    pub elapsed_s: Memo<f64>,
    /// Its report so far.
    pub live: Memo<Option<SharedReport>>,
    /// The reports that were opened beside it.
    pub reports: OpenReports,
    /// Runs that were cut off.
    pub cutoffs: RwSignal<Cutoffs>,
    /// What is known of a companion.
    pub companion: RwSignal<CompanionLookup>,
    /// What is typed in the form.
    pub draft: Draft,
    /// Which view is on screen.
    pub navigation: Navigation,
}

impl State {
    /// A page that was just opened at an address. Nothing is looked for or started yet.
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

    /// Finds the companion, takes its host unless the address named one, and starts a run if the address says so.
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

    /// Starts by itself only what the address says without contradiction; the form would hide half of one.
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

    /// Starts what is typed in the form, unless something in it is wrong; that is then shown beside its field.
    pub fn start(self, probe: HostProbe) {
        if self.is_active.get_untracked() || !self.draft.check() {
            return;
        }
        self.navigation.go(View::Run);
        let text = self.draft.asked();
        self.session.with_value(|session| session.start(&text, probe));
    }

    /// Changes the load of the run under way to what is typed in the form.
    pub fn apply(self) {
        if let Some(to) = self.draft.check_load() {
            self.session.with_value(|session| session.change_load(to));
        }
    }

    /// Stops the run; the second time without waiting for what is in flight.
    pub fn stop(self) {
        self.session.with_value(Session::stop);
    }

    /// Looks for runs that were cut off.
    pub async fn find_cutoffs(self) {
        self.cutoffs.set(Cutoff::find().await.map_or(Cutoffs::Blocked, Cutoffs::Found));
    }

    /// Whether the report of a run that was cut off is open.
    pub fn is_open(self, cutoff: &Cutoff) -> bool {
        self.reports
            .find(|open| matches!(&open.source, Source::Recovered(other) if other == cutoff))
            .is_some()
    }

    /// Opens the report of a run that was cut off. It stays kept until it is exported or discarded.
    pub async fn open_cutoff(self, cutoff: Cutoff) {
        match cutoff.report().await {
            Some(report) => self.show(Source::Recovered(cutoff), report),
            // Another tab was faster.
            None => self.withdraw(&cutoff),
        }
    }

    /// Forgets a run that was cut off.
    pub async fn discard(self, cutoff: Cutoff) {
        cutoff.discard().await;
        self.withdraw(&cutoff);
    }

    fn withdraw(self, cutoff: &Cutoff) {
        self.cutoffs.update(|cutoffs| {
            if let Cutoffs::Found(list) = cutoffs {
                list.retain(|other| other != cutoff);
            }
        });
    }

    /// Reads a report's file and shows it.
    pub async fn open_file(self, file: File) {
        if let Some(number) = self.reports.open_file(file).await {
            self.navigation.go(View::Report(ReportRef::Opened(number)));
        }
    }

    /// Shows what came of reading a file, or says why not; what was on screen stays in that case.
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

    /// Goes to the example, which is made when it is first looked at.
    pub fn show_example(self) {
        self.navigation.go(View::Report(ReportRef::Example));
    }

    /// Lets a worker make the example, unless it is there.
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

/// The page's state, in any component of it.
///
/// # Panics
/// Outside the page, which is a mistake in this folder.
#[expect(clippy::expect_used, reason = "a component outside the page is a mistake that the first test shows")]
pub fn page_state() -> State {
    use_context().expect("components of `ui` stand inside `Page`, which provides the state")
}
