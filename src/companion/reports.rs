//! The folder of reports that the companion shows its page. It is only read.
//!
//! A folder may hold hundreds of reports of megabytes each, so what a list shows of a file is kept until the file changes,
//! and a listing spends a limited time on new files: the next one goes on. A name never leads out of the folder, not by
//! its dots and not by a link. What a file holds is decided by the report's own reader.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::core::library::folder::{FolderFile, FolderListing, UnreadableFile, is_report_name};
use crate::core::library::summary::Summary;
use crate::core::report::read::{MAX_BYTES, ReadError, read};

/// How long a listing reads files that it does not know yet. The page waits for it.
const READING_LIMIT: Duration = Duration::from_millis(400);
/// The most files of a listing: the last by their names, which begin with a moment.
const MOST_FILES: usize = 2_000;

/// The folder of reports.
#[derive(Debug)]
pub struct ReportsFolder {
    path: PathBuf,
    known: Mutex<HashMap<String, Known>>,
}

/// What was found in a file, as long as it has this size and time.
#[derive(Clone, Debug)]
struct Known {
    bytes: u64,
    modified: Option<SystemTime>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Report(Summary),
    /// A report that cannot be opened, and why.
    Unreadable(String),
    /// A file that is no report, which the list leaves out.
    SomethingElse,
}

impl ReportsFolder {
    /// The folder at a path; whether it exists is looked up at each request.
    pub fn new(path: PathBuf) -> Self {
        Self { path, known: Mutex::default() }
    }

    /// Its reports. One that does not exist has none.
    pub fn list(&self) -> FolderListing {
        let Ok(root) = fs::canonicalize(&self.path) else { return FolderListing::default() };
        let names = names_in(&root);
        let mut listing =
            FolderListing { folder: self.path.to_string_lossy().into_owned(), ..FolderListing::default() };
        // One listing at a time: two tabs must not read the same files twice.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let present: HashSet<&String> = names.iter().collect();
        known.retain(|name, _| present.contains(name));
        let began = Instant::now();
        for name in names {
            let Some((path, found)) = find(&root, &name) else { continue };
            let content = match known.get(&name).filter(|known| known.is_of(&found)) {
                Some(known) => known.content.clone(),
                None if began.elapsed() > READING_LIMIT => {
                    listing.pending += 1;
                    continue;
                }
                None => {
                    let content = content_of(&path);
                    known.insert(name.clone(), Known::new(&found, content.clone()));
                    content
                }
            };
            match content {
                Content::Report(summary) => {
                    listing.files.push(FolderFile { name, bytes: found.len(), summary });
                }
                Content::Unreadable(problem) => listing.unreadable.push(UnreadableFile { name, problem }),
                Content::SomethingElse => {}
            }
        }
        listing
    }

    /// The bytes of a report; `None` where there is no report of that name.
    pub fn open(&self, name: &str) -> Option<Vec<u8>> {
        if !is_report_name(name) {
            return None;
        }
        let (path, _) = find(&fs::canonicalize(&self.path).ok()?, name)?;
        let bytes = bytes_of(&path).ok()?;
        read(&bytes).is_ok().then_some(bytes)
    }
}

impl Known {
    fn new(found: &Metadata, content: Content) -> Self {
        Self { bytes: found.len(), modified: found.modified().ok(), content }
    }

    fn is_of(&self, found: &Metadata) -> bool {
        self.bytes == found.len() && self.modified == found.modified().ok()
    }
}

/// The names of files that may be reports, the last first.
fn names_in(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_report_name(name)).collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names.truncate(MOST_FILES);
    names
}

/// The file of a name, if it is an ordinary one and in the folder after links are followed.
fn find(root: &Path, name: &str) -> Option<(PathBuf, Metadata)> {
    let path = fs::canonicalize(root.join(name)).ok().filter(|path| path.starts_with(root))?;
    let found = fs::metadata(&path).ok().filter(Metadata::is_file)?;
    Some((path, found))
}

/// The bytes of a file; one that is too large for a report is read no further.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn content_of(path: &Path) -> Content {
    let bytes = match bytes_of(path) {
        Ok(bytes) => bytes,
        Err(error) => return Content::Unreadable(format!("it cannot be read: {error}")),
    };
    match read(&bytes) {
        Ok(report) => Content::Report(Summary::of(&report)),
        Err(ReadError::NotJson { .. } | ReadError::OtherSchema { .. }) => Content::SomethingElse,
        Err(error) => Content::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = include_str!("../../tests/fixtures/reports/v2/sim.json");

    fn names(listing: &FolderListing) -> Vec<&str> {
        listing.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn reports_are_listed_with_their_figures_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("2026-11-01.json", REPORT);
        write("2026-11-02.json", REPORT);
        write("2026-11-03.json", &REPORT[..REPORT.len() / 2]);
        write("package.json", "{\"name\":\"x\"}");
        write("notes.txt", REPORT);
        write(".half.json", REPORT);
        fs::create_dir(folder.path().join("folder.json")).unwrap();
        let reports = ReportsFolder::new(folder.path().to_owned());
        let listing = reports.list();
        assert_eq!(names(&listing), ["2026-11-02.json", "2026-11-01.json"]);
        assert_eq!((listing.files[0].summary.requests, listing.files[0].bytes), (194, REPORT.len() as u64));
        let [unreadable] = listing.unreadable.as_slice() else { panic!("{listing:?}") };
        assert!(unreadable.problem.starts_with("the file ends in the middle"), "{unreadable:?}");
        assert_eq!(reports.list(), listing);
        fs::remove_file(folder.path().join("2026-11-02.json")).unwrap();
        write("2026-11-03.json", REPORT);
        assert_eq!(names(&reports.list()), ["2026-11-03.json", "2026-11-01.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_within_the_folder_is_followed_and_one_that_leads_out_is_not() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let secret = outside.path().join("secret.json");
        fs::write(&secret, REPORT).unwrap();
        fs::write(folder.path().join("real.json"), REPORT).unwrap();
        std::os::unix::fs::symlink("real.json", folder.path().join("inner.json")).unwrap();
        std::os::unix::fs::symlink(&secret, folder.path().join("outer.json")).unwrap();
        let reports = ReportsFolder::new(folder.path().to_owned());
        assert_eq!(names(&reports.list()), ["real.json", "inner.json"]);
        assert!(reports.open("inner.json").is_some() && reports.open("outer.json").is_none());
        let out = format!("../{}/secret.json", outside.path().file_name().unwrap().to_string_lossy());
        assert_eq!(reports.open(&out), None);
        assert_eq!(reports.open(&secret.to_string_lossy()), None);
    }

    #[test]
    fn only_a_report_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.json"), "{\"name\":\"x\"}").unwrap();
        fs::write(folder.path().join("b.json"), REPORT).unwrap();
        let reports = ReportsFolder::new(folder.path().to_owned());
        assert_eq!(reports.open("a.json"), None);
        assert_eq!(reports.open("c.json"), None);
        assert_eq!(reports.open("b.json").unwrap(), REPORT.as_bytes());
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_reports_until_it_is() {
        let parent = tempfile::tempdir().unwrap();
        let reports = ReportsFolder::new(parent.path().join("reports"));
        assert_eq!(reports.list(), FolderListing::default());
        fs::create_dir(parent.path().join("reports")).unwrap();
        fs::write(parent.path().join("reports/a.json"), REPORT).unwrap();
        assert_eq!(names(&reports.list()), ["a.json"]);
    }
}
