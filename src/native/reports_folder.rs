//! The folder into which `run --reports` drops its report, under a name that sorts.

use std::fs;
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::core::library::folder::{file_stem, free_name};
use crate::core::report::Report;

/// A folder that was found to be writable.
#[derive(Debug)]
pub struct ReportsFolder {
    /// The flag or variable that asked for it.
    pub name: String,
    path: PathBuf,
}

impl ReportsFolder {
    /// Creates the folder if it is missing, and tries to write there.
    ///
    /// # Errors
    /// When nothing can be written there, with the reason.
    pub fn prepare(folder: &Path, name: &str) -> anyhow::Result<Self> {
        if fs::metadata(folder).is_ok_and(|found| !found.is_dir()) {
            anyhow::bail!("{} is no folder; name one", folder.display());
        }
        // Any name does: what is tried is a temporary file beside it.
        Place::prepare(&folder.join("report.json"))?;
        Ok(Self { name: name.to_owned(), path: folder.to_owned() })
    }

    /// Where a report goes: under a name that is not taken.
    ///
    /// # Errors
    /// When nothing can be written there any longer, with the reason.
    pub fn place_for(&self, report: &Report) -> anyhow::Result<Place> {
        let run = &report.run;
        let [started_at, host, scenario] =
            [&run.started_at, &run.host, &run.scenario].map(|text| text.as_deref().unwrap_or_default());
        let name = free_name(&file_stem(started_at, host, scenario), |name| self.path.join(name).exists());
        Place::prepare(&self.path.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::example;

    #[test]
    fn a_report_gets_a_name_of_its_own_and_replaces_none() {
        let parent = tempfile::tempdir().unwrap();
        let folder = ReportsFolder::prepare(&parent.path().join("reports"), "--reports").unwrap();
        let mut report = example::report().unwrap();
        report.run.started_at = Some("2026-11-23T14:05:00Z".to_owned());
        report.run.host = Some("http://localhost:8080".to_owned());
        report.run.scenario = Some("oddiya".to_owned());
        let names = [(); 2].map(|()| {
            let place = folder.place_for(&report).unwrap();
            place.write(|sink| report.write_json(sink)).unwrap();
            place.path().file_name().unwrap().to_string_lossy().into_owned()
        });
        let stem = "2026-11-23T14-05-00Z-localhost-8080-oddiya";
        assert_eq!(names, [format!("{stem}.json"), format!("{stem}-2.json")]);
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_said() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        let problem = ReportsFolder::prepare(&file, "--reports").unwrap_err().to_string();
        assert!(problem.ends_with("file is no folder; name one"), "{problem}");
    }
}
