//! A TCP connection that can be told to end with a reset.
//!
//! An ordinary close ends a stream in order (FIN); a crashed or overloaded host does not. With SO_LINGER 0 the close
//! becomes a reset (RST), and the client reads "connection reset".

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// How a connection is to end; shared by its socket and the answers on it.
#[derive(Clone, Debug, Default)]
pub struct Fate(Arc<Doom>);

#[derive(Debug, Default)]
struct Doom {
    reset: AtomicBool,
    told: Notify,
}

impl Fate {
    /// The connection is to be reset, now.
    pub fn reset(&self) {
        self.0.reset.store(true, Ordering::Release);
        self.0.told.notify_one();
    }

    /// Waits until someone asked for a reset.
    pub async fn told(&self) {
        self.0.told.notified().await;
    }

    fn is_reset(&self) -> bool {
        self.0.reset.load(Ordering::Acquire)
    }
}

/// A TCP stream that obeys its [`Fate`] when it is dropped.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    fate: Fate,
}

impl Socket {
    /// Wraps an accepted stream; small writes leave at once (TCP_NODELAY).
    pub fn new(stream: TcpStream, fate: Fate) -> Self {
        // A socket that refuses the option still works, only slower.
        let _ = stream.set_nodelay(true);
        Self { stream, fate }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.fate.is_reset() {
            // When this fails the peer is gone already.
            let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
