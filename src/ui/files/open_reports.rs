//! The reports that are open in this tab, and the result of the last opening.
//!
//! The browser keeps most of them. Of one that it kept from an earlier opening of the page, only the header is read until
//! the report is shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::File;

use crate::browser::page::files::{self, FileError};
use crate::browser::page::storage::StorageError;
use crate::browser::page::storage::journal::Cutoff;
use crate::browser::page::storage::reports::{Header, Kept, Origin};
use crate::core::base::visible::cell;
use crate::core::report::read::{MAX_BYTES, ReadError, read};
use crate::ui::report::SharedReport;

/// A report that is open in this tab.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenReport {
    /// The number of the report in this tab, which is part of its address.
    pub number: u32,
    pub source: Source,
    pub host: Option<String>,
    /// When its run started, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// The report; `None` until it is read from what the browser keeps.
    pub report: Option<SharedReport>,
    /// Where the browser keeps it; `None` when it does not, or not yet.
    pub kept: Option<Kept>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A finished run of this page.
    Run,
    /// A file with this name.
    File(String),
    /// The example that comes with the page.
    Example,
    /// A run that was cut off and that the browser had kept.
    Recovered(Cutoff),
}

/// The state of the last opening of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// Nothing was opened yet, or the last opening succeeded.
    #[default]
    Quiet,
    /// The report with this name is being read.
    Reading(String),
    /// The report could not be opened.
    Refused {
        /// The name of the file, or a description of another source.
        name: String,
        /// Why it could not be opened, and what to do next.
        problem: String,
    },
}

/// Whether reports come back after a reload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// It is not known yet: the page has just been opened.
    #[default]
    Looking,
    Kept,
    /// They do not.
    NotKept(StorageError),
}

/// The open reports. All copies share them.
#[derive(Clone, Copy)]
pub struct OpenReports {
    reports: RwSignal<Vec<OpenReport>>,
    next_number: StoredValue<u32>,
    pub opening: RwSignal<Opening>,
    pub keeping: RwSignal<Keeping>,
}

impl OpenReports {
    pub fn empty() -> Self {
        Self {
            reports: RwSignal::new(Vec::new()),
            next_number: StoredValue::new(1),
            opening: RwSignal::new(Opening::Quiet),
            keeping: RwSignal::new(Keeping::Looking),
        }
    }

    /// All open reports, in the order in which they were opened.
    pub fn all(self) -> Vec<OpenReport> {
        self.reports.get()
    }

    pub fn find(self, fits: impl Fn(&OpenReport) -> bool) -> Option<OpenReport> {
        self.reports.try_with(|reports| reports.iter().find(|report| fits(report)).cloned()).flatten()
    }

    /// Opens a report and returns its number.
    pub fn open(self, source: Source, report: SharedReport) -> u32 {
        let number = self.take_number();
        self.opening.set(Opening::Quiet);
        let (host, started_at) = (report.run.host.clone(), report.run.started_at.clone());
        let open = OpenReport { number, source, host, started_at, report: Some(report), kept: None };
        self.reports.update(|reports| reports.push(open));
        number
    }

    /// Lists what the browser kept from earlier openings of the page, and returns the number of the last finished run.
    /// Numbers stay what they were, unless two tabs gave the same one.
    pub fn restore(self, found: Vec<Kept>) -> Option<u32> {
        let mut last_run = None;
        for kept in found {
            let Header { number, origin, host, started_at } = kept.header.clone();
            let number =
                if self.find(|open| open.number == number).is_some() { self.take_number() } else { number };
            let source = match origin {
                Origin::Run => Source::Run,
                Origin::File(name) => Source::File(name),
            };
            if source == Source::Run {
                last_run = Some(number);
            }
            self.next_number.update_value(|next| *next = (*next).max(number + 1));
            let open = OpenReport { number, source, host, started_at, report: None, kept: Some(kept) };
            self.reports.update(|reports| reports.push(open));
        }
        last_run
    }

    fn take_number(self) -> u32 {
        let number = self.next_number.get_value();
        self.next_number.set_value(number + 1);
        number
    }

    /// Lets the browser keep a report, so that it comes back when the page is opened again.
    pub async fn keep(self, number: u32) {
        let Some(open) = self.find(|open| open.number == number) else { return };
        let origin = match open.source {
            Source::Run => Origin::Run,
            Source::File(name) => Origin::File(name),
            // The page can make the example again, and the browser keeps the other one as a run that was cut off.
            Source::Example | Source::Recovered(_) => return,
        };
        let Some(report) = open.report else { return };
        let header = Header { number, origin, host: open.host, started_at: open.started_at };
        // The page may be gone when the browser has done its part.
        match (Kept::keep(header, &report).await, self.is_open(number)) {
            (Ok(kept), Some(true)) => {
                self.keeping.set(Keeping::Kept);
                self.change(number, |open| open.kept = Some(kept));
            }
            // It was closed meanwhile.
            (Ok(kept), Some(false)) => kept.dismiss().await,
            (Err(error), Some(_)) => self.keeping.set(Keeping::NotKept(error)),
            (_, None) => {}
        }
    }

    /// Whether a report is open; `None` when the page is gone.
    fn is_open(self, number: u32) -> Option<bool> {
        self.reports.try_with_untracked(|reports| reports.iter().any(|report| report.number == number))
    }

    /// Reads a report that the browser keeps, unless that was done already. One that is gone is closed.
    pub async fn load(self, number: u32) {
        let Some(open) = self.find(|open| open.number == number && open.report.is_none()) else { return };
        let Some(kept) = open.kept else { return };
        match kept.report().await {
            _ if self.is_open(number) != Some(true) => {}
            Some(report) => self.change(number, |open| open.report = Some(SharedReport::new(report))),
            None => {
                self.refuse(open.source.name(), "the browser no longer has it; another tab dismissed it");
                self.reports.update(|reports| reports.retain(|report| report.number != number));
            }
        }
    }

    fn change(self, number: u32, change: impl FnOnce(&mut OpenReport)) {
        self.reports.update(|reports| {
            if let Some(report) = reports.iter_mut().find(|report| report.number == number) {
                change(report);
            }
        });
    }

    /// Reads a file, opens it and returns its number; `None` when it could not be opened.
    pub async fn open_file(self, file: File) -> Option<u32> {
        self.opening.set(Opening::Reading(cell(&file.name())));
        let bytes = files::read(&file, MAX_BYTES).await;
        self.open_bytes(Source::File(file.name()), bytes)
    }

    /// Opens a report from the bytes of a file. When that fails, it says why, and the view on screen stays.
    pub fn open_bytes(self, source: Source, bytes: Result<Vec<u8>, FileError>) -> Option<u32> {
        let report = bytes
            .map_err(|error| file_problem(&error))
            .and_then(|bytes| read(&bytes).map_err(|error| error.to_string()));
        match report {
            Ok(report) => Some(self.open(source, SharedReport::new(report))),
            Err(problem) => {
                self.refuse(source.name(), problem);
                None
            }
        }
    }

    /// Shows why something could not be opened or saved.
    pub fn refuse(self, name: impl Into<String>, problem: impl Into<String>) {
        self.opening.set(Opening::Refused { name: name.into(), problem: problem.into() });
    }

    /// Closes a report, and lets the browser forget it.
    pub fn close(self, number: u32) {
        let kept = self.find(|open| open.number == number).and_then(|open| open.kept);
        self.reports.update(|reports| reports.retain(|report| report.number != number));
        if let Some(kept) = kept {
            spawn_local(async move { kept.dismiss().await });
        }
    }
}

impl Source {
    /// The name of the report in a list.
    pub fn name(&self) -> String {
        match self {
            Self::Run => "A finished run".to_owned(),
            Self::File(name) => cell(name),
            Self::Example => "The example report".to_owned(),
            Self::Recovered(cutoff) => format!("A run of {} that was cut off", cell(&cutoff.host)),
        }
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
