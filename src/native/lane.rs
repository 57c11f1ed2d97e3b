//! One virtual user's way to the host: a connection of its own, kept between requests, and each request timed.
//!
//! Timeouts and lost connections become typed failures here. The bytes are `http1.rs`'s, the connecting `dial.rs`'s.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt as _, ReadBuf};

use super::dial::{Connection, Dialer};
use super::http1::{Afterwards, Malformed, Progress, Response, write_request};
use super::platform::Origin;
use crate::core::exchange::{Exchange, Failure, FailureKind, Timing};
use crate::core::platform::Lane;
use crate::core::scenario::{Reading, Request};
use crate::core::stream::StreamReader;

/// What all lanes of a shard share. One buffer serves them all, because a shard reads for one at a time.
pub struct Shared {
    /// How to connect.
    pub dialer: Dialer,
    /// The run's clock.
    pub origin: Origin,
    /// Where received bytes pass through.
    pub scratch: RefCell<Vec<u8>>,
}

/// One user's connection.
pub struct HttpLane {
    shared: Rc<Shared>,
    connection: Option<Connection>,
    outgoing: Vec<u8>,
}

impl HttpLane {
    /// A lane that will connect when it is first used.
    pub const fn new(shared: Rc<Shared>) -> Self {
        Self { shared, connection: None, outgoing: Vec::new() }
    }

    /// The kept connection if the host has not closed it meanwhile, or a new one.
    async fn connection(&mut self, timing: &mut Timing) -> Result<Connection, Failure> {
        if let Some(mut kept) = self.connection.take()
            && is_open(&mut kept)
        {
            return Ok(kept);
        }
        let connected = self.shared.dialer.connect().await;
        timing.connect = self.shared.origin.now().saturating_sub(timing.ready);
        connected
    }

    async fn send(
        &mut self,
        request: &Request,
        timing: &mut Timing,
        events: Option<&mut StreamReader>,
    ) -> (Result<u16, Failure>, u64) {
        let mut connection = match self.connection(timing).await {
            Ok(connection) => connection,
            Err(failure) => return (Err(failure), 0),
        };
        write_request(&mut self.outgoing, self.shared.dialer.host(), request);
        timing.sent = Some(self.shared.origin.now());
        let mut response = Response::to(request.method);
        let mut incoming = Incoming { response: &mut response, events, timing };
        let received = self.converse(&mut connection, &mut incoming);
        // Connecting has a limit of its own.
        let limit = Duration::from_micros(request.reading.time_limit().0);
        let outcome = tokio::time::timeout(limit, received).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Failure::new(FailureKind::RequestTimeout, "")));
        if outcome.is_ok() && response.afterwards() == Afterwards::KeepAlive {
            self.connection = Some(connection);
        }
        (outcome.map(|()| response.status()), response.body_bytes())
    }

    async fn converse(
        &self,
        connection: &mut Connection,
        incoming: &mut Incoming<'_>,
    ) -> Result<(), Failure> {
        if let Err(error) = connection.write_all(&self.outgoing).await {
            return Err(lost(&error, incoming.timing));
        }
        loop {
            let read = poll_fn(|cx| self.poll_response(connection, incoming, cx)).await;
            match read {
                Ok(Read::Response(Ok(Progress::Complete))) => return Ok(()),
                Ok(Read::Response(Ok(Progress::Partial))) => {}
                Ok(Read::Response(Err(malformed))) => {
                    return Err(Failure::new(FailureKind::Malformed, malformed.to_string()));
                }
                Ok(Read::Closed) if incoming.response.close() == Progress::Complete => return Ok(()),
                Ok(Read::Closed) => {
                    return Err(lost(&io::ErrorKind::UnexpectedEof.into(), incoming.timing));
                }
                Err(error) => return Err(lost(&error, incoming.timing)),
            }
        }
    }

    /// Reads what is there through the shared buffer, which nobody else may use before this returns.
    fn poll_response(
        &self,
        connection: &mut Connection,
        incoming: &mut Incoming<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Read>> {
        let mut scratch = self.shared.scratch.borrow_mut();
        let mut buffer = ReadBuf::new(&mut scratch);
        match Pin::new(connection).poll_read(cx, &mut buffer) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {}
        }
        let bytes = buffer.filled();
        if bytes.is_empty() {
            return Poll::Ready(Ok(Read::Closed));
        }
        Poll::Ready(Ok(Read::Response(incoming.take(bytes, self.shared.origin))))
    }
}

/// A response under way and what is noted of it.
struct Incoming<'a> {
    response: &'a mut Response,
    /// Reads the body, where it is to be a stream.
    events: Option<&'a mut StreamReader>,
    timing: &'a mut Timing,
}

impl Incoming<'_> {
    fn take(&mut self, bytes: &[u8], origin: Origin) -> Result<Progress, Malformed> {
        // The clock is read only where the moment matters: at the first byte and at events.
        if self.timing.first_byte.is_none() {
            self.timing.first_byte = Some(origin.now());
        }
        match &mut self.events {
            None => self.response.feed(bytes),
            Some(events) => {
                let now = origin.now();
                self.response.feed_to(bytes, &mut |body| events.feed(body, now))
            }
        }
    }
}

enum Read {
    Response(Result<Progress, Malformed>),
    Closed,
}

impl Lane for HttpLane {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        let mut timing = Timing { ready: self.shared.origin.now(), ..Timing::default() };
        let mut events = (request.reading == Reading::Events).then(StreamReader::default);
        let (outcome, received_bytes) = self.send(request, &mut timing, events.as_mut()).await;
        timing.finished = self.shared.origin.now();
        let streamed = events.and_then(|events| events.finish(&outcome));
        Exchange { outcome, timing, received_bytes, streamed }
    }
}

/// Whether an idle connection can still be used: a host that closed it, or spoke out of turn, made it readable.
fn is_open(connection: &mut Connection) -> bool {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    let mut context = Context::from_waker(Waker::noop());
    Pin::new(connection).poll_read(&mut context, &mut buffer).is_pending()
}

/// A connection lost before or within the response.
fn lost(error: &io::Error, timing: &Timing) -> Failure {
    let kind = if timing.first_byte.is_some() { FailureKind::Truncated } else { FailureKind::Reset };
    let detail = match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => "closed by the host",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => "reset by the host",
        _ => "the connection failed",
    };
    Failure::new(kind, detail)
}

/// A shard's reading buffer: as much as a socket commonly hands over at once.
pub fn scratch() -> RefCell<Vec<u8>> {
    RefCell::new(vec![0; 64 * 1024])
}
