//! From a host's name to an open connection: look-up, TCP and TLS, each timed, and what can go wrong with each.
//!
//! Speaks no HTTP. Failures are typed from error kinds, never from their texts.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ProtocolVersion;

use super::connection::Stream;
use super::options::{ConnectionOptions, Protocols};
use super::platform::Origin;
use super::ports::Ports;
use super::resolve::{Answer, Name};
use super::tls::{Sessions, Tls, handshake_failure};
use crate::core::base::connections::Connections;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::{Host, Scheme};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Timing;

/// How long an address may take to answer before the next one is tried beside it: RFC 8305's recommendation.
const NEXT_ATTEMPT: Duration = Duration::from_millis(250);

/// A host, ready to be connected to many times; all shards of a run share one.
pub struct Dialer {
    host: Host,
    name: Arc<Name>,
    tls: Option<Tls>,
    options: ConnectionOptions,
    ports: Ports,
    /// Which of the name's addresses answered last: the next user starts with it.
    answering: AtomicUsize,
}

/// Which version of HTTP a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

/// What is noted of a request while it connects. A phase that failed has no span: its time is in the latency.
pub struct Notes<'a> {
    /// The run's clock.
    pub origin: Origin,
    /// Where the phases are written.
    pub timing: &'a mut Timing,
    /// Where the connection is counted.
    pub connections: &'a mut Connections,
}

impl Dialer {
    /// For a host; reads the system's trusted roots when it is to be spoken to by TLS.
    ///
    /// # Errors
    /// When there are none to read.
    pub fn new(host: Host, options: ConnectionOptions) -> anyhow::Result<Self> {
        let tls = match host.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::new(&host.name, options.certificates, options.protocols)?),
        };
        let name = Name::new(&host.name, host.port);
        Ok(Self { host, name, tls, options, ports: Ports::of_this_machine(), answering: AtomicUsize::new(0) })
    }

    /// The host it connects to.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// How it connects.
    pub const fn options(&self) -> &ConnectionOptions {
        &self.options
    }

    /// A user's TLS sessions, made when the user first connects.
    pub fn sessions(&self) -> Option<Sessions> {
        self.tls.as_ref().map(Tls::sessions)
    }

    /// Connects, within the time limit for that, and says which HTTP is spoken.
    pub async fn connect(
        &self,
        sessions: Option<&Sessions>,
        mut notes: Notes<'_>,
    ) -> Result<(Stream, Version), Failure> {
        let limit = self.options.connect_timeout.into();
        let connecting = self.try_connect(sessions, &mut notes);
        let connected = tokio::time::timeout(limit, connecting).await;
        let (stream, version) =
            connected.unwrap_or_else(|_| Err(Failure::new(FailureKind::ConnectTimeout, "")))?;
        notes.connections.opened += 1;
        notes.connections.http2 += u64::from(version == Version::Http2);
        Ok((stream, version))
    }

    async fn try_connect(
        &self,
        sessions: Option<&Sessions>,
        notes: &mut Notes<'_>,
    ) -> Result<(Stream, Version), Failure> {
        let addresses = self.look_up(notes).await?;
        let began = notes.origin.now();
        let stream = self.first_that_answers(&addresses).await?;
        // Requests are written whole; waiting for more would only delay them.
        stream.set_nodelay(true).map_err(|error| connect_failure(&error))?;
        add(&mut notes.timing.connect, notes.origin.now().saturating_sub(began));
        match (&self.tls, sessions) {
            (Some(tls), Some(sessions)) => self.handshake(tls, sessions, stream, notes).await,
            _ => Ok((Stream::Plain(stream), self.version_without_choice())),
        }
    }

    async fn look_up(&self, notes: &mut Notes<'_>) -> Result<Arc<[SocketAddr]>, Failure> {
        let addresses = match self.name.addresses() {
            Answer::Known(addresses) => addresses,
            Answer::Wait(answer) => {
                let began = notes.origin.now();
                let found = answer.await.ok().flatten();
                if found.is_some() {
                    add(&mut notes.timing.dns, notes.origin.now().saturating_sub(began));
                }
                found
            }
        };
        addresses.ok_or_else(|| Failure::new(FailureKind::Dns, ""))
    }

    /// Tries the addresses one after the other, the next one also when the last is slow to answer (RFC 8305, §5): a
    /// host may have an address that leads nowhere. Of several failures the first one tells most.
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
        notes: &mut Notes<'_>,
    ) -> Result<(Stream, Version), Failure> {
        let name = tls.server_name()?;
        let began = notes.origin.now();
        let connected = TlsConnector::from(Arc::clone(sessions)).connect(name, stream).await;
        let stream = connected.map_err(|error| handshake_failure(&error))?;
        add(&mut notes.timing.tls, notes.origin.now().saturating_sub(began));
        let session = stream.get_ref().1;
        let version = match (session.alpn_protocol(), self.options.protocols) {
            (Some(b"h2"), _) => Version::Http2,
            (_, Protocols::Http2) => {
                return Err(Failure::new(FailureKind::Tls, "the host does not speak that version of HTTP"));
            }
            _ => Version::Http1,
        };
        match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => notes.connections.tls_1_3 += 1,
            Some(ProtocolVersion::TLSv1_2) => notes.connections.tls_1_2 += 1,
            _ => {}
        }
        Ok((Stream::Tls(Box::new(stream)), version))
    }

    /// The version that every connection has; `None` where the host chooses.
    pub fn only_version(&self) -> Option<Version> {
        match (&self.tls, self.options.protocols) {
            (Some(_), Protocols::Negotiated) => None,
            _ => Some(self.version_without_choice()),
        }
    }

    fn version_without_choice(&self) -> Version {
        if self.options.protocols == Protocols::Http2 { Version::Http2 } else { Version::Http1 }
    }
}

/// A request that connects twice has spent both times.
fn add(phase: &mut Option<Micros>, span: Micros) {
    *phase = Some(phase.unwrap_or_default() + span);
}

fn connect_failure(error: &io::Error) -> Failure {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkDown, NetworkUnreachable, TimedOut,
    };
    match error.kind() {
        ConnectionRefused => Failure::new(FailureKind::Refused, ""),
        HostUnreachable | NetworkUnreachable | NetworkDown => Failure::new(FailureKind::Unreachable, ""),
        TimedOut => Failure::new(FailureKind::ConnectTimeout, ""),
        ConnectionReset | ConnectionAborted => Failure::new(FailureKind::Reset, "while connecting"),
        AddrNotAvailable => Failure::new(FailureKind::Exhausted, "no free port left"),
        // EMFILE and ENFILE, the same on every Unix; the standard library has no kind for them.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => {
            Failure::new(FailureKind::Exhausted, "no more open files allowed (ulimit -n)")
        }
        kind => Failure::new(FailureKind::Other, kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::native::options::ConnectionArgs;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        connections: ConnectionArgs,
    }

    fn dialer() -> Dialer {
        let options = Typed::parse_from(["run", "--connect-timeout=2s"]).connections.check().unwrap();
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
