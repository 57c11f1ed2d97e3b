//! How the HTTP client connects and sends: values that are already checked. The flags they come from are in `native`.

use crate::core::base::units::Micros;
use crate::core::config::connections::{Certificates, ConnectionReuse, Cookies};
use crate::core::scenario::Reading;

/// How a connection is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialOptions {
    /// The limit for name look-up, TCP and TLS together.
    pub connect_timeout: Micros,
    /// The versions of HTTP that may be spoken.
    pub protocols: Protocols,
    /// Whether the host must prove its name.
    pub certificates: Certificates,
}

/// How requests are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientOptions {
    /// How a connection is opened.
    pub dial: DialOptions,
    /// The limit from sent to the last byte, for responses that are no event stream.
    pub request_timeout: Micros,
    /// Who keeps a connection for the next request.
    pub reuse: ConnectionReuse,
    /// How many redirects of one request are followed; with 0 the redirect is the response.
    pub max_redirects: u32,
    /// How many bytes of an event stream are read as events, counted after unpacking.
    pub max_body: u64,
    /// Whether users send the host's cookies back.
    pub cookies: Cookies,
}

/// The versions of HTTP that may be spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocols {
    /// Over TLS, the version that the host prefers; without TLS, HTTP/1.1.
    #[default]
    Negotiated,
    Http1,
    /// HTTP/2 only; without TLS by prior knowledge (RFC 9113, §3.3).
    Http2,
}

/// The version of HTTP that a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    Http1,
    Http2,
}

impl ClientOptions {
    /// The limit for a request from sent to its last byte.
    pub const fn time_limit(&self, reading: Reading) -> Micros {
        match reading {
            Reading::Whole => self.request_timeout,
            Reading::Events => reading.time_limit(),
        }
    }
}

impl Protocols {
    /// The version where the host is not asked.
    pub const fn without_negotiation(self) -> HttpVersion {
        match self {
            Self::Http2 => HttpVersion::Http2,
            Self::Negotiated | Self::Http1 => HttpVersion::Http1,
        }
    }
}
