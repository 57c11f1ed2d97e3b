//! What the list of scenarios shows: one's own first, the last changed on top, then those inside the program.

use super::Records;
use super::check::{Verdict, check};
use super::id::ScenarioId;
use super::names::title;
use super::steps::counted;
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::shipped::{self, Shipped};

/// The scenario of a row, a run or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The one of that name inside the program.
    Shipped(&'static str),
    Own(ScenarioId),
}

impl Which {
    /// What a run does unless another one is chosen.
    pub const fn default_one() -> Self {
        let [first, ..] = shipped::ALL;
        Self::Shipped(first.name)
    }

    /// The scenario that an address names.
    pub fn named(text: &str) -> Option<Self> {
        let own = || text.parse().ok().map(Self::Own);
        shipped::named(text).map(|Shipped { name, .. }| Self::Shipped(name)).or_else(own)
    }
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shipped(name) => f.write_str(name),
            Self::Own(id) => id.fmt(f),
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub which: Which,
    pub name: String,
    pub about: String,
    /// Names of classes and of services, or why there are none.
    pub content: Content,
    /// When it was last saved, in milliseconds since 1970; `None` for one inside the program.
    pub changed_ms: Option<u64>,
    pub naming: Naming,
}

/// What a row says of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Right {
        classes: Vec<String>,
        services: Vec<String>,
    },
    /// The number of problems in words: `2 problems`.
    Broken(String),
}

/// Whether reports can tell the scenario from the others here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    Unique,
    /// Another scenario has the same name.
    Shared,
}

/// The text of a scenario; `None` when it is not there any more.
pub fn text_of(which: Which, records: &Records) -> Option<String> {
    match which {
        Which::Shipped(name) => shipped::named(name).map(|shipped| shipped.text.to_owned()),
        Which::Own(id) => {
            records.get(&id).filter(|record| !record.is_deleted()).map(|record| record.text.clone())
        }
    }
}

/// All scenarios with their names, in the order of the rows.
pub fn names(records: &Records) -> Vec<(Which, String)> {
    everything(records).into_iter().map(|(which, text, _)| (which, title(&text))).collect()
}

/// The names of all scenarios but one.
pub fn names_beside(which: Option<Which>, records: &Records) -> Vec<String> {
    names(records).into_iter().filter(|(other, _)| Some(*other) != which).map(|(_, name)| name).collect()
}

/// The rows, in order.
pub fn rows(records: &Records) -> Vec<Row> {
    let mut rows: Vec<Row> =
        everything(records).into_iter().map(|(which, text, at_ms)| row(which, &text, at_ms)).collect();
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    for row in &mut rows {
        if names.iter().filter(|name| **name == row.name).count() > 1 {
            row.naming = Naming::Shared;
        }
    }
    rows
}

fn everything(records: &Records) -> Vec<(Which, String, Option<u64>)> {
    let shipped =
        shipped::ALL.into_iter().map(|shipped| (Which::Shipped(shipped.name), shipped.text.to_owned(), None));
    let mut own: Vec<_> = records
        .iter()
        .filter(|(_, record)| !record.is_deleted())
        .map(|(id, record)| (Which::Own(*id), record.text.clone(), Some(record.changed_ms)))
        .collect();
    own.sort_by_key(|(_, _, changed_ms)| std::cmp::Reverse(*changed_ms));
    own.into_iter().chain(shipped).collect()
}

fn row(which: Which, text: &str, changed_ms: Option<u64>) -> Row {
    let verdict = check("", text, &Choices::default());
    let (name, about) = match verdict.scenario() {
        Some(scenario) => (scenario.name.clone(), scenario.about.clone()),
        None => (title(text), String::new()),
    };
    let content = match &verdict {
        Verdict::Wrong(problems) => {
            Content::Broken(counted(problems.list.len() + problems.more, "problem", "problems"))
        }
        Verdict::Right(scenario) | Verdict::Wants(_, scenario) => Content::Right {
            classes: scenario.classes.iter().map(|class| class.name.clone()).collect(),
            services: scenario.services.iter().map(|service| service.name.clone()).collect(),
        },
    };
    Row { which, name, about, content, changed_ms, naming: Naming::Unique }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::shelf::record::Record;

    fn id(n: u64) -> ScenarioId {
        ScenarioId::kept_at(n, 0)
    }

    fn records(texts: &[&str]) -> Records {
        let numbered = texts.iter().enumerate().map(|(n, text)| (n as u64, (*text).to_owned()));
        numbered.map(|(n, text)| (id(n), Record::new(text, n))).collect()
    }

    #[test]
    fn ones_own_come_first_the_last_changed_on_top() {
        let first = shipped::ALL[0].name;
        let same = format!("scenario: {first}");
        let records = records(&["scenario: a\nusers: {A: {tasks: [get: /]}}", "scenario: b", &same]);
        let rows = rows(&records);
        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).take(4).collect();
        assert_eq!(names, [first, "b", "a", first]);
        assert_eq!(rows.len(), 3 + shipped::ALL.len());
        assert_eq!((rows[3].which, rows[3].changed_ms), (Which::default_one(), None));
        assert_eq!([rows[0].naming, rows[1].naming], [Naming::Shared, Naming::Unique]);
        assert_eq!(rows[1].content, Content::Broken("1 problem".into()));
        let right = Content::Right { classes: vec!["A".into()], services: vec!["main".into()] };
        assert_eq!(rows[2].content, right);
    }

    #[test]
    fn what_was_deleted_is_not_listed_and_its_name_is_free() {
        let mut records = records(&["scenario: a", "scenario: b"]);
        records.get_mut(&id(0)).unwrap().deleted_ms = Some(1);
        assert_eq!(rows(&records).len(), shipped::ALL.len() + 1);
        let beside = |which| names_beside(which, &records);
        assert!(beside(None).contains(&"b".to_owned()) && !beside(None).contains(&"a".to_owned()));
        assert_eq!(beside(Some(Which::Own(id(1)))).len(), shipped::ALL.len());
        assert_eq!(text_of(Which::Own(id(0)), &records), None);
        assert!(text_of(Which::default_one(), &records).unwrap().contains("OddiyaUser"));
    }

    #[test]
    fn an_address_names_a_shipped_scenario_or_ones_own() {
        for which in [Which::default_one(), Which::Own(id(77))] {
            assert_eq!(Which::named(&which.to_string()), Some(which));
        }
        assert_eq!(Which::named("nothing"), None);
    }
}
