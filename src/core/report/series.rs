//! Further figures over time, beside the requests: what monitors and networks measured.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One quantity over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// What was measured: `cpu`, `connections`.
    pub name: String,
    /// Of what kind of instrument.
    pub source: SeriesSource,
    /// As it stands behind a number: `%`, `ms`, `MB`. Absent for counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What tells it apart from others of its name: `service` → `plan`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// When, in seconds from the start, rising.
    pub at_s: Vec<f64>,
    /// The value at each of these moments; null where there was none.
    pub values: Vec<Option<f64>>,
}

/// What kind of instrument measured a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesSource {
    /// A monitor of a process, database or machine.
    Monitor,
    /// A simulated network.
    Network,
    /// What virtual users did.
    Session,
    /// A word of a later version.
    #[serde(other)]
    Other,
}
