//! Reads conditions: `${state} == COMPLETED`, `${ids} exists`, `chance 10 %`, and their combinations.

use super::blanks;
use super::names::Names;
use super::pieces::BlankProblem;
use super::values::{pattern, share, unquoted};
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::limits::DEEPEST_CONDITIONS;
use crate::core::scenario::file::problem::Place;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::condition::WireCondition;
use crate::core::scenario::model::condition::{Comparison, Condition};
use crate::core::scenario::model::text::{Escape, Part, Source, Template};

const RIGHT: &str = "write `${state} == COMPLETED` (or !=, <, <=, >, >=), `${name} matches PATTERN`, `${name} exists`, \
                     `${name} is missing` or `chance 10 %`";

/// Reads a condition; `None` after a problem.
pub fn read(wire: &At<WireCondition>, names: &Names, trouble: &Trouble) -> Option<Condition> {
    read_at(1, wire, names, trouble)
}

/// Reads a condition at a depth of conditions within each other.
fn read_at(depth: usize, wire: &At<WireCondition>, names: &Names, trouble: &Trouble) -> Option<Condition> {
    if depth > DEEPEST_CONDITIONS {
        trouble.add(
            wire.place,
            1,
            format!("over {DEEPEST_CONDITIONS} conditions stand within each other; use fewer"),
        );
        return None;
    }
    let read = |wire: &At<WireCondition>| read_at(depth + 1, wire, names, trouble);
    let all = |wires: &[At<WireCondition>]| {
        let conditions: Vec<_> = wires.iter().map(read).collect();
        if conditions.is_empty() {
            trouble.add(wire.place, 1, "this list of conditions is empty; write one or more");
        }
        conditions.into_iter().collect::<Option<Vec<_>>>()
    };
    Some(match &wire.value {
        WireCondition::Text(text) => return read_text(text, wire.place, names, trouble),
        WireCondition::All(wires) => Condition::All(all(wires)?),
        WireCondition::Any(wires) => Condition::Any(all(wires)?),
        WireCondition::Not(inner) => Condition::Not(Box::new(read(inner)?)),
    })
}

/// Whether a condition is so, where its text decides it: two texts without blanks that are equal or are not. Numbers are
/// left to the run, which compares them as numbers.
pub fn decided(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Compare { left, comparison, right } => {
            let (left, right) = (plain(left)?, plain(right)?);
            let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
            let is_equal = left == right;
            match comparison {
                _ if is_number(&left) && is_number(&right) => None,
                Comparison::Equal => Some(is_equal),
                Comparison::NotEqual => Some(!is_equal),
                _ => None,
            }
        }
        Condition::Not(inner) => decided(inner).map(|is_so| !is_so),
        Condition::All(all) => {
            let known: Vec<_> = all.iter().map(decided).collect();
            let is_all = known.iter().all(|known| *known == Some(true));
            if known.contains(&Some(false)) { Some(false) } else { is_all.then_some(true) }
        }
        Condition::Any(any) => {
            let known: Vec<_> = any.iter().map(decided).collect();
            let is_none = known.iter().all(|known| *known == Some(false));
            if known.contains(&Some(true)) { Some(true) } else { is_none.then_some(false) }
        }
        _ => None,
    }
}

fn plain(template: &Template) -> Option<String> {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Blank { .. } => None,
    };
    template.parts.iter().map(text).collect()
}

/// Reads the text of a condition.
pub fn read_text(text: &str, place: Place, names: &Names, trouble: &Trouble) -> Option<Condition> {
    parse(text, names)
        .map_err(|problem| match problem {
            Wrong::Blank(problem) => trouble.within(place, &problem.word, problem.message),
            Wrong::Form(message) => trouble.within(place, text, message),
        })
        .ok()
}

enum Wrong {
    Blank(BlankProblem),
    Form(String),
}

impl From<BlankProblem> for Wrong {
    fn from(problem: BlankProblem) -> Self {
        Self::Blank(problem)
    }
}

fn parse(text: &str, names: &Names) -> Result<Condition, Wrong> {
    let text = text.trim();
    let template = |text: &str| blanks::read(unquoted(text), Escape::Plain, names).map_err(Wrong::from);
    if let Some(chance) = text.strip_prefix("chance ") {
        let share = share(chance);
        return share
            .map(Condition::Chance)
            .ok_or_else(|| Wrong::Form(format!("`{chance}` is no share; write `chance 10 %`")));
    }
    if let Some(value) = text.strip_suffix(" exists") {
        return Ok(Condition::Filled(slot(value, names)?));
    }
    if let Some(value) = text.strip_suffix(" is missing") {
        return Ok(Condition::Not(Box::new(Condition::Filled(slot(value, names)?))));
    }
    if let Some((left, right)) = split_at(text, "matches") {
        return Ok(Condition::Matches {
            text: template(left)?,
            pattern: pattern(unquoted(right), |size| names.take(size)).map_err(Wrong::Form)?,
        });
    }
    let found = Comparison::ALL.into_iter().find_map(|comparison| {
        split_at(text, comparison.sign()).map(|(left, right)| (left, comparison, right))
    });
    let (left, comparison, right) =
        found.ok_or_else(|| Wrong::Form(format!("`{text}` is no condition; {RIGHT}")))?;
    Ok(Condition::Compare { left: template(left)?, comparison, right: template(right)? })
}

/// Splits a text at a word that stands between blanks, and not within `${…}`.
pub fn split_at<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let wanted = format!(" {word} ");
    let mut blanks = 0usize;
    let at = text.char_indices().map(|(at, _)| at).find(|at| {
        let rest = text.get(*at..).unwrap_or_default();
        if rest.starts_with("${") {
            blanks += 1;
        } else if rest.starts_with('}') {
            blanks = blanks.saturating_sub(1);
        }
        blanks == 0 && rest.starts_with(&wanted)
    })?;
    Some((text.get(..at)?.trim(), text.get(at + wanted.len()..)?.trim()))
}

fn slot(text: &str, names: &Names) -> Result<crate::core::scenario::model::text::Slot, Wrong> {
    let template = blanks::read(text.trim(), Escape::Plain, names)?;
    match template.parts.as_slice() {
        [Part::Blank { source: Source::Slot(slot), .. }] => Ok(*slot),
        _ => Err(Wrong::Form(format!(
            "`{}` is no value that could be missing; write `${{name}} exists`",
            text.trim()
        ))),
    }
}
