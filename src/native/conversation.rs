//! One request and its response on an HTTP/1.1 connection: one write, one read where the host is quick.
//!
//! A single poll does it all, so nothing is allocated and little is kept while a request waits. The clock is read
//! only where a moment matters: at the first byte, at events, and at a last byte that came later than the first.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::connection::Stream;
use super::deadlines::Armed;
use super::http1::{Afterwards, Progress, Response};
use super::lane::{Answer, UnderWay};
use super::platform::Origin;
use super::redirect::is_redirect;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::scenario::Method;

/// How a request ended without a complete response.
#[derive(Debug)]
pub enum Ended {
    /// The connection was lost.
    Lost(Lost),
    /// Something else went wrong.
    Failed(Failure),
}

/// A lost connection, by how far the request had come.
#[derive(Debug)]
pub enum Lost {
    /// No byte of the request left.
    Unsent(Failure),
    /// No byte of the response came.
    Unanswered(Failure),
    /// Part of the response came.
    Within(Failure),
}

impl Lost {
    /// As the report says it.
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Unsent(failure) | Self::Unanswered(failure) | Self::Within(failure) => failure,
        }
    }
}

/// A request and its response under way.
pub struct Conversation<'a> {
    outgoing: &'a [u8],
    written: usize,
    is_flushed: bool,
    response: Response,
    origin: Origin,
}

impl<'a> Conversation<'a> {
    /// Sends these bytes and awaits the response to a request of that method.
    pub const fn new(outgoing: &'a [u8], method: Method, origin: Origin) -> Self {
        Self { outgoing, written: 0, is_flushed: false, response: Response::to(method), origin }
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
    pub fn into_answer(mut self) -> Answer {
        Answer { status: self.response.head().status, location: self.response.take_location() }
    }

    /// Goes on until the response is complete, something fails, or the deadline passes.
    pub fn poll(
        &mut self,
        stream: &mut Stream,
        under_way: &mut UnderWay,
        scratch: &RefCell<Vec<u8>>,
        deadline: &mut Armed<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Ended>> {
        let mut ended = self.poll_write(stream, cx);
        if matches!(ended, Poll::Ready(Ok(()))) {
            ended = self.poll_read(stream, under_way, scratch, cx);
        }
        if ended.is_pending() && deadline.poll_expired(cx) {
            return Poll::Ready(Err(Ended::Failed(Failure::new(FailureKind::RequestTimeout, ""))));
        }
        ended
    }

    /// A host that refuses to read on may have answered all the same, so a failed write alone is no end.
    fn poll_write(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), Ended>> {
        while let Some(left) = self.outgoing.get(self.written..).filter(|left| !left.is_empty()) {
            match ready!(Pin::new(&mut *stream).poll_write(cx, left)) {
                Ok(count) => self.written += count,
                Err(error) if self.written == 0 => {
                    return Poll::Ready(Err(Ended::Lost(Lost::Unsent(lost(FailureKind::Reset, &error)))));
                }
                Err(_) => (self.written, self.is_flushed) = (self.outgoing.len(), true),
            }
        }
        if !self.is_flushed {
            // In the clear there is nothing to flush; TLS may hold the last bytes back.
            self.is_flushed = ready!(Pin::new(stream).poll_flush(cx)).map_or(true, |()| true);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what is there through the shared buffer, which nobody else may use before this returns.
    fn poll_read(
        &mut self,
        stream: &mut Stream,
        under_way: &mut UnderWay,
        scratch: &RefCell<Vec<u8>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Ended>> {
        let mut scratch = scratch.borrow_mut();
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer));
            let progress = match read.map(|()| buffer.filled()) {
                Ok([]) if self.response.close() == Progress::Complete => Progress::Complete,
                Ok([]) => return self.lost(&io::ErrorKind::UnexpectedEof.into(), under_way),
                Err(error) => return self.lost(&error, under_way),
                Ok(bytes) => match self.take(bytes, under_way) {
                    Ok(progress) => progress,
                    Err(failure) => return Poll::Ready(Err(Ended::Failed(failure))),
                },
            };
            if progress == Progress::Complete {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn take(&mut self, bytes: &[u8], under_way: &mut UnderWay) -> Result<Progress, Failure> {
        let origin = self.origin;
        let UnderWay { timing, finished, events, .. } = under_way;
        // A whole answer in one piece, as most are, costs one look at the clock.
        let first = timing.first_byte.is_none().then(|| origin.now());
        timing.first_byte = timing.first_byte.or(first);
        let progress = match events {
            None => self.response.feed(bytes),
            Some(events) => {
                let now = first.unwrap_or_else(|| origin.now());
                self.response.feed_to(bytes, &mut |head, body| {
                    if !is_redirect(head.status) {
                        events.feed(body, head.encoding, now);
                    }
                })
            }
        };
        let progress =
            progress.map_err(|malformed| Failure::new(FailureKind::Malformed, malformed.to_string()))?;
        if !self.response.has_begun() {
            // Only interim heads came, and the response's first byte is still to come.
            timing.first_byte = None;
        }
        if progress == Progress::Complete {
            *finished = first;
        }
        Ok(progress)
    }

    fn lost(&self, error: &io::Error, under_way: &UnderWay) -> Poll<Result<(), Ended>> {
        let lost = if under_way.timing.first_byte.is_some() {
            Lost::Within(lost(FailureKind::Truncated, error))
        } else {
            Lost::Unanswered(lost(FailureKind::Reset, error))
        };
        Poll::Ready(Err(Ended::Lost(lost)))
    }
}

/// A connection lost before or within the response.
pub fn lost(kind: FailureKind, error: &io::Error) -> Failure {
    let detail = match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => "closed by the host",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => "reset by the host",
        _ => "the connection failed",
    };
    Failure::new(kind, detail)
}
