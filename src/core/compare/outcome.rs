//! What a comparison found, as data for page, terminal and files. The words for it are in `core::present::comparison`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::Reason;
use super::figure::{Better, Figure};
use super::sample::Endpoint;

/// A change to 0 is infinite on the logarithmic scale; as a size it is this.
const LARGEST_SIZE: f64 = 100.0;

/// What can be said of new against base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Better, with evidence: quicker, or with fewer failures.
    Faster,
    /// Worse, with evidence: slower, or with more failures.
    Slower,
    /// Unchanged runs differ as much.
    NoEvidence,
    /// The runs differ in more than what is compared.
    NotComparable,
}

impl Verdict {
    /// The verdict of a change in this direction.
    pub fn of_change(figure: Figure, at: f64) -> Self {
        match (figure.better(), at > 0.0) {
            (Better::More, true) | (Better::Less, false) => Self::Faster,
            (Better::More, false) | (Better::Less, true) => Self::Slower,
        }
    }

    /// The verdict of several: what got worse counts before what got better.
    pub fn of_all(verdicts: impl Iterator<Item = Self> + Clone) -> Self {
        let has = |wanted: Self| verdicts.clone().any(|verdict| verdict == wanted);
        [Self::NotComparable, Self::Slower, Self::Faster]
            .into_iter()
            .find(|wanted| has(*wanted))
            .unwrap_or(Self::NoEvidence)
    }
}

/// A relative change with its interval of 95 %: 0.1 is 10 % more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shift {
    pub change: f64,
    pub low: f64,
    pub high: f64,
}

/// One figure in both groups.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureChange {
    pub figure: Figure,
    /// Of all base runs together; latencies in milliseconds. `None` where it was not measured.
    pub base: Option<f64>,
    pub new: Option<f64>,
    /// As measured; from 0 there is no ratio.
    pub change: Option<f64>,
    /// Its interval; `None` where there are too few requests for one.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// With the common shift taken off, where the endpoint shares it.
    pub own: Option<Shift>,
    /// Of the endpoint's own change, as one test among those of all endpoints.
    pub verdict: Verdict,
}

/// How one endpoint changed between the groups.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryChange {
    pub endpoint: Endpoint,
    pub verdict: Verdict,
    /// Whether it shares the common shift.
    pub shares_common: bool,
    pub is_control: bool,
    /// In the order of [`Figure::ALL`].
    pub figures: Vec<FigureChange>,
}

/// The shift that endpoints have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    pub shift: Shift,
    pub verdict: Verdict,
}

/// An endpoint that only one group has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyIn {
    pub endpoint: Endpoint,
    pub group: Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Base,
    New,
}

/// Where the spread between runs is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpreadFrom {
    /// From the compared runs themselves.
    Runs,
    /// A side is a single run; its spread is that of like runs.
    LikeRuns(usize),
    /// A side is a single run; its spread is that of the other side.
    OtherSide,
    /// A side is a single run, and nothing tells the spread: 15 % are taken.
    Stated,
}

/// The whole comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    pub base_runs: usize,
    pub new_runs: usize,
    pub spread: SpreadFrom,
    /// Relative changes below it do not count: 0.05.
    pub matters: f64,
    pub common: Option<Common>,
    /// What changed most comes first.
    pub entries: Vec<EntryChange>,
    /// All requests together. Their mix changes too, so it is no part of the verdict.
    pub total: Option<EntryChange>,
    pub only_in: Vec<OnlyIn>,
    /// Without evidence: how many runs a side would give it, if the differences stayed as they are.
    pub runs_to_settle: Option<u32>,
}

impl EntryChange {
    pub fn get(&self, figure: Figure) -> Option<&FigureChange> {
        self.figures.iter().find(|change| change.figure == figure)
    }

    /// What it changed by, for sorting: the largest of its judged latencies, or of its failures.
    pub fn size(&self) -> f64 {
        let own = |change: &FigureChange| change.own.map(|own| own.change).or(change.low.and(change.change));
        let latencies = self.figures.iter().filter(|change| change.figure != Figure::Rps);
        latencies.filter_map(own).map(|change| change.ln_1p().abs().min(LARGEST_SIZE)).fold(0.0, f64::max)
    }
}
