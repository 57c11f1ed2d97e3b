//! HTTP/2 by the crate `h2`: one connection, many requests, each timed like a request of HTTP/1.1.
//!
//! Opens no socket and keeps no connection.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{HeaderValue, header};

use super::clock::RunClock;
use super::failure::connection_lost;
use super::frames::Frames;
use super::partial::{HopError, HopResponse, LostConnection, PartialExchange};
use super::redirect::{Hop, is_redirect};
use super::stream::Stream;
use super::unpack::Encoding;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::{Host, Scheme};
use crate::core::http::target::encoded;

/// How much of a body may arrive before it is read: as much as the app's client allows (OkHttp's 16 MiB).
const WINDOW: u32 = 16 * 1024 * 1024;

/// One connection. Its clones send on the same one.
#[derive(Clone)]
pub struct Http2 {
    sender: SendRequest<Bytes>,
}

impl Http2 {
    /// Begins to speak HTTP/2. Must be called among the shard's tasks; one more of them then drives the connection
    /// until the last clone is dropped.
    pub async fn over(stream: Stream) -> Result<Self, Failure> {
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).enable_push(false);
        let opened = builder.handshake(Frames::of(stream)).await;
        let (sender, connection) = opened.map_err(|error| failure(Part::Head, &error))?;
        tokio::task::spawn_local(async move {
            // Its errors reach the requests that they concern.
            let _ = connection.await;
        });
        Ok(Self { sender })
    }

    /// Whether the connection can carry another request.
    pub fn is_open(&mut self) -> bool {
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
        let body = hop.body().map(Bytes::copy_from_slice);
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
        let values = |name| head.headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let encoding = values(header::CONTENT_ENCODING).fold(Encoding::Identity, Encoding::and);
        let text = |value| Box::from(String::from_utf8_lossy(value));
        if let Some(kept) = &mut partial.kept {
            kept.begin(head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        }
        if let Some(tap) = &mut partial.tap {
            let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            tap.head(status, headers);
        }
        let location = values(header::LOCATION).next().filter(|_| is_redirect(status)).map(text);
        let set_cookies = values(header::SET_COOKIE).map(text).collect();
        let body = Body { body, encoding, status };
        read_body(body, clock, partial).await?;
        Ok(HopResponse { status, location, set_cookies })
    }
}

/// A response's body that is still to come.
struct Body {
    body: RecvStream,
    encoding: Encoding,
    status: u16,
}

async fn read_body(
    Body { mut body, encoding, status }: Body,
    clock: RunClock,
    partial: &mut PartialExchange,
) -> Result<(), HopError> {
    loop {
        if let Some(tap) = &partial.tap {
            poll_fn(|cx| tap.poll_room(cx)).await;
        }
        let Some(piece) = body.data().await else { break };
        let piece = match piece {
            // The host has all that it wants of the request and says so after its answer (RFC 9113, §8.1).
            Err(error)
                if error.is_remote() && error.is_reset() && error.reason() == Some(Reason::NO_ERROR) =>
            {
                break;
            }
            piece => piece.map_err(|error| within_response(&error))?,
        };
        // Cannot fail: it releases exactly what arrived.
        let _ = body.flow_control().release_capacity(piece.len());
        partial.received_bytes += piece.len() as u64;
        if let Some(events) = partial.events.as_mut().filter(|_| !is_redirect(status)) {
            events.feed(&piece, encoding, clock.now());
        }
        if let Some(kept) = &mut partial.kept {
            kept.feed(&piece, encoding);
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
        // As bytes, because a cookie may hold what is no ASCII.
        builder = builder.header(name, value.as_bytes());
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
    HopError::Lost(LostConnection::BeforeRequest(failure(Part::Head, error)))
}

/// A stream that the host refused was not processed (RFC 9113, §8.7), and neither was one that its GOAWAY leaves out,
/// whatever the reason in it (§6.8): `h2` ends only these with the GOAWAY.
fn before_response(error: &h2::Error) -> HopError {
    let failure = failure(Part::Head, error);
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
    let failure = failure(Part::Body, error);
    if failure.kind == FailureKind::Malformed {
        HopError::Failed(failure)
    } else {
        HopError::Lost(LostConnection::WithinResponse(failure))
    }
}

/// The part of the response in which it failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Body,
}

impl Part {
    /// The kind where the host or the network ended the connection.
    const fn lost(self) -> FailureKind {
        match self {
            Self::Head => FailureKind::Reset,
            Self::Body => FailureKind::Truncated,
        }
    }
}

/// Lost where the host or the network ended the connection, and malformed where the host broke the protocol.
fn failure(part: Part, error: &h2::Error) -> Failure {
    if let Some(io) = error.get_io() {
        return connection_lost(part.lost(), io);
    }
    match error.reason() {
        Some(reason) if error.is_remote() => Failure::new(part.lost(), format!("by the host: {reason:?}")),
        Some(reason) => {
            Failure::new(FailureKind::Malformed, format!("not HTTP/2: {}", broken_rule(part, error, reason)))
        }
        None => Failure::new(part.lost(), "closed by the host"),
    }
}

/// Which rule the host broke, as closely as `h2` tells it. Rules about one message end its stream, rules about the connection
/// end that. Where one error stands for several rules, each is named.
fn broken_rule(part: Part, error: &h2::Error, reason: Reason) -> &'static str {
    match (reason, part) {
        (Reason::PROTOCOL_ERROR, Part::Body) if error.is_reset() => {
            "a body that is not as long as its Content-Length, or bad trailers"
        }
        (Reason::PROTOCOL_ERROR, Part::Head) if error.is_reset() => {
            "a response without :status, with a header of the connection, or with a bad Content-Length"
        }
        (Reason::PROTOCOL_ERROR, _) => {
            "a header field such as an uppercase name, or a frame where none is allowed"
        }
        (Reason::FLOW_CONTROL_ERROR, _) => "more data than was allowed",
        // An answer in HTTP/1.1 reads as a frame of some five million bytes.
        (Reason::FRAME_SIZE_ERROR, _) => "a frame of a wrong size, or another protocol",
        (Reason::COMPRESSION_ERROR, _) => "header fields that cannot be unpacked",
        (Reason::STREAM_CLOSED, _) => "a frame after the end of its response",
        (Reason::ENHANCE_YOUR_CALM, _) => flood(error),
        _ => "a rule that is not known by name",
    }
}

/// Which limit the host exceeded. `h2` says it only in the text that it sends to the host.
fn flood(error: &h2::Error) -> &'static str {
    let text = error.to_string();
    let floods = [
        ("too_many_continuations", "too many CONTINUATION frames"),
        ("header_list_way_too_large", "far too large a head"),
        ("too_many_data_frames", "too many DATA frames with nothing or next to nothing in them"),
        ("too_many_resets", "too many reset streams"),
        ("too_many_internal_resets", "too many broken streams"),
    ];
    floods.into_iter().find(|(name, _)| text.contains(name)).map_or("too many frames", |(_, said)| said)
}
