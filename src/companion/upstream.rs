//! Connections to the host: resolve, connect, TLS, HTTP/1 handshake.
//!
//! Each step has its own failure kind. No request is sent from here and nothing is kept; see `lanes.rs`.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use http::HeaderValue;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::core::base::host::{Host, Scheme};
use crate::core::http::relay::{HostCheck, RelayFailure};

use super::failure::UpstreamError;

/// Long enough for a lost SYN to be sent three times more (after 1, 2 and 4 s), short enough to be noticed.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The page awaits this answer for two seconds (`FIRST_LOOK_MS`); a lost SYN is sent again after one.
const CHECK_LIMIT: Duration = Duration::from_millis(1_700);

/// The sending half of a connection to the host.
pub type Sender = SendRequest<Incoming>;

/// The host, ready to be connected to.
pub struct Upstream {
    host: Host,
    host_header: HeaderValue,
    tls: Option<Tls>,
}

struct Tls {
    connector: TlsConnector,
    server_name: ServerName<'static>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Upstream {
    /// Loads the system's root certificates where the host wants TLS.
    pub fn new(host: Host) -> anyhow::Result<Self> {
        let tls = match host.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::new(&host)?),
        };
        let host_header = HeaderValue::try_from(host.authority())
            .with_context(|| format!("--host {host}: HTTP does not allow this name"))?;
        Ok(Self { host, host_header, tls })
    }

    /// What the `Host` header says.
    pub fn host_header(&self) -> HeaderValue {
        self.host_header.clone()
    }

    /// Where it leads.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// A fresh connection that speaks HTTP/1. It closes once the sender and the last response are dropped.
    pub async fn connect(&self) -> Result<Sender, UpstreamError> {
        match self.open(CONNECT_LIMIT).await? {
            Stream::Plain(stream) => handshake(stream).await,
            Stream::Tls(stream) => handshake(*stream).await,
        }
    }

    /// Can a connection be opened? Sends no request, so the host's own counts stay as they are.
    pub async fn check(&self) -> HostCheck {
        match self.open(CHECK_LIMIT).await {
            Ok(_) => HostCheck { reachable: true, kind: None, detail: None },
            Err(error) => HostCheck { reachable: false, kind: Some(error.kind), detail: Some(error.detail) },
        }
    }

    async fn open(&self, limit: Duration) -> Result<Stream, UpstreamError> {
        let connecting = async {
            let stream = self.open_tcp().await?;
            stream.set_nodelay(true)?;
            match &self.tls {
                None => Ok(Stream::Plain(stream)),
                Some(tls) => {
                    let stream = tls.connector.connect(tls.server_name.clone(), stream).await?;
                    Ok(Stream::Tls(Box::new(stream)))
                }
            }
        };
        within(limit, connecting).await
    }

    /// Tries each address of the name in turn; what the last one said is what went wrong.
    async fn open_tcp(&self) -> Result<TcpStream, UpstreamError> {
        let no_address = |why: String| UpstreamError::new(RelayFailure::Dns, why);
        let (name, port) = (self.host.name.as_str(), self.host.port);
        let addresses: Vec<SocketAddr> =
            lookup_host((name, port)).await.map_err(|error| no_address(error.to_string()))?.collect();
        let mut failed = no_address(format!("`{name}` has no address"));
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = error.into(),
            }
        }
        Err(failed)
    }
}

impl Tls {
    fn new(host: &Host) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        anyhow::ensure!(!roots.is_empty(), "no root certificates on this machine; install `ca-certificates`");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let server_name = ServerName::try_from(host.name.clone())
            .with_context(|| format!("--host {host}: no certificate can be issued to this name"))?;
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), server_name })
    }
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, UpstreamError>>,
) -> Result<T, UpstreamError> {
    let too_long = |_| UpstreamError::new(RelayFailure::Timeout, format!("no connection within {limit:?}"));
    tokio::time::timeout(limit, work).await.map_err(too_long)?
}

async fn handshake<S>(stream: S) -> Result<Sender, UpstreamError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Its errors reach whoever waits for the response or reads the body.
    tokio::spawn(connection);
    Ok(sender)
}
