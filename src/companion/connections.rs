//! The browsers' connections: how many may be open, and which one is closed for a new one.
//!
//! A connection costs a file handle, and strangers may open hundreds and send nothing. When there are as many as may be,
//! the one that has been idle the longest is closed, so that a new one is always accepted. No socket is read or written here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;

/// File handles that are left for everything but connections: the runtime, the page's files, name look-ups.
const OTHER_FILE_HANDLES: u64 = 64;
/// The limit that most systems set.
pub const USUAL_FILE_HANDLES: u64 = 1_024;

/// How many connections of browsers there may be, where each may need another one to the host.
pub fn connections_within(file_handles: u64) -> usize {
    let pairs = file_handles.saturating_sub(OTHER_FILE_HANDLES) / 2;
    usize::try_from(pairs).unwrap_or(usize::MAX)
}

/// Every connection that is open.
pub struct Connections {
    most: usize,
    open: RefCell<HashMap<u64, Open>>,
    opened: Cell<u64>,
    /// The number of events on all connections. It orders the connections by age without a clock.
    events: Arc<AtomicU64>,
}

struct Open {
    standing: Standing,
    /// Ends the task that serves it; `None` before there is one.
    task: Option<AbortHandle>,
}

/// What a connection does, and since when.
#[derive(Clone, Debug)]
pub struct Standing {
    events: Arc<AtomicU64>,
    /// [`Self::BUSY`] while a response is owed, and the number of the event since which it is so.
    since: Arc<AtomicU64>,
}

impl Connections {
    /// At least one connection can be open.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), open: RefCell::default(), opened: Cell::default(), events: Arc::default() }
    }

    /// Takes a new connection in, and closes another one where there are too many.
    pub fn admit(self: &Rc<Self>) -> Admitted {
        if self.open.borrow().len() >= self.most {
            self.close_longest_idle();
        }
        let number = self.opened.get();
        self.opened.set(number + 1);
        let standing = Standing { events: Arc::clone(&self.events), since: Arc::default() };
        standing.rest();
        self.open.borrow_mut().insert(number, Open { standing: standing.clone(), task: None });
        Admitted { connections: Rc::clone(self), number, standing }
    }

    /// Closes the connection that has been idle the longest; where none is idle, the one that has been in use the longest.
    pub fn close_longest_idle(&self) {
        let mut open = self.open.borrow_mut();
        let number = open.iter().min_by_key(|(_, open)| open.standing.rank()).map(|(number, _)| *number);
        let closed = number.and_then(|number| open.remove(&number));
        drop(open);
        closed.and_then(|open| open.task).iter().for_each(AbortHandle::abort);
    }

    /// Names the task that serves a connection, by the number of [`Admitted`].
    pub fn served_by(&self, number: u64, task: AbortHandle) {
        if let Some(open) = self.open.borrow_mut().get_mut(&number) {
            open.task = Some(task);
        }
    }
}

/// A connection that was taken in. It counts until this is dropped.
pub struct Admitted {
    connections: Rc<Connections>,
    pub number: u64,
    pub standing: Standing,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.open.borrow_mut().remove(&self.number);
    }
}

impl Standing {
    /// The highest bit, so that a connection in use ranks behind every idle one.
    const BUSY: u64 = 1 << 63;

    /// A response is owed until what this returns is dropped.
    pub fn busy(&self) -> Busy {
        self.since.store(self.now() | Self::BUSY, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn rest(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.events.fetch_add(1, Ordering::Relaxed)
    }

    fn rank(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }
}

/// Held while a response is owed.
#[derive(Debug)]
pub struct Busy(Standing);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.rest();
    }
}

/// A response's body, during which its connection is in use.
pub struct InUse<B> {
    body: B,
    _busy: Busy,
}

impl<B> InUse<B> {
    pub const fn new(body: B, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl<B: Body + Unpin> Body for InUse<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(connections: &Connections) -> Vec<u64> {
        let mut numbers: Vec<u64> = connections.open.borrow().keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn the_longest_idle_makes_room_for_a_new_one() {
        let connections = Rc::new(Connections::new(3));
        let admitted: Vec<Admitted> = (0..3).map(|_| connections.admit()).collect();
        drop(admitted[0].standing.busy());
        let _new = connections.admit();
        assert_eq!(numbers(&connections), [0, 2, 3], "0 has been used since");
        let _newer = connections.admit();
        assert_eq!(numbers(&connections), [0, 3, 4]);
    }

    #[test]
    fn one_in_use_makes_room_only_where_none_is_idle() {
        let connections = Rc::new(Connections::new(2));
        let (first, second) = (connections.admit(), connections.admit());
        let _in_use = first.standing.busy();
        let third = connections.admit();
        assert_eq!(numbers(&connections), [0, 2]);
        drop(second);
        let _in_use_too = third.standing.busy();
        let _fourth = connections.admit();
        assert_eq!(numbers(&connections), [2, 3], "of those in use the longest");
    }

    #[test]
    fn a_connection_that_ends_counts_no_longer() {
        let connections = Rc::new(Connections::new(2));
        let (first, _second) = (connections.admit(), connections.admit());
        drop(first);
        let _third = connections.admit();
        assert_eq!(numbers(&connections), [1, 2]);
    }
}
