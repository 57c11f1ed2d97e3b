//! One answer before it is sent: status, headers, and pieces of the body with the time at which each is due.
//!
//! The body formats that several services share are here. Nothing is sent or measured here.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::{jackson, wallclock};

/// Runs once the last byte was handed over.
pub type OnSent = Box<dyn FnOnce() + Send + Sync>;

pub struct Reply {
    pub status: StatusCode,
    /// Without the headers that the framing adds.
    pub headers: HeaderMap,
    /// The body, in the pieces in which it is sent.
    pub pieces: Vec<Piece>,
    pub framing: Framing,
    /// Which of Spring's ways to answer an error this is.
    pub error: ErrorKind,
    pub on_sent: Option<OnSent>,
}

/// Where an error's body comes from. It decides what a client gets that does not take JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The answer is not an error.
    None,
    /// Spring Boot's error page, which has a form in JSON and one in HTML.
    Boot,
    /// A handler of the service's own, which writes JSON only; without it the status would be this.
    Handled(StatusCode),
}

/// A part of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// When it is sent, counted from the start of the answer.
    pub due: Duration,
    pub bytes: Bytes,
}

/// How the client learns where the body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length`: gateway pages and the llm-agent.
    Length,
    /// Chunks: Spring MVC flushes JSON before it knows its length; event streams have none.
    Chunked,
}

impl Reply {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            pieces: Vec::new(),
            framing: Framing::Length,
            error: ErrorKind::None,
            on_sent: None,
        }
    }

    /// JSON as the Spring services send it.
    pub fn spring(status: StatusCode, body: &impl Serialize) -> Self {
        Self { framing: Framing::Chunked, ..Self::json(status, body) }
    }

    /// JSON of known length, as the gateway's own pages and `/__stub` send it.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        Self::text(status, "application/json", jackson::to_bytes(body))
    }

    /// JSON as uvicorn sends it.
    pub fn fastapi(status: StatusCode, body: &impl Serialize) -> Self {
        // Serialising cannot fail: every body is a struct or a value with text keys.
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        Self::text(status, "application/json", bytes).with(SERVER, HeaderValue::from_static("uvicorn"))
    }

    /// A body of the given content type, sent at once.
    pub fn text(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status).with(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply.pieces = vec![Piece { due: Duration::ZERO, bytes: bytes.into() }];
        reply
    }

    /// Spring Boot's default error body, `{timestamp, status, error, path}`.
    pub fn boot_error(status: StatusCode, path: &str) -> Self {
        let body = json!({
            "timestamp": wallclock::error_timestamp(),
            "status": status.as_u16(),
            "error": status.canonical_reason().unwrap_or_default(),
            "path": path,
        });
        Self { error: ErrorKind::Boot, ..Self::spring(status, &body) }
    }

    /// Adds a header.
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Says how long the body is: an answer to HEAD has none to count.
    pub fn announce_length(&mut self) {
        if self.framing == Framing::Length {
            let length: usize = self.pieces.iter().map(|piece| piece.bytes.len()).sum();
            self.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
    }

    /// Keeps the first half of the body: half of the pieces, or half of a single piece. `on_sent` will not run.
    pub fn halve(&mut self) {
        self.on_sent = None;
        self.framing = Framing::Chunked;
        match self.pieces.as_mut_slice() {
            [only] => only.bytes.truncate(only.bytes.len() / 2),
            pieces => {
                let half = pieces.len() / 2;
                self.pieces.truncate(half);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_error_has_four_fields_in_order() {
        let reply = Reply::boot_error(StatusCode::INTERNAL_SERVER_ERROR, "/api/v1/users/me");
        let text = String::from_utf8(reply.pieces[0].bytes.to_vec()).unwrap();
        assert!(text.starts_with(r#"{"timestamp":""#), "{text}");
        assert!(
            text.ends_with(r#""status":500,"error":"Internal Server Error","path":"/api/v1/users/me"}"#),
            "{text}"
        );
    }

    #[test]
    fn halving_keeps_half_a_body_or_half_the_events() {
        let mut whole = Reply::text(StatusCode::OK, "text/plain", "abcdef");
        whole.halve();
        assert_eq!(whole.pieces[0].bytes, "abc");
        let mut events = Reply::text(StatusCode::OK, "text/plain", "a");
        events.pieces = vec![events.pieces[0].clone(); 13];
        events.halve();
        assert_eq!(events.pieces.len(), 6);
    }
}
