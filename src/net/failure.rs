//! From the errors of sockets to typed failures. Error kinds decide, never a message's text: texts change with the
//! platform and the library. The errors of TLS are typed in `tls.rs`, those of HTTP/2 in `http2.rs`.

use std::io;

use crate::core::base::failure::{Failure, FailureKind};

/// EMFILE and ENFILE, "too many open files" in the process and in the system. Every Unix has the same numbers, and the
/// standard library has no stable `ErrorKind` for them.
const TOO_MANY_OPEN_FILES: [i32; 2] = [24, 23];

/// Why no TCP connection could be opened.
pub fn connect_failure(error: &io::Error) -> Failure {
    use io::ErrorKind::{
        AddrInUse, AddrNotAvailable, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkDown, NetworkUnreachable, TimedOut,
    };
    match error.kind() {
        ConnectionRefused => Failure::new(FailureKind::Refused, ""),
        HostUnreachable | NetworkUnreachable | NetworkDown => Failure::new(FailureKind::Unreachable, ""),
        TimedOut => Failure::new(FailureKind::ConnectTimeout, ""),
        ConnectionReset | ConnectionAborted => Failure::new(FailureKind::Reset, "while connecting"),
        AddrNotAvailable | AddrInUse => Failure::new(FailureKind::Exhausted, "no free port left"),
        _ if error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code)) => {
            Failure::new(FailureKind::Exhausted, "no more open files allowed (ulimit -n)")
        }
        kind => Failure::new(FailureKind::Other, kind.to_string()),
    }
}

/// What the host's TLS said, where it refused the connection. `None` when the connection was lost for another reason.
fn refused_by_tls(error: &io::Error) -> Option<&'static str> {
    use tokio_rustls::rustls::{AlertDescription, Error};
    match error.get_ref()?.downcast_ref::<Error>()? {
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            Some("the host wants a client certificate")
        }
        Error::AlertReceived(_) => Some("the host ended the connection with an alert"),
        _ => Some("what came is not TLS"),
    }
}

/// Why an open connection was lost. `kind` says whether that was before or within the response. A host that speaks TLS 1.3
/// refuses a client's certificate, or the lack of one, only after the handshake: that is a failure of TLS all the same.
pub fn connection_lost(kind: FailureKind, error: &io::Error) -> Failure {
    if let Some(detail) = refused_by_tls(error) {
        return Failure::new(FailureKind::Tls, detail);
    }
    let detail = match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => "closed by the host",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => "reset by the host",
        _ => "the connection failed",
    };
    Failure::new(kind, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_connecting_are_typed_by_kind() {
        use io::ErrorKind as Kind;
        for (error, expected) in [
            (Kind::ConnectionRefused.into(), FailureKind::Refused),
            (Kind::ConnectionReset.into(), FailureKind::Reset),
            (Kind::TimedOut.into(), FailureKind::ConnectTimeout),
            (Kind::NetworkUnreachable.into(), FailureKind::Unreachable),
            (Kind::AddrNotAvailable.into(), FailureKind::Exhausted),
            (Kind::PermissionDenied.into(), FailureKind::Other),
            (io::Error::from_raw_os_error(24), FailureKind::Exhausted),
        ] {
            assert_eq!(connect_failure(&error).kind, expected, "{error}");
        }
    }

    #[test]
    fn a_lost_connection_was_closed_or_reset() {
        for (kind, detail) in [
            (io::ErrorKind::UnexpectedEof, "closed by the host"),
            (io::ErrorKind::ConnectionReset, "reset by the host"),
            (io::ErrorKind::TimedOut, "the connection failed"),
        ] {
            let failure = connection_lost(FailureKind::Truncated, &kind.into());
            assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Truncated, detail));
        }
    }
}
