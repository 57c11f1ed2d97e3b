//! The run loop of one shard: the only one there is, for both load models.
//!
//! It asks (who is due now, which task, how long to think), waits, sends and records; every decision is a pure
//! function elsewhere. Generic over the platform, so the runner, the page and virtual time share it.
//!
//! | file | what lives there |
//! |---|---|
//! | `crowd.rs` | the closed model: users who stay |
//! | `pool.rs` | the open model: arrivals that take a user each |
//! | `user.rs` | one user and its task |
//! | `traffic.rs` | what is in flight |

mod crowd;
mod pool;
mod traffic;
mod user;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt as _;

use super::health::{Health, Visibility};
use super::load::arrivals::Arrivals;
use super::load::pace::Pace;
use super::load::{Aim, Load, Share};
use super::plan::Plan;
use super::platform::Platform;
use super::recorder::{Gauges, Recorder, Snapshot};
use super::scenario::Scenario;
use super::units::Micros;
use crowd::Crowd;
use pool::Pool;
use traffic::Traffic;
use user::Common;

/// What one shard is to do.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its part of the run: of users and of arrivals, those with `number % shards == shard`.
    pub share: Share,
    /// What users do.
    pub scenario: Scenario,
    /// What all draws follow from.
    pub seed: u64,
    /// How much load when, of all shards together.
    pub load: Load,
    /// When no further request is started; `None` runs until told to stop.
    pub run_time: Option<Micros>,
    /// How long requests in flight may take to end after that.
    pub stop_timeout: Micros,
}

impl Assignment {
    /// A shard's part of a plan.
    pub fn of(plan: &Plan, share: Share) -> Self {
        Self {
            share,
            scenario: plan.scenario.clone(),
            seed: plan.seed,
            load: plan.load.clone(),
            run_time: plan.run_time,
            stop_timeout: plan.stop_timeout,
        }
    }
}

/// What a shard can be told while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// Another load, from a moment on; model and time limit stay.
    Redirect {
        /// From when on, on the run's clock: the same moment for all shards.
        at: Micros,
        /// Where to.
        aim: Aim,
    },
    /// Start nothing more and let what is in flight end.
    Stop,
    /// The same, and drop what is in flight.
    Abandon,
    /// The page was hidden or shown.
    See(Visibility),
    /// The machine slept, and the run's clock stood still meanwhile.
    Slept,
}

struct Shard<P: Platform> {
    common: Rc<Common<P>>,
    starts: Starts<P>,
    visibility: Visibility,
    /// How late the last wake-up was, where that was late.
    blocked: Cell<Micros>,
}

/// Who starts requests.
enum Starts<P: Platform> {
    Crowd(Crowd<P>),
    Pool(Pool<P>),
}

/// A shard looks at the clock at least this often, so that it knows whether it runs when it should.
const BEAT: Micros = Micros::from_millis(20);
/// A wake-up this late means that the shard's thread was busy with something else, or had no processor. Above a page's
/// timer grain of 4 ms.
const BLOCKED_FROM: Micros = Micros::from_millis(10);
/// A last second that lasted less than this, and in which nothing happened, is none.
const HARDLY_BEGUN: Micros = Micros::from_millis(100);

/// Runs a shard from its first user to its last answer, posting a snapshot for every second.
///
/// Returns the moment at which no further request was started. What is in flight even then ends with its tasks, which
/// the caller drops.
pub async fn run<P: Platform>(
    platform: Rc<P>,
    assignment: Assignment,
    mut controls: UnboundedReceiver<Control>,
    mut post: impl FnMut(Snapshot),
) -> Micros {
    let end = assignment.run_time.unwrap_or(Micros(u64::MAX));
    let mut patience = assignment.stop_timeout;
    let mut this = Shard::new(platform, assignment, end);
    let stopped_at = loop {
        let now = this.look_at_the_clock(&mut post);
        if now >= end {
            this.starts.catch_up(now);
            break end;
        }
        this.starts.follow(now);
        let second_ends = this.common.recorder.borrow().second_ends();
        let wake =
            this.starts.next_change(now).map_or(second_ends, |change| change.min(second_ends)).min(end);
        match this.wait(wake, &mut controls).await {
            Some(end @ (Control::Stop | Control::Abandon)) => {
                patience = if end == Control::Abandon { Micros::ZERO } else { patience };
                let now = this.look_at_the_clock(&mut post);
                this.starts.catch_up(now);
                break now;
            }
            told => this.obey(told, now),
        }
    };
    this.drain(stopped_at + patience, &mut controls, &mut post).await;
    stopped_at
}

impl<P: Platform> Starts<P> {
    /// Starts, or lets go, whoever is due.
    fn follow(&mut self, now: Micros) {
        match self {
            Self::Crowd(crowd) => crowd.follow(now),
            Self::Pool(pool) => pool.follow(now),
        }
    }

    /// At the end: starts the arrivals that were due before it, so that none is forgotten.
    fn catch_up(&mut self, now: Micros) {
        if let Self::Pool(pool) = self {
            pool.follow(now);
        }
    }

    fn next_change(&self, now: Micros) -> Option<Micros> {
        match self {
            Self::Crowd(crowd) => crowd.next_change(now),
            Self::Pool(pool) => pool.next_change(),
        }
    }

    fn redirect(&mut self, at: Micros, aim: Aim) {
        match (self, aim) {
            (Self::Crowd(crowd), Aim::Users { users, spawn_rate }) => crowd.redirect(at, users, spawn_rate),
            (Self::Pool(pool), Aim::Rate { per_second }) => {
                // Who was due by then comes by the old rate.
                pool.follow(at);
                pool.redirect(at, per_second);
            }
            // The other model's: there is nothing that could follow it.
            _ => {}
        }
    }

    fn users(&self) -> u32 {
        match self {
            Self::Crowd(crowd) => crowd.users(),
            Self::Pool(pool) => pool.users(),
        }
    }

    fn dismiss_all(&mut self) {
        match self {
            Self::Crowd(crowd) => crowd.dismiss_all(),
            Self::Pool(pool) => pool.dismiss_all(),
        }
    }
}

impl<P: Platform> Shard<P> {
    fn new(platform: Rc<P>, assignment: Assignment, end: Micros) -> Self {
        let Assignment { share, scenario, seed, load, .. } = assignment;
        let share = Share { shards: share.shards.max(1), ..share };
        let recorder = RefCell::new(Recorder::new(share.shard, scenario.entries.len()));
        let common = Rc::new(Common { platform, scenario, recorder, traffic: Traffic::default() });
        let starts = match load {
            Load::Closed { users, spawn_rate } => {
                let pace = Pace::new(&users, spawn_rate);
                Starts::Crowd(Crowd::new(Rc::clone(&common), pace, share, seed))
            }
            Load::Open { rate, process, max_users } => {
                let arrivals = Arrivals::new(rate, process, share, seed, end);
                Starts::Pool(Pool::new(Rc::clone(&common), arrivals, share, seed, max_users))
            }
        };
        Self { common, starts, visibility: Visibility::Visible, blocked: Cell::default() }
    }

    /// Notes that the shard runs, and posts the second under way when it has ended; gives the moment.
    fn look_at_the_clock(&self, post: &mut impl FnMut(Snapshot)) -> Micros {
        let now = self.common.platform.now();
        self.common.recorder.borrow_mut().is_alive(now);
        let health = Health { blocked: self.blocked.take(), ..Health::default() };
        self.notice(&health);
        if self.close_seconds(now, post) {
            // Answers that came while the thread stood still are read only now, and count in the second under way.
            self.notice(&health);
        }
        now
    }

    /// Does as it is told, ending apart, having looked at the clock last at `looked`.
    fn obey(&mut self, told: Option<Control>, looked: Micros) {
        match told {
            Some(Control::Redirect { at, aim }) => self.starts.redirect(at, aim),
            Some(Control::See(visibility)) => self.see(visibility),
            Some(Control::Slept) => {
                self.common.recorder.borrow_mut().slept(looked, self.common.platform.now());
            }
            Some(Control::Stop | Control::Abandon) | None => {}
        }
    }

    /// Waits until then, for a beat, or until told something. A closed channel is not a message: the run goes on.
    async fn wait(&self, until: Micros, controls: &mut UnboundedReceiver<Control>) -> Option<Control> {
        let until = until.min(self.common.platform.now() + BEAT);
        let sleep = std::pin::pin!(self.common.platform.sleep_until(until));
        let control = match select(sleep, controls.next()).await {
            Either::Left(_) => None,
            Either::Right((Some(control), _)) => return Some(control),
            Either::Right((None, sleep)) => {
                sleep.await;
                None
            }
        };
        let late = self.common.platform.now().saturating_sub(until);
        self.blocked.set(if late > BLOCKED_FROM { late } else { Micros::ZERO });
        control
    }

    /// Marks the second under way, and every following one while the page stays hidden.
    fn see(&mut self, visibility: Visibility) {
        let hidden = self.visibility == Visibility::Hidden || visibility == Visibility::Hidden;
        self.visibility = visibility;
        if hidden {
            self.notice(&Health { visibility: Visibility::Hidden, ..Health::default() });
        }
    }

    fn notice(&self, health: &Health) {
        self.common.recorder.borrow_mut().notice(health);
    }

    fn gauges(&self, now: Micros) -> Gauges {
        let traffic = &self.common.traffic;
        let oldest = traffic.oldest().map_or(Micros::ZERO, |since| now.saturating_sub(since));
        Gauges { users: self.starts.users(), in_flight: traffic.in_flight(), oldest }
    }

    /// Posts the second under way when it has ended; gives whether it had.
    fn close_seconds(&self, now: Micros, post: &mut impl FnMut(Snapshot)) -> bool {
        let mut recorder = self.common.recorder.borrow_mut();
        let is_over = now >= recorder.second_ends();
        if is_over {
            post(recorder.close(now, self.gauges(now)));
            recorder.notice(&Health { visibility: self.visibility, ..Health::default() });
        }
        is_over
    }

    /// Lets requests in flight end, until a moment or until told to abandon them; then drops what is left.
    async fn drain(
        &mut self,
        until: Micros,
        controls: &mut UnboundedReceiver<Control>,
        post: &mut impl FnMut(Snapshot),
    ) {
        self.starts.dismiss_all();
        loop {
            let now = self.look_at_the_clock(post);
            if self.common.traffic.in_flight() == 0 || now >= until {
                break;
            }
            let second_ends = self.common.recorder.borrow().second_ends();
            let told = {
                let quiet = std::pin::pin!(self.common.traffic.quiet());
                let wait = std::pin::pin!(self.wait(second_ends.min(until), controls));
                match select(quiet, wait).await {
                    Either::Left(_) => None,
                    Either::Right((told, _)) => told,
                }
            };
            if told == Some(Control::Abandon) {
                break;
            }
            self.obey(told, now);
        }
        let now = self.common.platform.now();
        let last = self.common.recorder.borrow_mut().close(now, self.gauges(now));
        let lasted = now.saturating_sub(Micros::from_secs(last.second));
        if !last.is_empty() || last.gauges.in_flight > 0 || lasted >= HARDLY_BEGUN {
            post(last);
        }
    }
}
