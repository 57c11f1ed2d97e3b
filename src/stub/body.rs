//! An answer's body on its way out: each piece when it is due, then the end, counted.
//!
//! Dropped before its end (the client went away, a fault cut it), it counts as unanswered, and what was to happen
//! afterwards does not. A cut body resets the connection.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use super::faults::Faults;
use super::reply::{Afterwards, Framing, Piece, Reply};
use super::socket::Fate;
use super::stats::Measure;

/// Time for what was sent so far to leave before a cut connection is reset.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// A body that is sent piece by piece.
pub struct Paced {
    pieces: VecDeque<Piece>,
    framing: Framing,
    began: Instant,
    ending: Ending,
    status: StatusCode,
    measure: Option<Measure>,
    afterwards: Option<Afterwards>,
    stalls: Option<Stalls>,
    hold: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

/// How a body ends.
pub enum Ending {
    /// With its last piece.
    Whole,
    /// By a reset after its last piece.
    Reset(Fate),
}

/// Which stalls hold this body back.
pub struct Stalls {
    /// All faults.
    pub faults: Arc<Faults>,
    /// The route's name.
    pub name: String,
}

impl Paced {
    /// The body of a reply. What is not counted (`/__stub`) has no measure and no stalls.
    pub fn new(reply: Reply, ending: Ending, measure: Option<Measure>, stalls: Option<Stalls>) -> Self {
        let mut body = Self {
            pieces: reply.pieces.into_iter().filter(|piece| !piece.bytes.is_empty()).collect(),
            framing: reply.framing,
            began: Instant::now(),
            ending,
            status: reply.status,
            measure,
            afterwards: reply.afterwards,
            stalls,
            hold: None,
        };
        // hyper never asks an empty body for its end.
        if body.is_end_stream() {
            body.finish();
        }
        body
    }

    /// A body that nobody will ask for: the answer to HEAD.
    pub fn unsent(mut reply: Reply, measure: Option<Measure>) -> Self {
        reply.pieces.clear();
        Self::new(reply, Ending::Whole, measure, None)
    }

    fn finish(&mut self) {
        if let Some(measure) = self.measure.take() {
            measure.answered(self.status);
        }
        if let Some(afterwards) = self.afterwards.take() {
            afterwards();
        }
    }

    /// What the next piece has to wait for, if anything.
    fn next_hold(&self, piece: &Piece) -> Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>> {
        let due = self.began + piece.due;
        let stalls =
            self.stalls.as_ref().filter(|stalls| stalls.faults.stalled_until(&stalls.name).is_some());
        let stalls = stalls.map(|stalls| (Arc::clone(&stalls.faults), stalls.name.clone()));
        if due <= Instant::now() && stalls.is_none() {
            return None;
        }
        Some(Box::pin(async move {
            tokio::time::sleep_until(due).await;
            if let Some((faults, name)) = stalls {
                faults.wait_while_stalled(&name).await;
            }
        }))
    }

    fn poll_reset(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Ending::Reset(fate) = &self.ending else { return Poll::Ready(None) };
        let hold = self.hold.get_or_insert_with(|| Box::pin(tokio::time::sleep(BEFORE_RESET)));
        if hold.as_mut().poll(context).is_ready() {
            // The connection's owner watches this and drops the socket; the body itself never ends.
            fate.reset();
        }
        Poll::Pending
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.pieces.is_empty() {
            return self.poll_reset(context);
        }
        loop {
            if self.hold.is_none() {
                let hold = self.pieces.front().and_then(|piece| self.next_hold(piece));
                self.hold = hold;
            }
            match self.hold.as_mut().map(|hold| hold.as_mut().poll(context)) {
                None => break,
                Some(Poll::Pending) => return Poll::Pending,
                // Asked again: a stall may have begun meanwhile.
                Some(Poll::Ready(())) => self.hold = None,
            }
        }
        let piece = self.pieces.pop_front();
        if self.is_end_stream() {
            self.finish();
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece.bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && matches!(self.ending, Ending::Whole)
    }

    fn size_hint(&self) -> SizeHint {
        match self.framing {
            Framing::Length => SizeHint::with_exact(self.pieces.iter().map(|p| p.bytes.len() as u64).sum()),
            Framing::Chunked => SizeHint::default(),
        }
    }
}
