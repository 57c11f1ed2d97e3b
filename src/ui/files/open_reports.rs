//! The reports that are open in this tab, and the result of the last opening.
//!
//! The library (`ui/library`) keeps most of them beyond the tab, and knows many more that are not open.

use leptos::prelude::*;
use leptos::web_sys::File;

use crate::browser::page::files::{self, FileError};
use crate::browser::page::storage::journal::Cutoff;
use crate::browser::page::storage::library::fresh_id;
use crate::core::base::visible::cell;
use crate::core::library::id::ReportId;
use crate::core::library::record::Origin;
use crate::core::report::read::{MAX_BYTES, ReadError, read};
use crate::ui::report::SharedReport;

/// A report that is open in this tab.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenReport {
    /// The name of the report in its address.
    pub id: ReportId,
    pub source: Source,
    pub report: SharedReport,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A finished run of this page.
    Run,
    /// A file with this name.
    File(String),
    /// A file with this name in the companion's folder.
    Folder(String),
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

/// The open reports. All copies share them.
#[derive(Clone, Copy)]
pub struct OpenReports {
    reports: RwSignal<Vec<OpenReport>>,
    pub opening: RwSignal<Opening>,
}

impl OpenReports {
    pub fn empty() -> Self {
        Self { reports: RwSignal::new(Vec::new()), opening: RwSignal::new(Opening::Quiet) }
    }

    /// All open reports, in the order in which they were opened.
    pub fn all(self) -> Vec<OpenReport> {
        self.reports.get()
    }

    pub fn find(self, fits: impl Fn(&OpenReport) -> bool) -> Option<OpenReport> {
        self.reports.try_with(|reports| reports.iter().find(|report| fits(report)).cloned()).flatten()
    }

    pub fn get(self, id: ReportId) -> Option<OpenReport> {
        self.find(|open| open.id == id)
    }

    /// Opens a report, and gives it an id.
    pub fn open(self, source: Source, report: SharedReport) -> ReportId {
        let id = fresh_id();
        self.opening.set(Opening::Quiet);
        self.open_as(id, source, report);
        id
    }

    /// Opens a report that has an id already.
    pub fn open_as(self, id: ReportId, source: Source, report: SharedReport) {
        // The page may be gone when a report has been read.
        self.reports.try_update(|reports| {
            if !reports.iter().any(|open| open.id == id) {
                reports.push(OpenReport { id, source, report });
            }
        });
    }

    /// Reads a file, opens it and returns its id; `None` when it could not be opened.
    pub async fn open_file(self, file: File) -> Option<ReportId> {
        self.opening.set(Opening::Reading(cell(&file.name())));
        let bytes = files::read(&file, MAX_BYTES).await;
        self.open_bytes(Source::File(file.name()), bytes)
    }

    /// Opens a report from the bytes of a file. When that fails, it says why, and the view on screen stays.
    pub fn open_bytes(self, source: Source, bytes: Result<Vec<u8>, FileError>) -> Option<ReportId> {
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

    /// Closes a report. Where it is kept, it stays.
    pub fn close(self, id: ReportId) {
        self.reports.update(|reports| reports.retain(|report| report.id != id));
    }
}

impl Source {
    /// The name of the report in a list.
    pub fn name(&self) -> String {
        match self {
            Self::Run => "Run".to_owned(),
            Self::File(name) | Self::Folder(name) => cell(name),
            Self::Example => "The example report".to_owned(),
            Self::Recovered(cutoff) => format!("A run of {} that was cut off", cell(&cutoff.host)),
        }
    }

    /// What the library writes down as its origin; `None` when it keeps no such report: the page can make the example
    /// again, and the browser keeps the other one as a run that was cut off.
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Self::Run => Some(Origin::Run),
            Self::File(name) => Some(Origin::File(name.clone())),
            Self::Folder(_) | Self::Example | Self::Recovered(_) => None,
        }
    }
}

impl From<Origin> for Source {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Run => Self::Run,
            Origin::File(name) => Self::File(name),
            Origin::Folder(name) => Self::Folder(name),
        }
    }
}

pub fn file_problem(error: &FileError) -> String {
    match error {
        FileError::TooLarge(bytes) => ReadError::TooLarge(*bytes).to_string(),
        FileError::Unreadable => {
            "the browser could not read the file; choose it again (folders cannot be opened)".to_owned()
        }
    }
}
