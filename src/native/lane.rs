//! One virtual user's way to the host: its connections, kept between requests, and each request timed.
//!
//! Lost connections and time limits become typed failures here. The bytes are `http1`'s and `http2.rs`'s, the
//! connecting `dial.rs`'s, the following of redirects `redirect.rs`'s.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;

use super::body::EventBody;
use super::connection::{Connection, Kept, Pool};
use super::conversation::{Conversation, Ended, Lost};
use super::deadlines::{Deadlines, Watch};
use super::dial::{Dialer, Notes, Version};
use super::http1::RequestWriter;
use super::http2::Http2;
use super::options::ConnectionOptions;
use super::platform::Origin;
use super::redirect::Hop;
use super::tls::Sessions;
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::config::connections::ConnectionReuse;
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::run::platform::Lane;
use crate::core::scenario::{Method, Reading, Request};

/// A connection that was in use this recently was not closed for being idle: if it is lost, the host has lost it.
const IDLE_FROM: Micros = Micros::SECOND;

/// What all lanes of a shard share.
pub struct Shared {
    /// How to connect.
    dialer: Arc<Dialer>,
    /// The run's clock.
    pub origin: Origin,
    writer: RequestWriter,
    deadlines: Rc<Deadlines>,
    pool: Pool,
    /// Where received bytes pass through. One buffer serves all lanes, because a shard reads for one at a time.
    scratch: RefCell<Vec<u8>>,
}

impl Shared {
    /// For one shard.
    pub fn new(dialer: Arc<Dialer>, origin: Origin) -> Self {
        let version = dialer.only_version();
        Self {
            writer: RequestWriter::new(dialer.host(), dialer.options().reuse),
            dialer,
            origin,
            deadlines: Deadlines::new(origin),
            pool: Pool::speaking(version),
            // As much as a socket commonly hands over at once.
            scratch: RefCell::new(vec![0; 64 * 1024]),
        }
    }

    fn options(&self) -> &ConnectionOptions {
        self.dialer.options()
    }
}

/// One user's connections.
pub struct HttpLane {
    shared: Rc<Shared>,
    kept: Option<Kept>,
    sessions: Option<Sessions>,
    watch: Watch,
}

/// A request under way.
#[derive(Default)]
pub struct UnderWay {
    /// The moments so far.
    pub timing: Timing,
    /// The last byte came; the clock is read later where nobody noted it.
    pub finished: Option<Micros>,
    /// Bytes of all bodies so far.
    pub received_bytes: u64,
    /// Reads the body, where it is to be an event stream.
    pub events: Option<Box<EventBody>>,
    connections: Connections,
    redirects: u32,
}

impl UnderWay {
    /// Whether nothing was redirected yet: a request counts as sent when its first hop is.
    pub const fn is_first_hop(&self) -> bool {
        self.redirects == 0
    }
}

/// A complete response.
pub struct Answer {
    /// Its status.
    pub status: Status,
    /// Where it redirects to.
    pub location: Option<Box<str>>,
}

impl HttpLane {
    /// A lane that will connect when it is first used. Must be called among the shard's tasks.
    pub fn new(shared: Rc<Shared>) -> Self {
        let watch = shared.deadlines.watch();
        Self { shared, kept: None, sessions: None, watch }
    }

    /// The request and whatever it is redirected to.
    async fn send(&mut self, request: &Request, under_way: &mut UnderWay) -> Result<Status, Failure> {
        let mut outgoing = request.written.take();
        if outgoing.is_empty() {
            self.shared.writer.write(&mut outgoing, &Hop::first(request));
        }
        under_way.timing.ready = self.shared.origin.now();
        let answer = self.hop(&Hop::first(request), &outgoing, under_way).await;
        request.written.replace(outgoing);
        let answer = answer?;
        match answer.location {
            Some(location) if self.shared.options().max_redirects > 0 => {
                Box::pin(self.follow(request, answer.status, location, under_way)).await
            }
            _ => Ok(answer.status),
        }
    }

    /// Goes where the host says, until an answer is none of these. Rare, so its memory is its own.
    async fn follow(
        &mut self,
        request: &Request,
        mut status: Status,
        mut location: Box<str>,
        under_way: &mut UnderWay,
    ) -> Result<Status, Failure> {
        let mut hop = Hop::first(request);
        let mut outgoing = Vec::new();
        loop {
            hop = hop.redirected(self.shared.writer.host(), status, &location)?;
            if under_way.redirects >= self.shared.options().max_redirects {
                return Err(Failure::new(FailureKind::TooManyRedirects, ""));
            }
            under_way.redirects += 1;
            under_way.timing.first_byte = None;
            under_way.finished = None;
            self.shared.writer.write(&mut outgoing, &hop);
            let answer = self.hop(&hop, &outgoing, under_way).await?;
            status = answer.status;
            match answer.location {
                Some(next) => location = next,
                None => return Ok(status),
            }
        }
    }

    /// One request and its response, on a kept connection or a new one.
    async fn hop(
        &mut self,
        hop: &Hop<'_>,
        outgoing: &[u8],
        under_way: &mut UnderWay,
    ) -> Result<Answer, Failure> {
        let mut kept = self.kept(under_way);
        loop {
            let idle_since = kept.as_ref().map(|kept| kept.idle_since);
            let connection = match kept.take() {
                Some(kept) => {
                    // Nothing was waited for: the request leaves the moment it was ready.
                    under_way.timing.sent.get_or_insert(under_way.timing.ready);
                    kept.connection
                }
                None => {
                    let connection = Box::pin(self.connect(under_way)).await?;
                    under_way.timing.sent.get_or_insert(self.shared.origin.now());
                    connection
                }
            };
            match self.converse(connection, hop, outgoing, under_way).await {
                Ok(answer) => return Ok(answer),
                Err(Ended::Failed(failure)) => return Err(failure),
                Err(Ended::Lost(lost)) => {
                    let closed_idle = idle_since.is_some_and(|since| {
                        may_send_again(&lost, hop.method(), under_way.timing.ready.saturating_sub(since))
                    });
                    if !closed_idle {
                        return Err(lost.into_failure());
                    }
                    under_way.connections.reconnects += 1;
                    under_way.connections.resent += 1;
                    self.shared.pool.forget_closed_http2();
                }
            }
        }
    }

    /// Sends on a connection and reads the answer; keeps the connection where it can be used again.
    async fn converse(
        &mut self,
        connection: Connection,
        hop: &Hop<'_>,
        outgoing: &[u8],
        under_way: &mut UnderWay,
    ) -> Result<Answer, Ended> {
        let sent = under_way.timing.sent.unwrap_or(under_way.timing.ready);
        let reading = if under_way.events.is_some() { Reading::Events } else { Reading::Whole };
        let deadline = sent + self.shared.options().time_limit(reading);
        let mut stream = match connection {
            Connection::Http1(stream) => stream,
            Connection::Http2(http2) => {
                let answer = Box::pin(self.by_http2(http2, hop, deadline, under_way)).await;
                return answer;
            }
        };
        let mut conversation = Conversation::new(outgoing, hop.method(), self.shared.origin);
        let mut armed = self.watch.until(deadline);
        let ended =
            poll_fn(|cx| conversation.poll(&mut stream, under_way, &self.shared.scratch, &mut armed, cx));
        let ended = ended.await;
        drop(armed);
        under_way.received_bytes += conversation.body_bytes();
        ended?;
        if conversation.keeps_alive() {
            self.keep(Connection::Http1(stream), under_way);
        }
        Ok(conversation.into_answer())
    }

    async fn by_http2(
        &mut self,
        mut http2: Box<Http2>,
        hop: &Hop<'_>,
        deadline: Micros,
        under_way: &mut UnderWay,
    ) -> Result<Answer, Ended> {
        let origin = self.shared.origin;
        let exchange = http2.exchange(hop, self.shared.writer.host(), origin, under_way);
        let answer = tokio::time::timeout_at(origin.at(deadline), exchange).await;
        let answer =
            answer.unwrap_or_else(|_| Err(Ended::Failed(Failure::new(FailureKind::RequestTimeout, ""))));
        if !matches!(answer, Err(Ended::Lost(_))) && http2.is_open() {
            self.keep(Connection::Http2(http2), under_way);
        }
        answer
    }

    /// A kept connection that the host has not closed meanwhile.
    fn kept(&mut self, under_way: &mut UnderWay) -> Option<Kept> {
        loop {
            let mut kept = match self.shared.options().reuse {
                ConnectionReuse::PerUser => self.kept.take(),
                ConnectionReuse::Shared => self.shared.pool.take(),
                ConnectionReuse::None => None,
            }?;
            if kept.connection.is_open() {
                under_way.connections.reused += 1;
                return Some(kept);
            }
            under_way.connections.reconnects += 1;
            self.shared.pool.forget_closed_http2();
        }
    }

    fn keep(&mut self, connection: Connection, under_way: &UnderWay) {
        let idle_since = under_way.finished.unwrap_or_else(|| self.shared.origin.now());
        let kept = Kept { connection, idle_since };
        match self.shared.options().reuse {
            ConnectionReuse::PerUser => self.kept = Some(kept),
            ConnectionReuse::Shared => self.shared.pool.put(kept),
            ConnectionReuse::None => {}
        }
    }

    /// Opens a connection. Rare, so its memory is its own.
    async fn connect(&mut self, under_way: &mut UnderWay) -> Result<Connection, Failure> {
        let shared = Rc::clone(&self.shared);
        let may_share = || {
            let is_http1 = shared.pool.version.get() == Some(Version::Http1);
            shared.options().reuse == ConnectionReuse::Shared && !is_http1
        };
        if !may_share() {
            return self.open(under_way).await;
        }
        // Whoever comes while the first connection is opened may be able to use that.
        let opening = shared.pool.opening.lock().await;
        if !may_share() {
            drop(opening);
            return self.open(under_way).await;
        }
        if let Some(http2) = shared.pool.http2() {
            under_way.connections.reused += 1;
            return Ok(Connection::Http2(Box::new(http2)));
        }
        let connection = self.open(under_way).await?;
        let version = match &connection {
            Connection::Http1(_) => Version::Http1,
            Connection::Http2(http2) => {
                let connection = Connection::Http2(http2.clone());
                shared.pool.put(Kept { connection, idle_since: shared.origin.now() });
                Version::Http2
            }
        };
        shared.pool.version.set(Some(version));
        Ok(connection)
    }

    async fn open(&mut self, under_way: &mut UnderWay) -> Result<Connection, Failure> {
        let shared = &self.shared;
        let UnderWay { timing, connections, .. } = under_way;
        if self.sessions.is_none() {
            self.sessions = shared.dialer.sessions();
        }
        let notes = Notes { origin: shared.origin, timing, connections };
        let (stream, version) = shared.dialer.connect(self.sessions.as_ref(), notes).await?;
        match version {
            Version::Http1 => Ok(Connection::Http1(stream)),
            Version::Http2 => Http2::over(stream).await.map(|http2| Connection::Http2(Box::new(http2))),
        }
    }
}

/// Whether a request may be sent again on a new connection: the host cannot have taken it, or had closed the idle
/// connection most likely, and taking it twice does no harm (RFC 9110, §9.2.2). Anything else is a failure of the
/// host, which must be seen.
fn may_send_again(lost: &Lost, method: Method, idle: Micros) -> bool {
    let idempotent = matches!(method, Method::Get | Method::Head | Method::Put | Method::Delete);
    match lost {
        Lost::Unsent(_) => true,
        Lost::Unanswered(_) => idempotent && idle >= IDLE_FROM,
        Lost::Within(_) => false,
    }
}

impl Lane for HttpLane {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        let mut under_way = UnderWay::default();
        if request.reading == Reading::Events {
            under_way.events = Some(EventBody::new(self.shared.options().max_body));
        }
        let outcome = self.send(request, &mut under_way).await;
        let UnderWay { mut timing, finished, received_bytes, events, connections, redirects } = under_way;
        timing.finished = finished.unwrap_or_else(|| self.shared.origin.now());
        let streamed = events.and_then(|events| events.finish(&outcome));
        Exchange { outcome, timing, received_bytes, streamed, connections, redirects }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_host_cannot_have_answered_is_sent_again() {
        let lost = || Failure::new(FailureKind::Reset, "");
        let idle = Micros::from_secs(5);
        assert!(may_send_again(&Lost::Unsent(lost()), Method::Post, Micros::ZERO));
        assert!(may_send_again(&Lost::Unanswered(lost()), Method::Get, idle));
        assert!(!may_send_again(&Lost::Unanswered(lost()), Method::Post, idle), "it may have been taken");
        assert!(!may_send_again(&Lost::Unanswered(lost()), Method::Get, Micros::from_millis(10)));
        assert!(!may_send_again(&Lost::Within(lost()), Method::Get, idle));
    }
}
