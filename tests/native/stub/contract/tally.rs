//! Counts what is right, per group and aspect, and holds the differences against the list of known ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::compare::{ASPECTS, Aspect};
use super::known::Difference;

/// One replayed exchange.
pub struct Outcome {
    pub n: u32,
    /// Method, path and case, for messages.
    pub title: String,
    pub differences: Vec<(Aspect, String)>,
}

#[derive(Default)]
pub struct Tally {
    groups: BTreeMap<String, Vec<Outcome>>,
}

impl Tally {
    pub fn add(&mut self, group: &str, outcome: Outcome) {
        self.groups.entry(group.to_owned()).or_default().push(outcome);
    }

    /// The share of all exchanges that are right in one aspect.
    pub fn share(&self, aspect: Aspect) -> f64 {
        let all: Vec<&Outcome> = self.groups.values().flatten().collect();
        right(&all, aspect) as f64 / all.len() as f64
    }

    /// A line per group: how many exchanges, and how many of them are right in each aspect.
    pub fn table(&self) -> String {
        let mut table =
            "| group | exchanges | status | closing | framing | headers | body | size |\n".to_owned();
        table.push_str("|---|---|---|---|---|---|---|---|\n");
        for (group, outcomes) in &self.groups {
            row(&mut table, group, &outcomes.iter().collect::<Vec<_>>());
        }
        let all: Vec<&Outcome> = self.groups.values().flatten().collect();
        row(&mut table, "all", &all);
        table.push_str("| share | ");
        for aspect in ASPECTS {
            let _ = write!(table, "| {:.1} % ", 100.0 * self.share(aspect));
        }
        table.push_str("|\n");
        table
    }

    /// The differences that are not known, and the known ones that are gone.
    pub fn against(&self, known: &[Difference]) -> (Vec<String>, Vec<String>) {
        let listed: BTreeSet<(Aspect, u32)> =
            known.iter().flat_map(|one| one.exchanges.iter().map(|n| (one.aspect, *n))).collect();
        let mut unlisted = Vec::new();
        let mut found = BTreeSet::new();
        for outcome in self.groups.values().flatten() {
            for (aspect, what) in &outcome.differences {
                found.insert((*aspect, outcome.n));
                if !listed.contains(&(*aspect, outcome.n)) {
                    unlisted.push(format!("  {} {} {aspect:?}: {what}", outcome.n, outcome.title));
                }
            }
        }
        let stale = listed.difference(&found).map(|(aspect, n)| format!("  {n} {aspect:?}")).collect();
        (unlisted, stale)
    }
}

fn right(outcomes: &[&Outcome], aspect: Aspect) -> usize {
    outcomes.iter().filter(|one| one.differences.iter().all(|(found, _)| *found != aspect)).count()
}

fn row(table: &mut String, name: &str, outcomes: &[&Outcome]) {
    let _ = write!(table, "| {name} | {} ", outcomes.len());
    for aspect in ASPECTS {
        let _ = write!(table, "| {} ", right(outcomes, aspect));
    }
    table.push_str("|\n");
}
