//! Writes a request as bytes. The part that all requests of a run have in common is put together once.
//!
//! Which headers a request has is decided in `redirect.rs`. Sends nothing.

use std::io::Write as _;

use super::super::redirect::Hop;
use crate::core::base::host::Host;
use crate::core::config::connections::ConnectionReuse;
use crate::core::http::target::encoded;
use crate::core::scenario::Method;

/// Writes the requests of a run.
pub struct RequestWriter {
    host: Host,
    /// The bytes from the end of the path to the first header that may differ between requests.
    common: String,
}

impl RequestWriter {
    /// Announces to the host that a connection will not be kept, where that is so.
    pub fn new(host: &Host, reuse: ConnectionReuse) -> Self {
        let closing = if reuse == ConnectionReuse::None { "Connection: close\r\n" } else { "" };
        let common = format!(" HTTP/1.1\r\nHost: {}\r\n{closing}", host.authority());
        Self { host: host.clone(), common }
    }

    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Replaces the contents of `out` by a request.
    pub fn write(&self, out: &mut Vec<u8>, hop: &Hop<'_>) {
        out.clear();
        let (prefix, path) = hop.target(&self.host);
        for part in [hop.method().as_str(), " ", &encoded(prefix), &encoded(path), &self.common] {
            out.extend_from_slice(part.as_bytes());
        }
        for (name, value) in hop.headers() {
            for part in [name, ": ", value, "\r\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        if let Some(body) = hop.body() {
            // Cannot fail: the sink is memory.
            let _ = write!(out, "Content-Length: {}\r\n\r\n", body.len());
            out.extend_from_slice(body);
        } else if matches!(hop.method(), Method::Post | Method::Put | Method::Patch) {
            // Without a length, some servers answer 411 to a method that normally has a body (RFC 9110, §8.6).
            out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
        } else {
            out.extend_from_slice(b"\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::request::Request;

    fn written(reuse: ConnectionReuse) -> String {
        let host = "http://localhost:8080/base".parse::<Host>().unwrap();
        let request = Request {
            method: Method::Post,
            path: "/a?b=c".into(),
            headers: vec![("X-User-Id".into(), "7".into())],
            body: Some("{}".into()),
            ..Request::default()
        };
        let mut out = b"left over".to_vec();
        RequestWriter::new(&host, reuse).write(&mut out, &Hop::first(&request));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_a_request_that_a_server_reads() {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "POST /base/a?b=c HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: oddiya-load/{version}\r\nAccept: */*\r\n\
             Accept-Encoding: gzip\r\nX-User-Id: 7\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        assert_eq!(written(ConnectionReuse::PerUser), expected);
    }

    #[test]
    fn a_post_without_a_body_says_so() {
        let host = "http://localhost:8080".parse::<Host>().unwrap();
        let written = |method| {
            let (mut out, request) = (Vec::new(), Request { method, path: "/".into(), ..Request::default() });
            RequestWriter::new(&host, ConnectionReuse::PerUser).write(&mut out, &Hop::first(&request));
            String::from_utf8(out).unwrap()
        };
        assert!(written(Method::Post).ends_with("\r\nContent-Length: 0\r\n\r\n"));
        assert!(!written(Method::Delete).contains("Content-Length"));
    }

    #[test]
    fn a_connection_that_will_not_be_kept_is_announced() {
        assert!(written(ConnectionReuse::None).contains("\r\nConnection: close\r\n"));
    }
}
