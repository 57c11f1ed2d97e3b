//! The reports of the companion's folder, as the companion tells its page of them, and the names under which the runner
//! drops them there.

use serde::{Deserialize, Serialize};

use super::id::ReportId;
use super::record::{Origin, Record};
use super::summary::Summary;

/// The ending of the names of report files.
const ENDING: &str = ".json";
/// The most characters of a host or a scenario in a file's name.
const PART_CHARS: usize = 40;

/// The answer of [`REPORTS_PREFIX`](crate::core::http::relay::REPORTS_PREFIX), without a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FolderListing {
    /// The folder as it was named at the start.
    pub folder: String,
    /// Its reports.
    pub files: Vec<FolderFile>,
    /// Files that look like reports and cannot be opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<UnreadableFile>,
    /// How many files have not been read yet: the next listing has more of them.
    #[serde(default)]
    pub pending: usize,
}

/// A report in the folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderFile {
    pub name: String,
    pub bytes: u64,
    pub summary: Summary,
}

/// A file that cannot be opened, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableFile {
    pub name: String,
    pub problem: String,
}

impl FolderFile {
    pub fn id(&self) -> ReportId {
        ReportId::of_file(&self.name)
    }

    /// Its record in the list, in which nothing can be noted.
    pub fn record(&self) -> Record {
        let summary = self.summary.clone().tidied();
        Record::new(Origin::Folder(self.name.clone()), summary, self.bytes)
    }
}

/// Whether a file may be a report by its name. A hidden file is one that is still being written.
pub fn is_report_name(name: &str) -> bool {
    let is_plain = !name.contains(['/', '\\', '\0']);
    is_plain && name.len() > ENDING.len() && name.ends_with(ENDING) && !name.starts_with('.')
}

/// The name under which the runner drops a report, without its ending: `2026-11-23T14-05-00Z-localhost-8080-OddiyaUser`.
/// Names sort by the moment of the start.
pub fn file_stem(started_at: &str, host: &str, scenario: &str) -> String {
    let host = host.split_once("://").map_or(host, |(_, authority)| authority);
    let parts = [started_at, host, scenario].map(safe);
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// The letters and digits of a text, with a dash between them wherever there was something else.
fn safe(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric();
    let words: Vec<&str> = text.split(|c: char| !is_safe(c)).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(PART_CHARS).collect()
}

/// The whole name; `taken` says which names there are already.
pub fn free_name(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    let first = format!("{stem}{ENDING}");
    let later = (2_u32..).map(|n| format!("{stem}-{n}{ENDING}"));
    std::iter::once(first.clone()).chain(later).find(|name| !taken(name)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_sorts_by_the_start_and_holds_host_and_scenario() {
        let stem =
            file_stem("2026-11-23T14:05:00Z", "http://localhost:8080/api", "OddiyaUser, StressTestUser");
        assert_eq!(stem, "2026-11-23T14-05-00Z-localhost-8080-api-OddiyaUser-StressTestUser");
        assert_eq!(file_stem("2026-11-23T14:05:00Z", "https://../../etc", ""), "2026-11-23T14-05-00Z-etc");
        assert_eq!(free_name("a", |_| false), "a.json");
        assert_eq!(free_name("a", |name| ["a.json", "a-2.json"].contains(&name)), "a-3.json");
    }

    #[test]
    fn only_plain_names_of_json_files_may_be_reports() {
        assert!(is_report_name("2026-11-23.json") && is_report_name("서울.json"));
        for name in
            ["", ".json", ".hidden.json", "a.csv", "../a.json", "a/b.json", "a\\b.json", "a\0.json", "json"]
        {
            assert!(!is_report_name(name), "{name:?}");
        }
    }
}
