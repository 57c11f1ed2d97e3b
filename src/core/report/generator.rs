//! What ran a load, or what wrote the figures that were imported.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::note::Note;
use crate::core::base::timing_source::TimingSource;

/// What ran the load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Page, command, virtual time, or another tool.
    pub kind: GeneratorKind,
    /// The version of Oddiya Load that ran it, or that imported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The other tool, of an imported report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
    /// How much of what the other tool measured is in its file, of an imported report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fidelity: Option<Fidelity>,
    /// How many shards shared the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<u32>,
    /// Through what requests went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// How close to the wire latencies were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingSource>,
    /// What a page could do at its best, measured before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Conditions that a reader must know before comparing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

impl Generator {
    /// This program as a generator of a kind, in its own version; nothing else is known yet.
    pub fn own(kind: GeneratorKind) -> Self {
        Self {
            kind,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            tool: None,
            fidelity: None,
            shards: None,
            route: None,
            timing: None,
            calibration: None,
            notes: Vec::new(),
        }
    }
}

/// What kind of program ran the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GeneratorKind {
    /// The page, in a browser.
    Browser,
    /// The command.
    Native,
    /// Virtual time.
    Sim,
    /// Another tool; its file was imported.
    Imported,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// Another load tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// As it calls itself: `locust`, `k6`.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How much of what a tool measured its file holds, and so how exact figures computed from it are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fidelity {
    /// Every request: all figures are computed by us.
    Requests,
    /// Histograms in the tool's own resolution.
    Histograms,
    /// Only the quantiles that the tool chose.
    Quantiles,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// Through what requests went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Straight to the host.
    Direct,
    /// Through the companion's relay.
    Companion,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// What a page could do at its best, against its own companion: its floor and its ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// Median latency of an answer that takes no time, in milliseconds: no figure can be below it.
    pub floor_p50_ms: f64,
    /// The quantile 0.99 of it.
    pub floor_p99_ms: f64,
    /// Requests per second with six at a time: near this the page, not the host, is what a run measures.
    pub ceiling_rps: f64,
}
