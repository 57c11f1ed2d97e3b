//! How the companion reaches its host: what it dials with, and whether the host can be reached at all.
//!
//! Sends no request and keeps no connection; `lanes.rs` does both.

use std::sync::Arc;

use anyhow::Context as _;
use http::HeaderValue;

use crate::core::base::failure::Failure;
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::config::connections::{Certificates, ConnectionReuse, Cookies};
use crate::core::http::relay::{CONNECT_LIMIT, HostCheck};
use crate::net::dial::Dialer;
use crate::net::options::{ClientOptions, DialOptions, Protocols};

/// The time limit of a check of the host. The page waits two seconds for the result, and a lost SYN is sent again after one.
const CHECK_LIMIT: Micros = Micros::from_millis(1_700);
/// The longest time of a request. The page has shorter limits; this one ends requests whose page is gone.
const REQUEST_LIMIT: Micros = Micros::from_secs(600);
/// How many bytes of an event stream are read as events.
const MAX_EVENT_BYTES: u64 = 64 * 1024 * 1024;

/// How the companion connects to its hosts.
pub const fn dial_options(protocols: Protocols) -> DialOptions {
    DialOptions { connect_timeout: CONNECT_LIMIT, protocols, certificates: Certificates::Checked }
}

/// How lanes send: each keeps its own connection, and a redirect is the response, because the page must see it.
pub const fn client_options(protocols: Protocols, cookies: Cookies) -> ClientOptions {
    ClientOptions {
        dial: dial_options(protocols),
        request_timeout: REQUEST_LIMIT,
        reuse: ConnectionReuse::PerUser,
        max_redirects: 0,
        max_body: MAX_EVENT_BYTES,
        cookies,
    }
}

/// A dialer for the host. Reads the system's trusted roots where the host is spoken to by TLS.
pub fn dialer(host: Host, protocols: Protocols) -> anyhow::Result<Arc<Dialer>> {
    HeaderValue::try_from(host.authority())
        .with_context(|| format!("--host {host}: HTTP does not allow this name"))?;
    let dialer = Dialer::new(host, dial_options(protocols))?;
    if dialer.name_failure().is_some() {
        anyhow::bail!("--host {}: no certificate can be issued to this name", dialer.host());
    }
    Ok(Arc::new(dialer))
}

/// Whether a connection can be opened. Sends no request, so the host's own counts stay as they are.
pub async fn check(dialer: &Dialer) -> HostCheck {
    match dialer.probe(CHECK_LIMIT).await {
        Ok(()) => HostCheck { reachable: true, kind: None, detail: None },
        Err(Failure { kind, detail }) => {
            let detail = Some(detail).filter(|detail| !detail.is_empty());
            HostCheck { reachable: false, kind: Some(kind), detail }
        }
    }
}
