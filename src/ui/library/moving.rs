//! Export and import of many reports as one file. `core::library::archive` decides what is in it.

use leptos::prelude::*;
use leptos::web_sys::File;

use super::state::{Library, News};
use crate::browser::page::files::{self, FileError, Format, Parts};
use crate::browser::page::storage::StorageError;
use crate::browser::page::storage::library as storage;
use crate::core::base::visible::cell;
use crate::core::library::archive::{self, ArchiveError, Found};
use crate::core::library::edit::baseline_of;
use crate::core::library::id::ReportId;
use crate::core::library::record::Record;
use crate::ui::keeping::{Keeping, problem};

/// How many reports of a file were kept, and how many were not.
#[derive(Default)]
struct Imported {
    kept: usize,
    known: usize,
    /// Why the first one could not be read or kept, and how many could not.
    problem: Option<String>,
    failed: usize,
}

/// Whether a file is one of many reports, by its beginning.
pub async fn is_library(file: &File) -> bool {
    let beginning = files::beginning(file, archive::HEAD_BYTES as u64).await;
    beginning.is_ok_and(|beginning| archive::is_library(&beginning))
}

impl Library {
    /// Offers reports as one file. A report that was deleted meanwhile is left out.
    pub async fn export(self, ids: Vec<ReportId>) {
        let parts = Parts::default();
        let mut count = 0_usize;
        parts.push(archive::BEFORE);
        for id in ids {
            if let Ok(Some((record, text))) = storage::open(id).await {
                parts.push(if count == 0 { "" } else { archive::BETWEEN });
                parts.push(&archive::entry(id, &record, &text));
                count += 1;
            }
        }
        parts.push(archive::AFTER);
        let said = match parts.download("oddiya-load-library.json", Format::Json) {
            Ok(()) => format!("{} in the file oddiya-load-library.json.", reports(count)),
            Err(_) => "The browser did not let the file be saved.".to_owned(),
        };
        self.news.try_set(News::Said(said));
    }

    /// Keeps every report of a file that is not here yet.
    pub async fn import(self, file: File) {
        let name = cell(&file.name());
        self.news.set(News::Said(format!("Reading {name} …")));
        let said = match files::read(&file, archive::MAX_BYTES).await {
            Ok(bytes) => self.import_bytes(&bytes).await,
            Err(FileError::TooLarge(bytes)) => Err(ArchiveError::TooLarge(bytes).to_string()),
            Err(FileError::Unreadable) => {
                Err("the browser could not read the file; choose it again".to_owned())
            }
        };
        let said = said.unwrap_or_else(|problem| format!("{name}: {problem}."));
        self.kept.announce();
        self.refresh().await;
        self.look_at_room().await;
        self.news.try_set(News::Said(said));
    }

    /// The same from the bytes of a file; returns the sentence about it.
    pub async fn import_bytes(self, bytes: &[u8]) -> Result<String, String> {
        let mut imported = Imported::default();
        self.refresh().await;
        for found in archive::read(bytes).map_err(|error| error.to_string())? {
            match found {
                Ok(found) => imported.note(self.take_over(found).await),
                Err(problem) => imported.fail(problem),
            }
        }
        Ok(imported.words())
    }

    /// Keeps a report; `false` when it is here already. A scenario that has a baseline keeps it.
    async fn take_over(self, found: Found<'_>) -> Result<bool, StorageError> {
        let Found { id, mut record, text, .. } = found;
        let known = self.kept.records.try_with_untracked(|records| {
            let is_here = records.get(&id).is_some_and(|record| !record.is_deleted());
            (is_here, baseline_of(records, record.summary.scenario.as_deref()).is_some())
        });
        match known {
            Some((true, _)) | None => return Ok(false),
            Some((false, has_baseline)) => record.is_baseline &= !has_baseline,
        }
        // The report's own form ends in a line break.
        storage::keep(id, &record, &format!("{text}\n"), None).await.inspect_err(|error| {
            self.kept.keeping.try_set(Keeping::NotKept(*error));
        })?;
        self.kept.records.try_update(|records| records.insert(id, Record { deleted_ms: None, ..record }));
        Ok(true)
    }
}

impl Imported {
    fn note(&mut self, kept: Result<bool, StorageError>) {
        match kept {
            Ok(true) => self.kept += 1,
            Ok(false) => self.known += 1,
            Err(error) => self.fail(problem(error).to_owned()),
        }
    }

    fn fail(&mut self, problem: String) {
        self.failed += 1;
        self.problem.get_or_insert(problem);
    }

    fn words(self) -> String {
        let kept = format!("{} imported", reports(self.kept));
        let known = (self.known > 0).then(|| format!("{} here already", were(self.known)));
        let failed = self.problem.map(|problem| format!("{} not imported: {problem}", were(self.failed)));
        [Some(kept), known, failed].into_iter().flatten().collect::<Vec<_>>().join("; ") + "."
    }
}

fn were(count: usize) -> String {
    if count == 1 { "1 was".to_owned() } else { format!("{count} were") }
}

/// `1 report`, `3 reports`.
pub fn reports(count: usize) -> String {
    if count == 1 { "1 report".to_owned() } else { format!("{count} reports") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_says_what_became_of_every_report() {
        let mut imported = Imported { kept: 2, known: 1, ..Imported::default() };
        assert_eq!(Imported { kept: 1, ..Imported::default() }.words(), "1 report imported.");
        imported.fail("the report is damaged: x".into());
        imported.note(Err(StorageError::Full));
        let words = imported.words();
        assert_eq!(
            words,
            "2 reports imported; 1 was here already; 2 were not imported: the report is damaged: x."
        );
    }
}
