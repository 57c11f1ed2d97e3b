//! How the host was connected to: the policy, and what was counted of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::core::base::connections::Connections;

/// Who keeps a connection for the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionReuse {
    /// Each user its own, as each phone does.
    PerUser,
    /// Nobody: every request opens a connection.
    None,
    /// A pool for all users of a shard, as a server that calls another does.
    Shared,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// What users did with the cookies that the host set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cookies {
    /// Each user kept its own and sent them back.
    Kept,
    /// No cookie was sent back (`--no-cookies`).
    Ignored,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// Whether the host had to prove its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certificates {
    /// By a certificate that the system's roots vouch for.
    Checked,
    /// Not at all (`--insecure`): any certificate was accepted.
    Unchecked,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// How the host was connected to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionSummary {
    /// Who kept connections.
    pub reuse: ConnectionReuse,
    /// Whether certificates were checked; without TLS there are none.
    pub certificates: Certificates,
    /// How long connecting could take, in seconds: name look-up, TCP and TLS together.
    pub connect_timeout_s: f64,
    /// How long a request could take, in seconds, from sent to its last byte.
    pub request_timeout_s: f64,
    /// How many redirects were followed at most.
    pub max_redirects: u32,
    /// What was done with cookies. Absent where the generator does not know it: from the page, and in reports of earlier
    /// versions, which kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookies: Option<Cookies>,
    /// What was counted.
    pub counted: Connections,
}

impl ConnectionSummary {
    /// The same with other counts.
    pub const fn with(mut self, counted: &Connections) -> Self {
        self.counted = *counted;
        self
    }
}
