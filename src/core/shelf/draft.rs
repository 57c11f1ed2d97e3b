//! A text that is being changed, beside what is kept. It stays while its tab does, whatever view is on screen.

use super::record::Record;

/// A text that differs from the stored one, or differed when it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The moment of the record that it began from; `None` when it began from none.
    pub from_ms: Option<u64>,
}

/// How a draft differs from the stored text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The draft equals the stored text.
    Same,
    /// The draft has changes, and saving it overwrites only the text that it began from.
    Changed,
    /// Another tab has saved another text meanwhile.
    Overtaken,
    /// Another tab has deleted the scenario meanwhile.
    Deleted,
}

impl Draft {
    /// How the draft stands to the record of its scenario.
    pub fn standing(&self, record: Option<&Record>) -> Standing {
        match (record.filter(|record| !record.is_deleted()), self.from_ms) {
            (Some(record), _) if record.text == self.text => Standing::Same,
            (Some(record), from_ms) if from_ms == Some(record.changed_ms) => Standing::Changed,
            (Some(_), _) => Standing::Overtaken,
            (None, Some(_)) => Standing::Deleted,
            (None, None) => Standing::Changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_knows_whether_it_is_saved_changed_overtaken_or_without_its_scenario() {
        let draft = |text: &str, from_ms| Draft { text: text.to_owned(), from_ms };
        let record = Record::new("kept".into(), 7);
        let mut deleted = record.clone();
        deleted.deleted_ms = Some(9);
        assert_eq!(draft("kept", Some(7)).standing(Some(&record)), Standing::Same);
        assert_eq!(
            draft("kept", Some(6)).standing(Some(&record)),
            Standing::Same,
            "both tabs typed the same"
        );
        assert_eq!(draft("new", Some(7)).standing(Some(&record)), Standing::Changed);
        assert_eq!(draft("new", Some(6)).standing(Some(&record)), Standing::Overtaken);
        assert_eq!(draft("new", Some(7)).standing(Some(&deleted)), Standing::Deleted);
        assert_eq!(draft("new", Some(7)).standing(None), Standing::Deleted);
        assert_eq!(draft("new", None).standing(None), Standing::Changed);
    }
}
