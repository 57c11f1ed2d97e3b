//! What went wrong: one row per endpoint, kind and detail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::core::base::failure::FailureKind;

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureRow {
    pub method: String,
    pub name: String,
    pub kind: FailureKind,
    /// What tells it apart from others of its kind.
    pub detail: String,
    pub count: u64,
    /// When first, in seconds from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_s: Option<f64>,
    /// When last, in seconds from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_s: Option<f64>,
}
