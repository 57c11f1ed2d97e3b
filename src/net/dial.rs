//! From a host's name to an open connection: look-up, TCP and TLS, each timed, each with its own failures.
//!
//! The only place that opens a connection to the host. Speaks no HTTP and keeps no connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ProtocolVersion;

use super::clock::RunClock;
use super::failure::{connect_failure, no_file_handle};
use super::handles::Handles;
use super::options::{DialOptions, HttpVersion, Protocols};
use super::ports::Ports;
use super::resolve::{HostName, Lookup};
use super::stream::{Bytes, Stream};
use super::tls::{Sessions, Tls, TlsError, handshake_failure};
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::{Host, Scheme};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Timing;

/// How long an address may take to answer before the next one is tried beside it: RFC 8305's recommendation.
const NEXT_ATTEMPT: Duration = Duration::from_millis(250);

/// How long a look at a host waits for what its TLS has against the connection. With TLS 1.3 the host says so only after the
/// handshake, one way later.
const TLS_OBJECTION: Duration = Duration::from_millis(150);

/// A host, ready to be connected to many times. All shards of a run share one.
pub struct Dialer {
    host: Host,
    name: Arc<HostName>,
    tls: Option<Tls>,
    options: DialOptions,
    ports: Ports,
    handles: Arc<Handles>,
    /// The index of the address that answered last. The next user starts with it.
    answering: AtomicUsize,
}

/// What is written down while a connection is opened. A phase that failed has no span; its time is in the latency.
pub struct DialNotes<'a> {
    pub clock: RunClock,
    /// Receives the phases.
    pub timing: &'a mut Timing,
    /// Counts the connection.
    pub connections: &'a mut Connections,
}

impl Dialer {
    /// Reads the system's trusted roots where the host is spoken to by TLS.
    pub fn new(host: Host, options: DialOptions) -> Result<Self, TlsError> {
        let tls = match host.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::new(&host.name, options.certificates, options.protocols)?),
        };
        let name = HostName::new(&host.name, host.port);
        let (ports, handles) = (Ports::of_this_machine(), Handles::at_most(usize::MAX));
        Ok(Self { host, name, tls, options, ports, handles, answering: AtomicUsize::new(0) })
    }

    /// Opens a connection only while one of these handles is left.
    #[must_use]
    pub fn with_handles(self, handles: &Arc<Handles>) -> Self {
        Self { handles: Arc::clone(handles), ..self }
    }

    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// A user's TLS sessions, made when the user first connects. `None` without TLS.
    pub fn sessions(&self) -> Option<Sessions> {
        self.tls.as_ref().map(Tls::sessions)
    }

    /// Why no certificate can be issued to the host's name, where TLS asks for one.
    pub fn name_failure(&self) -> Option<Failure> {
        self.tls.as_ref()?.server_name().err()
    }

    /// Opens a connection within the connect timeout, and says which version of HTTP it speaks.
    pub async fn connect(
        &self,
        sessions: Option<&Sessions>,
        notes: DialNotes<'_>,
    ) -> Result<(Stream, HttpVersion), Failure> {
        self.connect_within(self.options.connect_timeout, sessions, notes).await
    }

    /// Opens a connection without measuring it, within the limit and the connect timeout.
    pub async fn connect_untimed(
        &self,
        limit: Micros,
        sessions: Option<&Sessions>,
    ) -> Result<Stream, Failure> {
        let (mut timing, mut connections) = Default::default();
        let notes =
            DialNotes { clock: RunClock::start(), timing: &mut timing, connections: &mut connections };
        let limit = limit.min(self.options.connect_timeout);
        self.connect_within(limit, sessions, notes).await.map(|(stream, _)| stream)
    }

    /// Opens a connection and closes it again. Sends no request, so that the host counts only what the report counts.
    pub async fn probe(&self, limit: Micros) -> Result<(), Failure> {
        let mut stream = self.connect_untimed(limit, self.sessions().as_ref()).await?;
        match tokio::time::timeout(TLS_OBJECTION, stream.objection()).await {
            Ok(objection) => Err(objection),
            Err(_) => Ok(()),
        }
    }

    async fn connect_within(
        &self,
        limit: Micros,
        sessions: Option<&Sessions>,
        mut notes: DialNotes<'_>,
    ) -> Result<(Stream, HttpVersion), Failure> {
        let connecting = self.try_connect(sessions, &mut notes);
        let connected = tokio::time::timeout(limit.into(), connecting).await;
        let (stream, version) =
            connected.unwrap_or_else(|_| Err(Failure::new(FailureKind::ConnectTimeout, "")))?;
        notes.connections.opened += 1;
        notes.connections.http2 += u64::from(version == HttpVersion::Http2);
        Ok((stream, version))
    }

    async fn try_connect(
        &self,
        sessions: Option<&Sessions>,
        notes: &mut DialNotes<'_>,
    ) -> Result<(Stream, HttpVersion), Failure> {
        let handle = self.handles.take().ok_or_else(no_file_handle)?;
        let addresses = self.look_up(notes).await?;
        let began = notes.clock.now();
        let stream = self.first_that_answers(&addresses).await?;
        // Requests are written whole; waiting for more would only delay them.
        stream.set_nodelay(true).map_err(|error| connect_failure(&error))?;
        add(&mut notes.timing.connect, notes.clock.now().saturating_sub(began));
        match (&self.tls, sessions) {
            (Some(tls), Some(sessions)) => {
                let (bytes, version) = self.handshake(tls, sessions, stream, notes).await?;
                Ok((Stream::new(bytes, handle), version))
            }
            _ => {
                let version = self.options.protocols.without_negotiation();
                Ok((Stream::new(Bytes::Plain(stream), handle), version))
            }
        }
    }

    async fn look_up(&self, notes: &mut DialNotes<'_>) -> Result<Arc<[SocketAddr]>, Failure> {
        let addresses = match self.name.addresses() {
            Lookup::Known(addresses) => addresses,
            Lookup::Pending(pending) => {
                let began = notes.clock.now();
                let found = pending.await.ok().flatten();
                if found.is_some() {
                    add(&mut notes.timing.dns, notes.clock.now().saturating_sub(began));
                }
                found
            }
        };
        addresses.ok_or_else(|| Failure::new(FailureKind::Dns, ""))
    }

    /// Tries the addresses one after the other, the next one also when the last is slow to answer (RFC 8305, §5),
    /// because a host may have an address that leads nowhere. The first failure says most, so it is the one returned.
    async fn first_that_answers(&self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let first = self.answering.load(Ordering::Relaxed) % addresses.len().max(1);
        let mut untried = VecDeque::from_iter(addresses.iter().enumerate());
        untried.rotate_left(first);
        let mut attempts = FuturesUnordered::new();
        let mut first_failure = None;
        loop {
            if let Some((place, address)) = untried.pop_front() {
                attempts.push(async move { (place, self.ports.connect(*address).await) });
            }
            let patience =
                if untried.is_empty() { self.options.connect_timeout.into() } else { NEXT_ATTEMPT };
            match tokio::time::timeout(patience, attempts.next()).await {
                Ok(Some((place, Ok(stream)))) => {
                    self.answering.store(place, Ordering::Relaxed);
                    return Ok(stream);
                }
                Ok(Some((_, Err(error)))) => {
                    first_failure.get_or_insert_with(|| connect_failure(&error));
                }
                Ok(None) => return Err(first_failure.unwrap_or_else(|| Failure::new(FailureKind::Dns, ""))),
                Err(_) => {}
            }
        }
    }

    async fn handshake(
        &self,
        tls: &Tls,
        sessions: &Sessions,
        stream: TcpStream,
        notes: &mut DialNotes<'_>,
    ) -> Result<(Bytes, HttpVersion), Failure> {
        let name = tls.server_name()?;
        let began = notes.clock.now();
        let connected = TlsConnector::from(Arc::clone(sessions)).connect(name, stream).await;
        let stream = connected.map_err(|error| handshake_failure(&error))?;
        add(&mut notes.timing.tls, notes.clock.now().saturating_sub(began));
        let session = stream.get_ref().1;
        let version = match (session.alpn_protocol(), self.options.protocols) {
            (Some(b"h2"), _) => HttpVersion::Http2,
            (_, Protocols::Http2) => {
                return Err(Failure::new(FailureKind::Tls, "the host does not speak that version of HTTP"));
            }
            _ => HttpVersion::Http1,
        };
        match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => notes.connections.tls_1_3 += 1,
            Some(ProtocolVersion::TLSv1_2) => notes.connections.tls_1_2 += 1,
            _ => {}
        }
        Ok((Bytes::Tls(Box::new(stream)), version))
    }

    /// The version that every connection speaks; `None` where the host chooses.
    pub fn only_version(&self) -> Option<HttpVersion> {
        match (&self.tls, self.options.protocols) {
            (Some(_), Protocols::Negotiated) => None,
            (_, protocols) => Some(protocols.without_negotiation()),
        }
    }
}

/// Adds up, because an exchange that connects twice has spent both times.
fn add(phase: &mut Option<Micros>, span: Micros) {
    *phase = Some(phase.unwrap_or_default() + span);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::connections::Certificates;

    fn dialer() -> Dialer {
        let options = DialOptions {
            connect_timeout: Micros::from_secs(2),
            protocols: Protocols::Negotiated,
            certificates: Certificates::Checked,
        };
        Dialer::new("http://localhost:1".parse::<Host>().unwrap(), options).unwrap()
    }

    #[tokio::test]
    async fn an_address_that_refuses_is_passed_over_and_not_tried_first_again() {
        let refusing = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addresses = [refusing, listener.local_addr().unwrap()];
        let dialer = dialer();
        let stream = dialer.first_that_answers(&addresses).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
        assert_eq!(dialer.answering.load(Ordering::Relaxed), 1);
        assert!(dialer.first_that_answers(&addresses).await.is_ok());
    }

    #[tokio::test]
    async fn when_no_address_answers_the_first_failure_is_told() {
        let refusing = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let broadcast = "127.255.255.255:9".parse().unwrap();
        let failed = dialer().first_that_answers(&[refusing, broadcast]).await.unwrap_err();
        assert_eq!(failed.kind, FailureKind::Refused);
        assert_eq!(dialer().first_that_answers(&[]).await.unwrap_err().kind, FailureKind::Dns);
    }
}
