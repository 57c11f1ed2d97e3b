//! From a host's address to an open connection: name look-up, TCP, TLS, and what can go wrong with each.
//!
//! Speaks no HTTP. Failures are typed from error kinds, never from their texts.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

use crate::core::exchange::{Failure, FailureKind};
use crate::core::plan::{Host, Scheme};

/// How long name look-up, TCP and TLS may take together: the app's own limit for a whole request.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A host, ready to be connected to many times.
#[derive(Clone)]
pub struct Dialer {
    host: Host,
    tls: Option<Arc<ClientConfig>>,
}

/// An open connection.
pub enum Connection {
    /// In the clear.
    Plain(TcpStream),
    /// By TLS; boxed because its state is large and rare.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Dialer {
    /// For a host; reads the system's trusted roots when it is to be spoken to by TLS.
    pub fn new(host: Host) -> Self {
        let tls = (host.scheme == Scheme::Https).then(|| Arc::new(tls_config()));
        Self { host, tls }
    }

    /// The host it connects to.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Connects, within [`CONNECT_TIMEOUT`].
    pub async fn connect(&self) -> Result<Connection, Failure> {
        let timeout = || Failure::new(FailureKind::ConnectTimeout, "");
        tokio::time::timeout(CONNECT_TIMEOUT, self.try_connect()).await.unwrap_or_else(|_| Err(timeout()))
    }

    async fn try_connect(&self) -> Result<Connection, Failure> {
        let addresses = tokio::net::lookup_host((self.host.name.as_str(), self.host.port)).await;
        let addresses = addresses.map_err(|_| Failure::new(FailureKind::Dns, ""))?;
        let stream = first_that_answers(addresses).await?;
        // Requests are written whole; waiting for more would only delay them.
        stream.set_nodelay(true).map_err(|error| connect_failure(&error))?;
        let Some(config) = &self.tls else { return Ok(Connection::Plain(stream)) };
        let name = ServerName::try_from(self.host.name.clone())
            .map_err(|_| Failure::new(FailureKind::Tls, "the host's name cannot have a certificate"))?;
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
        stream.map(|stream| Connection::Tls(Box::new(stream))).map_err(|error| tls_failure(&error))
    }
}

/// Tries each address in turn; of several failures the first one tells most.
async fn first_that_answers(addresses: impl Iterator<Item = SocketAddr>) -> Result<TcpStream, Failure> {
    let mut first_failure = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                first_failure.get_or_insert_with(|| connect_failure(&error));
            }
        }
    }
    Err(first_failure.unwrap_or_else(|| Failure::new(FailureKind::Dns, "")))
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
        kind => Failure::new(FailureKind::Other, kind.to_string()),
    }
}

fn tls_failure(error: &io::Error) -> Failure {
    let detail = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another name"
            }
            CertificateError::UnknownIssuer => "the certificate's issuer is not trusted",
            _ => "the certificate is not valid",
        },
        Some(_) => "the handshake failed",
        None => "the connection was lost in the handshake",
    };
    Failure::new(FailureKind::Tls, detail)
}

fn tls_config() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
