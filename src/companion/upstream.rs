//! Connections to the host: the HTTP client's dialer opens them, hyper speaks HTTP/1.1 on them.
//!
//! Sends no request and keeps no connection; `lanes.rs` does both.

use anyhow::Context as _;
use http::HeaderValue;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use super::failure::from_hyper;
use crate::core::base::failure::Failure;
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::config::connections::Certificates;
use crate::core::http::relay::HostCheck;
use crate::net::dial::Dialer;
use crate::net::options::{DialOptions, Protocols};
use crate::net::tls::Sessions;

/// Long enough for a lost SYN to be sent three times more (after 1, 2 and 4 s), short enough to be noticed.
const CONNECT_LIMIT: Micros = Micros::from_secs(10);
/// The page waits two seconds for the result of a check, and a lost SYN is sent again after one.
const CHECK_LIMIT: Micros = Micros::from_millis(1_700);

/// The sending half of a connection to the host.
pub type Sender = SendRequest<Incoming>;

/// The host, ready to be connected to.
pub struct Upstream {
    dialer: Dialer,
    /// `None` without TLS. All lanes share the sessions.
    sessions: Option<Sessions>,
    host_header: HeaderValue,
}

impl Upstream {
    /// Reads the system's trusted roots where the host is spoken to by TLS.
    pub fn new(host: Host) -> anyhow::Result<Self> {
        let options = DialOptions {
            connect_timeout: CONNECT_LIMIT,
            protocols: Protocols::Http1,
            certificates: Certificates::Checked,
        };
        let host_header = HeaderValue::try_from(host.authority())
            .with_context(|| format!("--host {host}: HTTP does not allow this name"))?;
        let dialer = Dialer::new(host, options)?;
        if dialer.name_failure().is_some() {
            anyhow::bail!("--host {}: no certificate can be issued to this name", dialer.host());
        }
        Ok(Self { sessions: dialer.sessions(), dialer, host_header })
    }

    /// The value of the `Host` header.
    pub fn host_header(&self) -> HeaderValue {
        self.host_header.clone()
    }

    pub fn host(&self) -> &Host {
        self.dialer.host()
    }

    /// Opens a connection that speaks HTTP/1.1. It closes once the sender and the last response are dropped.
    pub async fn connect(&self) -> Result<Sender, Failure> {
        let stream = self.dialer.connect_untimed(CONNECT_LIMIT, self.sessions.as_ref()).await?;
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(|error| from_hyper(&error))?;
        // Its errors reach the task that awaits the response or reads the body.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Whether a connection can be opened. Sends no request, so the host's own counts stay as they are.
    pub async fn check(&self) -> HostCheck {
        match self.dialer.probe(CHECK_LIMIT).await {
            Ok(()) => HostCheck { reachable: true, kind: None, detail: None },
            Err(Failure { kind, detail }) => {
                let detail = Some(detail).filter(|detail| !detail.is_empty());
                HostCheck { reachable: false, kind: Some(kind), detail }
            }
        }
    }
}
