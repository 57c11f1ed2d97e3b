//! Answers questions about a user's values.

use super::compare::holds;
use super::filler::Filler;
use super::patterns::Patterns;
use crate::core::scenario::model::condition::Condition;

/// Whether a condition holds.
pub fn is_true(condition: &Condition, filler: &mut Filler<'_>, patterns: &Patterns) -> bool {
    match condition {
        Condition::Compare { left, comparison, right } => {
            let (left, right) = (filler.text(left), filler.text(right));
            holds(&left, *comparison, &right)
        }
        Condition::Matches { text, pattern } => patterns.is_match(pattern, &filler.text(text)),
        Condition::Filled(slot) => filler.values.get(*slot).is_filled(),
        Condition::Chance(probability) => filler.rng.unit() < *probability,
        Condition::Not(inner) => !is_true(inner, filler, patterns),
        Condition::All(all) => all.iter().all(|one| is_true(one, filler, patterns)),
        Condition::Any(any) => any.iter().any(|one| is_true(one, filler, patterns)),
    }
}
