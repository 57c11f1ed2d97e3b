//! Requests that have ended and are not counted yet, because a poll decides whether the last of them failed.
//!
//! A user may be dropped in the middle of a poll. What it held is counted nevertheless: its request was answered.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::scenario::EntryId;

/// A request that has ended and is not counted.
#[derive(Debug)]
pub struct Pending {
    pub entry: EntryId,
    /// The entry under which it was counted as sent.
    pub sent_as: EntryId,
    pub due: Micros,
    pub exchange: Exchange,
}

/// The held requests of a shard.
#[derive(Debug, Default)]
pub struct HeldRequests {
    next: Cell<u64>,
    waiting: RefCell<BTreeMap<u64, Pending>>,
    /// The held requests of users that are gone.
    left: RefCell<Vec<Pending>>,
}

/// The right to decide about a held request.
#[derive(Debug)]
pub struct Ticket {
    all: Rc<HeldRequests>,
    number: u64,
}

impl HeldRequests {
    pub fn hold(self: &Rc<Self>, pending: Pending) -> Ticket {
        let number = self.next.replace(self.next.get() + 1);
        self.waiting.borrow_mut().insert(number, pending);
        Ticket { all: Rc::clone(self), number }
    }

    /// The requests whose users were dropped before they decided.
    pub fn take_left(&self) -> Vec<Pending> {
        self.left.take()
    }

    /// Takes out all requests that are still held, at the end of a run.
    pub fn take_all(&self) -> Vec<Pending> {
        let mut all = self.left.take();
        all.extend(self.waiting.take().into_values());
        all
    }
}

impl Ticket {
    /// The request; `None` when the run has ended.
    pub fn take(self) -> Option<Pending> {
        self.all.waiting.borrow_mut().remove(&self.number)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let pending = self.all.waiting.borrow_mut().remove(&self.number);
        self.all.left.borrow_mut().extend(pending);
    }
}

/// Whether the last request of a walk is counted at once.
#[derive(Debug, Default)]
pub enum Held {
    /// It is counted at once.
    #[default]
    No,
    /// It is counted when the next request comes, or when the poll has decided.
    Yes(Option<Ticket>),
}

/// Whether requests are held back, without the request itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    No,
    Yes,
}

impl Held {
    pub const fn new(holding: Holding) -> Self {
        match holding {
            Holding::No => Self::No,
            Holding::Yes => Self::Yes(None),
        }
    }

    pub const fn holding(&self) -> Holding {
        match self {
            Self::No => Holding::No,
            Self::Yes(_) => Holding::Yes,
        }
    }

    /// Takes the request out; from now on none is held.
    pub fn take(&mut self) -> Option<Pending> {
        match std::mem::take(self) {
            Self::Yes(ticket) => ticket?.take(),
            Self::No => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::exchange::Timing;

    fn pending(entry: usize) -> Pending {
        let exchange = Exchange::new(Ok(200), Timing::default(), 0);
        Pending { entry: EntryId(entry), sent_as: EntryId(entry), due: Micros::ZERO, exchange }
    }

    #[test]
    fn a_request_is_decided_about_once_or_left_when_its_user_is_dropped() {
        let all = Rc::new(HeldRequests::default());
        let entries = |found: Vec<Pending>| found.iter().map(|one| one.entry.0).collect::<Vec<_>>();
        assert_eq!(all.hold(pending(1)).take().map(|one| one.entry), Some(EntryId(1)));
        assert_eq!(entries(all.take_left()), [0; 0]);
        drop(all.hold(pending(2)));
        let kept = all.hold(pending(3));
        assert_eq!(entries(all.take_left()), [2]);
        assert_eq!(entries(all.take_all()), [3]);
        assert!(kept.take().is_none());
    }
}
