//! The record of a kept scenario: its text, and when it was changed.

use serde::{Deserialize, Serialize};

/// The form of a record. A later form that this page cannot understand has another number and is left alone.
const FORM: u32 = 1;

/// A kept scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    form: u32,
    /// The text of the file, right or not.
    pub text: String,
    /// When it was last saved, in milliseconds since 1970.
    pub changed_ms: u64,
    /// When it was deleted, which can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_ms: Option<u64>,
}

impl Record {
    pub const fn new(text: String, changed_ms: u64) -> Self {
        Self { form: FORM, text, changed_ms, deleted_ms: None }
    }

    /// Reads a record that [`Self::to_json`] wrote; `None` when it is damaged or of a later form.
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().filter(|record: &Self| record.form == FORM)
    }

    pub fn to_json(&self) -> String {
        // Cannot fail: JSON can hold texts and numbers.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub const fn is_deleted(&self) -> bool {
        self.deleted_ms.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_and_one_of_a_later_form_is_left_alone() {
        let record = Record::new("scenario: 여행\nusers: {}\n".into(), 1_795_700_000_123);
        let deleted = Record { deleted_ms: Some(5), ..record.clone() };
        for record in [record, deleted] {
            assert_eq!(Record::read(&record.to_json()), Some(record));
        }
        let later = r#"{"form":2,"text":"","changed_ms":1}"#;
        assert_eq!((Record::read(later), Record::read("{\"form\":1")), (None, None));
    }
}
