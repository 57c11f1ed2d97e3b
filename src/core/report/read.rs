//! From a file's bytes to a report, or to a sentence that says why not.
//!
//! Whatever a person drops on the page ends up here, so nothing is trusted. `outline.rs` finds out what a file is and
//! whether it fits into memory, `upgrade.rs` upgrades older versions, and `check.rs` and `check_histograms.rs` check what
//! serde cannot. Figures that contradict each other are no reason to refuse a report: `core::analyse` finds them.

use serde::de::IgnoredAny;

use super::outline::{Outline, Word};
use super::{Report, SCHEMA, VERSION, check, check_histograms, upgrade};
use crate::core::base::visible::sentence;

/// Larger files are no reports: ten minutes of the standard mix are under 3 MB.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Why a file is no report that can be shown. Nothing was changed by trying.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More than [`MAX_BYTES`].
    #[error("the file has {} MB; reports have at most {} MB, so this is something else", .0 / 1_000_000, MAX_BYTES / 1_000_000)]
    TooLarge(u64),
    /// JSON that stops in the middle.
    #[error("the file ends in the middle (line {line}); it was cut off, so export or copy it again")]
    Truncated {
        /// Where it ends.
        line: usize,
    },
    /// No JSON at all.
    #[error("the file is not JSON (line {line}, column {column}); choose a report that Oddiya Load exported")]
    NotJson {
        /// Where reading stopped.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// JSON of another kind.
    #[error("the file is JSON but no Oddiya Load report: its `schema` is {found}, not \"{SCHEMA}\"")]
    OtherSchema {
        /// What it says it is.
        found: String,
    },
    /// A report of a later program.
    #[error(
        "the report has version {found} and this program reads up to {VERSION}; open it with a newer Oddiya Load"
    )]
    Newer {
        /// Its version.
        found: u64,
    },
    /// A report with more rows than any run leaves.
    #[error(
        "the report has {rows} rows or values in `{part}`, more than any run leaves and more than can be shown; export it again"
    )]
    TooMany {
        /// Which part has the most.
        part: &'static str,
        /// How many.
        rows: u64,
    },
    /// A report with a part missing or wrong.
    #[error("the report is damaged: {0}")]
    Damaged(String),
}

/// Reads a report.
///
/// # Errors
/// Why the file is none, or none that can be shown.
pub fn read(bytes: &[u8]) -> Result<Report, ReadError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge(bytes.len() as u64));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, &error))?;
    // Editors and shells of Windows put a byte order mark before text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let outline = outline(text)?;
    match outline.schema.as_ref() {
        Some(Word::Text(schema)) if schema == SCHEMA => {}
        other => {
            let found = other.map_or_else(|| "absent".to_owned(), |found| sentence(&found.to_string()));
            return Err(ReadError::OtherSchema { found });
        }
    }
    if let Some((part, rows)) = outline.too_much() {
        return Err(ReadError::TooMany { part, rows });
    }
    match outline.version {
        Some(Word::Number(version)) if version > u64::from(VERSION) => {
            Err(ReadError::Newer { found: version })
        }
        Some(Word::Number(2)) => checked(parse::<Report>(text)?),
        Some(Word::Number(1)) => checked(parse::<upgrade::ReportV1>(text)?.into()),
        _ => Err(ReadError::Damaged("`version` is no whole number of 1 or more".to_owned())),
    }
}

/// Reads a report that this program wrote after [`read`] had checked it, or after it had made it: its size and its thousands
/// of histograms are not checked again, which takes half the time.
///
/// # Errors
/// As [`read`], which is asked whenever something else is wrong.
pub fn read_kept(text: &str) -> Result<Report, ReadError> {
    let kept = serde_json::from_str::<Report>(text).ok();
    let is_sound = |report: &Report| {
        report.schema == SCHEMA && report.version == VERSION && check::problem(report).is_none()
    };
    kept.filter(is_sound).map_or_else(|| read(text.as_bytes()), Ok)
}

/// Another kind of JSON has another outline, which is no error here. What JSON allows and this program cannot hold, such
/// as a number of 400 digits, is a damaged report and not another kind of file.
fn outline(text: &str) -> Result<Outline, ReadError> {
    match serde_json::from_str::<Outline>(text) {
        Err(error) if error.is_data() => Ok(Outline::default()),
        Err(error) => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Err(damaged(&error)),
            Err(error) => Err(syntax_error(&error)),
        },
        Ok(outline) => Ok(outline),
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    serde_json::from_str(text).map_err(|error| damaged(&error))
}

/// The error may quote the file.
fn damaged(error: &serde_json::Error) -> ReadError {
    ReadError::Damaged(sentence(&error.to_string()))
}

fn checked(report: Report) -> Result<Report, ReadError> {
    let problem = check::problem(&report).or_else(|| check_histograms::problem(&report));
    problem.map_or(Ok(report), |problem| Err(ReadError::Damaged(problem)))
}

/// Where the text ends that can be read.
fn not_utf8(bytes: &[u8], error: &std::str::Utf8Error) -> ReadError {
    let read = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let line_start = read.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = read.iter().filter(|byte| **byte == b'\n').count() + 1;
    ReadError::NotJson { line, column: read.len() - line_start + 1 }
}

fn syntax_error(error: &serde_json::Error) -> ReadError {
    if error.is_eof() {
        ReadError::Truncated { line: error.line() }
    } else {
        ReadError::NotJson { line: error.line(), column: error.column() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = include_str!("../../../tests/fixtures/reports/v1/sim.json");

    fn refused(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn opens_a_report() {
        assert!(read(REPORT.as_bytes()).is_ok());
    }

    #[test]
    fn a_kept_report_is_what_was_written_and_a_damaged_or_older_one_is_read_like_a_file() {
        let report = read(REPORT.as_bytes()).unwrap();
        assert_eq!(read_kept(&report.to_json()).unwrap(), report);
        assert_eq!(read_kept(REPORT).unwrap(), report, "version 1");
        let damaged = REPORT.replace("\"stopped_by\"", "\"stoped_by\"");
        assert_eq!(read_kept(&damaged).unwrap_err().to_string(), refused(&damaged));
    }

    #[test]
    fn a_byte_order_mark_is_no_reason_to_refuse_a_file() {
        assert_eq!(read(format!("\u{feff}{REPORT}").as_bytes()), read(REPORT.as_bytes()));
        assert!(refused("\u{feff}").starts_with("the file ends in the middle"));
    }

    #[test]
    fn says_why_a_file_is_no_report() {
        assert_eq!(
            refused("Type,Name,Request Count"),
            "the file is not JSON (line 1, column 1); choose a report that Oddiya Load exported"
        );
        assert!(read(&[0xff, 0xfe]).unwrap_err().to_string().starts_with("the file is not JSON"));
        assert_eq!(
            refused(r#"{"metrics":{}}"#),
            "the file is JSON but no Oddiya Load report: its `schema` is absent, not \"oddiya-load/report\""
        );
        assert!(refused("[1,2]").contains("no Oddiya Load report"));
        assert!(refused(r#"{"schema":"k6"}"#).contains(r#"its `schema` is "k6""#));
    }

    #[test]
    fn a_file_that_was_cut_off_is_called_so() {
        let half = REPORT.get(..REPORT.len() / 2).unwrap();
        assert!(refused(half).starts_with("the file ends in the middle (line "), "{}", refused(half));
        assert!(refused("").starts_with("the file ends in the middle"));
    }

    #[test]
    fn refuses_a_report_from_the_future() {
        let newer = REPORT.replace("\"version\": 1,", "\"version\": 3,");
        assert_eq!(
            refused(&newer),
            "the report has version 3 and this program reads up to 2; open it with a newer Oddiya Load"
        );
        assert!(refused(r#"{"schema":"oddiya-load/report","version":"x"}"#).contains("`version`"));
    }

    #[test]
    fn a_missing_field_is_named() {
        let damaged = REPORT.replace("\"stopped_by\"", "\"stoped_by\"");
        assert!(refused(&damaged).contains("missing field `stopped_by`"), "{}", refused(&damaged));
    }

    #[test]
    fn a_damaged_histogram_is_named_by_its_entry() {
        let damaged = REPORT.replacen("\"HISTF", "\"AAAAA", 1);
        assert!(refused(&damaged).starts_with("the report is damaged: in `"), "{}", refused(&damaged));
    }

    #[test]
    fn a_moment_that_is_in_no_run_is_named() {
        for (field, part) in
            [("duration_s", "run.duration_s"), ("drain_s", "run.drain_s"), ("first_s", "failures")]
        {
            for moment in ["1e300", "-1.0", "40000000.0"] {
                let from = REPORT.find(&format!("\"{field}\": ")).unwrap() + field.len() + 4;
                let to = from + REPORT[from..].find([',', '\n']).unwrap();
                let hostile = format!("{}{moment}{}", &REPORT[..from], &REPORT[to..]);
                assert!(
                    refused(&hostile).contains(&format!("`{part}` has a moment")),
                    "{}",
                    refused(&hostile)
                );
            }
        }
        let late = REPORT.replace("\"second\": 19", "\"second\": 99999999999999");
        assert!(refused(&late).contains("`timeline` has a moment"), "{}", refused(&late));
    }

    #[test]
    fn what_is_too_large_is_not_even_parsed() {
        let bytes = vec![b' '; MAX_BYTES as usize + 1];
        assert_eq!(read(&bytes), Err(ReadError::TooLarge(MAX_BYTES + 1)));
    }
}
