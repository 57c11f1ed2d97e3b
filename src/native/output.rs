//! The files that the user asked for: the report, which is replaced as a run goes on, and Locust's CSV files at the end.
//!
//! All of them are tried before a run, and each is written whatever becomes of the others, in a thread of its own. How a
//! file is written is in `place.rs` and `writing.rs`; what is in it is in `core`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, join_all};

use super::place::Place;
use super::reports_folder::ReportsFolder;
use super::say::say;
use super::writing::{Target, WriteError, Writing};
use crate::core::base::given::Given;
use crate::core::base::visible::visible;
use crate::core::convert::csv::{self, Table};
use crate::core::present::text;
use crate::core::report::Report;

/// How long a file or pipe may take nothing before it is given up.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The files that the user asked for.
#[derive(Debug, Default)]
pub struct Outputs {
    json: Option<Output>,
    /// In the order of [`Table::ALL`]; empty when the user asked for none.
    csv: Vec<Output>,
    /// The folder that gets the report at the end, under a name of its own.
    reports: Option<ReportsFolder>,
}

/// A place, with the flag or variable that asked for it.
#[derive(Debug)]
struct Output {
    name: String,
    target: Arc<Target>,
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
#[derive(Debug, Default)]
struct Saved {
    written: Vec<PathBuf>,
    problems: Vec<String>,
}

impl Outputs {
    /// Tries, before a run, whether each file can be written.
    ///
    /// # Errors
    /// Every file that cannot be written, with its flag.
    pub fn prepare(
        json: Option<&Path>,
        csv_prefix: Option<&Path>,
        reports: Option<&Path>,
        given: &Given,
    ) -> Result<Self, Unwritable> {
        let mut outputs = Self::default();
        let mut problems = Vec::new();
        let name = given.name("--json");
        if let Some(path) = json {
            match prepare_json(path) {
                Ok(place) => outputs.json = Some(Output::new(name, place)),
                Err(error) => problems.push(format!("{name}: {error:#}")),
            }
        }
        let name = given.name("--csv");
        for path in csv_prefix.into_iter().flat_map(csv_paths) {
            match Place::prepare(&path) {
                Ok(place) if outputs.json.as_ref().is_some_and(|json| is_same_file(json.place(), &place)) => {
                    let problem = "is the file of --json too; name another";
                    problems.push(format!("{name}: {} {problem}", path.display()));
                }
                Ok(place) => outputs.csv.push(Output::new(name, place)),
                Err(error) => problems.push(format!("{name}: {error:#}")),
            }
        }
        let name = given.name("--reports");
        match reports.map(|folder| ReportsFolder::prepare(folder, name)).transpose() {
            Ok(folder) => outputs.reports = folder,
            Err(error) => problems.push(format!("{name}: {error:#}")),
        }
        // The four files of a folder that cannot be written fail for one reason.
        problems.dedup();
        Unwritable::unless_empty(problems).map(|()| outputs)
    }

    /// Whether the report can be saved during the run, which needs a file that can be replaced.
    pub fn wants_checkpoints(&self) -> bool {
        self.json.as_ref().is_some_and(|json| matches!(json.place(), Place::File(_)))
    }

    /// Begins to replace the report's file, or to append the report to a pipe or device.
    pub fn start_saving(&self, report: Arc<Report>) -> Option<Writing> {
        self.json.as_ref().map(|json| json.start(move |sink| report.write_json(sink)))
    }

    /// The message of the run when the report's file cannot be written.
    pub fn checkpoint_problem(&self, why: &WriteError) -> Option<String> {
        self.json.as_ref().map(|json| json.problem(why) + "; trying again while the run goes on")
    }

    /// Writes every file, then shows the report's tables and the names of the files. Whatever stands still is given up
    /// after [`PATIENCE`], or as soon as the user interrupts. Standard output alone may take as long as its reader likes,
    /// who may be a person with a pager.
    ///
    /// # Errors
    /// Everything that could not be written; the rest was.
    pub async fn deliver(
        &self,
        report: Report,
        mut interrupted: impl AsyncFnMut(),
    ) -> Result<(), Unwritable> {
        let report = Arc::new(report);
        let Saved { written, mut problems } = self.save_all(&report, &interrupted().shared()).await;
        let name = |path: &PathBuf| format!("\nWrote {}", visible(&path.to_string_lossy()));
        let names: String = written.iter().map(name).collect();
        let results = text::summary(&report) + &names;
        let shown = Writing::in_thread(move || say(&results));
        // A user who gave the files up still gets the tables, and can give those up by another signal.
        if let Err(error) = unless(&interrupted().shared(), shown.end(None)).await {
            problems.push(format!("standard output: cannot write: {error}"));
        }
        Unwritable::unless_empty(problems)
    }

    async fn save_all<F: Future<Output = ()>>(&self, report: &Arc<Report>, interrupted: &Shared<F>) -> Saved {
        let mut saved = Saved::default();
        let dropped = self.dropped(report).unwrap_or_else(|problem| {
            saved.problems.push(problem);
            None
        });
        let mut under_way = Vec::new();
        if let Some(output) = &dropped {
            let report = Arc::clone(report);
            under_way.push((output, output.start(move |sink| report.write_json(sink))));
        }
        if let (Some(output), Some(writing)) = (&self.json, self.start_saving(Arc::clone(report))) {
            under_way.push((output, writing));
        }
        if !self.csv.is_empty() {
            for (output, table) in self.csv.iter().zip(Table::ALL) {
                let report = Arc::clone(report);
                under_way.push((output, output.start(move |sink| csv::write(&report, table, sink))));
            }
        }
        let ends = under_way.into_iter().map(|(output, writing)| async move {
            (output, unless(interrupted, writing.end(output.patience())).await)
        });
        for (output, ended) in join_all(ends).await {
            match ended {
                Ok(()) => saved.written.push(output.place().path().to_owned()),
                Err(why) => saved.problems.push(output.problem(&why)),
            }
        }
        saved
    }

    /// The file in the folder of reports that gets this one; the problem, where there can be none.
    fn dropped(&self, report: &Report) -> Result<Option<Output>, String> {
        let Some(folder) = &self.reports else { return Ok(None) };
        let place = folder.place_for(report).map_err(|error| format!("{}: {error:#}", folder.name))?;
        Ok(Some(Output::new(&folder.name, place)))
    }
}

impl Output {
    fn new(name: &str, place: Place) -> Self {
        Self { name: name.to_owned(), target: Target::new(place) }
    }

    fn place(&self) -> &Place {
        &self.target.place
    }

    fn start<F>(&self, fill: F) -> Writing
    where
        F: Fn(&mut dyn Write) -> io::Result<()> + Send + 'static,
    {
        Writing::start(&self.target, fill)
    }

    fn patience(&self) -> Option<Duration> {
        (*self.place() != Place::StandardOutput).then_some(PATIENCE)
    }

    fn problem(&self, why: &WriteError) -> String {
        let advice = match (why, self.place()) {
            (WriteError::Stalled(_), Place::Stream(_)) => "; start its reader first",
            (WriteError::Stalled(_), Place::File(_)) => "; the disk stands still",
            _ => "",
        };
        format!("{}: cannot write {}: {why}{advice}", self.name, self.place().path().display())
    }
}

/// Waits for the end of a write, unless the user interrupts.
async fn unless<F: Future<Output = ()>>(
    interrupted: &Shared<F>,
    end: impl Future<Output = Result<(), WriteError>>,
) -> Result<(), WriteError> {
    tokio::select! {
        // What has ended has ended, even when the user interrupts at the same time.
        biased;
        ended = end => ended,
        () = interrupted.clone() => Err(WriteError::Interrupted),
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
        let prepared = Outputs::prepare(json, csv, None, &Given::default());
        prepared.err().map_or_else(Vec::new, |unwritable| unwritable.0)
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
    fn a_folder_for_the_csv_files_is_made_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let results = format!("{}/results/", folder.path().display());
        assert_eq!(problems(None, Some(Path::new(&results))), [""; 0]);
        assert!(folder.path().join("results").is_dir());
    }

    #[tokio::test]
    async fn an_output_that_cannot_be_written_does_not_lose_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let (json, csv) = (folder.path().join("gone/report.json"), folder.path().join("run"));
        let outputs = Outputs::prepare(Some(&json), Some(&csv), None, &Given::default()).unwrap();
        std::fs::remove_dir(folder.path().join("gone")).unwrap();
        std::fs::create_dir(folder.path().join("run_stats.csv")).unwrap();
        let report = Arc::new(crate::core::run::example::report().unwrap());
        let saved = outputs.save_all(&report, &std::future::pending().shared()).await;
        assert_eq!(saved.written.len(), 3, "{saved:?}");
        assert!(saved.written.iter().all(|path| path.metadata().unwrap().len() > 0));
        let [first, second] = saved.problems.as_slice() else { panic!("{saved:?}") };
        assert!(first.starts_with("--json: cannot write") && second.contains("run_stats.csv"), "{saved:?}");
    }
}
