//! Open connections between two requests, and who keeps them. Opens none.

use std::cell::{Cell, RefCell};

use super::http2::Http2;
use super::options::HttpVersion;
use super::stream::Stream;
use crate::core::base::units::Micros;

/// A connection that a request can be sent on.
pub enum Connection {
    /// Carries one request at a time.
    Http1(Stream),
    /// Carries many requests at a time.
    Http2(Box<Http2>),
}

impl Connection {
    /// Whether an idle connection can still carry a request.
    pub fn is_open(&mut self) -> bool {
        match self {
            Self::Http1(stream) => stream.is_silent(),
            Self::Http2(http2) => http2.is_open(),
        }
    }
}

/// A connection between two requests.
pub struct IdleConnection {
    pub connection: Connection,
    /// When its last response ended.
    pub idle_since: Micros,
}

/// The connections that all users of a shard share.
#[derive(Default)]
pub struct Pool {
    idle: RefCell<Vec<IdleConnection>>,
    /// The one HTTP/2 connection, which carries the requests of all users.
    http2: RefCell<Option<Http2>>,
    /// The version that the host chose when it was last asked; known from the start where it has no choice.
    pub version: Cell<Option<HttpVersion>>,
    /// Held while a connection is opened that other users may be able to use too.
    pub opening: futures_util::lock::Mutex<()>,
}

impl Pool {
    /// An empty pool. `version` is known where the host has no choice.
    pub fn new(version: Option<HttpVersion>) -> Self {
        Self { version: Cell::new(version), ..Self::default() }
    }

    /// Takes the connection that was used last, because the host has had the least time to close it.
    pub fn take(&self) -> Option<IdleConnection> {
        if let Some(http2) = self.http2() {
            let connection = Connection::Http2(Box::new(http2));
            // It carries other users' requests, so it counts as never idle.
            return Some(IdleConnection { connection, idle_since: Micros(u64::MAX) });
        }
        self.idle.borrow_mut().pop()
    }

    /// The HTTP/2 connection that all users share.
    pub fn http2(&self) -> Option<Http2> {
        self.http2.borrow().clone()
    }

    /// Gives a connection to whichever user needs one next.
    pub fn put(&self, idle: IdleConnection) {
        match idle.connection {
            Connection::Http2(http2) => *self.http2.borrow_mut() = Some(*http2),
            Connection::Http1(_) => self.idle.borrow_mut().push(idle),
        }
    }

    /// Forgets the shared HTTP/2 connection if it is closed; another user may have replaced it by an open one.
    pub fn forget_closed_http2(&self) {
        self.http2.borrow_mut().take_if(|http2| !http2.is_open());
    }
}
