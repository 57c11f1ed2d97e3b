//! Which clock measured a latency, and how close to the wire. No clock is read here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How close to the wire a latency was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimingSource {
    /// At the socket, by the runner or by the browser's network stack.
    #[default]
    Wire,
    /// At the companion's socket, for requests of the page that it relayed.
    Companion,
    /// Around the page's call, with the browser's own queue in it.
    PageClock,
    /// A word of a later version.
    #[serde(other)]
    Other,
}
