//! Changes of records. Each is a value, so that storage can apply it to what it finds there: another tab may have changed
//! the records meanwhile.

use super::Records;
use super::id::ScenarioId;
use super::record::Record;

/// A change of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Saves a text, under a new id or in place of what is there. A deleted one is there again.
    Save {
        id: ScenarioId,
        text: String,
        at_ms: u64,
    },
    /// Deletes a scenario so that it can be undone.
    Delete {
        id: ScenarioId,
        at_ms: u64,
    },
    Restore(ScenarioId),
    /// Forgets for good what was deleted before a moment.
    Forget {
        deleted_before_ms: u64,
    },
}

/// Which records an edit has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Records to be written again.
    pub written: Vec<ScenarioId>,
    pub removed: Vec<ScenarioId>,
}

/// Applies an edit. A scenario that is not there any more is left out.
pub fn apply(records: &mut Records, edit: &Edit) -> Changed {
    let before = records.clone();
    match edit {
        Edit::Save { id, text, at_ms } => {
            // A later moment than before, whatever the computer's clock does: drafts tell by it what they began from.
            let last = records.get(id).map_or(0, |record| record.changed_ms);
            records.insert(*id, Record::new(text.clone(), (*at_ms).max(last + 1)));
        }
        Edit::Delete { id, at_ms } => {
            records.get_mut(id).into_iter().for_each(|record| record.deleted_ms = Some(*at_ms));
        }
        Edit::Restore(id) => records.get_mut(id).into_iter().for_each(|record| record.deleted_ms = None),
        Edit::Forget { deleted_before_ms } => {
            records.retain(|_, record| record.deleted_ms.is_none_or(|at_ms| at_ms >= *deleted_before_ms));
        }
    }
    let is_changed = |(id, record): &(&ScenarioId, &Record)| before.get(*id) != Some(*record);
    Changed {
        written: records.iter().filter(is_changed).map(|(id, _)| *id).collect(),
        removed: before.into_keys().filter(|id| !records.contains_key(id)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> ScenarioId {
        ScenarioId::kept_at(n, 0)
    }

    fn save(n: u64, text: &str, at_ms: u64) -> Edit {
        Edit::Save { id: id(n), text: text.into(), at_ms }
    }

    #[test]
    fn saving_replaces_the_text_and_its_moment_only_grows() {
        let mut records = Records::new();
        assert_eq!(apply(&mut records, &save(1, "a", 50)).written, [id(1)]);
        apply(&mut records, &save(1, "b", 40));
        assert_eq!((records[&id(1)].text.as_str(), records[&id(1)].changed_ms), ("b", 51));
    }

    #[test]
    fn what_was_deleted_comes_back_by_undo_or_by_saving_until_it_is_forgotten() {
        let mut records = Records::new();
        for n in 1..=3 {
            apply(&mut records, &save(n, "a", 10));
            apply(&mut records, &Edit::Delete { id: id(n), at_ms: 20 });
        }
        apply(&mut records, &Edit::Restore(id(1)));
        apply(&mut records, &save(2, "b", 30));
        assert_eq!(apply(&mut records, &Edit::Forget { deleted_before_ms: 20 }), Changed::default());
        assert_eq!(apply(&mut records, &Edit::Forget { deleted_before_ms: 21 }).removed, [id(3)]);
        assert_eq!(records.values().filter(|record| !record.is_deleted()).count(), 2);
        assert_eq!(apply(&mut records, &Edit::Delete { id: id(9), at_ms: 1 }), Changed::default());
    }
}
