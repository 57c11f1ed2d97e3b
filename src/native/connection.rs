//! An open connection, whether it can still be used, and who keeps it for the next request.
//!
//! Opens none (`dial.rs`) and speaks no HTTP.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::dial::Version;
use super::http2::Http2;
use crate::core::base::units::Micros;

/// Bytes in both directions.
pub enum Stream {
    /// In the clear.
    Plain(TcpStream),
    /// By TLS; boxed because its state is large and rare.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that a request can be sent on.
pub enum Connection {
    /// HTTP/1.1, one request at a time.
    Http1(Stream),
    /// HTTP/2, many at a time.
    Http2(Box<Http2>),
}

/// A connection between two requests.
pub struct Kept {
    /// The connection.
    pub connection: Connection,
    /// Since when nothing was sent on it.
    pub idle_since: Micros,
}

/// The connections that all users of a shard share.
#[derive(Default)]
pub struct Pool {
    idle: RefCell<Vec<Kept>>,
    /// One connection carries everybody's requests.
    http2: RefCell<Option<Http2>>,
    /// The version that the host chose when it was last asked, or that there is no choice of.
    pub version: Cell<Option<Version>>,
    /// Held while a connection is opened that others could use too.
    pub opening: futures_util::lock::Mutex<()>,
}

impl Pool {
    /// Empty, for a host of which the version is known or not.
    pub fn speaking(version: Option<Version>) -> Self {
        Self { version: Cell::new(version), ..Self::default() }
    }

    /// The connection used last: the one that the host has had the least time to close.
    pub fn take(&self) -> Option<Kept> {
        if let Some(http2) = self.http2() {
            let connection = Connection::Http2(Box::new(http2));
            return Some(Kept { connection, idle_since: Micros(u64::MAX) });
        }
        self.idle.borrow_mut().pop()
    }

    /// The connection that everybody shares.
    pub fn http2(&self) -> Option<Http2> {
        self.http2.borrow().clone()
    }

    /// Lets others use it.
    pub fn put(&self, kept: Kept) {
        match kept.connection {
            Connection::Http2(http2) => *self.http2.borrow_mut() = Some(*http2),
            Connection::Http1(_) => self.idle.borrow_mut().push(kept),
        }
    }

    /// Forgets the connection that everybody shares, unless somebody has put an open one there meanwhile.
    pub fn forget_closed_http2(&self) {
        self.http2.borrow_mut().take_if(|http2| !http2.is_open());
    }
}

impl Connection {
    /// Whether an idle connection can still be used: a host that closed it, or spoke out of turn, made it readable.
    pub fn is_open(&mut self) -> bool {
        match self {
            // Costs no system call while nothing has happened: tokio knows that there is nothing to read.
            Self::Http1(Stream::Plain(stream)) => would_block(stream.try_read(&mut [0])),
            Self::Http1(Stream::Tls(stream)) => {
                let mut byte = [0];
                let mut buffer = ReadBuf::new(&mut byte);
                let mut context = Context::from_waker(Waker::noop());
                Pin::new(stream).poll_read(&mut context, &mut buffer).is_pending()
            }
            Self::Http2(http2) => http2.is_open(),
        }
    }
}

fn would_block(read: io::Result<usize>) -> bool {
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
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
