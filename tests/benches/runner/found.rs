//! What a part of the benchmark found: figures beside what is to be reached, and tables to judge them by.

use crate::shared::markdown::{self, Columns};
use crate::shared::target::Verdict;

/// The targets.
const TARGETS: Columns<4> = [("figure", 70), ("measured", 56), ("to reach", 18), ("verdict", 11)];

/// One line of the targets' table.
pub struct Target {
    pub figure: String,
    pub measured: String,
    pub to_reach: String,
    pub verdict: Verdict,
}

/// What came of one part, or of several together.
#[derive(Default)]
pub struct Found {
    pub targets: Vec<Target>,
    /// Tables with a heading of their own, as Markdown.
    pub details: Vec<String>,
}

impl Found {
    /// Adds what else was found.
    pub fn extend(&mut self, other: Self) {
        self.targets.extend(other.targets);
        self.details.extend(other.details);
    }

    /// A target that was measured.
    pub fn target(&mut self, figure: impl Into<String>, measured: String, to_reach: &str, holds: bool) {
        let verdict = if holds { Verdict::Reached } else { Verdict::NotReached };
        let (figure, to_reach) = (figure.into(), to_reach.to_owned());
        self.targets.push(Target { figure, measured, to_reach, verdict });
    }

    /// The targets' table.
    pub fn table(&self) -> String {
        let lines = self.targets.iter().map(|target| {
            let Target { figure, measured, to_reach, verdict } = target;
            markdown::line(&TARGETS, [figure.clone(), measured.clone(), to_reach.clone(), verdict.in_table()])
        });
        table(&TARGETS, lines)
    }
}

/// A table of these lines.
pub fn table<const N: usize>(columns: &Columns<N>, lines: impl Iterator<Item = String>) -> String {
    std::iter::once(markdown::head(columns)).chain(lines).collect::<Vec<_>>().join("\n")
}
