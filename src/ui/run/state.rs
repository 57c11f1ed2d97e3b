//! What the page knows: one struct of signals, shared through context.
//!
//! The session says that something changed about once a second; that bumps one signal, and everything on the
//! page follows from it. Figures are computed in `core`, requests and files are `browser`'s.

use std::ops::Deref;
use std::sync::Arc;

use leptos::prelude::*;

use super::form::draft::Draft;
use crate::browser::address::{self, Asked};
use crate::browser::companion::{self, Companion};
use crate::browser::files::FileError;
use crate::browser::journal::Cutoff;
use crate::browser::session::{Phase, Preflight, Session, Trouble};
use crate::core::analyse::headline::Window;
use crate::core::report::Report;
use crate::core::report::read::{ReadError, read};
use crate::core::run::example;

/// A report that views share. Two are equal only if they are the same one, so comparing costs nothing.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Report>);

impl Shared {
    /// Shares a report.
    pub fn new(report: Report) -> Self {
        Self(Arc::new(report))
    }
}

impl Deref for Shared {
    type Target = Report;
    fn deref(&self) -> &Report {
        &self.0
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A report that was opened, beside the session's own run.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Where it is from.
    pub origin: Origin,
    /// The report.
    pub report: Shared,
}

/// Where an opened report is from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A file, of this name.
    File(String),
    /// The example that comes with the page.
    Example,
    /// A run that was cut off, found again.
    Recovered(Cutoff),
}

/// How the last import went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Import {
    /// There was none, or it went well.
    #[default]
    Quiet,
    /// The file of this name is being read.
    Reading(String),
    /// It could not be opened.
    Refused {
        /// The file's name.
        file: String,
        /// Why, and what to do.
        problem: String,
    },
}

/// What is known of a companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lookup {
    /// It is being looked for.
    #[default]
    Looking,
    /// The page was served by one.
    Found(Companion),
    /// It was not.
    Missing,
}

/// The page's state. Copies share it.
#[derive(Clone, Copy)]
pub struct State {
    session: StoredValue<Session, LocalStorage>,
    /// Where the session's run stands.
    pub phase: Memo<Phase>,
    /// Whether it is under way.
    pub active: Memo<bool>,
    /// How long it has been, in seconds.
    pub elapsed_s: Memo<f64>,
    /// Its report so far.
    pub live: Memo<Option<Shared>>,
    /// The report that was opened over it.
    pub opened: RwSignal<Option<Opened>>,
    /// The report on screen: the opened one, or else the run's.
    pub shown: Memo<Option<Shared>>,
    /// Which stretch of it the tiles show.
    pub span: Memo<Window>,
    /// How the last import went.
    pub import: RwSignal<Import>,
    /// Runs that were cut off, the latest first; `None` until they were looked for.
    pub cutoffs: RwSignal<Option<Vec<Cutoff>>>,
    /// What is known of a companion.
    pub companion: RwSignal<Lookup>,
    /// What is typed in the form.
    pub draft: Draft,
}

impl State {
    /// A page that was just opened at an address. Nothing is looked for or started yet.
    pub fn new(asked: &Asked) -> Self {
        let tick = RwSignal::new(0_u64);
        let session = Session::new(move || tick.update(|tick| *tick += 1));
        let session = StoredValue::new_local(session);
        let phase = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::phase)
        });
        let active = Memo::new(move |_| phase.with(Phase::is_active));
        let live = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::report).map(Shared::new)
        });
        let elapsed_s = Memo::new(move |_| {
            tick.track();
            session.with_value(Session::elapsed_s)
        });
        let opened = RwSignal::new(None::<Opened>);
        let shown = Memo::new(move |_| opened.get().map(|opened| opened.report).or_else(|| live.get()));
        let now = move || active.get() && opened.with(Option::is_none);
        let span = Memo::new(move |_| if now() { Window::Now } else { Window::Whole });
        Self {
            session,
            phase,
            active,
            elapsed_s,
            live,
            opened,
            shown,
            span,
            import: RwSignal::new(Import::Quiet),
            cutoffs: RwSignal::new(None),
            companion: RwSignal::new(Lookup::Looking),
            draft: Draft::new(asked.text.clone()),
        }
    }

    /// Looks for a companion, takes its host unless the address named one, and starts if the address says so.
    pub async fn look_around(self, asked: Asked) {
        let found = companion::find().await;
        if let (Some(companion), false) = (&found, asked.names_host) {
            self.draft.text.update(|text| text.host.clone_from(&companion.host));
        }
        self.companion.set(found.map_or(Lookup::Missing, Lookup::Found));
        if address::asks_for_example() {
            self.open_example();
        } else if asked.autostart {
            self.start_as_asked(&asked);
        }
    }

    /// Starts by itself only what the address says without contradiction; the form would hide half of one.
    fn start_as_asked(self, asked: &Asked) {
        let unknown = asked.unknown.iter().map(|name| format!("`{name}` is no parameter of a run."));
        let contradictions = asked.text.check(0).err().into_iter().flatten();
        let contradictions = contradictions
            .filter(|error| self.draft.is_unused(error.field))
            .map(|error| format!("{}: {}.", error.field.label(), error.problem));
        let problems: Vec<String> = unknown.chain(contradictions).collect();
        if problems.is_empty() {
            return self.start(Preflight::Check);
        }
        let problems: Vec<&str> = problems.iter().map(String::as_str).collect();
        let trouble = Trouble::new("The address is not clear about the run.", &problems);
        self.session.with_value(|session| session.refuse(trouble));
    }

    /// Starts what is typed in the form, unless something in it is wrong; that is then shown beside its field.
    pub fn start(self, preflight: Preflight) {
        if self.active.get_untracked() || !self.draft.check() {
            return;
        }
        self.opened.set(None);
        let text = self.draft.asked();
        self.session.with_value(|session| session.start(&text, preflight));
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
    pub async fn look_for_cutoffs(self) {
        self.cutoffs.set(Some(Cutoff::find().await));
    }

    /// Opens the report of a run that was cut off. It stays kept until it is exported or discarded.
    pub async fn open_cutoff(self, cutoff: Cutoff) {
        match cutoff.report().await {
            Some(report) => {
                self.opened
                    .set(Some(Opened { origin: Origin::Recovered(cutoff), report: Shared::new(report) }));
            }
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
        self.cutoffs
            .update(|cutoffs| cutoffs.iter_mut().for_each(|list| list.retain(|other| other != cutoff)));
    }

    /// The report on screen was exported: if it is of a run that was cut off, it need not be kept here any longer.
    pub async fn was_exported(self) {
        if let Some(Opened { origin: Origin::Recovered(cutoff), .. }) = self.opened.get_untracked() {
            self.discard(cutoff).await;
        }
    }

    /// Opens what came of reading a file, or says why not; what was on screen stays in that case.
    pub fn open_file(self, file: String, bytes: Result<Vec<u8>, FileError>) {
        let report = bytes
            .map_err(|error| file_problem(&error))
            .and_then(|bytes| read(&bytes).map_err(|error| error.to_string()));
        match report {
            Ok(report) => {
                self.import.set(Import::Quiet);
                self.opened.set(Some(Opened { origin: Origin::File(file), report: Shared::new(report) }));
            }
            Err(problem) => self.import.set(Import::Refused { file, problem }),
        }
    }

    /// Opens the example.
    pub fn open_example(self) {
        let report = example::report().map(Shared::new);
        self.opened.set(report.map(|report| Opened { origin: Origin::Example, report }));
    }

    /// Goes back to the session's own run, or to the empty page.
    pub fn close_opened(self) {
        self.opened.set(None);
    }
}

fn file_problem(error: &FileError) -> String {
    match error {
        FileError::TooLarge(bytes) => ReadError::TooLarge(*bytes).to_string(),
        FileError::Unreadable => {
            "the browser could not read the file; choose it again (folders cannot be opened)".to_owned()
        }
    }
}

/// The page's state, in any component of it.
///
/// # Panics
/// Outside the page: a mistake in this folder, not of a user's.
#[expect(clippy::expect_used, reason = "a component outside the page is a mistake that the first test shows")]
pub fn page_state() -> State {
    use_context().expect("components of `ui` stand inside `Page`, which provides the state")
}
