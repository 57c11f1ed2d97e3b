//! The files that the user asked for: the report, which is replaced as a run goes on, and Locust's CSV files at the end.
//!
//! All of them are tried before a run, and each is written whatever becomes of the others. How a file is written is in
//! `place.rs`; what is in it is in `core`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::place::Place;
use super::say::say;
use crate::core::base::visible::visible;
use crate::core::convert::csv::{self, Table};
use crate::core::present::text;
use crate::core::report::Report;

/// The files that the user asked for.
#[derive(Debug, Default)]
pub struct Outputs {
    json: Option<Place>,
    /// In the order of [`Table::ALL`]; empty when the user asked for none.
    csv: Vec<Place>,
}

/// What cannot be written, one sentence for each file.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Unwritable(pub Vec<String>);

impl Unwritable {
    fn unless_empty(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self(problems)) }
    }
}

/// What became of the files.
#[derive(Debug)]
struct Saved {
    written: Vec<PathBuf>,
    problems: Vec<String>,
}

impl Outputs {
    /// Tries, before a run, whether each file can be written.
    ///
    /// # Errors
    /// Every file that cannot be written, with its flag.
    pub fn prepare(json: Option<&Path>, csv_prefix: Option<&Path>) -> Result<Self, Unwritable> {
        let mut outputs = Self::default();
        let mut problems = Vec::new();
        if let Some(path) = json {
            match prepare_json(path) {
                Ok(place) => outputs.json = Some(place),
                Err(error) => problems.push(format!("--json: {error:#}")),
            }
        }
        for path in csv_prefix.into_iter().flat_map(csv_paths) {
            match Place::prepare(&path) {
                Ok(place) if outputs.json.as_ref().is_some_and(|json| is_same_file(json, &place)) => {
                    problems
                        .push(format!("--csv: {} is the file of --json too; name another", path.display()));
                }
                Ok(place) => outputs.csv.push(place),
                Err(error) => problems.push(format!("--csv: {error:#}")),
            }
        }
        // The four files of a folder that cannot be written fail for one reason.
        problems.dedup();
        Unwritable::unless_empty(problems).map(|()| outputs)
    }

    /// Whether the report can be saved during the run, which needs a file that can be replaced.
    pub const fn wants_checkpoints(&self) -> bool {
        matches!(self.json, Some(Place::File(_)))
    }

    /// Replaces the report's file, or appends the report to a pipe or device.
    pub fn save_report(&self, report: &Report) -> anyhow::Result<()> {
        let Some(place) = &self.json else { return Ok(()) };
        let written = place.write(|sink| report.write_json(sink));
        written.with_context(|| format!("--json: cannot write {}", place.path().display()))
    }

    /// Writes every file, then shows the report's tables and the names of the files.
    ///
    /// # Errors
    /// Everything that could not be written; the rest was.
    pub fn deliver(&self, report: &Report) -> Result<(), Unwritable> {
        let Saved { written, mut problems } = self.save_all(report);
        let name = |path: &PathBuf| format!("\nWrote {}", visible(&path.to_string_lossy()));
        let names: String = written.iter().map(name).collect();
        if let Err(error) = say(&(text::summary(report) + &names)) {
            problems.push(format!("standard output: cannot write: {error}"));
        }
        Unwritable::unless_empty(problems)
    }

    fn save_all(&self, report: &Report) -> Saved {
        let mut saved = Saved { written: Vec::new(), problems: Vec::new() };
        if let Some(place) = &self.json {
            saved.note(place, self.save_report(report));
        }
        if !self.csv.is_empty() {
            for (place, table) in self.csv.iter().zip(Table::ALL) {
                let written = place.write(|sink| csv::write(report, table, sink));
                let named = || format!("--csv: cannot write {}", place.path().display());
                saved.note(place, written.with_context(named));
            }
        }
        saved
    }
}

impl Saved {
    fn note(&mut self, place: &Place, written: anyhow::Result<()>) {
        match written {
            Ok(()) => self.written.push(place.path().to_owned()),
            Err(error) => self.problems.push(format!("{error:#}")),
        }
    }
}

fn prepare_json(path: &Path) -> anyhow::Result<Place> {
    if path.as_os_str() == "-" {
        anyhow::bail!("name a file; for standard output, where the tables go too, /dev/stdout");
    }
    Place::prepare(path)
}

fn csv_paths(prefix: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    Table::ALL.iter().map(|table| {
        let mut path = prefix.as_os_str().to_owned();
        path.push(table.ending());
        PathBuf::from(path)
    })
}

fn is_same_file(one: &Place, other: &Place) -> bool {
    matches!(one, Place::File(_)) && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(json: Option<&Path>, csv: Option<&Path>) -> Vec<String> {
        Outputs::prepare(json, csv).err().map_or_else(Vec::new, |unwritable| unwritable.0)
    }

    #[test]
    fn every_file_that_cannot_be_written_is_named_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        std::fs::create_dir(folder.path().join("run_failures.csv")).unwrap();
        let found = problems(Some(&blocked.join("report.json")), Some(&folder.path().join("run")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with(&format!("--json: cannot write into {}", blocked.display())),
            "{found:?}"
        );
        assert!(found[1].ends_with("run_failures.csv is a folder; name a file in it"), "{found:?}");
        assert_eq!(problems(None, Some(&blocked.join("run"))).len(), 1, "one reason is said once");
    }

    #[test]
    fn one_file_for_two_outputs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let found = problems(Some(&folder.path().join("a_stats.csv")), Some(&folder.path().join("./a")));
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert!(only.ends_with("a_stats.csv is the file of --json too; name another"), "{only}");
        assert_eq!(problems(Some(&folder.path().join("a.json")), Some(&folder.path().join("a"))), [""; 0]);
    }

    #[test]
    fn an_output_that_cannot_be_written_does_not_lose_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let (json, csv) = (folder.path().join("gone/report.json"), folder.path().join("run"));
        let outputs = Outputs::prepare(Some(&json), Some(&csv)).unwrap();
        std::fs::remove_dir(folder.path().join("gone")).unwrap();
        std::fs::create_dir(folder.path().join("run_stats.csv")).unwrap();
        let saved = outputs.save_all(&crate::core::run::example::report().unwrap());
        assert_eq!(saved.written.len(), 3, "{saved:?}");
        assert!(saved.written.iter().all(|path| path.metadata().unwrap().len() > 0));
        let [first, second] = saved.problems.as_slice() else { panic!("{saved:?}") };
        assert!(first.starts_with("--json: cannot write") && second.contains("run_stats.csv"), "{saved:?}");
    }
}
