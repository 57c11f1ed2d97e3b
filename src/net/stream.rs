//! The bytes of a connection in both directions, with and without TLS. Opens no connection and speaks no HTTP.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::failure::connection_lost;
use super::handles::Handle;
use crate::core::base::failure::{Failure, FailureKind};

/// An open connection as a stream of bytes.
pub struct Stream {
    bytes: Bytes,
    /// Given back when the connection is closed.
    _handle: Handle,
}

pub enum Bytes {
    Plain(TcpStream),
    /// Boxed, because its state is large and most runs have none.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub const fn new(bytes: Bytes, handle: Handle) -> Self {
        Self { bytes, _handle: handle }
    }

    /// Whether nothing has arrived. An idle connection that became readable was closed by the host, or the host spoke
    /// out of turn; either way it cannot carry another request.
    pub fn is_silent(&mut self) -> bool {
        match &mut self.bytes {
            // Costs no system call while nothing has happened: tokio knows that there is nothing to read.
            Bytes::Plain(stream) => would_block(stream.try_read(&mut [0])),
            Bytes::Tls(stream) => {
                let mut byte = [0];
                let mut buffer = ReadBuf::new(&mut byte);
                let mut context = Context::from_waker(Waker::noop());
                Pin::new(stream).poll_read(&mut context, &mut buffer).is_pending()
            }
        }
    }

    /// Why the host's TLS ends the connection before any request. Waits for ever where it does not.
    pub async fn objection(&mut self) -> Failure {
        if let Bytes::Tls(stream) = &mut self.bytes
            && let Err(error) = stream.read(&mut [0]).await
        {
            let failure = connection_lost(FailureKind::Reset, &error);
            if failure.kind == FailureKind::Tls {
                return failure;
            }
        }
        std::future::pending().await
    }
}

fn would_block(read: io::Result<usize>) -> bool {
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Bytes::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Bytes::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Bytes::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    /// Lets hyper send a request's head and body with one system call and without copying them together.
    fn is_write_vectored(&self) -> bool {
        match &self.bytes {
            Bytes::Plain(stream) => stream.is_write_vectored(),
            Bytes::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Bytes::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Bytes::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
