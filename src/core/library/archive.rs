//! The file of all reports: their texts as they are, with what a person noted about each.
//!
//! Whatever a person drops on the page may end up here, so nothing is trusted: the file's parts are only marked off, and
//! each report goes through the report's own reader when its turn comes. Figures in a list are computed anew.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, de};
use serde_json::value::RawValue;

use super::id::ReportId;
use super::record::{self, Origin, Record};
use super::summary::Summary;
use crate::core::base::visible::sentence;
use crate::core::report::Report;
use crate::core::report::read::{ReadError, read as read_report};

/// The value of the file's `schema`.
pub const SCHEMA: &str = "oddiya-load/library";
/// The version this program writes, and the newest it reads.
const VERSION: u64 = 1;
/// The largest file: a browser holds it in memory as a whole.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
const MAX_REPORTS: usize = 10_000;
/// The most bytes of a list of tags.
const MAX_TAGS_BYTES: usize = 16 * 1024;
/// How far into a file its schema stands, at most.
pub const HEAD_BYTES: usize = 256;

/// The beginning of the file, what stands between two reports, and its end.
pub const BEFORE: &str = "{\"schema\":\"oddiya-load/library\",\"version\":1,\"reports\":[\n";
pub const BETWEEN: &str = ",\n";
pub const AFTER: &str = "\n]}\n";

/// Why a file is no library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error("the file has {} MB; a library has at most {} MB, so export fewer reports at a time", .0 / 1_000_000, MAX_BYTES / 1_000_000)]
    TooLarge(u64),
    #[error(
        "the library has version {0} and this program reads up to {VERSION}; open it with a newer Oddiya Load"
    )]
    Newer(u64),
    #[error("the library is damaged: {0}")]
    Damaged(String),
}

/// Whether the beginning of a file is that of a library.
pub fn is_library(head: &[u8]) -> bool {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    head.windows(SCHEMA.len()).any(|part| part == SCHEMA.as_bytes())
}

#[derive(Serialize)]
struct Written<'a> {
    id: ReportId,
    origin: &'a Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    is_baseline: bool,
}

/// A report in the file.
pub fn entry(id: ReportId, record: &Record, report: &str) -> String {
    let Record { origin, name, tags, note, is_baseline, .. } = record;
    // A file of the folder becomes a file that was opened.
    let opened = match origin {
        Origin::Folder(name) => Some(Origin::File(name.clone())),
        Origin::Run | Origin::File(_) => None,
    };
    let origin = opened.as_ref().unwrap_or(origin);
    let written = Written { id, origin, name: name.as_deref(), tags, note, is_baseline: *is_baseline };
    // Cannot fail: it is a plain struct.
    let head = serde_json::to_string(&written).unwrap_or_default();
    format!("{},\"report\":{}}}", head.trim_end_matches('}'), report.trim())
}

#[derive(Deserialize)]
struct File<'a> {
    version: u64,
    #[serde(borrow)]
    reports: Marked<'a>,
}

/// The reports of a file, marked off and not read yet.
struct Marked<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Marked<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MarkedVisitor<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for MarkedVisitor<'a> {
            type Value = Marked<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of reports")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Marked<'a>, A::Error> {
                let mut marked = Vec::new();
                while let Some(item) = items.next_element()? {
                    if marked.len() == MAX_REPORTS {
                        return Err(de::Error::custom(format_args!(
                            "it has more than {MAX_REPORTS} reports"
                        )));
                    }
                    marked.push(item);
                }
                Ok(Marked(marked))
            }
        }
        deserializer.deserialize_seq(MarkedVisitor(PhantomData))
    }
}

#[derive(Deserialize)]
struct Item<'a> {
    id: ReportId,
    origin: Origin,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, borrow)]
    tags: Option<&'a RawValue>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    is_baseline: bool,
    #[serde(borrow)]
    report: &'a RawValue,
}

/// A report of the file that can be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    pub id: ReportId,
    pub record: Record,
    pub report: Report,
    /// The report's text, as it stands in the file.
    pub text: &'a str,
}

/// The reports of a file, one by one: each can be opened, or the reason why not is given.
///
/// # Errors
/// Why the file is no library.
pub fn read(bytes: &[u8]) -> Result<impl ExactSizeIterator<Item = Result<Found<'_>, String>>, ArchiveError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ArchiveError::TooLarge(bytes.len() as u64));
    }
    let damaged = |error: &dyn fmt::Display| ArchiveError::Damaged(sentence(&error.to_string()));
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(&error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let File { version, reports } = serde_json::from_str(text).map_err(|error| damaged(&error))?;
    if version > VERSION {
        return Err(ArchiveError::Newer(version));
    }
    Ok(reports.0.into_iter().map(open))
}

fn open(item: &RawValue) -> Result<Found<'_>, String> {
    let item: Item<'_> = serde_json::from_str(item.get()).map_err(|error| sentence(&error.to_string()))?;
    let text = item.report.get();
    let report = read_report(text.as_bytes()).map_err(|error: ReadError| error.to_string())?;
    let tags = item.tags.map(RawValue::get).filter(|tags| tags.len() <= MAX_TAGS_BYTES);
    let tags: Vec<String> = tags.and_then(|tags| serde_json::from_str(tags).ok()).unwrap_or_default();
    let record = Record {
        name: item.name.as_deref().and_then(record::name),
        tags: record::tags(tags.iter().map(String::as_str)),
        note: record::note(&item.note),
        is_baseline: item.is_baseline,
        ..Record::new(item.origin, Summary::of(&report), text.len() as u64)
    };
    // The id of a file in a folder is not one that can be kept.
    let id = if item.id.is_of_file() {
        ReportId::kept_at(record.summary.started_ms().unwrap_or(1), text.len() as u64)
    } else {
        item.id
    };
    Ok(Found { id, record, report, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = include_str!("../../../tests/fixtures/reports/v2/sim.json");

    fn file(entries: &[String]) -> String {
        format!("{BEFORE}{}{AFTER}", entries.join(BETWEEN))
    }

    fn record() -> Record {
        let report = read_report(REPORT.as_bytes()).unwrap();
        Record {
            name: Some("Before \"the\" index}".into()),
            tags: vec!["db".into()],
            note: "two\nlines".into(),
            is_baseline: true,
            ..Record::new(Origin::Run, Summary::of(&report), REPORT.trim().len() as u64)
        }
    }

    #[test]
    fn every_report_is_read_back_with_what_was_noted_about_it() {
        let ids = [ReportId::kept_at(1, 2), ReportId::kept_at(3, 4)];
        let text = file(&ids.map(|id| entry(id, &record(), REPORT)));
        assert!(is_library(text.as_bytes()) && !is_library(REPORT.as_bytes()));
        let found: Vec<_> = read(text.as_bytes()).unwrap().map(Result::unwrap).collect();
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), ids);
        assert_eq!(found[1].record, record());
        assert_eq!(found[1].text, REPORT.trim());
        assert_eq!(read(file(&[]).as_bytes()).unwrap().len(), 0);
    }

    #[test]
    fn a_damaged_report_is_named_and_the_others_are_read() {
        let good = entry(ReportId::kept_at(1, 2), &record(), REPORT);
        let damaged = good.replace("\"requests\"", "\"requets\"");
        let text = file(&[damaged, good, "{}".into()]);
        let found: Vec<_> = read(text.as_bytes()).unwrap().collect();
        assert!(found[0].as_ref().unwrap_err().starts_with("the report is damaged"), "{:?}", found[0]);
        assert!(found[1].is_ok());
        assert!(found[2].as_ref().unwrap_err().contains("missing field"));
    }

    #[test]
    fn what_is_no_library_says_why() {
        let error = |text: &str| read(text.as_bytes()).err().unwrap().to_string();
        assert!(error("{").starts_with("the library is damaged"));
        let newer = error("{\"schema\":\"oddiya-load/library\",\"version\":2,\"reports\":[]}");
        assert!(newer.contains("has version 2"), "{newer}");
        let many = error(&file(&vec!["0".to_owned(); MAX_REPORTS + 1]));
        assert!(many.contains("more than 10000 reports"), "{many}");
    }

    #[test]
    fn a_file_cannot_name_a_place_in_a_folder_or_bring_a_million_tags() {
        let item = entry(ReportId::of_file("a.json"), &record(), REPORT);
        let text = file(&[item.replace("[\"db\"]", &format!("[{}\"x\"]", "\"\",".repeat(100_000)))]);
        let found = read(text.as_bytes()).unwrap().next().unwrap().unwrap();
        assert!(!found.id.is_of_file() && found.record.tags.is_empty());
    }
}
