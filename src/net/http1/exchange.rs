//! One request and its response on an HTTP/1.1 connection: one write, and one read where the host is quick.
//!
//! A single poll function does both, so nothing is allocated and little is kept while a request waits. The clock is
//! read only where a moment matters: at the first byte, at events, and at a last byte that came later than the first.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::super::body::EventBody;
use super::super::clock::RunClock;
use super::super::deadlines::Armed;
use super::super::failure::connection_lost;
use super::super::kept::Kept;
use super::super::partial::{HopError, HopResponse, LostConnection, PartialExchange};
use super::super::redirect::is_redirect;
use super::super::stream::Stream;
use super::super::tap::Tap;
use super::framing::Afterwards;
use super::response::{Head, Progress, Response, Sink};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::units::Micros;
use crate::core::scenario::Method;

/// A request that is being sent, and its response that is being read.
pub struct Http1Exchange<'a> {
    outgoing: &'a [u8],
    written: usize,
    is_flushed: bool,
    response: Response,
    clock: RunClock,
}

impl<'a> Http1Exchange<'a> {
    /// Will send these bytes and read the response to a request with that method.
    pub const fn new(outgoing: &'a [u8], method: Method, clock: RunClock) -> Self {
        Self { outgoing, written: 0, is_flushed: false, response: Response::to(method), clock }
    }

    /// Bytes of the response's body so far.
    pub const fn body_bytes(&self) -> u64 {
        self.response.body_bytes()
    }

    /// Whether the connection can carry another request.
    pub fn keeps_alive(&self) -> bool {
        self.response.head().afterwards == Afterwards::KeepAlive
    }

    /// The complete response.
    pub fn into_response(mut self) -> HopResponse {
        HopResponse {
            status: self.response.head().status,
            location: self.response.take_location(),
            set_cookies: self.response.take_set_cookies(),
        }
    }

    /// Ready when the response is complete, something failed, or the deadline passed.
    pub fn poll(
        &mut self,
        stream: &mut Stream,
        partial: &mut PartialExchange,
        read_buffer: &RefCell<Vec<u8>>,
        deadline: &mut Armed<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), HopError>> {
        let mut ended = self.poll_write(stream, cx);
        if matches!(ended, Poll::Ready(Ok(()))) {
            ended = self.poll_read(stream, partial, read_buffer, cx);
        }
        if ended.is_pending() && deadline.poll_expired(cx) {
            return Poll::Ready(Err(HopError::Failed(Failure::new(FailureKind::RequestTimeout, ""))));
        }
        ended
    }

    /// Writes the request. A host that stops reading may have answered all the same, so a write that fails after the
    /// first byte does not end the exchange.
    fn poll_write(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), HopError>> {
        while let Some(left) = self.outgoing.get(self.written..).filter(|left| !left.is_empty()) {
            match ready!(Pin::new(&mut *stream).poll_write(cx, left)) {
                Ok(count) => self.written += count,
                Err(error) if self.written == 0 => {
                    let failure = connection_lost(FailureKind::Reset, &error);
                    return Poll::Ready(Err(HopError::Lost(LostConnection::BeforeRequest(failure))));
                }
                Err(_) => (self.written, self.is_flushed) = (self.outgoing.len(), true),
            }
        }
        if !self.is_flushed {
            // Without TLS there is nothing to flush; TLS may hold the last bytes back.
            self.is_flushed = ready!(Pin::new(stream).poll_flush(cx)).map_or(true, |()| true);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what has arrived through the shared buffer, which no other lane may use before this returns.
    fn poll_read(
        &mut self,
        stream: &mut Stream,
        partial: &mut PartialExchange,
        read_buffer: &RefCell<Vec<u8>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), HopError>> {
        let mut read_buffer = read_buffer.borrow_mut();
        loop {
            if let Some(tap) = &partial.tap {
                ready!(tap.poll_room(cx));
            }
            let mut buffer = ReadBuf::new(&mut read_buffer);
            let read = ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer));
            let progress = match read.map(|()| buffer.filled()) {
                Ok([]) if self.response.close() == Progress::Complete => Progress::Complete,
                Ok([]) => return Poll::Ready(Err(lost(&io::ErrorKind::UnexpectedEof.into(), partial))),
                Err(error) => return Poll::Ready(Err(lost(&error, partial))),
                Ok(bytes) => match self.take(bytes, partial) {
                    Ok(progress) => progress,
                    Err(failure) => return Poll::Ready(Err(HopError::Failed(failure))),
                },
            };
            if progress == Progress::Complete {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn take(&mut self, bytes: &[u8], partial: &mut PartialExchange) -> Result<Progress, Failure> {
        let clock = self.clock;
        let PartialExchange { timing, finished, events, kept, tap, .. } = partial;
        // A response in one piece, as most are, reads the clock once.
        let first = timing.first_byte.is_none().then(|| clock.now());
        timing.first_byte = timing.first_byte.or(first);
        let progress = match (events.as_deref_mut(), kept.as_deref_mut(), tap.as_mut()) {
            (None, None, None) => self.response.feed(bytes),
            (events, kept, tap) => {
                let now = first.unwrap_or_else(|| clock.now());
                self.response.feed_to(bytes, &mut Receiving { events, kept, tap, now })
            }
        };
        let progress =
            progress.map_err(|malformed| Failure::new(FailureKind::Malformed, malformed.to_string()))?;
        if !self.response.has_begun() {
            // Only interim (1xx) heads came; the response's first byte is still to come.
            timing.first_byte = None;
        }
        if progress == Progress::Complete {
            *finished = first;
        }
        Ok(progress)
    }
}

/// The receivers of a response besides the counters: the reader of events, the scenario's checks, and the client that the
/// response is relayed to.
struct Receiving<'a> {
    events: Option<&'a mut EventBody>,
    kept: Option<&'a mut Kept>,
    tap: Option<&'a mut Tap>,
    now: Micros,
}

impl Sink for Receiving<'_> {
    fn head(&mut self, head: &Head, headers: &[httparse::Header<'_>]) {
        if let Some(kept) = &mut self.kept {
            kept.begin(headers.iter().map(|header| (header.name, header.value)));
        }
        if let Some(tap) = &mut self.tap {
            tap.head(head.status, headers.iter().map(|header| (header.name, header.value)));
        }
    }

    fn body(&mut self, head: &Head, bytes: &[u8]) {
        if let Some(events) = &mut self.events
            && !is_redirect(head.status)
        {
            events.feed(bytes, head.encoding, self.now);
        }
        if let Some(kept) = &mut self.kept {
            kept.feed(bytes, head.encoding);
        }
        if let Some(tap) = &mut self.tap {
            tap.body(bytes);
        }
    }
}

fn lost(error: &io::Error, partial: &PartialExchange) -> HopError {
    HopError::Lost(if partial.timing.first_byte.is_some() {
        LostConnection::WithinResponse(connection_lost(FailureKind::Truncated, error))
    } else {
        LostConnection::BeforeResponse(connection_lost(FailureKind::Reset, error))
    })
}
