//! Lanes: each name by which the page calls the companion keeps connections of its own to the host, as a phone would.
//!
//! A connection leaves its lane while it carries a request, and returns when the response's last byte has been read.
//! That is before the page can see that byte, so a lane that sends one request at a time never needs a second
//! connection.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::TrySendError;

use crate::core::base::failure::Failure;

use super::failure::from_hyper;
use super::upstream::{Sender, Upstream};

/// Four times as many as one page uses, because pages are opened one after the other.
const MAX_LANES: usize = 1_024;
/// A kept connection is ready within microseconds of its last response, unless that response came before the whole
/// request was sent; then a new connection is quicker than waiting.
const READY_LIMIT: Duration = Duration::from_millis(20);

/// The connections of all lanes to one host.
pub struct Lanes {
    upstream: Upstream,
    lanes: Mutex<HashMap<Arc<str>, Lane>>,
}

#[derive(Default)]
struct Lane {
    /// The most recently used one is the last, and is taken first.
    idle: Vec<IdleConnection>,
}

struct IdleConnection {
    sender: Sender,
    since: Instant,
}

/// A response whose body is still to come, and the time it took to get its head.
pub struct Exchanged {
    pub response: Response<LaneBody>,
    /// The time from handing the request to the connection to the response's head.
    pub upstream: Duration,
    /// The time to open the connection, where none was kept.
    pub connect: Option<Duration>,
}

impl Lanes {
    pub fn new(upstream: Upstream) -> Self {
        Self { upstream, lanes: Mutex::default() }
    }

    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Sends a request on a connection that the lane keeps, or on a new one where none is free. Where the host closed a
    /// kept connection before anything was written, the request is sent on another one. A request that may have reached
    /// the host is never sent twice.
    pub async fn exchange(
        self: &Arc<Self>,
        lane: &str,
        mut request: Request<Incoming>,
    ) -> Result<Exchanged, Failure> {
        let lane: Arc<str> = lane.into();
        while let Some(mut sender) = self.take(&lane) {
            if !is_usable(&mut sender).await {
                continue;
            }
            match self.send(&lane, sender, request, None).await {
                Ok(exchanged) => return Ok(exchanged),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(from_hyper(&failed.into_error())),
                },
            }
        }
        let began = Instant::now();
        let sender = self.upstream.connect().await?;
        let connect = Some(began.elapsed());
        self.send(&lane, sender, request, connect).await.map_err(|failed| from_hyper(&failed.into_error()))
    }

    async fn send(
        self: &Arc<Self>,
        lane: &Arc<str>,
        mut sender: Sender,
        request: Request<Incoming>,
        connect: Option<Duration>,
    ) -> Result<Exchanged, TrySendError<Request<Incoming>>> {
        let sent = Instant::now();
        let response = sender.try_send_request(request).await?;
        let upstream = sent.elapsed();
        let returning = Returning { lanes: Arc::clone(self), lane: Arc::clone(lane), sender };
        let response = response.map(|incoming| LaneBody { incoming, returning: Some(returning) });
        Ok(Exchanged { response, upstream, connect })
    }

    fn take(&self, lane: &str) -> Option<Sender> {
        self.with(|lanes| lanes.get_mut(lane)?.idle.pop()).map(|idle| idle.sender)
    }

    fn keep(&self, lane: Arc<str>, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        self.with(|lanes| {
            if lanes.len() >= MAX_LANES && !lanes.contains_key(&lane) {
                forget_longest_idle(lanes);
            }
            lanes.entry(lane).or_default().idle.push(IdleConnection { sender, since: Instant::now() });
        });
    }

    /// Closes connections that were not used for `limit`, and forgets lanes that keep none.
    pub fn close_idle(&self, limit: Duration) {
        self.with(|lanes| {
            lanes.retain(|_, lane| {
                lane.idle.retain(|idle| idle.since.elapsed() < limit && !idle.sender.is_closed());
                !lane.idle.is_empty()
            });
        });
    }

    /// The map is never left half changed, so it can be used on after a panic elsewhere.
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Arc<str>, Lane>) -> T) -> T {
        work(&mut self.lanes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn forget_longest_idle(lanes: &mut HashMap<Arc<str>, Lane>) {
    let last_used = |lane: &Lane| lane.idle.last().map(|idle| idle.since);
    let longest_idle = lanes.iter().min_by_key(|(_, lane)| last_used(lane)).map(|(name, _)| Arc::clone(name));
    if let Some(name) = longest_idle {
        lanes.remove(&name);
    }
}

async fn is_usable(sender: &mut Sender) -> bool {
    sender.is_ready() || matches!(tokio::time::timeout(READY_LIMIT, sender.ready()).await, Ok(Ok(())))
}

/// The body of the host's response, passed on piece by piece. A body that is read to its end returns its connection to
/// the lane. A body that is dropped before closes the connection, by which the host learns that the page went away.
pub struct LaneBody {
    incoming: Incoming,
    returning: Option<Returning>,
}

struct Returning {
    lanes: Arc<Lanes>,
    lane: Arc<str>,
    sender: Sender,
}

impl LaneBody {
    fn return_connection(&mut self) {
        if let Some(Returning { lanes, lane, sender }) = self.returning.take() {
            lanes.keep(lane, sender);
        }
    }
}

impl Drop for LaneBody {
    fn drop(&mut self) {
        // hyper's server drops a body that it knows to be at its end without polling for that end.
        if self.incoming.is_end_stream() {
            self.return_connection();
        }
    }
}

impl Body for LaneBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        match &polled {
            Poll::Ready(None) => self.return_connection(),
            Poll::Ready(Some(Err(_))) => self.returning = None,
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
