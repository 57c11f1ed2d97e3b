//! HTTP/2 by the `h2` crate: one connection, many requests, each timed as HTTP/1.1's are.
//!
//! Opens no socket (`dial.rs`) and keeps no connection (`connection.rs`).

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{HeaderValue, header};

use super::body::Encoding;
use super::connection::Stream;
use super::conversation::{Ended, Lost, lost};
use super::lane::{Answer, UnderWay};
use super::platform::Origin;
use super::redirect::{Hop, is_redirect};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::{Host, Scheme};

/// Room for a body that comes faster than it is read, as the app's client gives (OkHttp's 16 MiB).
const WINDOW: u32 = 16 * 1024 * 1024;

/// One connection; its clones send on the same.
#[derive(Clone)]
pub struct Http2 {
    sender: SendRequest<Bytes>,
}

impl Http2 {
    /// Begins to speak HTTP/2. Must be called among the shard's tasks, one of which then drives the connection until
    /// the last clone is dropped.
    pub async fn over(stream: Stream) -> Result<Self, Failure> {
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).enable_push(false);
        let opened = builder.handshake(stream).await;
        let (sender, connection) = opened.map_err(|error| failure(FailureKind::Reset, &error))?;
        tokio::task::spawn_local(async move {
            // What goes wrong is told to the requests that it concerns.
            let _ = connection.await;
        });
        Ok(Self { sender })
    }

    /// Whether another request can be sent.
    pub fn is_open(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        !matches!(self.sender.poll_ready(&mut context), Poll::Ready(Err(_)))
    }

    /// Sends a request and reads its answer.
    pub async fn exchange(
        &mut self,
        hop: &Hop<'_>,
        host: &Host,
        origin: Origin,
        under_way: &mut UnderWay,
    ) -> Result<Answer, Ended> {
        poll_fn(|cx| self.sender.poll_ready(cx)).await.map_err(|error| unsent(&error))?;
        let body = hop.body().map(|body| Bytes::copy_from_slice(body.as_bytes()));
        let request = request(hop, host).map_err(Ended::Failed)?;
        let sent = self.sender.send_request(request, body.is_none());
        let (response, mut outgoing) = sent.map_err(|error| unsent(&error))?;
        // The host says how many requests may be under way at once. This handle is ready again once its request is
        // one of them; until then it has not left, and waiting is not yet the request's time.
        poll_fn(|cx| self.sender.poll_ready(cx)).await.map_err(|error| unanswered(&error))?;
        if under_way.is_first_hop() {
            under_way.timing.sent = Some(origin.now());
        }
        if let Some(body) = body {
            outgoing.send_data(body, true).map_err(|error| unanswered(&error))?;
        }
        let response = response.await.map_err(|error| unanswered(&error))?;
        under_way.timing.first_byte = Some(origin.now());
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let header = |name| head.headers.get(name).map(HeaderValue::as_bytes);
        let encoding = header(header::CONTENT_ENCODING).map(Encoding::read).unwrap_or_default();
        let location = header(header::LOCATION).filter(|_| is_redirect(status));
        let location = location.and_then(|value| std::str::from_utf8(value).ok()).map(Into::into);
        read_body(body, encoding, status, origin, under_way).await?;
        Ok(Answer { status, location })
    }
}

async fn read_body(
    mut body: RecvStream,
    encoding: Encoding,
    status: u16,
    origin: Origin,
    under_way: &mut UnderWay,
) -> Result<(), Ended> {
    while let Some(piece) = body.data().await {
        let piece = piece.map_err(|error| within(&error))?;
        // Cannot fail: it gives back just what came.
        let _ = body.flow_control().release_capacity(piece.len());
        under_way.received_bytes += piece.len() as u64;
        if let Some(events) = under_way.events.as_mut().filter(|_| !is_redirect(status)) {
            events.feed(&piece, encoding, origin.now());
        }
    }
    under_way.finished = Some(origin.now());
    Ok(())
}

fn request(hop: &Hop<'_>, host: &Host) -> Result<http::Request<()>, Failure> {
    let scheme = if host.scheme == Scheme::Https { "https" } else { "http" };
    let (prefix, path) = hop.target(host);
    let mut builder = http::Request::builder()
        .version(http::Version::HTTP_2)
        .method(hop.method().as_str())
        .uri(format!("{scheme}://{}{prefix}{path}", host.authority()));
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

/// What HTTP/2 says in other ways (RFC 9113, §8.2.2).
fn is_of_connection(name: &str) -> bool {
    ["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

fn unsent(error: &h2::Error) -> Ended {
    Ended::Lost(Lost::Unsent(failure(FailureKind::Reset, error)))
}

/// A stream that the host refused was not taken (RFC 9113, §8.7), nor was one that its GOAWAY leaves out.
fn unanswered(error: &h2::Error) -> Ended {
    let failure = failure(FailureKind::Reset, error);
    match (failure.kind, error.reason()) {
        (FailureKind::Malformed, _) => Ended::Failed(failure),
        (_, Some(Reason::REFUSED_STREAM)) => Ended::Lost(Lost::Unsent(failure)),
        _ => Ended::Lost(Lost::Unanswered(failure)),
    }
}

fn within(error: &h2::Error) -> Ended {
    let failure = failure(FailureKind::Truncated, error);
    if failure.kind == FailureKind::Malformed {
        Ended::Failed(failure)
    } else {
        Ended::Lost(Lost::Within(failure))
    }
}

/// What it was: of this kind when the host or the way to it ended it, malformed when the host broke the protocol.
fn failure(kind: FailureKind, error: &h2::Error) -> Failure {
    if let Some(io) = error.get_io() {
        return lost(kind, io);
    }
    match error.reason() {
        Some(reason) if error.is_remote() => Failure::new(kind, format!("by the host: {reason:?}")),
        Some(_) => Failure::new(FailureKind::Malformed, "not HTTP/2"),
        None => Failure::new(kind, "closed by the host"),
    }
}
