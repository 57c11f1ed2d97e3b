//! The open model: every arrival takes a user for one task, or is dropped because all users are busy.
//!
//! An arrival takes the idle user of its class that became idle last. This keeps the number of users and connections
//! as small as the load needs, and the connections warm. A connection that was idle for longer than the host's
//! keep-alive would fail or reconnect, and the load is not the reason for that.

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
    /// The most users that this shard may have.
    limit: u32,
    /// How many users this shard has made in the whole run.
    made: u64,
    users: Rc<RefCell<Users<P>>>,
}

struct Users<P: Platform> {
    /// The idle users by class, each with its number. The user that became idle last stands at the end.
    idle: Vec<Vec<(u32, User<P>)>>,
    /// The number of idle and busy users.
    present: u32,
    after_task: AfterTask,
}

/// What users do after their task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterTask {
    Stay,
    Leave,
}

/// Makes the random draws of arrivals independent of the draws of users.
const ARRIVALS: u64 = 0xbb67_ae85_84ca_a73b;

impl<P: Platform> OpenModel<P> {
    /// Starts without users. All shards together have at most `max_users`.
    pub fn new(common: Rc<Common<P>>, arrivals: Arrivals, share: Share, seed: u64, max_users: u32) -> Self {
        let idle = common.scenario.classes.iter().map(|_| Vec::new()).collect();
        let users = Rc::new(RefCell::new(Users { idle, present: 0, after_task: AfterTask::Stay }));
        // Every shard may have one user: a run of two users on three shards has three users.
        let limit = share.of(max_users).max(1);
        Self { common, arrivals, share, seed, limit, made: 0, users }
    }

    /// Starts a task for every arrival that is due by now.
    pub fn follow(&mut self, now: Micros) {
        while let Some(arrival) = self.arrivals.take_due(now) {
            // After the machine slept for an hour, the arrivals of that hour must not all start at once.
            let slept = self.common.recorder.borrow().slept_at(arrival.due);
            if slept || self.common.gate.is_closed() || self.start(arrival).is_none() {
                self.common.recorder.borrow_mut().dropped();
            }
        }
    }

    /// When the next arrival is due.
    pub const fn next_change(&self) -> Option<Micros> {
        self.arrivals.next_due()
    }

    /// Changes the rate to `per_second`, from `at` on.
    pub fn change_load(&mut self, at: Micros, per_second: f64) {
        self.arrivals.change(at, per_second);
    }

    /// The number of idle and busy users.
    pub fn users(&self) -> u32 {
        self.users.borrow().present
    }

    /// Stops all users: idle users now, busy users after their request.
    pub fn dismiss_all(&mut self) {
        let mut users = self.users.borrow_mut();
        users.after_task = AfterTask::Leave;
        let idle: Vec<_> = users.idle.iter_mut().flat_map(std::mem::take).collect();
        users.present -= idle.len() as u32;
    }

    /// Starts a task for an arrival; `None` when no user is free.
    fn start(&mut self, arrival: Arrival) -> Option<()> {
        // The draws follow from the arrival, not from the user, so the task does not depend on which user is free.
        let mut rng = Rng::split(self.seed ^ ARRIVALS, arrival.number);
        let class = self.common.scenario.draw_class(&mut rng);
        let idle = self.users.borrow_mut().take(class);
        let (index, mut user) = idle.or_else(|| self.make(class))?;
        let users = Rc::clone(&self.users);
        // The task begins here, not when it is first polled, so a run that ends in between counts it and waits for it.
        let begun = user.begin(&mut rng)?;
        self.common.platform.spawn(async move {
            user.carry_out(begun, arrival.due).await;
            users.borrow_mut().put(class, index, user);
        });
        Some(())
    }

    /// Makes a user: an additional one below the limit, otherwise one that replaces an idle user of another class.
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
            Some(idle) if self.after_task == AfterTask::Stay => idle.push((index, user)),
            _ => self.present -= 1,
        }
    }

    /// Removes a user of the class with the most idle users, and returns its number for use by a new user.
    fn dismiss_idle(&mut self) -> Option<u32> {
        let fullest = self.idle.iter_mut().max_by_key(|idle| idle.len())?;
        fullest.pop().map(|(index, _)| index)
    }
}
