//! What came of a `fetch`: the host's answer, the companion's own, or none. The browser's words become typed failures
//! here, and nowhere else.

use web_sys::Response;

use crate::browser::message::Destination;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::http::relay::{FAILURE_HEADER, REFUSAL_HEADER, RelayFailure, STATUS_HEADER, WRAPPED_STATUS};

/// What came of a request.
pub struct Answer {
    /// The host's status, or why there is none.
    pub outcome: Result<Status, Failure>,
    /// Size of the body.
    pub bytes: u64,
    /// Whether the browser has a timing entry for it.
    pub heard: Heard,
}

/// Whether the browser got any answer: without one it has no timing entry, or one without moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It got one, of the host or of the companion.
    Answer,
    /// It got none.
    Nothing,
}

impl Answer {
    /// No answer, or none that could be read to its end.
    pub fn failed(kind: FailureKind, detail: &str) -> Self {
        Self { outcome: Err(Failure::new(kind, detail)), bytes: 0, heard: Heard::Nothing }
    }

    /// `fetch` failed, which says no more than that.
    pub fn none_from(target: &Destination) -> Self {
        match target {
            Destination::Direct { .. } => {
                Self::failed(FailureKind::Blocked, "no answer, or none that the page may read")
            }
            Destination::Companion { .. } => {
                Self::failed(FailureKind::Other, "the companion does not answer")
            }
        }
    }

    /// A complete response with a body of so many bytes. The companion's own answers say so in a header; all others
    /// are the host's. Headers are asked for only where one may be: each question is a few steps into the browser.
    pub fn of(response: &Response, bytes: u64, target: &Destination) -> Self {
        let status = response.status();
        if target.is_direct() {
            return Self::of_the_host(status, bytes);
        }
        let header = |name: &str| response.headers().get(name).ok().flatten();
        match status {
            WRAPPED_STATUS => {
                let real = header(STATUS_HEADER).and_then(|status| status.parse().ok());
                Self::of_the_host(real.unwrap_or(status), bytes)
            }
            502 => match header(FAILURE_HEADER) {
                Some(failure) => Self::of_the_companion(relayed(RelayFailure::from_name(&failure))),
                None => Self::of_the_host(status, bytes),
            },
            400 | 403 => match header(REFUSAL_HEADER) {
                Some(refusal) => {
                    Self::failed(FailureKind::Other, &format!("the companion refused it: {refusal}"))
                }
                None => Self::of_the_host(status, bytes),
            },
            _ => Self::of_the_host(status, bytes),
        }
    }

    /// The companion's own answer, instead of the host's.
    fn of_the_companion(failure: Failure) -> Self {
        Self { outcome: Err(failure), bytes: 0, heard: Heard::Answer }
    }

    fn of_the_host(status: Status, bytes: u64) -> Self {
        Self { outcome: Ok(status), bytes, heard: Heard::Answer }
    }
}

fn relayed(failure: Option<RelayFailure>) -> Failure {
    let (kind, detail) = match failure {
        Some(RelayFailure::Refused) => (FailureKind::Refused, ""),
        Some(RelayFailure::Reset) => (FailureKind::Reset, "reset by the host"),
        Some(RelayFailure::Closed) => (FailureKind::Reset, "closed by the host"),
        Some(RelayFailure::Dns) => (FailureKind::Dns, ""),
        Some(RelayFailure::Timeout) => (FailureKind::ConnectTimeout, ""),
        Some(RelayFailure::Unreachable) => (FailureKind::Unreachable, ""),
        Some(RelayFailure::Tls) => (FailureKind::Tls, ""),
        Some(RelayFailure::Malformed) => (FailureKind::Malformed, ""),
        Some(RelayFailure::Exhausted) => {
            (FailureKind::Exhausted, "the companion has no free ports or file handles left")
        }
        Some(RelayFailure::Other) | None => (FailureKind::Other, "the relay could not say why"),
    };
    Failure::new(kind, detail)
}
