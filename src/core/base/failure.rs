//! Why a request did not succeed. A failure is data of a closed set of kinds; no code compares a failure's text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An HTTP status code.
pub type Status = u16;

/// Why a request did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// A short text for people that tells cases of one kind apart. There are few distinct texts, and no text contains
    /// a secret. Only a redirect's has an address: the host's own, to which it led.
    pub detail: String,
}

impl Failure {
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// A status of 400 or more is a failure, and so is one below 100, which is none: it counts as one of 500 to 599
    /// (RFC 9110, §15). Any other is `None`.
    pub fn of_status(status: Status) -> Option<Self> {
        let is_success = (100..400).contains(&status);
        (!is_success).then(|| Self::new(FailureKind::Status, format!("HTTP {status:03}")))
    }
}

/// The kinds of failure, from the name look-up to the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The host's name has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// No way to the host.
    Unreachable,
    /// No connection in time.
    ConnectTimeout,
    /// The certificate or the handshake was not acceptable.
    Tls,
    /// The connection was closed or reset before the response began.
    Reset,
    /// The response was not HTTP.
    Malformed,
    /// No complete response in time.
    RequestTimeout,
    /// The connection was closed or reset within the response.
    Truncated,
    /// The host redirected too often.
    TooManyRedirects,
    /// The host redirected to another one, which no run may load.
    RedirectedAway,
    /// A complete response with a status of 400 or more.
    Status,
    /// A complete response whose event stream reports an error, or makes no sense.
    StreamError,
    /// A complete response whose event stream lacks its last events.
    StreamCut,
    /// A complete response in which a check of the scenario found something else than it must be.
    Check,
    /// A token had expired, and refreshing it did not work.
    Refresh,
    /// The browser did not let the request through and does not say why.
    Blocked,
    /// The generator's machine has no port or file handle left for it: no fault of the host.
    Exhausted,
    /// The generator lost it: the companion is gone, or the browser lost the response. Not the host's failure, and not
    /// counted as one.
    Lost,
    /// None of the above, or a kind that a later version knows.
    #[serde(other)]
    Other,
}

impl FailureKind {
    /// What happened, in words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dns => "name not found",
            Self::Refused => "connection refused",
            Self::Unreachable => "host unreachable",
            Self::ConnectTimeout => "connect timeout",
            Self::Tls => "TLS failure",
            Self::Reset => "connection reset before the response",
            Self::Malformed => "response is not HTTP",
            Self::RequestTimeout => "request timeout",
            Self::Truncated => "connection lost within the response",
            Self::TooManyRedirects => "too many redirects",
            Self::RedirectedAway => "redirected to another host",
            Self::Status => "HTTP status",
            Self::StreamError => "error inside the event stream",
            Self::StreamCut => "event stream ended early",
            Self::Check => "check failed",
            Self::Refresh => "token not refreshed",
            Self::Blocked => "blocked by the browser",
            Self::Exhausted => "the generator's machine is exhausted",
            Self::Lost => "lost by the generator",
            Self::Other => "other failure",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_from_400_on_are_failures() {
        assert_eq!(Failure::of_status(399), None);
        assert_eq!(Failure::of_status(404).unwrap().detail, "HTTP 404");
        assert_eq!(Failure::of_status(0).unwrap().detail, "HTTP 000");
        assert_eq!(Failure::of_status(999).unwrap().detail, "HTTP 999");
    }
}
