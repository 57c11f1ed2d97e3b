//! HTTP/2 by the crate `h2`: one connection, many requests, each timed like a request of HTTP/1.1.
//!
//! Opens no socket and keeps no connection.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{HeaderValue, header};

use super::body::Encoding;
use super::clock::RunClock;
use super::failure::connection_lost;
use super::partial::{HopError, HopResponse, LostConnection, PartialExchange};
use super::redirect::{Hop, is_redirect};
use super::stream::Stream;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::{Host, Scheme};
use crate::core::http::target::encoded;

/// How much of a body may arrive before it is read: as much as the app's client allows (OkHttp's 16 MiB).
const WINDOW: u32 = 16 * 1024 * 1024;

/// `h2` ends a connection after 100 empty DATA frames that do not end their stream, for fear of a flood. Relays send such
/// frames, and they are allowed (RFC 9113, §6.1). A connection is given up before that, with room for what is in flight.
const MAX_EMPTY_FRAMES: u32 = 60;

/// One connection. Its clones send on the same one.
#[derive(Clone)]
pub struct Http2 {
    sender: SendRequest<Bytes>,
    /// Empty DATA frames that have come.
    empty_frames: Rc<Cell<u32>>,
}

impl Http2 {
    /// Begins to speak HTTP/2. Must be called among the shard's tasks; one more of them then drives the connection
    /// until the last clone is dropped.
    pub async fn over(stream: Stream) -> Result<Self, Failure> {
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).enable_push(false);
        let opened = builder.handshake(stream).await;
        let (sender, connection) = opened.map_err(|error| failure(FailureKind::Reset, &error))?;
        tokio::task::spawn_local(async move {
            // Its errors reach the requests that they concern.
            let _ = connection.await;
        });
        Ok(Self { sender, empty_frames: Rc::default() })
    }

    /// Whether the connection can carry another request.
    pub fn is_open(&mut self) -> bool {
        if self.empty_frames.get() >= MAX_EMPTY_FRAMES {
            return false;
        }
        let mut context = Context::from_waker(Waker::noop());
        !matches!(self.sender.poll_ready(&mut context), Poll::Ready(Err(_)))
    }

    /// Sends a request and reads its response.
    pub async fn exchange(
        &mut self,
        hop: &Hop<'_>,
        host: &Host,
        clock: RunClock,
        partial: &mut PartialExchange,
    ) -> Result<HopResponse, HopError> {
        poll_fn(|cx| self.sender.poll_ready(cx)).await.map_err(|error| before_request(&error))?;
        let body = hop.body().map(|body| Bytes::copy_from_slice(body.as_bytes()));
        let request = request(hop, host).map_err(HopError::Failed)?;
        let sent = self.sender.send_request(request, body.is_none());
        let (response, mut outgoing) = sent.map_err(|error| before_request(&error))?;
        // The host limits how many requests may be open at once. This handle is ready again once its request is one of
        // them. Until then the request is not sent, and the wait does not count as its time.
        poll_fn(|cx| self.sender.poll_ready(cx)).await.map_err(|error| before_response(&error))?;
        if partial.is_first_hop() {
            partial.timing.sent = Some(clock.now());
        }
        if let Some(body) = body {
            outgoing.send_data(body, true).map_err(|error| before_response(&error))?;
        }
        let response = response.await.map_err(|error| before_response(&error))?;
        partial.timing.first_byte = Some(clock.now());
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let header = |name| head.headers.get(name).map(HeaderValue::as_bytes);
        let encoding = header(header::CONTENT_ENCODING).map(Encoding::read).unwrap_or_default();
        if let Some(tap) = &mut partial.tap {
            let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            tap.head(status, headers);
        }
        let location = header(header::LOCATION).filter(|_| is_redirect(status));
        let location = location.map(|value| String::from_utf8_lossy(value).into());
        let body = Body { body, encoding, status, empty_frames: &self.empty_frames };
        read_body(body, clock, partial).await?;
        Ok(HopResponse { status, location })
    }
}

/// A response's body that is still to come.
struct Body<'a> {
    body: RecvStream,
    encoding: Encoding,
    status: u16,
    empty_frames: &'a Cell<u32>,
}

async fn read_body(
    Body { mut body, encoding, status, empty_frames }: Body<'_>,
    clock: RunClock,
    partial: &mut PartialExchange,
) -> Result<(), HopError> {
    loop {
        if let Some(tap) = &partial.tap {
            poll_fn(|cx| tap.poll_room(cx)).await;
        }
        let Some(piece) = body.data().await else { break };
        let piece = piece.map_err(|error| within_response(&error))?;
        empty_frames.set(empty_frames.get() + u32::from(piece.is_empty()));
        // Cannot fail: it releases exactly what arrived.
        let _ = body.flow_control().release_capacity(piece.len());
        partial.received_bytes += piece.len() as u64;
        if let Some(events) = partial.events.as_mut().filter(|_| !is_redirect(status)) {
            events.feed(&piece, encoding, clock.now());
        }
        if let Some(tap) = &partial.tap {
            tap.body(&piece);
        }
    }
    partial.finished = Some(clock.now());
    Ok(())
}

fn request(hop: &Hop<'_>, host: &Host) -> Result<http::Request<()>, Failure> {
    let scheme = if host.scheme == Scheme::Https { "https" } else { "http" };
    let (prefix, path) = hop.target(host);
    let mut builder = http::Request::builder()
        .version(http::Version::HTTP_2)
        .method(hop.method().as_str())
        .uri(format!("{scheme}://{}{}{}", host.authority(), encoded(prefix), encoded(path)));
    for (name, value) in hop.headers().filter(|(name, _)| !is_of_connection(name)) {
        builder = builder.header(name, value);
    }
    if let Some(body) = hop.body() {
        builder = builder.header(header::CONTENT_LENGTH, body.len());
    }
    builder
        .body(())
        .map_err(|_| Failure::new(FailureKind::Other, "the scenario's request cannot be sent by HTTP/2"))
}

/// Whether a header belongs to the connection, for which HTTP/2 has other means (RFC 9113, §8.2.2).
fn is_of_connection(name: &str) -> bool {
    ["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

fn before_request(error: &h2::Error) -> HopError {
    HopError::Lost(LostConnection::BeforeRequest(failure(FailureKind::Reset, error)))
}

/// A stream that the host refused was not processed (RFC 9113, §8.7), and neither was one that its GOAWAY leaves out,
/// whatever the reason in it (§6.8): `h2` ends only these with the GOAWAY.
fn before_response(error: &h2::Error) -> HopError {
    let failure = failure(FailureKind::Reset, error);
    let was_refused = error.reason() == Some(Reason::REFUSED_STREAM) && error.is_reset();
    let was_left_out = error.is_go_away() && error.is_remote();
    if was_refused || was_left_out {
        HopError::Lost(LostConnection::BeforeRequest(failure))
    } else if failure.kind == FailureKind::Malformed {
        HopError::Failed(failure)
    } else {
        HopError::Lost(LostConnection::BeforeResponse(failure))
    }
}

fn within_response(error: &h2::Error) -> HopError {
    let failure = failure(FailureKind::Truncated, error);
    if failure.kind == FailureKind::Malformed {
        HopError::Failed(failure)
    } else {
        HopError::Lost(LostConnection::WithinResponse(failure))
    }
}

/// The failure is of this kind when the host or the network ended the connection, and malformed when the host broke the
/// protocol.
fn failure(kind: FailureKind, error: &h2::Error) -> Failure {
    if let Some(io) = error.get_io() {
        return connection_lost(kind, io);
    }
    match error.reason() {
        Some(reason) if error.is_remote() => Failure::new(kind, format!("by the host: {reason:?}")),
        Some(reason) => {
            Failure::new(FailureKind::Malformed, format!("not HTTP/2: {}", broken_rule(error, reason)))
        }
        None => Failure::new(kind, "closed by the host"),
    }
}

/// Which rule the host broke, as far as `h2` says so.
fn broken_rule(error: &h2::Error, reason: Reason) -> String {
    // The debug data that `h2` would send to the host is in its text, after the last colon.
    let text = error.to_string();
    let said = text.rsplit_once(": ").map_or("", |(_, said)| said);
    match reason {
        Reason::PROTOCOL_ERROR => format!("a frame or header field that is not allowed ({reason:?})"),
        Reason::FLOW_CONTROL_ERROR => "more data than was allowed".to_owned(),
        Reason::FRAME_SIZE_ERROR => "a frame of a wrong size, or another protocol".to_owned(),
        Reason::COMPRESSION_ERROR => "header fields that cannot be unpacked".to_owned(),
        Reason::ENHANCE_YOUR_CALM if said.is_empty() => "too many frames".to_owned(),
        _ => format!("{reason:?} {said}").trim_end().to_owned(),
    }
}
