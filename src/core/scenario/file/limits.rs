//! The budget of a text: how much a scenario may take once it is read. A short text could otherwise ask for gigabytes or
//! hours: by a setting in many places, by wide ranges, by blocks that do blocks, by patterns, by blanks within blanks.
//!
//! The limits of the text itself are in `node`, those of the files that it names in `surroundings`.

use std::cell::Cell;

use super::surroundings::LARGEST_FILES;

/// The most steps of a scenario, those of blocks counted wherever they are done.
pub const MOST_STEPS: usize = 20_000;
/// The most bytes that texts, choices and patterns have once settings, ranges and blocks are put in.
const MOST_BYTES: usize = 64 << 20;
/// How many steps may stand within each other, a block and an `if` beside a step counted. A worker reads the scenario as
/// JSON of at most 128 levels, and a step takes three levels.
pub const DEEPEST_STEPS: usize = 20;
/// How many conditions may stand within each other.
pub const DEEPEST_CONDITIONS: usize = 8;
/// How many blanks may stand within each other.
pub const DEEPEST_BLANKS: usize = 4;
/// The longest pattern, in letters.
pub const LONGEST_PATTERN: usize = 1_000;
/// The size that compiled patterns are counted with, in bytes: of most patterns, and of the largest that is allowed.
pub const PATTERN_SIZES: [usize; 2] = [1 << 14, 1 << 18];
/// The most columns of a data set.
pub const MOST_COLUMNS: usize = 1_000;
/// How many problems are kept. The others are only counted.
pub const MOST_PROBLEMS: usize = 50;

/// What is left of the budget of a text.
#[derive(Debug)]
pub struct Budget {
    steps: Cell<usize>,
    bytes: Cell<usize>,
    file_bytes: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(MOST_STEPS),
            bytes: Cell::new(MOST_BYTES),
            file_bytes: Cell::new(LARGEST_FILES),
        }
    }
}

impl Budget {
    /// Whether another step may be made.
    pub fn takes_step(&self) -> bool {
        take(&self.steps, 1)
    }

    /// Whether so many more bytes may be made; if not, none are left.
    pub fn takes(&self, bytes: usize) -> bool {
        take(&self.bytes, bytes)
    }

    /// Whether no more bytes may be made.
    pub fn is_spent(&self) -> bool {
        self.bytes.get() == 0
    }

    /// Whether another file of that size may be kept.
    pub fn takes_file(&self, bytes: usize) -> bool {
        take(&self.file_bytes, bytes)
    }
}

fn take(left: &Cell<usize>, wanted: usize) -> bool {
    let rest = left.get().checked_sub(wanted);
    left.set(rest.unwrap_or_default());
    rest.is_some()
}

/// The message for a scenario with too many steps.
pub fn too_many_steps() -> String {
    format!("the scenario has over {MOST_STEPS} steps once its blocks are put in; use fewer")
}

/// The message for a scenario that takes too many bytes once settings, choices and blocks are put in.
pub fn too_much() -> String {
    format!(
        "the scenario has over {} MB once its settings, choices and blocks are put in; use fewer or shorter ones",
        MOST_BYTES >> 20
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_budget_leaves_nothing_of_it() {
        let budget = Budget::default();
        assert!(budget.takes(MOST_BYTES - 1) && !budget.is_spent());
        assert!(!budget.takes(2) && budget.is_spent() && !budget.takes(1));
        assert!((0..MOST_STEPS).all(|_| budget.takes_step()) && !budget.takes_step());
        assert!(budget.takes_file(LARGEST_FILES) && !budget.takes_file(1));
    }
}
