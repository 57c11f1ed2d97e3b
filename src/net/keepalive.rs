//! One user's connections between requests: take a kept one, open another one, keep it again.
//!
//! The run's option `--connection-reuse` decides who keeps a connection: each user, nobody, or a pool that all users of a
//! shard share.

use super::client::HttpClient;
use super::dial::DialNotes;
use super::http2::Http2;
use super::options::HttpVersion;
use super::partial::PartialExchange;
use super::pool::{Connection, IdleConnection};
use super::tls::Sessions;
use crate::core::base::failure::Failure;
use crate::core::config::connections::ConnectionReuse;

/// What one user keeps.
#[derive(Default)]
pub struct Keepalive {
    idle: Option<IdleConnection>,
    /// Made when the user first connects with TLS.
    sessions: Option<Sessions>,
}

impl Keepalive {
    /// A kept connection that the host has not closed meanwhile.
    pub fn take(&mut self, client: &HttpClient, partial: &mut PartialExchange) -> Option<IdleConnection> {
        loop {
            let mut idle = match client.options.reuse {
                ConnectionReuse::PerUser => self.idle.take(),
                ConnectionReuse::Shared => client.pool.take(),
                ConnectionReuse::None => None,
            }?;
            if idle.connection.is_open() {
                partial.connections.reused += 1;
                return Some(idle);
            }
            partial.connections.reconnects += 1;
            client.pool.forget_closed_http2();
        }
    }

    /// Whether the user keeps a connection that the host has not closed.
    pub fn is_open(&mut self) -> bool {
        self.idle.as_mut().is_some_and(|idle| idle.connection.is_open())
    }

    /// Keeps a connection for the next request, if anybody does.
    pub fn put(&mut self, client: &HttpClient, connection: Connection, partial: &PartialExchange) {
        let idle_since = partial.finished.unwrap_or_else(|| client.clock.now());
        let idle = IdleConnection { connection, idle_since };
        match client.options.reuse {
            ConnectionReuse::PerUser => self.idle = Some(idle),
            ConnectionReuse::Shared => client.pool.put(idle),
            ConnectionReuse::None => {}
        }
    }

    /// Opens a connection, or waits for one that another user is opening if both can use it.
    pub async fn connect(
        &mut self,
        client: &HttpClient,
        partial: &mut PartialExchange,
    ) -> Result<Connection, Failure> {
        if !may_share(client) {
            return self.open(client, partial).await;
        }
        // A user who comes while the first connection is opened may be able to use that one.
        let opening = client.pool.opening.lock().await;
        if !may_share(client) {
            drop(opening);
            return self.open(client, partial).await;
        }
        if let Some(http2) = client.pool.http2() {
            partial.connections.reused += 1;
            return Ok(Connection::Http2(Box::new(http2)));
        }
        let connection = self.open(client, partial).await?;
        let version = match &connection {
            Connection::Http1(_) => HttpVersion::Http1,
            Connection::Http2(http2) => {
                let connection = Connection::Http2(http2.clone());
                client.pool.put(IdleConnection { connection, idle_since: client.clock.now() });
                HttpVersion::Http2
            }
        };
        client.pool.version.set(Some(version));
        Ok(connection)
    }

    async fn open(
        &mut self,
        client: &HttpClient,
        partial: &mut PartialExchange,
    ) -> Result<Connection, Failure> {
        let PartialExchange { timing, connections, .. } = partial;
        if self.sessions.is_none() {
            self.sessions = client.dialer.sessions();
        }
        let notes = DialNotes { clock: client.clock, timing, connections };
        let (stream, version) = client.dialer.connect(self.sessions.as_ref(), notes).await?;
        match version {
            HttpVersion::Http1 => Ok(Connection::Http1(stream)),
            HttpVersion::Http2 => Http2::over(stream).await.map(|http2| Connection::Http2(Box::new(http2))),
        }
    }
}

/// Whether the connection to be opened may serve several users: with a pool, unless the host speaks HTTP/1.1.
fn may_share(client: &HttpClient) -> bool {
    let is_http1 = client.pool.version.get() == Some(HttpVersion::Http1);
    client.options.reuse == ConnectionReuse::Shared && !is_http1
}
