//! Lanes: each name that the page uses for us keeps upstream connections of its own, as a phone would.
//!
//! A connection is out of its lane while it carries a request and comes back when the response's last byte has
//! been read, which is before the page can see that byte: a lane that sends one request at a time never needs
//! a second connection.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::TrySendError;

use super::failure::UpstreamError;
use super::upstream::{Sender, Upstream};

/// Four times as many as a page has names for, for pages opened one after the other.
const MAX_LANES: usize = 1_024;
/// A kept connection is ready within microseconds of its last response, unless that came before the whole request
/// was sent; then a fresh one is quicker than waiting.
const READY_LIMIT: Duration = Duration::from_millis(20);

/// The connections of all lanes to one host.
pub struct Lanes {
    upstream: Upstream,
    kept: Mutex<HashMap<Arc<str>, Lane>>,
}

#[derive(Default)]
struct Lane {
    /// Most recently used last, and taken first.
    connections: Vec<Kept>,
}

struct Kept {
    sender: Sender,
    since: Instant,
}

/// A response whose body is still to come, and what it took to get it.
pub struct Exchanged {
    /// The host's answer.
    pub response: Response<LaneBody>,
    /// From handing the request to the connection to the response's head.
    pub upstream: Duration,
    /// To open the connection, where none was kept.
    pub connect: Option<Duration>,
}

impl Lanes {
    /// No connection is opened yet.
    pub fn new(upstream: Upstream) -> Self {
        Self { upstream, kept: Mutex::default() }
    }

    /// Where all lanes lead.
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Sends a request on the lane's connection, on a fresh one where none is free. A kept connection that the
    /// host closed before anything was written costs nothing but another try; a request that may have reached
    /// the host is never sent twice.
    pub async fn exchange(
        self: &Arc<Self>,
        lane: &str,
        mut request: Request<Incoming>,
    ) -> Result<Exchanged, UpstreamError> {
        let lane: Arc<str> = lane.into();
        while let Some(mut sender) = self.take(&lane) {
            if !is_usable(&mut sender).await {
                continue;
            }
            match self.send(&lane, sender, request, None).await {
                Ok(exchanged) => return Ok(exchanged),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failed.into_error().into()),
                },
            }
        }
        let began = Instant::now();
        let sender = self.upstream.connect().await?;
        let connect = Some(began.elapsed());
        self.send(&lane, sender, request, connect).await.map_err(|failed| failed.into_error().into())
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
        let way_back = WayBack { lanes: Arc::clone(self), lane: Arc::clone(lane), sender };
        let response = response.map(|incoming| LaneBody { incoming, way_back: Some(way_back) });
        Ok(Exchanged { response, upstream, connect })
    }

    fn take(&self, lane: &str) -> Option<Sender> {
        self.with(|kept| kept.get_mut(lane)?.connections.pop()).map(|kept| kept.sender)
    }

    fn keep(&self, lane: Arc<str>, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        self.with(|kept| {
            if kept.len() >= MAX_LANES && !kept.contains_key(&lane) {
                forget_longest_idle(kept);
            }
            kept.entry(lane).or_default().connections.push(Kept { sender, since: Instant::now() });
        });
    }

    /// Closes connections that were kept for `limit` without use, and forgets lanes that have none.
    pub fn close_idle(&self, limit: Duration) {
        self.with(|kept| {
            kept.retain(|_, lane| {
                lane.connections.retain(|one| one.since.elapsed() < limit && !one.sender.is_closed());
                !lane.connections.is_empty()
            });
        });
    }

    /// The map holds no half-made state, so a panic elsewhere leaves it fit for use.
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Arc<str>, Lane>) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn forget_longest_idle(kept: &mut HashMap<Arc<str>, Lane>) {
    let last_used = |lane: &Lane| lane.connections.last().map(|one| one.since);
    let longest_idle = kept.iter().min_by_key(|(_, lane)| last_used(lane)).map(|(name, _)| Arc::clone(name));
    if let Some(name) = longest_idle {
        kept.remove(&name);
    }
}

async fn is_usable(sender: &mut Sender) -> bool {
    sender.is_ready() || matches!(tokio::time::timeout(READY_LIMIT, sender.ready()).await, Ok(Ok(())))
}

/// The host's body, passed on chunk by chunk. Read to its end it gives its connection back to the lane; dropped
/// before, it closes the connection, which is how the host learns that the page went away.
pub struct LaneBody {
    incoming: Incoming,
    way_back: Option<WayBack>,
}

struct WayBack {
    lanes: Arc<Lanes>,
    lane: Arc<str>,
    sender: Sender,
}

impl LaneBody {
    fn give_back(&mut self) {
        if let Some(WayBack { lanes, lane, sender }) = self.way_back.take() {
            lanes.keep(lane, sender);
        }
    }
}

impl Drop for LaneBody {
    fn drop(&mut self) {
        // The server drops a body that it knows to be at its end without asking for that end.
        if self.incoming.is_end_stream() {
            self.give_back();
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
            Poll::Ready(None) => self.give_back(),
            Poll::Ready(Some(Err(_))) => self.way_back = None,
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
