//! From the errors of sockets, TLS and hyper to a [`RelayFailure`]. Pure.
//!
//! Types and kinds decide, never a message's text: texts change with the platform and the library.

use std::error::Error;
use std::io;

use tokio_rustls::rustls;

use crate::core::http::relay::RelayFailure;

/// The host gave no answer, or not a whole one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer from the host ({kind}): {detail}")]
pub struct UpstreamError {
    /// What the page counts it as.
    pub kind: RelayFailure,
    /// The library's own words, for people.
    pub detail: String,
}

impl UpstreamError {
    /// A failure that no library reported.
    pub fn new(kind: RelayFailure, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl From<io::Error> for UpstreamError {
    fn from(error: io::Error) -> Self {
        Self::new(io_kind(&error), error.to_string())
    }
}

impl From<hyper::Error> for UpstreamError {
    fn from(error: hyper::Error) -> Self {
        let detail = match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        Self::new(hyper_kind(&error), detail)
    }
}

fn hyper_kind(error: &hyper::Error) -> RelayFailure {
    let sources = std::iter::successors(error.source(), |&source| source.source());
    let io_error = sources.filter_map(|source| source.downcast_ref::<io::Error>()).next();
    match io_error {
        Some(io_error) => io_kind(io_error),
        None if error.is_parse() => RelayFailure::Malformed,
        None if error.is_timeout() => RelayFailure::Timeout,
        None if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => {
            RelayFailure::Closed
        }
        None => RelayFailure::Other,
    }
}

fn io_kind(error: &io::Error) -> RelayFailure {
    use io::ErrorKind as Kind;
    /// "Too many open files", in the process and in the system: the same numbers on Linux and macOS, and without
    /// a stable `ErrorKind`.
    const NO_HANDLES_LEFT: [i32; 2] = [24, 23];
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        return RelayFailure::Tls;
    }
    if error.raw_os_error().is_some_and(|code| NO_HANDLES_LEFT.contains(&code)) {
        return RelayFailure::Exhausted;
    }
    match error.kind() {
        Kind::ConnectionRefused => RelayFailure::Refused,
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => RelayFailure::Reset,
        Kind::UnexpectedEof => RelayFailure::Closed,
        Kind::TimedOut => RelayFailure::Timeout,
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => RelayFailure::Unreachable,
        Kind::AddrNotAvailable | Kind::AddrInUse => RelayFailure::Exhausted,
        _ => RelayFailure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_errors_are_typed_by_kind() {
        use io::ErrorKind as Kind;
        for (kind, failure) in [
            (Kind::ConnectionRefused, RelayFailure::Refused),
            (Kind::ConnectionReset, RelayFailure::Reset),
            (Kind::UnexpectedEof, RelayFailure::Closed),
            (Kind::TimedOut, RelayFailure::Timeout),
            (Kind::NetworkUnreachable, RelayFailure::Unreachable),
            (Kind::AddrNotAvailable, RelayFailure::Exhausted),
            (Kind::PermissionDenied, RelayFailure::Other),
        ] {
            assert_eq!(UpstreamError::from(io::Error::from(kind)).kind, failure);
        }
        assert_eq!(UpstreamError::from(io::Error::from_raw_os_error(24)).kind, RelayFailure::Exhausted);
    }

    #[test]
    fn a_failed_handshake_is_tls_whatever_its_text() {
        let inner = rustls::Error::General("connection refused".to_owned());
        let error = io::Error::new(io::ErrorKind::InvalidData, inner);
        assert_eq!(UpstreamError::from(error).kind, RelayFailure::Tls);
    }
}
