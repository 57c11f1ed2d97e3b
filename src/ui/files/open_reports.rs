//! The reports that were opened in this tab, and how the last opening went.

use leptos::prelude::*;
use leptos::web_sys::File;

use crate::browser::page::files::{self, FileError};
use crate::browser::page::storage::journal::Cutoff;
use crate::core::report::read::{MAX_BYTES, ReadError, read};
use crate::ui::report::SharedReport;

/// A report that was opened in this tab.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenReport {
    /// Its number in this tab, which stands in its address.
    pub number: u32,
    /// Where it is from.
    pub source: Source,
    /// The report.
    pub report: SharedReport,
}

/// Where an opened report is from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A file, of this name.
    File(String),
    /// The example that comes with the page.
    Example,
    /// A run that was cut off, found again.
    Recovered(Cutoff),
}

/// How the last opening of a report went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// There was none, or it went well.
    #[default]
    Quiet,
    /// The report of this name is being read.
    Reading(String),
    /// It could not be opened.
    Refused {
        /// The file's name, or what else was to be opened.
        name: String,
        /// Why, and what to do.
        problem: String,
    },
}

/// The opened reports. Copies share them.
#[derive(Clone, Copy)]
pub struct OpenReports {
    reports: RwSignal<Vec<OpenReport>>,
    next_number: StoredValue<u32>,
    /// How the last opening went.
    pub opening: RwSignal<Opening>,
}

impl OpenReports {
    /// No report is open yet.
    pub fn empty() -> Self {
        Self {
            reports: RwSignal::new(Vec::new()),
            next_number: StoredValue::new(1),
            opening: RwSignal::new(Opening::Quiet),
        }
    }

    /// All that are open, in the order in which they were opened.
    pub fn all(self) -> Vec<OpenReport> {
        self.reports.get()
    }

    /// The first one that fits.
    pub fn find(self, fits: impl Fn(&OpenReport) -> bool) -> Option<OpenReport> {
        self.reports.with(|reports| reports.iter().find(|report| fits(report)).cloned())
    }

    /// Opens a report; gives its number.
    pub fn open(self, source: Source, report: SharedReport) -> u32 {
        let number = self.next_number.get_value();
        self.next_number.set_value(number + 1);
        self.opening.set(Opening::Quiet);
        self.reports.update(|reports| reports.push(OpenReport { number, source, report }));
        number
    }

    /// Reads a file and opens it; gives its number.
    pub async fn open_file(self, file: File) -> Option<u32> {
        self.opening.set(Opening::Reading(file.name()));
        let bytes = files::read(&file, MAX_BYTES).await;
        self.open_bytes(Source::File(file.name()), bytes)
    }

    /// Opens what came of reading a file, or says why not; what was on screen stays in that case.
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

    /// Says why something could not be opened or saved.
    pub fn refuse(self, name: impl Into<String>, problem: impl Into<String>) {
        self.opening.set(Opening::Refused { name: name.into(), problem: problem.into() });
    }

    /// Closes a report.
    pub fn close(self, number: u32) {
        self.reports.update(|reports| reports.retain(|report| report.number != number));
    }
}

impl Source {
    /// What it is called in a list.
    pub fn name(&self) -> String {
        match self {
            Self::File(name) => name.clone(),
            Self::Example => "The example report".to_owned(),
            Self::Recovered(cutoff) => format!("A run of {} that was cut off", cutoff.host),
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
