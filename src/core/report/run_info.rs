//! What was run: against which host, under which load, and how it ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::{Load, LoadModel};

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// The host's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The scenario's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The profile in which the scenario was read, such as which Oddiya the host is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The user classes that took part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// How much load was asked for at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
    /// The time limit in seconds, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_time_s: Option<f64>,
    /// The think time that overrode every class's, where there was one: `1s` or `1s..3s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub think_time: Option<String>,
    /// What all draws followed from: the same seed repeats the requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// When the first user started, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// How long requests were being started, in seconds: since the start, or since the statistics were set back.
    pub duration_s: f64,
    /// How long the last answers were waited for after that, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_s: Option<f64>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<StopReason>,
    /// Live changes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

impl RunInfo {
    /// Which model the run was of; the closed one where that is not known, as most tools have only that.
    pub const fn model(&self) -> LoadModel {
        match self.load {
            Some(Load::Open { .. }) => LoadModel::Open,
            _ => LoadModel::Closed,
        }
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// Its time was over.
    RunTime,
    /// As many tasks as were asked for were done, or no user was left to do them.
    Iterations,
    /// Somebody stopped it.
    Stopped,
    /// It has not ended: this is a report of a run under way, or of one that was killed.
    Unfinished,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// A live change of the load: users and spawn rate in the closed model, the arrival rate in the open one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// When, in seconds from the start.
    pub at_s: f64,
    /// Users from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// Users started or stopped per second from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spawn_rate: Option<f64>,
    /// Arrivals per second from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}
