//! Counts the plans among the answers: those of a living model, and placeholders, which a mocked model and a model that
//! fails give alike. Whether a placeholder is a failure shows only from all plans of the run.

use serde::{Deserialize, Serialize};

use super::occurrences::Occurrences;
use crate::core::base::units::Micros;
use crate::core::http::plan::PlanSeen;

/// The name of the check that a placeholder plan fails.
pub const PLACEHOLDER_CHECK: &str = "placeholder plan";

/// The plans of one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTally {
    pub real: u64,
    /// Placeholders that count as failures whatever the run's other plans are.
    pub failed: u64,
    /// Placeholders that are failures only if the run has real plans too; until then they count as successes.
    pub unsure: Option<Occurrences>,
}

impl PlanTally {
    /// Counts a plan. `has_failed` is whether its request was judged a failure.
    pub fn count(&mut self, plan: PlanSeen, has_failed: bool, at: Micros) {
        match plan {
            PlanSeen::Real => self.real += 1,
            PlanSeen::Placeholder | PlanSeen::Fallback if has_failed => self.failed += 1,
            PlanSeen::Placeholder | PlanSeen::Fallback => {
                self.add_unsure(Occurrences::once(at));
            }
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.real += other.real;
        self.failed += other.failed;
        other.unsure.into_iter().for_each(|more| self.add_unsure(more));
    }

    fn add_unsure(&mut self, more: Occurrences) {
        match &mut self.unsure {
            Some(known) => known.add(more),
            none => *none = Some(more),
        }
    }

    /// Placeholders that count as successes so far.
    pub fn unsure_count(&self) -> u64 {
        self.unsure.map_or(0, |unsure| unsure.count)
    }

    pub fn placeholders(&self) -> u64 {
        self.failed + self.unsure_count()
    }

    pub fn all(&self) -> u64 {
        self.real + self.placeholders()
    }

    /// Whether the placeholders of a run with these plans are failures: where there are plans of a living model, a
    /// placeholder stands for one that it could not make.
    pub fn convicts(&self) -> bool {
        self.real > 0 && self.unsure.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_failures_only_beside_plans_of_a_living_model() {
        let mut plans = PlanTally::default();
        plans.count(PlanSeen::Placeholder, false, Micros(5));
        plans.count(PlanSeen::Placeholder, false, Micros(9));
        plans.count(PlanSeen::Fallback, true, Micros(7));
        assert!(!plans.convicts());
        assert_eq!((plans.placeholders(), plans.all(), plans.unsure_count()), (3, 3, 2));
        let mut others = PlanTally::default();
        others.count(PlanSeen::Real, false, Micros(1));
        others.merge(&plans);
        assert!(others.convicts());
        assert_eq!(others.unsure, Some(Occurrences { count: 2, first: Micros(5), last: Micros(9) }));
        assert_eq!(others.all(), 4);
    }
}
