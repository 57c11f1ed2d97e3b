//! The open model: every arrival takes a user for one task, or is dropped because all of them are busy.
//!
//! Of the idle users of the drawn class the latest goes first: so there are only as many users, and connections, as
//! the load really needs at a time, and theirs are warm. One that idled past the host's keep-alive would fail or
//! reconnect for a reason that is not the load's.

use std::cell::RefCell;
use std::rc::Rc;

use super::user::{Common, User};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::config::load::Share;
use crate::core::config::load::arrivals::{Arrival, Arrivals};
use crate::core::run::platform::Platform;

/// A shard's arrivals and the users they take.
pub struct OpenModel<P: Platform> {
    common: Rc<Common<P>>,
    arrivals: Arrivals,
    share: Share,
    seed: u64,
    /// Most users that this shard may have.
    limit: u32,
    /// How many were ever made.
    made: u64,
    users: Rc<RefCell<Users<P>>>,
}

struct Users<P: Platform> {
    /// By class, the latest at the end, each with its number.
    idle: Vec<Vec<(u32, User<P>)>>,
    /// How many there are, the busy ones included.
    present: u32,
    doors: Doors,
}

/// Whether users stay after their task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doors {
    Open,
    Closed,
}

/// Sets arrivals' draws apart from users'.
const ARRIVALS: u64 = 0xbb67_ae85_84ca_a73b;

impl<P: Platform> OpenModel<P> {
    /// Nobody yet, and at most `max_users` in all shards together.
    pub fn new(common: Rc<Common<P>>, arrivals: Arrivals, share: Share, seed: u64, max_users: u32) -> Self {
        let idle = common.scenario.classes.iter().map(|_| Vec::new()).collect();
        let users = Rc::new(RefCell::new(Users { idle, present: 0, doors: Doors::Open }));
        // No shard is without: a run of two users on three shards has three.
        let limit = share.of(max_users).max(1);
        Self { common, arrivals, share, seed, limit, made: 0, users }
    }

    /// Starts everybody who is due by now.
    pub fn follow(&mut self, now: Micros) {
        while let Some(arrival) = self.arrivals.take_due(now) {
            // After a sleep of an hour nobody wants an hour's arrivals at once.
            let slept = self.common.recorder.borrow().slept_at(arrival.due);
            if slept || self.start(arrival).is_none() {
                self.common.recorder.borrow_mut().dropped();
            }
        }
    }

    /// When to look again.
    pub const fn next_change(&self) -> Option<Micros> {
        self.arrivals.next_due()
    }

    /// Another rate, from a moment on.
    pub fn change_load(&mut self, at: Micros, per_second: f64) {
        self.arrivals.change(at, per_second);
    }

    /// Users who are there, idle or not.
    pub fn users(&self) -> u32 {
        self.users.borrow().present
    }

    /// Lets everybody go: now the idle ones, after their request the others.
    pub fn dismiss_all(&mut self) {
        let mut users = self.users.borrow_mut();
        users.doors = Doors::Closed;
        let idle: Vec<_> = users.idle.iter_mut().flat_map(std::mem::take).collect();
        users.present -= idle.len() as u32;
    }

    /// `None` when nobody is free.
    fn start(&mut self, arrival: Arrival) -> Option<()> {
        // By the arrival, not by the user: which task is done does not depend on who happens to be free.
        let mut rng = Rng::split(self.seed ^ ARRIVALS, arrival.number);
        let class = self.common.scenario.draw_class(&mut rng);
        let idle = self.users.borrow_mut().take(class);
        let (index, mut user) = idle.or_else(|| self.make(class))?;
        let users = Rc::clone(&self.users);
        // Here, and not when the task first runs: a run that ends in between counts it and waits for it.
        let begun = user.begin(&mut rng)?;
        self.common.platform.spawn(async move {
            user.carry_out(begun, arrival.due).await;
            users.borrow_mut().put(class, index, user);
        });
        Some(())
    }

    /// A new user: one more while there may be, or in the place of one of another class who is idle.
    fn make(&mut self, class: usize) -> Option<(u32, User<P>)> {
        let mut users = self.users.borrow_mut();
        let index = if users.present < self.limit {
            users.present += 1;
            (users.present - 1) * self.share.shards + self.share.shard
        } else {
            users.dismiss_idle()?
        };
        let mut rng = Rng::split(self.seed, (self.made << 32) | u64::from(index));
        self.made += 1;
        let user = User::new(&self.common, index, class, &mut rng)?;
        Some((index, user))
    }
}

impl<P: Platform> Users<P> {
    fn take(&mut self, class: usize) -> Option<(u32, User<P>)> {
        self.idle.get_mut(class)?.pop()
    }

    fn put(&mut self, class: usize, index: u32, user: User<P>) {
        match self.idle.get_mut(class) {
            Some(idle) if self.doors == Doors::Open => idle.push((index, user)),
            _ => self.present -= 1,
        }
    }

    /// Makes room: somebody of the class with the most idle users goes. Gives the number that is free now.
    fn dismiss_idle(&mut self) -> Option<u32> {
        let fullest = self.idle.iter_mut().max_by_key(|idle| idle.len())?;
        fullest.pop().map(|(index, _)| index)
    }
}
