//! What is known of a report without opening it: its figures, where it comes from, and what a person noted about it.

use serde::{Deserialize, Serialize};

use super::id::ReportId;
use super::summary::Summary;
use crate::core::base::visible::{cell, shortened, visible_lines};

/// The most characters of a note.
pub const NOTE_CHARS: usize = 2_000;
/// The most characters of a tag, and the most tags of a report.
pub const TAG_CHARS: usize = 32;
pub const MAX_TAGS: usize = 12;

/// What is known of a report without opening it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub origin: Origin,
    #[serde(default)]
    pub summary: Summary,
    /// The size of the report's text.
    #[serde(default)]
    pub bytes: u64,
    /// The name that a person gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether later runs of its scenario are measured by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_baseline: bool,
    /// When it was deleted, in milliseconds since 1970: until it is forgotten, that can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_ms: Option<u64>,
}

/// Where a report comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A run of the page.
    #[serde(alias = "Run")]
    Run,
    /// An opened file with this name.
    #[serde(alias = "File")]
    File(String),
    /// A file with this name in the companion's folder, which is only read.
    Folder(String),
}

impl Record {
    /// The record of a report about which nobody has noted anything yet.
    pub const fn new(origin: Origin, summary: Summary, bytes: u64) -> Self {
        Self {
            origin,
            summary,
            bytes,
            name: None,
            tags: Vec::new(),
            note: String::new(),
            is_baseline: false,
            deleted_ms: None,
        }
    }

    /// Reads a record; `None` when this version does not understand it.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().map(Self::tidied)
    }

    /// The record's text.
    pub fn to_json(&self) -> String {
        // Cannot fail: it is a plain struct, and JSON has `null` for what is no number.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same with texts that can be shown.
    pub(super) fn tidied(self) -> Self {
        Self {
            summary: self.summary.tidied(),
            name: self.name.as_deref().and_then(name),
            tags: tags(self.tags.iter().map(String::as_str)),
            note: note(&self.note),
            ..self
        }
    }

    pub const fn is_deleted(&self) -> bool {
        self.deleted_ms.is_some()
    }

    /// The name in a list: the given one, or the file's.
    pub fn title(&self) -> String {
        match (&self.name, &self.origin) {
            (Some(name), _) => name.clone(),
            (None, Origin::Run) => "Run".to_owned(),
            (None, Origin::File(name) | Origin::Folder(name)) => cell(name),
        }
    }

    /// When its run started, otherwise when it was kept, in milliseconds since 1970.
    pub fn moment_ms(&self, id: ReportId) -> Option<u64> {
        self.summary.started_ms().or_else(|| id.kept_ms())
    }
}

/// A name as typed; `None` when nothing was.
pub(super) fn name(typed: &str) -> Option<String> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| cell(typed))
}

pub(super) fn note(typed: &str) -> String {
    visible_lines(typed.trim()).chars().take(NOTE_CHARS).collect()
}

/// Tags as typed, without spaces around them, each once.
pub(super) fn tags<'a>(typed: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut tags = Vec::new();
    for tag in typed {
        let tag = shortened(tag.trim().trim_start_matches('#'), TAG_CHARS).replace(char::is_whitespace, "-");
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(MAX_TAGS);
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_from_its_text_and_is_short() {
        let mut record = Record::new(Origin::File("a.json".into()), Summary::default(), 12);
        assert_eq!(Record::read(&record.to_json()), Some(record.clone()));
        assert_eq!(record.title(), "a.json");
        (record.name, record.tags) = (Some("Before the index".into()), vec!["db".into()]);
        (record.is_baseline, record.deleted_ms) = (true, Some(5));
        assert_eq!(Record::read(&record.to_json()), Some(record.clone()));
        assert_eq!(record.title(), "Before the index");
    }

    #[test]
    fn what_is_no_record_is_left_alone() {
        for text in ["", "{}", "[]", r#"{"origin":{"moon":1}}"#] {
            assert_eq!(Record::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_record_from_anywhere_has_texts_that_can_be_shown() {
        let long = "x".repeat(9_000);
        let text = format!(
            r##"{{"origin":"run","name":" \u001b[2J ","note":"{long}","tags":[" a b ","#c","c",""],"summary":{{"host":"{long}"}}}}"##
        );
        let record = Record::read(&text).unwrap();
        assert_eq!(record.name.as_deref(), Some("\\u{1b}[2J"));
        assert_eq!(record.tags, ["a-b", "c"]);
        assert_eq!(record.note.chars().count(), NOTE_CHARS);
        assert_eq!(record.summary.host.unwrap().chars().count(), 120);
    }
}
