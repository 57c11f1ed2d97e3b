//! Changes of records. Each is a value, so that storage can apply it to what it finds there: another tab may have changed
//! the records meanwhile.

use super::Records;
use super::id::ReportId;
use super::record::{Record, name, note, tags};

/// A change of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Sets name, tags and note of a report, as typed. An empty name restores the report's own.
    Describe {
        id: ReportId,
        name: String,
        /// Separated by spaces or commas.
        tags: String,
        note: String,
    },
    /// Makes a report the baseline of its scenario, in place of any other.
    MarkBaseline(ReportId),
    UnmarkBaseline(ReportId),
    /// Deletes reports so that it can be undone.
    Delete {
        ids: Vec<ReportId>,
        at_ms: u64,
    },
    Restore(Vec<ReportId>),
    /// Forgets for good what was deleted before a moment.
    Forget {
        deleted_before_ms: u64,
    },
}

/// Which records an edit has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Records to be written again.
    pub written: Vec<ReportId>,
    /// Records to be removed together with their reports.
    pub removed: Vec<ReportId>,
}

/// Applies an edit. Reports that are not there any more are left out.
pub fn apply(records: &mut Records, edit: &Edit) -> Changed {
    let before = records.clone();
    match edit {
        Edit::Describe { id, name: typed_name, tags: typed_tags, note: typed_note } => {
            change(records, *id, |record| {
                record.name = name(typed_name);
                record.tags = tags(typed_tags.split(|c: char| c == ',' || c.is_whitespace()));
                record.note = note(typed_note);
            });
        }
        Edit::MarkBaseline(id) => mark_baseline(records, *id),
        Edit::UnmarkBaseline(id) => change(records, *id, |record| record.is_baseline = false),
        Edit::Delete { ids, at_ms } => {
            ids.iter().for_each(|id| change(records, *id, |record| record.deleted_ms = Some(*at_ms)));
        }
        Edit::Restore(ids) => ids.iter().for_each(|id| restore(records, *id)),
        Edit::Forget { deleted_before_ms } => {
            records.retain(|_, record| record.deleted_ms.is_none_or(|at_ms| at_ms >= *deleted_before_ms));
        }
    }
    let is_changed = |(id, record): &(&ReportId, &Record)| before.get(*id) != Some(*record);
    Changed {
        written: records.iter().filter(is_changed).map(|(id, _)| *id).collect(),
        removed: before.into_keys().filter(|id| !records.contains_key(id)).collect(),
    }
}

/// The baseline of a scenario.
pub fn baseline_of(records: &Records, scenario: Option<&str>) -> Option<ReportId> {
    let is_it = |record: &Record| {
        record.is_baseline && !record.is_deleted() && record.summary.scenario.as_deref() == scenario
    };
    records.iter().find(|(_, record)| is_it(record)).map(|(id, _)| *id)
}

fn change(records: &mut Records, id: ReportId, change: impl FnOnce(&mut Record)) {
    if let Some(record) = records.get_mut(&id) {
        change(record);
    }
}

fn mark_baseline(records: &mut Records, id: ReportId) {
    let Some(scenario) = records.get(&id).map(|record| record.summary.scenario.clone()) else { return };
    let of_it = records.iter_mut().filter(|(_, record)| record.summary.scenario == scenario);
    of_it.for_each(|(other, record)| record.is_baseline = *other == id);
}

/// A baseline that was replaced while it was deleted comes back without its mark.
fn restore(records: &mut Records, id: ReportId) {
    let Some(record) = records.get(&id) else { return };
    let has_other = baseline_of(records, record.summary.scenario.as_deref()).is_some_and(|other| other != id);
    change(records, id, |record| {
        record.deleted_ms = None;
        record.is_baseline &= !has_other;
    });
}

#[cfg(test)]
mod tests {
    use super::super::record::Origin;
    use super::super::summary::Summary;
    use super::*;

    fn id(n: u64) -> ReportId {
        ReportId::kept_at(n, 0)
    }

    fn records(scenarios: &[&str]) -> Records {
        let record = |scenario: &&str| {
            let summary = Summary { scenario: Some((*scenario).to_owned()), ..Summary::default() };
            Record::new(Origin::Run, summary, 1)
        };
        scenarios.iter().enumerate().map(|(i, scenario)| (id(i as u64), record(scenario))).collect()
    }

    fn baselines(records: &Records) -> Vec<ReportId> {
        records.iter().filter(|(_, record)| record.is_baseline).map(|(id, _)| *id).collect()
    }

    #[test]
    fn a_scenario_has_one_baseline_and_other_scenarios_keep_theirs() {
        let mut records = records(&["a", "a", "b"]);
        assert_eq!(apply(&mut records, &Edit::MarkBaseline(id(0))).written, [id(0)]);
        apply(&mut records, &Edit::MarkBaseline(id(2)));
        assert_eq!(apply(&mut records, &Edit::MarkBaseline(id(1))).written, [id(0), id(1)]);
        assert_eq!(baselines(&records), [id(1), id(2)]);
        assert_eq!(baseline_of(&records, Some("a")), Some(id(1)));
        apply(&mut records, &Edit::UnmarkBaseline(id(1)));
        assert_eq!(baselines(&records), [id(2)]);
        assert_eq!(apply(&mut records, &Edit::MarkBaseline(id(9))), Changed::default());
    }

    #[test]
    fn a_description_is_taken_as_typed_and_an_empty_name_gives_the_report_its_own() {
        let mut records = records(&["a"]);
        let describe = |name: &str, tags: &str| Edit::Describe {
            id: id(0),
            name: name.into(),
            tags: tags.into(),
            note: " two\nlines ".into(),
        };
        apply(&mut records, &describe(" Before ", "db, #index  db"));
        let record = &records[&id(0)];
        assert_eq!((record.title(), record.tags.join(" ")), ("Before".into(), "db index".into()));
        assert_eq!(record.note, "two\nlines");
        apply(&mut records, &describe("  ", ""));
        assert_eq!((records[&id(0)].title(), records[&id(0)].tags.len()), ("Run".into(), 0));
    }

    #[test]
    fn what_was_deleted_comes_back_until_it_is_forgotten() {
        let mut records = records(&["a", "a"]);
        let ids = vec![id(0), id(1)];
        assert_eq!(apply(&mut records, &Edit::Delete { ids: ids.clone(), at_ms: 50 }).written, ids);
        assert!(records.values().all(Record::is_deleted));
        apply(&mut records, &Edit::Restore(vec![id(0)]));
        let forgotten = apply(&mut records, &Edit::Forget { deleted_before_ms: 50 });
        assert_eq!(forgotten, Changed::default(), "not before the time is up");
        let forgotten = apply(&mut records, &Edit::Forget { deleted_before_ms: 51 });
        assert_eq!((forgotten.removed, records.len()), (vec![id(1)], 1));
    }

    #[test]
    fn a_baseline_that_was_replaced_while_it_was_deleted_comes_back_without_its_mark() {
        let mut records = records(&["a", "a"]);
        apply(&mut records, &Edit::MarkBaseline(id(0)));
        apply(&mut records, &Edit::Delete { ids: vec![id(0)], at_ms: 1 });
        assert_eq!(baseline_of(&records, Some("a")), None);
        apply(&mut records, &Edit::Restore(vec![id(0)]));
        assert_eq!(baselines(&records), [id(0)], "nobody took its place");
        apply(&mut records, &Edit::Delete { ids: vec![id(0)], at_ms: 1 });
        apply(&mut records, &Edit::MarkBaseline(id(1)));
        apply(&mut records, &Edit::Restore(vec![id(0)]));
        assert_eq!(baselines(&records), [id(1)]);
    }
}
