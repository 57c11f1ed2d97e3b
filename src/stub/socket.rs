//! A TCP connection that ends with a reset on request.
//!
//! An ordinary close ends a stream in order (FIN). A crashed or overloaded host does not do that: with SO_LINGER 0 the
//! close becomes a reset (RST), and the client sees "connection reset".

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Requests a reset of a connection. Its socket and the answers on it share one switch.
#[derive(Clone, Debug, Default)]
pub struct ResetSwitch(Arc<ResetState>);

#[derive(Debug, Default)]
struct ResetState {
    is_requested: AtomicBool,
    changed: Notify,
}

impl ResetSwitch {
    /// Requests the reset.
    pub fn reset(&self) {
        self.0.is_requested.store(true, Ordering::Release);
        self.0.changed.notify_one();
    }

    /// Waits until a reset is requested.
    pub async fn requested(&self) {
        self.0.changed.notified().await;
    }

    fn is_requested(&self) -> bool {
        self.0.is_requested.load(Ordering::Acquire)
    }
}

/// A TCP stream that is reset when it is dropped, if its [`ResetSwitch`] says so.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    reset_switch: ResetSwitch,
}

impl Socket {
    /// Wraps an accepted stream and sets TCP_NODELAY, so that small writes leave at once.
    pub fn new(stream: TcpStream, reset_switch: ResetSwitch) -> Self {
        // A socket that refuses the option still works, but more slowly.
        let _ = stream.set_nodelay(true);
        Self { stream, reset_switch }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset_switch.is_requested() {
            // This fails only when the client is gone already.
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
