//! Passes a response on while it arrives: its head, then its body piece by piece.
//!
//! The response is read as fast as it comes, whatever its receiver does, up to [`ROOM_BYTES`] that wait for the
//! receiver. Measures nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_channel::{mpsc, oneshot};
use futures_util::Stream;
use futures_util::task::AtomicWaker;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::core::base::failure::{Failure, Status};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Timing;

/// How much of a body may wait for its receiver. Beyond it reading waits, and then the receiver's pace is in the
/// latency; Oddiya's largest answers have some 100 KB.
pub const ROOM_BYTES: usize = 16 * 1024 * 1024;

/// The sending half: the HTTP client fills it in.
pub struct Tap {
    head: Option<oneshot::Sender<TappedHead>>,
    body: mpsc::UnboundedSender<Result<Bytes, Failure>>,
    waiting: Arc<Waiting>,
}

/// A response's head as it is passed on.
#[derive(Debug)]
pub struct TappedHead {
    pub status: Status,
    pub headers: HeaderMap,
    /// Request sent → first byte.
    pub ttfb: Option<Micros>,
    /// The time to open the connection, where none was kept.
    pub connect: Option<Micros>,
}

/// A response's body as it is passed on. Ends with a failure where the response broke off.
pub struct TappedBody {
    pieces: mpsc::UnboundedReceiver<Result<Bytes, Failure>>,
    waiting: Arc<Waiting>,
}

/// The bytes that were read and not yet received.
#[derive(Default)]
struct Waiting {
    bytes: AtomicUsize,
    reader: AtomicWaker,
    was_full: AtomicBool,
}

/// Both halves. The head's receiver learns that the request failed when the tap is dropped before.
pub fn tap() -> (Tap, oneshot::Receiver<TappedHead>, TappedBody) {
    let (head, head_received) = oneshot::channel();
    let (body, pieces) = mpsc::unbounded();
    let waiting = Arc::<Waiting>::default();
    let tapped = TappedBody { pieces, waiting: Arc::clone(&waiting) };
    (Tap { head: Some(head), body, waiting }, head_received, tapped)
}

impl Tap {
    /// Ready when more of the body may be read.
    pub fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        let is_full = || self.waiting.bytes.load(Ordering::Acquire) >= ROOM_BYTES;
        if !is_full() {
            return Poll::Ready(());
        }
        self.waiting.was_full.store(true, Ordering::Relaxed);
        self.waiting.reader.register(cx.waker());
        // The receiver may have made room before the waker was registered.
        if is_full() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Whether reading ever waited for the receiver, so that the receiver's pace is in the latency.
    pub fn was_full(&self) -> bool {
        self.waiting.was_full.load(Ordering::Relaxed)
    }

    /// Passes the head on. Headers that the crate `http` does not allow are left out.
    pub fn head<'a>(
        &mut self,
        status: Status,
        headers: impl Iterator<Item = (&'a str, &'a [u8])>,
        timing: &Timing,
    ) {
        let Some(sender) = self.head.take() else { return };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), header_value(value)) {
                map.append(name, value);
            }
        }
        let connect = [timing.dns, timing.connect, timing.tls].into_iter().flatten();
        let connect = connect.reduce(|sum, phase| sum + phase);
        // Fails only when nobody waits for the response any more.
        let _ = sender.send(TappedHead { status, headers: map, ttfb: timing.ttfb(), connect });
    }

    /// Passes a piece of the body on.
    pub fn body(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.waiting.bytes.fetch_add(bytes.len(), Ordering::AcqRel);
        let _ = self.body.unbounded_send(Ok(Bytes::copy_from_slice(bytes)));
    }

    /// Says that the response broke off.
    pub fn broke_off(&self, failure: Failure) {
        let _ = self.body.unbounded_send(Err(failure));
    }
}

/// A header's value as it may be passed on: a folded one in one line (RFC 9112, §5.2).
fn header_value(value: &[u8]) -> Option<HeaderValue> {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if !value.iter().any(is_break) {
        return HeaderValue::from_bytes(value).ok();
    }
    let lines = value.split(is_break).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    HeaderValue::from_bytes(&lines.collect::<Vec<_>>().join(&b' ')).ok()
}

impl Stream for TappedBody {
    type Item = Result<Bytes, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.pieces).poll_next(cx);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            self.waiting.bytes.fetch_sub(piece.len(), Ordering::AcqRel);
            self.waiting.reader.wake();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;

    #[test]
    fn reading_waits_only_while_the_room_is_full() {
        let (tap, _head, mut body) = tap();
        let context = Context::from_waker(Waker::noop());
        tap.body(&vec![0; ROOM_BYTES - 1]);
        assert!(tap.poll_room(&context).is_ready() && !tap.was_full());
        tap.body(b"x");
        assert!(tap.poll_room(&context).is_pending());
        assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap().len(), ROOM_BYTES - 1);
        assert!(tap.poll_room(&context).is_ready() && tap.was_full());
    }

    #[test]
    fn a_folded_header_is_passed_on_in_one_line() {
        assert_eq!(header_value(b"a,\r\n\t b").unwrap(), "a, b");
        assert_eq!(header_value(b"plain").unwrap(), "plain");
    }
}
