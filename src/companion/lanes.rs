//! Lanes: each name by which the page calls the companion keeps connections of its own to the host, as a phone would.
//!
//! A lane's requests are sent by the runner's HTTP client, each in a task of its own: the response is read as fast as it
//! comes, whatever the browser does. A connection returns to its lane when the response's last byte has been read. That
//! is before the page can see that byte, so a lane that sends one request at a time never needs a second connection.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::Stream as _;
use hyper::body::{Body, Frame};
use tokio::task::AbortHandle;

use super::cookies::Jars;
use super::records::Records;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::http::request::Request;
use crate::core::http::request_id::RequestId;
use crate::core::scenario::ServiceId;
use crate::net::client::{Clients, HttpClient};
use crate::net::clock::RunClock;
use crate::net::cookies::CookieJar;
use crate::net::dial::Dialer;
use crate::net::lane::HttpLane;
use crate::net::options::ClientOptions;
use crate::net::tap::{Room, TappedBody, TappedHead, tap};

/// Four times as many as one page uses, because pages are opened one after the other.
const MAX_LANES: usize = 1_024;

/// The connections of all lanes to one host.
pub struct Lanes {
    clients: Clients,
    /// The names of the services, in the order of the clients; the main one has none.
    names: Vec<String>,
    records: Rc<Records>,
    /// The room for what waits for the browser.
    room: Room,
    /// By name. The most recently used connection is the last, and is taken first.
    idle: RefCell<HashMap<Rc<str>, Vec<IdleLane>>>,
    jars: RefCell<Jars>,
}

/// Who sends a relayed request, as far as its envelope says.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    pub id: Option<RequestId>,
    pub user: Option<u32>,
}

struct IdleLane {
    lane: HttpLane,
    since: Instant,
}

/// A response whose body is still to come.
pub struct Exchanged {
    pub head: TappedHead,
    pub body: LaneBody,
}

impl Lanes {
    /// Lanes to the main host, the first dialer's, and to further services by their names.
    pub fn new(
        dialers: &[Arc<Dialer>],
        names: Vec<String>,
        options: ClientOptions,
        records: Rc<Records>,
        clock: RunClock,
    ) -> Self {
        let clients =
            dialers.iter().map(|dialer| Rc::new(HttpClient::new(Arc::clone(dialer), options, clock)));
        let clients = clients.collect();
        let (room, idle, jars) = Default::default();
        Self { clients, names, records, room, idle, jars }
    }

    /// The service of that name and its host; the main one without a name. `None` where nothing is relayed to it.
    pub fn service(&self, name: Option<&str>) -> Option<(ServiceId, &Host)> {
        let place = match name {
            None => 0,
            Some(name) => 1 + self.names.iter().position(|known| known == name)?,
        };
        Some((ServiceId(place), self.clients.get(place)?.writer.host()))
    }

    /// Sends a request on a connection that the lane keeps, or on a new one where none is free, and returns when the
    /// response's head has come. Dropping the response before its end closes the connection, by which the host learns
    /// that the page went away.
    pub async fn exchange(
        self: &Rc<Self>,
        name: &str,
        request: Request,
        Sender { id, user }: Sender,
    ) -> Result<Exchanged, Failure> {
        let (tap, head, pieces) = tap(&self.room);
        let cookies = self.jars.borrow_mut().of(id, user);
        let (lanes, name): (_, Rc<str>) = (Rc::clone(self), name.into());
        let task = tokio::task::spawn_local(async move {
            let kept = lanes.take(&name);
            let new = || HttpLane::new(Rc::clone(&lanes.clients), CookieJar::default());
            // A companion has a host, so that there is a lane.
            let Some(mut lane) = kept.or_else(new) else { return };
            let tapped = lane.exchange_tapped(&request, cookies, tap).await;
            lanes.keep(name, lane);
            if let Some(id) = id {
                lanes.records.add(id, tapped);
            }
        });
        let mut body = LaneBody { pieces, task: task.abort_handle(), broke_off: None };
        match head.await {
            Ok(head) => Ok(Exchanged { head, body }),
            Err(_) => Err(body.failure().await),
        }
    }

    /// An idle connection of the lane, one that the host has not closed if there is one.
    fn take(&self, name: &str) -> Option<HttpLane> {
        let mut idle = self.idle.borrow_mut();
        let lanes = idle.get_mut(name)?;
        let mut last = None;
        while let Some(IdleLane { mut lane, .. }) = lanes.pop() {
            if lane.is_open() {
                return Some(lane);
            }
            last = Some(lane);
        }
        last
    }

    fn keep(&self, name: Rc<str>, lane: HttpLane) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() >= MAX_LANES && !idle.contains_key(&name) {
            forget_longest_idle(&mut idle);
        }
        idle.entry(name).or_default().push(IdleLane { lane, since: Instant::now() });
    }

    /// Closes connections that were not used for `limit`, and forgets lanes that keep none.
    pub fn close_idle(&self, limit: Duration) {
        self.idle.borrow_mut().retain(|_, lanes| {
            lanes.retain_mut(|idle| idle.since.elapsed() < limit && idle.lane.is_open());
            !lanes.is_empty()
        });
    }
}

fn forget_longest_idle(idle: &mut HashMap<Rc<str>, Vec<IdleLane>>) {
    let last_used = |lanes: &Vec<IdleLane>| lanes.last().map(|idle| idle.since);
    let longest_idle = idle.iter().min_by_key(|(_, lanes)| last_used(lanes)).map(|(name, _)| Rc::clone(name));
    if let Some(name) = longest_idle {
        idle.remove(&name);
    }
}

/// The body of the host's response, passed on piece by piece. Dropping it ends the exchange with the host, unless that
/// is complete.
pub struct LaneBody {
    pieces: TappedBody,
    task: AbortHandle,
    /// The response broke off; hyper is told once it has sent what came before.
    broke_off: Option<BrokeOff>,
}

impl LaneBody {
    /// Why no head came.
    async fn failure(&mut self) -> Failure {
        let unknown = || Failure::new(FailureKind::Other, "the relay could not say why");
        match futures_util::StreamExt::next(&mut self.pieces).await {
            Some(Err(failure)) => failure,
            Some(Ok(_)) | None => unknown(),
        }
    }
}

impl Drop for LaneBody {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A response that broke off. hyper breaks the browser's off in turn.
#[derive(Debug, thiserror::Error)]
#[error("the host's response broke off: {0}")]
pub struct BrokeOff(&'static str);

impl Body for LaneBody {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        if let Some(broke_off) = self.broke_off.take() {
            return Poll::Ready(Some(Err(broke_off)));
        }
        match ready!(Pin::new(&mut self.pieces).poll_next(cx)) {
            Some(Ok(piece)) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            Some(Err(failure)) => {
                // An error makes hyper close at once; between two polls it sends what it has.
                self.broke_off = Some(BrokeOff(failure.kind.label()));
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}
