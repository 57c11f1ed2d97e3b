//! Passes the bytes of an HTTP/2 connection on to the crate `h2`, without empty DATA frames that end nothing.
//!
//! `h2` ends a connection after 100 such frames, for fear of a flood, and cannot be told otherwise. Relays send one with each
//! answer, which is allowed (RFC 9113, §6.1), so a right host would seem to fail. These frames carry nothing and count for no
//! window, so leaving them out changes nothing. Frames are told apart by their heads; `h2` reads their contents.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Stream;

/// Length, type, flags and stream (RFC 9113, §4.1).
const HEAD_BYTES: usize = 9;

/// What a connection's buffer keeps between two reads: as much as a short answer. More would be every user's memory.
const KEPT_BYTES: usize = 1_024;

/// Tells frames apart in pieces of any size.
#[derive(Default)]
struct Filter {
    /// The part of a frame's head that has come.
    head: Vec<u8>,
    /// Bytes of the current frame that are still to come after its head.
    payload: usize,
}

impl Filter {
    /// Appends the part of `bytes` that `h2` is to read to `out`. An incomplete head is held back until the rest of it comes.
    fn pass(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            if self.payload > 0 {
                let (now, rest) = bytes.split_at(self.payload.min(bytes.len()));
                out.extend_from_slice(now);
                self.payload -= now.len();
                bytes = rest;
                continue;
            }
            let (now, rest) = bytes.split_at((HEAD_BYTES - self.head.len()).min(bytes.len()));
            self.head.extend_from_slice(now);
            bytes = rest;
            if let Ok(head) = <[u8; HEAD_BYTES]>::try_from(self.head.as_slice()) {
                self.head.clear();
                self.payload = length(head);
                if !is_empty_data(head) {
                    out.extend_from_slice(&head);
                }
            }
        }
    }
}

fn length([high, middle, low, ..]: [u8; HEAD_BYTES]) -> usize {
    u32::from_be_bytes([0, high, middle, low]) as usize
}

/// A DATA frame (type 0) with no payload and without END_STREAM (flag 1).
fn is_empty_data(head: [u8; HEAD_BYTES]) -> bool {
    let [_, _, _, kind, flags, ..] = head;
    length(head) == 0 && kind == 0 && flags & 1 == 0
}

/// A connection as `h2` reads and writes it.
pub struct Frames {
    stream: Stream,
    filter: Filter,
    /// What has passed the filter and was not read yet, from `taken` on.
    passed: Vec<u8>,
    taken: usize,
}

impl Frames {
    pub fn of(stream: Stream) -> Self {
        Self { stream, filter: Filter::default(), passed: Vec::new(), taken: 0 }
    }

    fn hand_out(&mut self, buf: &mut ReadBuf<'_>) {
        let waiting = self.passed.get(self.taken..).unwrap_or_default();
        let now = waiting.get(..buf.remaining()).unwrap_or(waiting);
        buf.put_slice(now);
        self.taken += now.len();
        if self.taken == self.passed.len() {
            self.passed.clear();
            self.passed.shrink_to(KEPT_BYTES);
            self.taken = 0;
        }
    }
}

impl AsyncRead for Frames {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.passed.is_empty() {
            let start = buf.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
            let Some(bytes) = buf.filled().get(start..).filter(|bytes| !bytes.is_empty()) else {
                // The connection has ended. What is held back is no frame, and `h2` says so.
                this.passed.append(&mut this.filter.head);
                break;
            };
            this.filter.pass(bytes, &mut this.passed);
            buf.set_filled(start);
        }
        this.hand_out(buf);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Frames {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, payload.len() as u8, kind, flags, 0, 0, 0, 1];
        bytes.extend_from_slice(payload);
        bytes
    }

    #[test]
    fn only_empty_data_that_ends_nothing_is_left_out_however_the_bytes_are_cut() {
        let empty = frame(0, 0, b"");
        let kept = [
            frame(4, 0, b""),
            frame(1, 4, b"\x88"),
            frame(0, 0, &[0; 12]),
            frame(0, 8, b"\0"),
            frame(0, 1, b""),
        ];
        let with_empty: Vec<u8> =
            kept.iter().flat_map(|frame| [empty.clone(), frame.clone()].concat()).collect();
        for size in 1..=with_empty.len() {
            let (mut filter, mut out) = (Filter::default(), Vec::new());
            with_empty.chunks(size).for_each(|piece| filter.pass(piece, &mut out));
            assert_eq!(out, kept.concat(), "in pieces of {size}");
            assert!(filter.head.is_empty() && filter.payload == 0);
        }
    }

    #[tokio::test]
    async fn what_is_left_out_never_looks_like_the_end_and_small_reads_lose_nothing() {
        use crate::net::handles::Handles;
        use crate::net::stream::Bytes;
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reading = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut host, _) = listener.accept().await.unwrap();
        let last = frame(0, 1, b"abc");
        host.write_all(&[frame(0, 0, b"").repeat(500), last.clone(), vec![0, 0]].concat()).await.unwrap();
        drop(host);
        let handle = Handles::at_most(1).take().unwrap();
        let (mut frames, mut read) = (Frames::of(Stream::new(Bytes::Plain(reading), handle)), Vec::new());
        let mut piece = [0; 2];
        while let count @ 1.. = frames.read(&mut piece).await.unwrap() {
            read.extend_from_slice(&piece[..count]);
        }
        assert_eq!(read, [last, vec![0, 0]].concat(), "half a head at the end is passed on too");
    }
}
