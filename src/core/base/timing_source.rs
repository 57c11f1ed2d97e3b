//! Which clock a latency was taken by, and how close to the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How close to the wire a latency was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimingSource {
    /// At the socket, by the runner or by the browser's network stack.
    #[default]
    Wire,
    /// Around the page's call, with the browser's own queue in it.
    PageClock,
    /// A word of a later version.
    #[serde(other)]
    Other,
}
