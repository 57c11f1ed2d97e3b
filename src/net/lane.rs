//! One virtual user's way to the host: sends a request, follows redirects, times what comes back.
//!
//! Lost connections and passed deadlines become typed failures here. The user's connections are kept in
//! `keepalive.rs`; the bytes of a request and its response are handled in `http1/` and `http2.rs`. A lane goes to several
//! services in turn, and keeps a connection to each.

use std::future::poll_fn;
use std::rc::Rc;

use super::body::{EventBody, KeepEvents};
use super::client::{Clients, HttpClient};
use super::cookies::CookieJar;
use super::deadlines::Watch;
use super::http1::Http1Exchange;
use super::http2::Http2;
use super::keepalive::Keepalive;
use super::kept::Kept;
use super::partial::{HopError, HopResponse, LostConnection, PartialExchange};
use super::pool::Connection;
use super::redirect::Hop;
use super::tap::Tap;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::config::connections::Cookies;
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::http::request::Request;
use crate::core::run::platform::Lane;
use crate::core::scenario::model::request::Redirects;
use crate::core::scenario::{Method, Reading, ServiceId};

/// A connection that was used within this time was not closed for being idle. If it is lost, that is the host's failure.
const IDLE_FROM: Micros = Micros::SECOND;

/// The same for a request that must not be taken twice. Servers close idle connections after 5 s at the soonest (uvicorn, Node,
/// Apache), so a connection that was idle for this long and is lost right after the request was sent was closed for that: the
/// request crossed the close on its way. Browsers send it again then, whatever its method.
const SURELY_IDLE_FROM: Micros = Micros::from_millis(4_500);

/// How long after a request the news of a crossing close may take: a round trip, on a slow phone network too. A host that
/// ends the connection later may have taken the request.
const CROSSING_WITHIN: Micros = Micros::SECOND;

/// How often a request that the host did not take is sent again. After that it is a failure, so that a host that refuses
/// every time is seen.
const MAX_REFUSALS: u32 = 3;

/// One user of the HTTP client.
pub struct HttpLane {
    clients: Clients,
    /// The service that the last request went to, its client and the connection that is kept to it.
    service: ServiceId,
    client: Rc<HttpClient>,
    keepalive: Keepalive,
    /// What is kept of other services.
    parked: Vec<(ServiceId, Keepalive)>,
    watch: Watch,
    cookies: CookieJar,
}

/// The outcome of a request whose response was passed on.
pub struct Tapped {
    pub exchange: Exchange,
    /// Who decided how fast the response was read.
    pub pace: PaceSetter,
}

/// Who decides how fast a response is read, so whose pace its latency has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceSetter {
    /// It was read as fast as it came.
    Host,
    /// Reading waited for the client that the response was relayed to.
    Receiver,
}

impl HttpLane {
    /// A lane of a user with those cookies, which connects when it is first used; `None` without any service. Must be
    /// called among the shard's tasks.
    pub fn new(clients: Clients, cookies: CookieJar) -> Option<Self> {
        let client = Rc::clone(clients.first()?);
        let watch = client.deadlines.watch();
        let (keepalive, parked) = Default::default();
        Some(Self { clients, service: ServiceId::MAIN, client, keepalive, parked, watch, cookies })
    }

    /// Turns to a service; `false` when the run has no such service.
    fn turn_to(&mut self, service: ServiceId) -> bool {
        if service == self.service {
            return true;
        }
        let Some(client) = self.clients.get(service.0) else { return false };
        self.client = Rc::clone(client);
        let parked = self.parked.iter().position(|(known, _)| *known == service);
        let kept = parked.map(|place| self.parked.swap_remove(place).1).unwrap_or_default();
        let before = std::mem::replace(&mut self.keepalive, kept);
        self.parked.push((std::mem::replace(&mut self.service, service), before));
        true
    }

    /// Sends a request and follows its redirects.
    async fn send(&mut self, request: &Request, partial: &mut PartialExchange) -> Result<Status, Failure> {
        let hop = self.with_cookies(Hop::first(request));
        // What was written before has no cookies.
        let mut outgoing = if hop.has_cookies() { Vec::new() } else { request.written.take() };
        if outgoing.is_empty() {
            self.client.writer.write(&mut outgoing, &hop);
        }
        partial.timing.ready = self.client.clock.now();
        let response = self.send_hop(&hop, &outgoing, partial).await;
        if !hop.has_cookies() {
            request.written.replace(outgoing);
        }
        let response = response?;
        match response.location {
            Some(location) if self.follows_redirects(request) => {
                Box::pin(self.follow(request, response.status, location, partial)).await
            }
            _ => Ok(response.status),
        }
    }

    fn follows_redirects(&self, request: &Request) -> bool {
        self.client.options.max_redirects > 0 && request.redirects == Redirects::Followed
    }

    /// Follows redirects until a response is none. Boxed by its caller: redirects are rare, and their state would be
    /// part of every user's memory.
    async fn follow(
        &mut self,
        request: &Request,
        mut status: Status,
        mut location: Box<str>,
        partial: &mut PartialExchange,
    ) -> Result<Status, Failure> {
        let mut hop = Hop::first(request);
        let mut outgoing = Vec::new();
        loop {
            hop = self.with_cookies(hop.redirected(self.client.writer.host(), status, &location)?);
            if partial.redirects >= self.client.options.max_redirects {
                return Err(Failure::new(FailureKind::TooManyRedirects, ""));
            }
            partial.redirects += 1;
            partial.timing.first_byte = None;
            partial.finished = None;
            self.client.writer.write(&mut outgoing, &hop);
            let response = self.send_hop(&hop, &outgoing, partial).await?;
            status = response.status;
            match response.location {
                Some(next) => location = next,
                None => return Ok(status),
            }
        }
    }

    /// The request with what the user's jar holds for it.
    fn with_cookies<'a>(&self, hop: Hop<'a>) -> Hop<'a> {
        if self.cookies.is_empty() || hop.has_own_cookies() {
            return hop;
        }
        let cookies = hop.url(self.client.writer.host()).and_then(|url| self.cookies.header(&url));
        hop.with_cookies(cookies)
    }

    fn keep_cookies(&self, hop: &Hop<'_>, response: &HopResponse) {
        if response.set_cookies.is_empty() || self.client.options.cookies == Cookies::Ignored {
            return;
        }
        if let Some(url) = hop.url(self.client.writer.host()) {
            self.cookies.take(response.set_cookies.iter().map(|text| &**text), &url);
        }
    }

    /// Sends one request on a kept connection or a new one, and once more where the kept one was closed for being idle.
    async fn send_hop(
        &mut self,
        hop: &Hop<'_>,
        outgoing: &[u8],
        partial: &mut PartialExchange,
    ) -> Result<HopResponse, Failure> {
        let mut idle = self.keepalive.take(&self.client, partial);
        let mut refusals = 0;
        loop {
            let idle_since = idle.as_ref().map(|idle| idle.idle_since);
            let connection = match idle.take() {
                Some(idle) => {
                    // The request waited for nothing, so it is sent the moment it was ready.
                    partial.timing.sent.get_or_insert(partial.timing.ready);
                    idle.connection
                }
                None => {
                    // Boxed, because connecting is rare and its state would be part of every user's memory.
                    let connection = Box::pin(self.keepalive.connect(&self.client, partial)).await?;
                    partial.timing.sent.get_or_insert(self.client.clock.now());
                    connection
                }
            };
            match self.exchange_on(connection, hop, outgoing, partial).await {
                Ok(response) => {
                    self.keep_cookies(hop, &response);
                    return Ok(response);
                }
                Err(HopError::Failed(failure)) => return Err(failure),
                Err(HopError::Lost(lost)) => {
                    let ready = partial.timing.ready;
                    let sent = partial.timing.sent.unwrap_or(ready);
                    let moments = Moments {
                        idle_for: idle_since.map(|since| ready.saturating_sub(since)),
                        lost_after: self.client.clock.now().saturating_sub(sent),
                    };
                    refusals += u32::from(matches!(lost, LostConnection::BeforeRequest(_)));
                    if refusals > MAX_REFUSALS || !may_send_again(&lost, hop.method(), moments) {
                        return Err(lost.into_failure());
                    }
                    partial.connections.reconnects += 1;
                    partial.connections.resent += 1;
                    self.client.pool.forget_closed_http2();
                }
            }
        }
    }

    /// Sends on a connection and reads the response; keeps the connection where it can be used again.
    async fn exchange_on(
        &mut self,
        connection: Connection,
        hop: &Hop<'_>,
        outgoing: &[u8],
        partial: &mut PartialExchange,
    ) -> Result<HopResponse, HopError> {
        let sent = partial.timing.sent.unwrap_or(partial.timing.ready);
        let reading = if partial.events.is_some() { Reading::Events } else { Reading::Whole };
        let limit = partial.time_limit.unwrap_or_else(|| self.client.options.time_limit(reading));
        let deadline = sent + limit;
        let mut stream = match connection {
            Connection::Http1(stream) => stream,
            Connection::Http2(http2) => {
                let response = Box::pin(self.exchange_on_http2(http2, hop, deadline, partial)).await;
                return response;
            }
        };
        let mut exchange = Http1Exchange::new(outgoing, hop.method(), self.client.clock);
        let mut armed = self.watch.until(deadline);
        let read_buffer = &self.client.read_buffer;
        let ended = poll_fn(|cx| exchange.poll(&mut stream, partial, read_buffer, &mut armed, cx));
        let ended = ended.await;
        drop(armed);
        partial.received_bytes += exchange.body_bytes();
        ended?;
        if exchange.keeps_alive() {
            self.keepalive.put(&self.client, Connection::Http1(stream), partial);
        }
        Ok(exchange.into_response())
    }

    async fn exchange_on_http2(
        &mut self,
        mut http2: Box<Http2>,
        hop: &Hop<'_>,
        deadline: Micros,
        partial: &mut PartialExchange,
    ) -> Result<HopResponse, HopError> {
        let clock = self.client.clock;
        if partial.is_first_hop() {
            // It is sent once the host allows a stream for it, which may be never.
            partial.timing.sent = None;
        }
        let exchange = http2.exchange(hop, self.client.writer.host(), clock, partial);
        let response = tokio::time::timeout_at(clock.instant_at(deadline), exchange).await;
        let response = response.unwrap_or_else(|_| {
            let detail = if partial.timing.sent.is_some() { "" } else { "the host allowed no stream for it" };
            Err(HopError::Failed(Failure::new(FailureKind::RequestTimeout, detail)))
        });
        if !matches!(response, Err(HopError::Lost(_))) && http2.is_open() {
            self.keepalive.put(&self.client, Connection::Http2(http2), partial);
        }
        response
    }
}

/// How a lost connection lay in time.
#[derive(Clone, Copy)]
struct Moments {
    /// How long it was kept before the request; `None` for a new one.
    idle_for: Option<Micros>,
    /// How long after the request was sent it was lost.
    lost_after: Micros,
}

/// Whether a request may be sent again on a new connection: when the host cannot have taken it, or when it most likely
/// had closed the idle connection and taking the request twice does no harm (RFC 9110, §9.2.2), or when it had surely closed
/// it. Anything else is a failure of the host, which must be seen.
fn may_send_again(lost: &LostConnection, method: Method, moments: Moments) -> bool {
    let idempotent = matches!(method, Method::Get | Method::Head | Method::Put | Method::Delete);
    match lost {
        LostConnection::BeforeRequest(_) => true,
        LostConnection::BeforeResponse(_) => {
            let idle_from = if idempotent { IDLE_FROM } else { SURELY_IDLE_FROM };
            let was_idle = moments.idle_for.is_some_and(|idle| idle >= idle_from);
            was_idle && (idempotent || moments.lost_after <= CROSSING_WITHIN)
        }
        LostConnection::WithinResponse(_) => false,
    }
}

impl HttpLane {
    /// Sends a request with the cookies of a user, and passes the response on while it arrives.
    pub async fn exchange_tapped(&mut self, request: &Request, cookies: CookieJar, tap: Tap) -> Tapped {
        self.cookies = cookies;
        let mut partial = PartialExchange { tap: Some(tap), ..PartialExchange::default() };
        let exchange = self.exchange_into(request, &mut partial).await;
        let pace = match partial.tap.take() {
            Some(tap) => {
                let pace = if tap.was_full() { PaceSetter::Receiver } else { PaceSetter::Host };
                exchange
                    .outcome
                    .as_ref()
                    .err()
                    .into_iter()
                    .for_each(|failure| tap.broke_off(failure.clone()));
                pace
            }
            None => PaceSetter::Host,
        };
        Tapped { exchange, pace }
    }

    /// Whether a kept connection can carry the next request.
    pub fn is_open(&mut self) -> bool {
        self.keepalive.is_open()
    }

    async fn exchange_into(&mut self, request: &Request, partial: &mut PartialExchange) -> Exchange {
        if !self.turn_to(request.service) {
            let now = self.client.clock.now();
            let timing = Timing { ready: now, finished: now, ..Timing::default() };
            return Exchange::new(
                Err(Failure::new(FailureKind::Other, "a service without a host")),
                timing,
                0,
            );
        }
        if request.reading == Reading::Events {
            let keep = if request.wanted.events { KeepEvents::Yes } else { KeepEvents::No };
            partial.events = Some(EventBody::new(self.client.options.max_body, keep));
        }
        partial.time_limit = request.time_limit;
        partial.kept = Kept::new(request.wanted);
        let outcome = self.send(request, partial).await;
        let kept = partial.kept.take();
        let PartialExchange { mut timing, finished, received_bytes, connections, redirects, .. } = *partial;
        let events = partial.events.take();
        timing.finished = finished.unwrap_or_else(|| self.client.clock.now());
        let answer = kept.zip(outcome.as_ref().ok()).map(|(kept, status)| {
            let events = events.as_ref().map(|events| events.take_events()).unwrap_or_default();
            kept.finish(*status, events)
        });
        let streamed = events.and_then(|events| events.finish(&outcome));
        Exchange {
            streamed,
            connections,
            redirects,
            answer,
            ..Exchange::new(outcome, timing, received_bytes)
        }
    }
}

impl Lane for HttpLane {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        self.exchange_into(request, &mut PartialExchange::default()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_host_cannot_have_answered_is_sent_again() {
        use LostConnection::{BeforeRequest, BeforeResponse, WithinResponse};
        let lost = || Failure::new(FailureKind::Reset, "");
        let idle_for =
            |ms: u64| Moments { idle_for: Some(Micros::from_millis(ms)), lost_after: Micros::from_millis(1) };
        let new = Moments { idle_for: None, ..idle_for(0) };
        let lost_late = Moments { lost_after: Micros::from_secs(2), ..idle_for(5_000) };
        assert!(may_send_again(&BeforeRequest(lost()), Method::Post, new));
        for (method, moments, may) in [
            (Method::Get, idle_for(5_000), true),
            (Method::Get, lost_late, true),
            (Method::Get, idle_for(10), false),
            (Method::Get, new, false),
            (Method::Post, idle_for(5_000), true),
            // The host may have taken these.
            (Method::Post, idle_for(4_000), false),
            (Method::Post, lost_late, false),
        ] {
            let may_again = may_send_again(&BeforeResponse(lost()), method, moments);
            let Moments { idle_for, lost_after } = moments;
            assert_eq!(may_again, may, "{method:?} idle for {idle_for:?}, lost after {lost_after:?}");
        }
        assert!(!may_send_again(&WithinResponse(lost()), Method::Get, idle_for(5_000)));
    }
}
