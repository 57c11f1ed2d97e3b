//! What is known of an exchange while it runs, and how one request of it ends. A redirected exchange has several
//! requests; HTTP/1.1 and HTTP/2 fill in the same values.

use super::body::EventBody;
use super::kept::Kept;
use super::tap::Tap;
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, Status};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Timing;

/// An exchange that is not finished yet.
#[derive(Default)]
pub struct PartialExchange {
    pub timing: Timing,
    /// When the last byte came. `None` where nobody read the clock for it; the caller then reads it at the end.
    pub finished: Option<Micros>,
    /// Bytes of the bodies of all responses so far.
    pub received_bytes: u64,
    /// Reads the body, where an event stream is expected.
    pub events: Option<Box<EventBody>>,
    /// Keeps what a scenario looks at, where it looks at anything.
    pub kept: Option<Box<Kept>>,
    /// Passes the response on while it arrives, where somebody wants it.
    pub tap: Option<Tap>,
    pub connections: Connections,
    /// How long the request may take, where it has a limit of its own.
    pub time_limit: Option<Micros>,
    /// Redirects that were followed so far.
    pub redirects: u32,
}

impl PartialExchange {
    /// Whether no redirect was followed yet. An exchange counts as sent when its first request is.
    pub const fn is_first_hop(&self) -> bool {
        self.redirects == 0
    }
}

/// A complete response to one request.
pub struct HopResponse {
    pub status: Status,
    /// Where it redirects to.
    pub location: Option<Box<str>>,
    /// The cookies that it sets, as the host wrote them.
    pub set_cookies: Vec<Box<str>>,
}

/// Why there is no complete response to one request.
#[derive(Debug)]
pub enum HopError {
    /// The connection was lost; the request may be sent again on another one.
    Lost(LostConnection),
    /// Any other failure, which ends the exchange.
    Failed(Failure),
}

/// A lost connection, by how far the request had come.
#[derive(Debug)]
pub enum LostConnection {
    /// No byte of the request was sent.
    BeforeRequest(Failure),
    /// No byte of the response came.
    BeforeResponse(Failure),
    /// Part of the response came.
    WithinResponse(Failure),
}

impl LostConnection {
    pub fn into_failure(self) -> Failure {
        match self {
            Self::BeforeRequest(failure) | Self::BeforeResponse(failure) | Self::WithinResponse(failure) => {
                failure
            }
        }
    }
}
