//! The run loop of one shard: the only one there is.
//!
//! It asks (how many users now, which task, how long to think), waits, sends and records; every decision is a
//! pure function elsewhere. Generic over the platform, so the runner, the page and virtual time share it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{AbortHandle, Either, abortable, select};
use futures_util::stream::StreamExt as _;

use super::health::{Health, Visibility};
use super::pace::Ramp;
use super::platform::{Lane, Platform};
use super::recorder::{Gauges, Recorder, Snapshot};
use super::rng::Rng;
use super::scenario::{Request, Scenario};
use super::units::Micros;

/// What one shard is to do.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Which shard this is, from 0.
    pub shard: u32,
    /// How many shards share the run: shard `i` runs the users with `user % shards == i`.
    pub shards: u32,
    /// What users do.
    pub scenario: Scenario,
    /// What all draws follow from.
    pub seed: u64,
    /// How many users when.
    pub ramp: Ramp,
    /// When no further request is started; `None` runs until told to stop.
    pub run_time: Option<Micros>,
    /// How long requests in flight may take to end after that.
    pub stop_timeout: Micros,
}

/// What a shard can be told while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// Another number of users, from a moment on; the time limit stays.
    Redirect {
        /// From when on, on the run's clock: the same moment for all shards.
        at: Micros,
        /// Users to reach.
        users: u32,
        /// Users per second on the way there.
        rate: f64,
    },
    /// Start nothing more and let what is in flight end; a second time: drop it.
    Stop,
    /// The page was hidden or shown.
    See(Visibility),
    /// The machine slept, and the run's clock stood still meanwhile.
    Slept,
}

/// Where one user is; the shard reads it, the user writes it.
#[derive(Debug, Default)]
struct User {
    /// Since when its request has been in flight.
    waiting_since: Cell<Option<Micros>>,
    /// Told to end after the request in flight.
    leaving: Cell<bool>,
    ended: Cell<bool>,
}

struct Seat {
    user: Rc<User>,
    abort: AbortHandle,
}

struct Shard<P> {
    platform: Rc<P>,
    scenario: Rc<Scenario>,
    recorder: Rc<RefCell<Recorder>>,
    /// The shard's users in the order of their numbers.
    seats: Vec<Seat>,
    /// Users that were dismissed and have a request in flight.
    leaving: Vec<Seat>,
    seed: u64,
    shard: u32,
    shards: u32,
    /// How many users were ever started: the ones that start again after a live change draw anew.
    incarnations: u64,
    visibility: Visibility,
}

/// A wake-up this late means that the shard's thread was busy with something else.
const BLOCKED_FROM: Micros = Micros::from_millis(50);

/// Runs a shard from its first user to its last answer, posting a snapshot for every second.
///
/// Returns the moment at which no further request was started.
pub async fn run<P: Platform>(
    platform: Rc<P>,
    assignment: Assignment,
    mut controls: UnboundedReceiver<Control>,
    mut post: impl FnMut(Snapshot),
) -> Micros {
    let Assignment { shard, shards, scenario, seed, mut ramp, run_time, stop_timeout } = assignment;
    let recorder = Rc::new(RefCell::new(Recorder::new(shard, scenario.entries.len())));
    let mut this = Shard {
        platform,
        scenario: Rc::new(scenario),
        recorder,
        seats: Vec::new(),
        leaving: Vec::new(),
        seed,
        shard,
        shards: shards.max(1),
        incarnations: 0,
        visibility: Visibility::Visible,
    };
    let end = run_time.unwrap_or(Micros(u64::MAX));
    let stopped_at = loop {
        let now = this.platform.now();
        this.recorder.borrow_mut().is_alive(now);
        this.close_seconds(now, &mut post);
        if now >= end {
            break end;
        }
        this.seat_users(ramp.users_at(now), &ramp);
        let second_ends = this.recorder.borrow().second_ends();
        let wake = ramp.next_change(now).map_or(second_ends, |change| change.min(second_ends)).min(end);
        match this.wait(wake, &mut controls).await {
            None => {}
            Some(Control::Redirect { at, users, rate }) => ramp = ramp.redirected(at, users, rate),
            Some(Control::See(visibility)) => this.see(visibility),
            Some(Control::Slept) => this.recorder.borrow_mut().slept(now, this.platform.now()),
            Some(Control::Stop) => break this.platform.now(),
        }
    };
    this.drain(stopped_at + stop_timeout, &mut controls, &mut post).await;
    stopped_at
}

impl<P: Platform> Shard<P> {
    /// Waits until then or until told something. A closed channel is not a message: the run goes on.
    async fn wait(&self, until: Micros, controls: &mut UnboundedReceiver<Control>) -> Option<Control> {
        let sleep = std::pin::pin!(self.platform.sleep_until(until));
        let control = match select(sleep, controls.next()).await {
            Either::Left(_) => None,
            Either::Right((Some(control), _)) => return Some(control),
            Either::Right((None, sleep)) => {
                sleep.await;
                None
            }
        };
        let blocked = self.platform.now().saturating_sub(until);
        if blocked > BLOCKED_FROM {
            self.notice(&Health { blocked, ..Health::default() });
        }
        control
    }

    /// Starts and stops users until there are as many as there should be.
    fn seat_users(&mut self, target: u32, ramp: &Ramp) {
        let mine = target.saturating_sub(self.shard).div_ceil(self.shards) as usize;
        while self.seats.len() > mine {
            self.dismiss_last();
        }
        while self.seats.len() < mine {
            let index = self.seats.len() as u32 * self.shards + self.shard;
            self.start_user(index, ramp.due(index));
        }
    }

    /// Ends the last user: now when it is thinking, after its request otherwise.
    fn dismiss_last(&mut self) {
        let Some(seat) = self.seats.pop() else { return };
        seat.user.leaving.set(true);
        if seat.user.waiting_since.get().is_some() {
            self.leaving.retain(|seat| !seat.user.ended.get());
            self.leaving.push(seat);
        } else {
            seat.abort.abort();
        }
    }

    fn start_user(&mut self, index: u32, due: Micros) {
        let user = Rc::new(User::default());
        let stream = if self.incarnations <= self.seats.len() as u64 {
            u64::from(index)
        } else {
            (self.incarnations << 32) | u64::from(index)
        };
        let life = live(
            Rc::clone(&self.platform),
            Rc::clone(&self.scenario),
            Rc::clone(&self.recorder),
            Rc::clone(&user),
            Birth { index, due, rng: Rng::split(self.seed, stream) },
        );
        let (life, abort) = abortable(life);
        self.platform.spawn(async move {
            let _ = life.await;
        });
        self.seats.push(Seat { user, abort });
        self.incarnations += 1;
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
        self.recorder.borrow_mut().notice(health);
    }

    fn gauges(&self, now: Micros) -> Gauges {
        let present = || self.seats.iter().chain(&self.leaving).filter(|seat| !seat.user.ended.get());
        let waiting = present().filter_map(|seat| seat.user.waiting_since.get());
        let (in_flight, oldest) = waiting.fold((0, now), |(n, oldest), since| (n + 1, oldest.min(since)));
        let users = present().count() as u32;
        Gauges { users, in_flight, oldest: now.saturating_sub(oldest) }
    }

    /// Posts the second under way when it has ended.
    fn close_seconds(&self, now: Micros, post: &mut impl FnMut(Snapshot)) {
        if now >= self.recorder.borrow().second_ends() {
            let mut recorder = self.recorder.borrow_mut();
            post(recorder.close(now, self.gauges(now)));
            recorder.notice(&Health { visibility: self.visibility, ..Health::default() });
        }
    }

    /// Lets requests in flight end, until a moment or a second Stop; then drops what is left.
    async fn drain(
        &mut self,
        until: Micros,
        controls: &mut UnboundedReceiver<Control>,
        post: &mut impl FnMut(Snapshot),
    ) {
        while !self.seats.is_empty() {
            self.dismiss_last();
        }
        loop {
            let now = self.platform.now();
            self.close_seconds(now, post);
            if self.gauges(now).in_flight == 0 || now >= until {
                break;
            }
            // Users do not report their end: look again soon.
            let next_look = now + Micros::from_millis(2);
            if self.wait(next_look.min(until), controls).await == Some(Control::Stop) {
                break;
            }
        }
        let now = self.platform.now();
        let last = self.recorder.borrow_mut().close(now, self.gauges(now));
        // A second that had hardly begun and in which nothing happened is none.
        if !last.tallies.is_empty() || last.gauges.in_flight > 0 {
            post(last);
        }
        self.leaving.iter().for_each(|seat| seat.abort.abort());
    }
}

struct Birth {
    index: u32,
    due: Micros,
    rng: Rng,
}

/// One virtual user: draw a task, send, record, think, again.
async fn live<P: Platform>(
    platform: Rc<P>,
    scenario: Rc<Scenario>,
    recorder: Rc<RefCell<Recorder>>,
    user: Rc<User>,
    birth: Birth,
) {
    let Birth { index, due, mut rng } = birth;
    let Some(class) = scenario.classes.get(scenario.class_of(index)) else { return };
    let values = class.draw_variables(&mut rng);
    let mut lane = platform.open_lane(index);
    let mut request = Request::default();
    let mut scheduled = due;
    while let Some(task) = class.draw_task(&mut rng) {
        task.request.fill(&mut request, &values, &mut rng);
        let now = platform.now();
        let entry = task.request.entry;
        scheduled = recorder.borrow_mut().started(entry, scheduled, now);
        user.waiting_since.set(Some(now));
        let exchange = lane.exchange(&request).await;
        user.waiting_since.set(None);
        recorder.borrow_mut().ended(entry, scheduled, &exchange, platform.now());
        if user.leaving.get() {
            break;
        }
        scheduled = exchange.timing.finished + class.wait.draw(&mut rng);
        platform.sleep_until(scheduled).await;
    }
    user.ended.set(true);
}
