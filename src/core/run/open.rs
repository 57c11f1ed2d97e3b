//! The open model: every arrival takes a user for one task, or for one pass through a sequence or a state machine; or it
//! is dropped because all users are busy.
//!
//! An arrival takes the idle user of its class that became idle last. This keeps the number of users and connections
//! as small as the load needs, and the connections warm. A connection that was idle for longer than the host's
//! keep-alive would fail or reconnect, and the load is not the reason for that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::session::common::Common;
use super::session::life::Begun;
use super::session::presence::Presence;
use super::session::tasks::Pass;
use super::session::user::User;
use super::session::walk::{Flow, Walk};
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
    /// The number of idle and busy users, with those that do their last steps.
    present: u32,
    /// How many numbers of users were ever given.
    numbered: u32,
    /// The numbers of users that are gone, for users that come.
    free: Vec<u32>,
    /// The busy users that have last steps to do, by their numbers.
    busy: BTreeMap<u32, Rc<Presence>>,
    after_task: AfterTask,
    shards: u32,
}

/// What users do after their task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterTask {
    Stay,
    Leave,
}

/// Makes the random draws of arrivals independent of the draws of users.
const ARRIVALS: u64 = 0xbb67_ae85_84ca_a73b;
/// Makes the draws of last steps independent of all others.
const LAST_STEPS: u64 = 0xa54f_f53a_5f1d_36f1;

impl<P: Platform> OpenModel<P> {
    /// Starts without users. All shards together have at most `max_users`.
    pub fn new(common: Rc<Common<P>>, arrivals: Arrivals, share: Share, seed: u64, max_users: u32) -> Self {
        let idle = common.scenario.classes.iter().map(|_| Vec::new()).collect();
        let users = Rc::new(RefCell::new(Users {
            idle,
            present: 0,
            numbered: 0,
            free: Vec::new(),
            busy: BTreeMap::new(),
            after_task: AfterTask::Stay,
            shards: share.shards.max(1),
        }));
        // Every shard may have one user: a run of two users on three shards has three users.
        let limit = share.of(max_users).max(1);
        Self { common, arrivals, share, seed, limit, made: 0, users }
    }

    /// Starts a task for every arrival that is due by now.
    pub fn follow(&mut self, now: Micros) {
        while let Some(arrival) = self.arrivals.take_due(now) {
            // After the machine slept for an hour, the arrivals of that hour must not all start at once.
            let slept = self.common.recorder.borrow().slept_at(arrival.due);
            if self.common.tasks_left.get() == Some(0) {
                // As many tasks as were asked for have begun: nothing more is due.
                continue;
            }
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

    /// The number of users that do a task.
    pub fn busy(&self) -> u32 {
        let users = self.users.borrow();
        users.present.saturating_sub(users.idle.iter().map(Vec::len).sum::<usize>() as u32)
    }

    /// Stops all users: idle users now, busy users after their request.
    pub fn dismiss_all(&mut self) {
        let mut users = self.users.borrow_mut();
        users.after_task = AfterTask::Leave;
        let idle: Vec<_> = users.idle.iter_mut().flat_map(std::mem::take).collect();
        let busy: Vec<_> = users.busy.values().map(Rc::clone).collect();
        drop(users);
        for presence in busy {
            // Its last steps are waited for.
            self.common.in_flight.hold();
            presence.leave();
        }
        for (index, user) in idle {
            self.users.borrow_mut().gone(index);
            self.let_go(index, user);
        }
    }

    /// Ends an idle user; its last steps are waited for.
    fn let_go(&self, index: u32, user: User<P>) {
        if !user.has_last_steps() {
            return;
        }
        let mut rng = Rng::split(self.seed ^ LAST_STEPS, u64::from(index));
        let common = Rc::clone(&self.common);
        common.in_flight.hold();
        self.common.platform.spawn(async move {
            user.end_session(&mut rng).await;
            common.in_flight.release();
        });
    }

    /// Starts a task for an arrival; `None` when no user is free.
    fn start(&mut self, arrival: Arrival) -> Option<()> {
        // The draws follow from the arrival, not from the user, so the task does not depend on which user is free.
        let mut rng = Rng::split(self.seed ^ ARRIVALS, arrival.number);
        let class = self.common.scenario.draw_class(&mut rng);
        let idle = self.users.borrow_mut().take(class);
        let (index, user) = idle.or_else(|| self.make(class))?;
        let users = Rc::clone(&self.users);
        // The task begins here, not when it is first polled, so a run that ends in between counts it and waits for it.
        let Some(begun) = user.begin(&mut rng) else {
            users.borrow_mut().put(class, index, user);
            return None;
        };
        if user.has_last_steps() {
            users.borrow_mut().busy.insert(index, Rc::clone(&user.presence));
        }
        self.common.platform.spawn(async move {
            let after = do_pass(&user, begun, arrival.due, &mut rng).await;
            users.borrow_mut().busy.remove(&index);
            let is_dismissed = users.borrow().after_task == AfterTask::Leave;
            if after == AfterTask::Stay && !is_dismissed {
                return users.borrow_mut().put(class, index, user);
            }
            if user.has_last_steps() {
                let common = Rc::clone(&user.common);
                // A dismissed user is waited for already.
                if !is_dismissed {
                    common.in_flight.hold();
                }
                user.end_session(&mut rng).await;
                common.in_flight.release();
            }
            users.borrow_mut().gone(index);
        });
        Some(())
    }

    /// Makes a user: an additional one below the limit, otherwise one that replaces an idle user of another class.
    fn make(&mut self, class: usize) -> Option<(u32, User<P>)> {
        let mut users = self.users.borrow_mut();
        let index = if users.present < self.limit {
            users.present += 1;
            users.number() * self.share.shards + self.share.shard
        } else {
            let (index, idle) = users.dismiss_idle()?;
            drop(users);
            self.let_go(index, idle);
            index
        };
        let mut rng = Rng::split(self.seed, (self.made << 32) | u64::from(index));
        self.made += 1;
        let user = User::new(&self.common, index, class, Rc::new(Presence::default()), &mut rng)?;
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
            _ => self.gone(index),
        }
    }

    /// A number that no user has.
    fn number(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.numbered += 1;
            self.numbered - 1
        })
    }

    /// A user is gone; its number is free.
    fn gone(&mut self, index: u32) {
        self.present -= 1;
        self.free.push(index / self.shards);
    }

    /// Removes a user of the class with the most idle users, and returns it with its number, for use by a new user.
    fn dismiss_idle(&mut self) -> Option<(u32, User<P>)> {
        let fullest = self.idle.iter_mut().max_by_key(|idle| idle.len())?;
        fullest.pop()
    }
}

/// Does what one arrival asks for: tasks with their think times, until the pass or the session is over. Says whether the
/// user stays for further arrivals.
async fn do_pass<P: Platform>(user: &User<P>, begun: Begun<P>, due: Micros, rng: &mut Rng) -> AfterTask {
    let (mut begun, mut scheduled) = (begun, due);
    loop {
        let done = user.carry_out(begun, scheduled, rng).await;
        match (done.flow, done.pass) {
            (Flow::EndUser, _) => return AfterTask::Leave,
            (Flow::EndSession, _) | (_, Pass::Over | Pass::EndOfSession) => return AfterTask::Stay,
            (Flow::Next | Flow::EndTask, Pass::UnderWay) => {}
        }
        scheduled = user.next_due(&done, scheduled, rng);
        if user.pause_until(scheduled, &Walk::new(rng, scheduled)).await == Flow::EndUser {
            return AfterTask::Leave;
        }
        match user.begin(rng) {
            Some(next) => begun = next,
            None => return AfterTask::Leave,
        }
    }
}
