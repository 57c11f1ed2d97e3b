//! A comparison as JSON for scripts, version 1 (`docs/comparing.md`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reasons::reason_sentence;
use crate::core::compare::figure::Figure;
use crate::core::compare::outcome::{Comparison, EntryChange, FigureChange, Group, OnlyIn, Shift, Verdict};

/// What every such file starts with.
pub const SCHEMA: &str = "oddiya-load/comparison";

/// The file. Changes are ratios: 0.1 is 10 % more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonFile {
    /// Always `oddiya-load/comparison`.
    pub schema: String,
    /// The version of this format: 1.
    pub version: u32,
    pub verdict: Verdict,
    /// Why the runs are not comparable, each with what to do; empty when they are.
    pub reasons: Vec<String>,
    /// How many runs each group has.
    pub base_runs: usize,
    pub new_runs: usize,
    /// The change below which nothing counts.
    pub matters: f64,
    /// The shift that endpoints have in common; absent where too few of them can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common: Option<CommonRow>,
    /// The endpoints that both groups have, what changed most first.
    pub entries: Vec<EntryRow>,
    /// All requests together; no part of the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<EntryRow>,
    /// The endpoints that one group lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_in: Vec<OnlyInRow>,
    /// Without evidence: how many runs a side would settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_to_settle: Option<u32>,
    /// The conditions of `--fail-if` that are met with evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
}

/// The common shift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommonRow {
    #[serde(flatten)]
    pub shift: Shift,
    pub verdict: Verdict,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntryRow {
    pub method: String,
    pub name: String,
    pub verdict: Verdict,
    /// Whether it shares the common shift, which is then taken off in `own`.
    pub shares_common: bool,
    /// `rps`, `failure_ratio`, `mean`, `p50`, `p90`, `p95`, `p99`; latencies in milliseconds.
    #[serde(flatten)]
    pub figures: BTreeMap<Figure, FigureRow>,
}

/// A figure of an endpoint. What is not known is absent: the change from 0, an interval from too few requests.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// The interval of 95 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The change with the common shift taken off, where the endpoint shares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Shift>,
    pub verdict: Verdict,
}

/// An endpoint that one group lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnlyInRow {
    pub method: String,
    pub name: String,
    /// The group that has it.
    #[serde(rename = "in")]
    pub group: Group,
}

impl ComparisonFile {
    pub fn of(comparison: &Comparison, failed: Vec<String>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            version: 1,
            verdict: comparison.verdict,
            reasons: comparison.reasons.iter().map(reason_sentence).collect(),
            base_runs: comparison.base_runs,
            new_runs: comparison.new_runs,
            matters: comparison.matters,
            common: comparison
                .common
                .map(|common| CommonRow { shift: rounded(common.shift), verdict: common.verdict }),
            entries: comparison.entries.iter().map(EntryRow::of).collect(),
            total: comparison.total.as_ref().map(EntryRow::of),
            only_in: comparison.only_in.iter().map(OnlyInRow::of).collect(),
            runs_to_settle: comparison.runs_to_settle,
            failed,
        }
    }
}

impl EntryRow {
    fn of(entry: &EntryChange) -> Self {
        Self {
            method: entry.endpoint.method.clone(),
            name: entry.endpoint.name.clone(),
            verdict: entry.verdict,
            shares_common: entry.shares_common,
            figures: entry.figures.iter().map(|change| (change.figure, FigureRow::of(change))).collect(),
        }
    }
}

impl FigureRow {
    fn of(change: &FigureChange) -> Self {
        Self {
            base: change.base.map(six_digits),
            new: change.new.map(six_digits),
            change: change.change.map(six_digits),
            low: change.low.map(six_digits),
            high: change.high.map(six_digits),
            own: change.own.map(rounded),
            verdict: change.verdict,
        }
    }
}

impl OnlyInRow {
    fn of(only: &OnlyIn) -> Self {
        Self { method: only.endpoint.method.clone(), name: only.endpoint.name.clone(), group: only.group }
    }
}

/// More decimals say nothing.
fn six_digits(value: f64) -> f64 {
    if value.abs() > 1e9 { value } else { (value * 1e6).round() / 1e6 }
}

fn rounded(shift: Shift) -> Shift {
    Shift { change: six_digits(shift.change), low: six_digits(shift.low), high: six_digits(shift.high) }
}
