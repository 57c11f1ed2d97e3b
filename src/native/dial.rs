//! From a host's name to an open connection: look-up, TCP and TLS, each timed, and what can go wrong with each.
//!
//! Speaks no HTTP. Failures are typed from error kinds, never from their texts.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{self, ProtocolVersion};

use super::connection::Stream;
use super::options::{ConnectionOptions, Protocols};
use super::platform::Origin;
use super::ports::Ports;
use super::resolve::{Answer, Name};
use super::tls::{Sessions, Tls, handshake_failure};
use crate::core::exchange::{Connections, Failure, FailureKind, Timing};
use crate::core::plan::{Host, Scheme};
use crate::core::units::Micros;

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
    pub fn new(host: Host, options: ConnectionOptions) -> Result<Self, rustls::Error> {
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
            _ => Ok((Stream::Plain(stream), self.version_without_tls())),
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

    /// Tries each address in turn; of several failures the first one tells most.
    async fn first_that_answers(&self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let first = self.answering.load(Ordering::Relaxed);
        let mut first_failure = None;
        for (place, address) in
            addresses.iter().enumerate().cycle().skip(first % addresses.len().max(1)).take(addresses.len())
        {
            match self.ports.connect(*address).await {
                Ok(stream) => {
                    self.answering.store(place, Ordering::Relaxed);
                    return Ok(stream);
                }
                Err(error) => {
                    first_failure.get_or_insert_with(|| connect_failure(&error));
                }
            }
        }
        Err(first_failure.unwrap_or_else(|| Failure::new(FailureKind::Dns, "")))
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
        match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => notes.connections.tls_1_3 += 1,
            Some(ProtocolVersion::TLSv1_2) => notes.connections.tls_1_2 += 1,
            _ => {}
        }
        let version = match (session.alpn_protocol(), self.options.protocols) {
            (Some(b"h2"), _) => Version::Http2,
            (_, Protocols::Http2) => {
                return Err(Failure::new(FailureKind::Tls, "the host does not speak that version of HTTP"));
            }
            _ => Version::Http1,
        };
        Ok((Stream::Tls(Box::new(stream)), version))
    }

    fn version_without_tls(&self) -> Version {
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
        AddrNotAvailable => Failure::new(FailureKind::Other, "this machine has no free port left"),
        // EMFILE and ENFILE, the same on every Unix; the standard library has no kind for them.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => {
            Failure::new(FailureKind::Other, "this machine allows no more open files (ulimit -n)")
        }
        kind => Failure::new(FailureKind::Other, kind.to_string()),
    }
}
