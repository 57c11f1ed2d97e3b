//! Passes a response on while it arrives: its head, then its body piece by piece.
//!
//! The response is read as fast as it comes, whatever its receiver does, as long as there is room for what waits for the
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

/// How much of one body may wait for its receiver. Beyond it reading waits, and then the receiver's pace is in the
/// latency; Oddiya's largest answers have some 100 KB.
pub const ROOM_BYTES: usize = 16 * 1024 * 1024;
/// How much of all bodies together may wait.
const ROOM_OF_ALL_BYTES: usize = 256 * 1024 * 1024;
/// What a piece takes beside its bytes: a host may send a body byte by byte.
const PIECE_BYTES: usize = 128;

/// The room that all bodies share. Clones share it too.
#[derive(Clone, Default)]
pub struct Room {
    taken: Arc<AtomicUsize>,
}

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
}

/// A response's body as it is passed on. Ends with a failure where the response broke off.
pub struct TappedBody {
    pieces: mpsc::UnboundedReceiver<Result<Bytes, Failure>>,
    waiting: Arc<Waiting>,
}

/// What was read and not yet received.
struct Waiting {
    room: Room,
    bytes: AtomicUsize,
    reader: AtomicWaker,
    was_full: AtomicBool,
}

impl Waiting {
    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes + PIECE_BYTES, Ordering::AcqRel);
        self.room.taken.fetch_add(bytes + PIECE_BYTES, Ordering::AcqRel);
    }

    fn remove(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes + PIECE_BYTES, Ordering::AcqRel);
        self.room.taken.fetch_sub(bytes + PIECE_BYTES, Ordering::AcqRel);
        self.reader.wake();
    }

    /// Whether reading must wait. A body with no piece waiting is never full, so that every body makes progress even when
    /// the others have taken all the room.
    fn is_full(&self) -> bool {
        let own = self.bytes.load(Ordering::Acquire);
        own >= ROOM_BYTES || (own > 0 && self.room.taken.load(Ordering::Acquire) >= ROOM_OF_ALL_BYTES)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The room of the pieces that were not received any more is given back.
        self.room.taken.fetch_sub(*self.bytes.get_mut(), Ordering::AcqRel);
    }
}

/// Both halves. The head's receiver learns that the request failed when the tap is dropped before.
pub fn tap(room: &Room) -> (Tap, oneshot::Receiver<TappedHead>, TappedBody) {
    let (head, head_received) = oneshot::channel();
    let (body, pieces) = mpsc::unbounded();
    let waiting = Arc::new(Waiting {
        room: room.clone(),
        bytes: AtomicUsize::default(),
        reader: AtomicWaker::new(),
        was_full: AtomicBool::default(),
    });
    let tapped = TappedBody { pieces, waiting: Arc::clone(&waiting) };
    (Tap { head: Some(head), body, waiting }, head_received, tapped)
}

impl Tap {
    /// Ready when more of the body may be read.
    pub fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.waiting.is_full() {
            return Poll::Ready(());
        }
        self.waiting.was_full.store(true, Ordering::Relaxed);
        self.waiting.reader.register(cx.waker());
        // The receiver may have made room before the waker was registered.
        if self.waiting.is_full() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Whether reading ever waited for the receiver, so that the receiver's pace is in the latency.
    pub fn was_full(&self) -> bool {
        self.waiting.was_full.load(Ordering::Relaxed)
    }

    /// Passes the head on. Headers that the crate `http` does not allow are left out.
    pub fn head<'a>(&mut self, status: Status, headers: impl Iterator<Item = (&'a str, &'a [u8])>) {
        let Some(sender) = self.head.take() else { return };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), header_value(value)) {
                map.append(name, value);
            }
        }
        // Fails only when nobody waits for the response any more.
        let _ = sender.send(TappedHead { status, headers: map });
    }

    /// Passes a piece of the body on.
    pub fn body(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.waiting.add(bytes.len());
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
            self.waiting.remove(piece.len());
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;

    fn has_room(tap: &Tap) -> bool {
        tap.poll_room(&Context::from_waker(Waker::noop())).is_ready()
    }

    fn receive(body: &mut TappedBody) -> usize {
        body.next().now_or_never().unwrap().unwrap().unwrap().len()
    }

    #[test]
    fn reading_waits_only_while_the_room_is_full() {
        let (tap, _head, mut body) = tap(&Room::default());
        tap.body(&vec![0; ROOM_BYTES - PIECE_BYTES - 1]);
        assert!(has_room(&tap) && !tap.was_full());
        tap.body(b"x");
        assert!(!has_room(&tap));
        assert_eq!(receive(&mut body), ROOM_BYTES - PIECE_BYTES - 1);
        assert!(has_room(&tap) && tap.was_full());
    }

    #[test]
    fn all_bodies_together_have_a_room_and_none_of_them_stops_for_ever() {
        let room = Room::default();
        let (large, _head, large_body) = tap(&room);
        room.taken.fetch_add(ROOM_OF_ALL_BYTES, Ordering::AcqRel);
        let (small, _head, mut small_body) = tap(&room);
        assert!(has_room(&small), "nothing of it waits");
        small.body(b"x");
        large.body(b"y");
        assert!(!has_room(&small));
        receive(&mut small_body);
        assert!(has_room(&small));
        drop((large, large_body, small, small_body));
        assert_eq!(room.taken.load(Ordering::Acquire), ROOM_OF_ALL_BYTES, "what was dropped takes no room");
    }

    #[test]
    fn a_folded_header_is_passed_on_in_one_line() {
        assert_eq!(header_value(b"a,\r\n\t b").unwrap(), "a, b");
        assert_eq!(header_value(b"plain").unwrap(), "plain");
    }
}
