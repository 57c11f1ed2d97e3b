//! The body of an answer while it is sent: each piece when it is due, then the end, which counts the request.
//!
//! A body that is dropped before its end (the client went away, a fault cut it) counts as unanswered, and its `on_sent`
//! does not run. A cut body resets the connection.

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
use super::reply::{Framing, OnSent, Piece, Reply};
use super::socket::ResetSwitch;
use super::stats::Measure;

/// Pause before a cut connection is reset, so that the bytes written so far leave the machine.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// A body that is sent piece by piece.
pub struct PacedBody {
    pieces: VecDeque<Piece>,
    framing: Framing,
    began: Instant,
    ending: Ending,
    status: StatusCode,
    measure: Option<Measure>,
    on_sent: Option<OnSent>,
    stalls: Option<Stalls>,
    hold: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

/// How a body ends.
pub enum Ending {
    Whole,
    /// The connection is reset after the last piece.
    Reset(ResetSwitch),
}

/// The stall faults that can hold this body back.
pub struct Stalls {
    pub faults: Arc<Faults>,
    /// Name of the request's route.
    pub name: String,
}

impl PacedBody {
    /// The body of a reply. Control requests (`/__stub`) are neither counted nor stalled: no measure, no stalls.
    pub fn new(reply: Reply, ending: Ending, measure: Option<Measure>, stalls: Option<Stalls>) -> Self {
        let mut body = Self {
            pieces: reply.pieces.into_iter().filter(|piece| !piece.bytes.is_empty()).collect(),
            framing: reply.framing,
            began: Instant::now(),
            ending,
            status: reply.status,
            measure,
            on_sent: reply.on_sent,
            stalls,
            hold: None,
        };
        // hyper never polls an empty body, so its end is counted here.
        if body.is_end_stream() {
            body.finish();
        }
        body
    }

    /// The body of an answer to HEAD, which is never sent.
    pub fn unsent(mut reply: Reply, measure: Option<Measure>) -> Self {
        reply.pieces.clear();
        Self::new(reply, Ending::Whole, measure, None)
    }

    fn finish(&mut self) {
        if let Some(measure) = self.measure.take() {
            measure.answered(self.status);
        }
        if let Some(on_sent) = self.on_sent.take() {
            on_sent();
        }
    }

    /// The wait before the next piece: until it is due and no stall holds it.
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
        let Ending::Reset(reset_switch) = &self.ending else { return Poll::Ready(None) };
        let hold = self.hold.get_or_insert_with(|| Box::pin(tokio::time::sleep(BEFORE_RESET)));
        if hold.as_mut().poll(context).is_ready() {
            // The task that owns the connection drops its socket; this body never ends.
            reset_switch.reset();
        }
        Poll::Pending
    }
}

impl Body for PacedBody {
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
                // The wait is computed again, because a stall may have begun meanwhile.
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
