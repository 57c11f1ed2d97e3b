//! What went wrong, in words for people, and what they can do about it.

/// A problem and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence: what is the matter.
    pub problem: String,
    /// What to do next, a sentence each.
    pub advice: Vec<String>,
    /// Whether a run may be started all the same.
    pub remedy: Remedy,
}

/// What a person may do about a trouble at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The page offers no button: the advice says what to do.
    Advice,
    /// Start the run without the check that failed.
    SkipCheck,
}

impl Trouble {
    /// A trouble that starting again without the check does not solve.
    pub fn new(problem: impl Into<String>, advice: &[&str]) -> Self {
        let advice = advice.iter().map(|sentence| (*sentence).to_owned()).collect();
        Self { problem: problem.into(), advice, remedy: Remedy::Advice }
    }

    /// A trouble that a check found before the run, which may be started all the same.
    pub fn of_check(problem: impl Into<String>, advice: &[&str]) -> Self {
        Self { remedy: Remedy::SkipCheck, ..Self::new(problem, advice) }
    }
}
