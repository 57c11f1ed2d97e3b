//! Conditions of `--fail-if`: `p95 +10%`, `POST /api/plans mean +5%`, `rps -10%`, `failure_ratio +1%`.

use super::figure::Figure;
use super::outcome::{Comparison, EntryChange, FigureChange, Verdict};
use crate::core::report::TOTAL_NAME;

/// A change that is not accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The text of the option, for messages.
    pub text: String,
    /// The endpoint, by `METHOD name` or name; without one, every endpoint (for `rps` all requests together).
    endpoint: Option<String>,
    pub figure: Figure,
    /// Signed: 0.1 is 10 % more. For a failure ratio, percentage points.
    pub limit: f64,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no condition: {problem}; write forms such as \"p95 +10%\", \"POST /api/plans mean +5%\", \"rps -10%\" or \"failure_ratio +1%\""
)]
pub struct NotACondition {
    text: String,
    problem: &'static str,
}

impl Condition {
    pub fn parse(text: &str) -> Result<Self, NotACondition> {
        let wrong = |problem| NotACondition { text: text.to_owned(), problem };
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let change = words.pop().ok_or_else(|| wrong("it is empty"))?;
        let figure = words.pop().ok_or_else(|| wrong("it has no figure"))?;
        let figure = Figure::from_name(&figure.to_ascii_lowercase())
            .ok_or_else(|| wrong("its figure is none of rps, failure_ratio, mean, p50, p90, p95, p99"))?;
        let number = change.strip_suffix('%').filter(|number| number.starts_with(['+', '-']));
        let limit = number
            .and_then(|number| number.parse::<f64>().ok())
            .filter(|limit| limit.is_finite() && *limit != 0.0);
        let limit = limit.ok_or_else(|| wrong("its change is no signed percentage"))? / 100.0;
        let endpoint = (!words.is_empty()).then(|| words.join(" "));
        Ok(Self { text: text.to_owned(), endpoint, figure, limit })
    }

    /// The endpoints for which it is met, with evidence; the largest change first, as the comparison has them.
    pub fn met_by<'a>(&'a self, comparison: &'a Comparison) -> impl Iterator<Item = &'a EntryChange> {
        let all = comparison.entries.iter().chain(&comparison.total);
        all.filter(|entry| {
            self.means(entry)
                && entry.get(self.figure).is_some_and(|change| self.is_met(comparison, entry, change))
        })
    }

    /// Whether any endpoint of the comparison is meant.
    pub fn has_subject(&self, comparison: &Comparison) -> bool {
        comparison.entries.iter().chain(&comparison.total).any(|entry| self.means(entry))
    }

    fn means(&self, entry: &EntryChange) -> bool {
        match &self.endpoint {
            Some(name) => entry.endpoint.is_called(name),
            None => (entry.endpoint.name == TOTAL_NAME) == (self.figure == Figure::Rps),
        }
    }

    /// The evidence may be the endpoint's own, or that of the shift that it shares with the others.
    fn is_met(&self, comparison: &Comparison, entry: &EntryChange, change: &FigureChange) -> bool {
        let shared = comparison.common.filter(|_| entry.shares_common && self.figure.is_latency());
        let evidence = [Some(change.verdict), shared.map(|common| common.verdict)];
        let size = match self.figure {
            Figure::FailureRatio => change.base.zip(change.new).map(|(base, new)| new - base),
            _ => change.change,
        };
        let is_beyond = size.is_some_and(|size| size * self.limit.signum() >= self.limit.abs());
        is_beyond && evidence.contains(&Some(Verdict::of_change(self.figure, self.limit)))
    }
}
