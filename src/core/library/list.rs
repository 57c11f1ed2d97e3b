//! The list of reports: which ones a search finds, and in which order they stand.

use std::cmp::Ordering;
use std::sync::Arc;

use super::id::ReportId;
use super::record::Record;
use super::summary::{Summary, TrustVerdict};
use crate::core::present::table::Direction;

/// A report in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub id: ReportId,
    pub record: Arc<Record>,
    /// Where it is.
    pub place: Place,
}

/// Where a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The browser keeps it.
    Kept,
    /// Only this tab has it: it goes with the tab.
    ThisTab,
    /// The companion's folder, which is only read.
    Folder,
}

/// The columns of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    When,
    Host,
    Scenario,
    Load,
    Rps,
    P95,
    Failures,
    Trust,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::When,
        Self::Host,
        Self::Scenario,
        Self::Load,
        Self::Rps,
        Self::P95,
        Self::Failures,
        Self::Trust,
    ];

    pub const fn heading(self) -> &'static str {
        match self {
            Self::Name => "Report",
            Self::When => "When",
            Self::Host => "Host",
            Self::Scenario => "Scenario",
            Self::Load => "Load",
            Self::Rps => "RPS",
            Self::P95 => "p95 ms",
            Self::Failures => "Failures",
            Self::Trust => "Verdict",
        }
    }

    /// One sentence that explains the heading.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Name => "The name you gave it, or the file's",
            Self::When => "When the run started, by your clock",
            Self::Host => "The host that was loaded",
            Self::Scenario => "What the virtual users did",
            Self::Load => "The load that was asked for",
            Self::Rps => "Requests that ended per second of the run",
            Self::P95 => {
                "95 in 100 requests were at most this slow; in an open load counted from the scheduled start"
            }
            Self::Failures => "Requests that failed, of all that ended",
            Self::Trust => "Whether the generator itself kept up",
        }
    }

    /// The name that tests and the page's cells use.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::When => "when",
            Self::Host => "host",
            Self::Scenario => "scenario",
            Self::Load => "load",
            Self::Rps => "rps",
            Self::P95 => "p95",
            Self::Failures => "failures",
            Self::Trust => "verdict",
        }
    }

    pub const fn is_number(self) -> bool {
        matches!(self, Self::Rps | Self::P95 | Self::Failures)
    }

    /// The direction that a first click on the heading gives: the latest, the most, the worst on top; texts by the alphabet.
    pub const fn first_direction(self) -> Direction {
        match self {
            Self::Name | Self::Host | Self::Scenario | Self::Load => Direction::Ascending,
            Self::When | Self::Rps | Self::P95 | Self::Failures | Self::Trust => Direction::Descending,
        }
    }
}

/// The column by which the list is sorted, and the direction.
pub type Order = (Column, Direction);

/// The latest on top.
pub const LATEST_FIRST: Order = (Column::When, Direction::Descending);

/// The order after a click on a heading.
pub fn after_click(order: Order, column: Column) -> Order {
    match order {
        (sorted, Direction::Ascending) if sorted == column => (column, Direction::Descending),
        (sorted, Direction::Descending) if sorted == column => (column, Direction::Ascending),
        _ => (column, column.first_direction()),
    }
}

/// The reports that a search finds, in order. Of two that are equal by the column, the later one comes first.
pub fn select(mut listed: Vec<Listed>, search: &str, order: Order) -> Vec<Listed> {
    let words: Vec<Word> = search.split_whitespace().map(Word::of).collect();
    listed.retain(|report| words.iter().all(|word| word.is_in(&report.record)));
    listed.sort_by(|a, b| {
        let later = || moment(b).cmp(&moment(a)).then(b.id.cmp(&a.id));
        compare(a, b, order).then_with(later)
    });
    listed
}

/// A word that is searched for.
enum Word {
    /// Anywhere in the record's texts.
    Anywhere(String),
    /// A whole tag: `#db`.
    Tag(String),
}

impl Word {
    fn of(typed: &str) -> Self {
        match typed.strip_prefix('#') {
            Some(tag) => Self::Tag(tag.to_lowercase()),
            None => Self::Anywhere(typed.to_lowercase()),
        }
    }

    fn is_in(&self, record: &Record) -> bool {
        match self {
            Self::Tag(tag) => record.tags.iter().any(|of_it| of_it.to_lowercase() == *tag),
            Self::Anywhere(word) => texts(record).any(|text| text.to_lowercase().contains(word)),
        }
    }
}

fn texts(record: &Record) -> impl Iterator<Item = String> + '_ {
    let Summary { host, scenario, load, started_at, .. } = &record.summary;
    let of_run = [host, scenario, load, started_at].into_iter().flatten().cloned();
    [record.title(), record.note.clone()].into_iter().chain(of_run).chain(record.tags.iter().cloned())
}

fn moment(report: &Listed) -> Option<u64> {
    report.record.moment_ms(report.id)
}

/// What is not known stands last, whichever way the list is sorted.
fn compare(a: &Listed, b: &Listed, (column, direction): Order) -> Ordering {
    let figure = |of: fn(&Summary) -> Option<f64>| {
        by_known(of(&a.record.summary), of(&b.record.summary), direction, f64::total_cmp)
    };
    let text = |of: fn(&Record) -> Option<String>| {
        let lower = |record: &Record| of(record).map(|text| text.to_lowercase());
        by_known(lower(&a.record), lower(&b.record), direction, String::cmp)
    };
    match column {
        Column::When => by_known(moment(a), moment(b), direction, u64::cmp),
        Column::Name => text(|record| Some(record.title())),
        Column::Host => text(|record| record.summary.host.clone()),
        Column::Scenario => text(|record| record.summary.scenario.clone()),
        Column::Load => text(|record| record.summary.load.clone()),
        Column::Rps => figure(|summary| summary.rps),
        Column::P95 => figure(|summary| summary.p95_ms),
        Column::Failures => figure(|summary| summary.failure_ratio),
        Column::Trust => figure(|summary| match summary.trust {
            TrustVerdict::Clean => Some(0.0),
            TrustVerdict::Suspect { seconds } => Some(seconds as f64),
            TrustVerdict::NotKnown => None,
        }),
    }
}

fn by_known<T>(
    a: Option<T>,
    b: Option<T>,
    direction: Direction,
    order: impl Fn(&T, &T) -> Ordering,
) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if direction == Direction::Ascending => order(&a, &b),
        (Some(a), Some(b)) => order(&b, &a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Origin;
    use super::*;

    fn report(n: u64, host: &str, p95_ms: Option<f64>) -> Listed {
        let started_at = Some(format!("2026-11-{:02}T10:00:00Z", n + 1));
        let summary = Summary { host: Some(host.into()), p95_ms, started_at, ..Summary::default() };
        let record = Record::new(Origin::File(format!("{n}.json")), summary, 1);
        Listed { id: ReportId::kept_at(n, 0), record: Arc::new(record), place: Place::Kept }
    }

    fn three() -> Vec<Listed> {
        vec![report(0, "http://b", Some(7.0)), report(1, "http://A", None), report(2, "http://b", Some(12.0))]
    }

    fn names(search: &str, order: Order) -> Vec<String> {
        select(three(), search, order).iter().map(|report| report.record.title()).collect()
    }

    #[test]
    fn the_latest_stands_on_top_and_what_is_not_known_last_whichever_way() {
        assert_eq!(names("", LATEST_FIRST), ["2.json", "1.json", "0.json"]);
        assert_eq!(names("", (Column::P95, Direction::Descending)), ["2.json", "0.json", "1.json"]);
        assert_eq!(names("", (Column::P95, Direction::Ascending)), ["0.json", "2.json", "1.json"]);
        let by_host = names("", (Column::Host, Direction::Ascending));
        assert_eq!(by_host, ["1.json", "2.json", "0.json"], "of equals the later comes first");
    }

    #[test]
    fn every_word_of_a_search_must_be_found_and_a_tag_as_a_whole() {
        assert_eq!(names("http://a", LATEST_FIRST), ["1.json"]);
        assert_eq!(names("B 2026-11-03", LATEST_FIRST), ["2.json"]);
        assert_eq!(names("nothing", LATEST_FIRST), [""; 0]);
        let mut reports = three();
        let tagged = Record { tags: vec!["Index".into()], ..(*reports[0].record).clone() };
        reports[0].record = Arc::new(tagged);
        for (search, count) in [("#index", 1), ("#ind", 0), ("ind", 1), ("# ", 0)] {
            assert_eq!(select(reports.clone(), search, LATEST_FIRST).len(), count, "{search}");
        }
    }

    #[test]
    fn a_heading_sorts_by_what_people_look_for_first_and_then_the_other_way() {
        let by_p95 = after_click(LATEST_FIRST, Column::P95);
        assert_eq!(by_p95, (Column::P95, Direction::Descending));
        assert_eq!(after_click(by_p95, Column::P95), (Column::P95, Direction::Ascending));
        assert_eq!(after_click(by_p95, Column::Host), (Column::Host, Direction::Ascending));
    }
}
