//! The reports that were opened in this tab, and the result of the last opening.

use leptos::prelude::*;
use leptos::web_sys::File;

use crate::browser::page::files::{self, FileError};
use crate::browser::page::storage::journal::Cutoff;
use crate::core::report::read::{MAX_BYTES, ReadError, read};
use crate::ui::report::SharedReport;

/// A report that was opened in this tab.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenReport {
    /// The number of the report in this tab, which is part of its address.
    pub number: u32,
    pub source: Source,
    pub report: SharedReport,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
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

/// The opened reports. All copies share them.
#[derive(Clone, Copy)]
pub struct OpenReports {
    reports: RwSignal<Vec<OpenReport>>,
    next_number: StoredValue<u32>,
    pub opening: RwSignal<Opening>,
}

impl OpenReports {
    pub fn empty() -> Self {
        Self {
            reports: RwSignal::new(Vec::new()),
            next_number: StoredValue::new(1),
            opening: RwSignal::new(Opening::Quiet),
        }
    }

    /// All open reports, in the order in which they were opened.
    pub fn all(self) -> Vec<OpenReport> {
        self.reports.get()
    }

    pub fn find(self, fits: impl Fn(&OpenReport) -> bool) -> Option<OpenReport> {
        self.reports.with(|reports| reports.iter().find(|report| fits(report)).cloned())
    }

    /// Opens a report and returns its number.
    pub fn open(self, source: Source, report: SharedReport) -> u32 {
        let number = self.next_number.get_value();
        self.next_number.set_value(number + 1);
        self.opening.set(Opening::Quiet);
        self.reports.update(|reports| reports.push(OpenReport { number, source, report }));
        number
    }

    /// Reads a file, opens it and returns its number; `None` when it could not be opened.
    pub async fn open_file(self, file: File) -> Option<u32> {
        self.opening.set(Opening::Reading(file.name()));
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

    pub fn close(self, number: u32) {
        self.reports.update(|reports| reports.retain(|report| report.number != number));
    }
}

impl Source {
    /// The name of the report in a list.
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
