//! The run loop of one shard: the only one there is, for both load models.
//!
//! It asks (who is due now, which task, how long to think), waits, sends and records; every decision is a pure
//! function elsewhere. Generic over the platform, so the runner, the page and virtual time share it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt as _;

use super::closed::ClosedModel;
use super::health::{Health, Visibility};
use super::in_flight::InFlight;
use super::open::OpenModel;
use super::platform::Platform;
use super::recorder::{Gauges, Recorder, Snapshot};
use super::user::Common;
use crate::core::base::units::Micros;
use crate::core::config::load::arrivals::Arrivals;
use crate::core::config::load::pace::Pace;
use crate::core::config::load::{Load, LoadChange, Share};
use crate::core::config::run_config::RunConfig;
use crate::core::scenario::Scenario;

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
    /// A shard's part of a config.
    pub fn of(config: &RunConfig, share: Share) -> Self {
        Self {
            share,
            scenario: config.scenario.clone(),
            seed: config.seed,
            load: config.load.clone(),
            run_time: config.run_time,
            stop_timeout: config.stop_timeout,
        }
    }
}

/// What a shard can be told while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// Another load, from a moment on; model and time limit stay.
    ChangeLoad {
        /// From when on, on the run's clock: the same moment for all shards.
        at: Micros,
        /// Where to.
        to: LoadChange,
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
    model: Model<P>,
    visibility: Visibility,
    /// How late the last wake-up was, where that was late.
    blocked: Cell<Micros>,
}

/// Who model requests.
enum Model<P: Platform> {
    ClosedModel(ClosedModel<P>),
    OpenModel(OpenModel<P>),
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
            this.model.catch_up(now);
            break end;
        }
        this.model.follow(now);
        let second_ends = this.common.recorder.borrow().second_ends();
        let wake = this.model.next_change(now).map_or(second_ends, |change| change.min(second_ends)).min(end);
        match this.wait(wake, &mut controls).await {
            Some(end @ (Control::Stop | Control::Abandon)) => {
                patience = if end == Control::Abandon { Micros::ZERO } else { patience };
                let now = this.look_at_the_clock(&mut post);
                this.model.catch_up(now);
                break now;
            }
            told => this.on_control(told, now),
        }
    };
    this.drain(stopped_at + patience, &mut controls, &mut post).await;
    stopped_at
}

impl<P: Platform> Model<P> {
    /// Model, or lets go, whoever is due.
    fn follow(&mut self, now: Micros) {
        match self {
            Self::ClosedModel(closed) => closed.follow(now),
            Self::OpenModel(open) => open.follow(now),
        }
    }

    /// At the end: model the arrivals that were due before it, so that none is forgotten.
    fn catch_up(&mut self, now: Micros) {
        if let Self::OpenModel(open) = self {
            open.follow(now);
        }
    }

    fn next_change(&self, now: Micros) -> Option<Micros> {
        match self {
            Self::ClosedModel(closed) => closed.next_change(now),
            Self::OpenModel(open) => open.next_change(),
        }
    }

    fn change_load(&mut self, at: Micros, to: LoadChange) {
        match (self, to) {
            (Self::ClosedModel(closed), LoadChange::Users { users, spawn_rate }) => {
                closed.change_load(at, users, spawn_rate)
            }
            (Self::OpenModel(open), LoadChange::Rate { per_second }) => {
                // Who was due by then comes by the old rate.
                open.follow(at);
                open.change_load(at, per_second);
            }
            // The other model's: there is nothing that could follow it.
            _ => {}
        }
    }

    fn users(&self) -> u32 {
        match self {
            Self::ClosedModel(closed) => closed.users(),
            Self::OpenModel(open) => open.users(),
        }
    }

    fn dismiss_all(&mut self) {
        match self {
            Self::ClosedModel(closed) => closed.dismiss_all(),
            Self::OpenModel(open) => open.dismiss_all(),
        }
    }
}

impl<P: Platform> Shard<P> {
    fn new(platform: Rc<P>, assignment: Assignment, end: Micros) -> Self {
        let Assignment { share, scenario, seed, load, .. } = assignment;
        let share = Share { shards: share.shards.max(1), ..share };
        let recorder = RefCell::new(Recorder::new(share.shard, scenario.entries.len()));
        let common = Rc::new(Common { platform, scenario, recorder, in_flight: InFlight::default() });
        let model = match load {
            Load::Closed { users, spawn_rate } => {
                let pace = Pace::new(&users, spawn_rate);
                Model::ClosedModel(ClosedModel::new(Rc::clone(&common), pace, share, seed))
            }
            Load::Open { rate, process, max_users } => {
                let arrivals = Arrivals::new(rate, process, share, seed, end);
                Model::OpenModel(OpenModel::new(Rc::clone(&common), arrivals, share, seed, max_users))
            }
        };
        Self { common, model, visibility: Visibility::Visible, blocked: Cell::default() }
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
    fn on_control(&mut self, told: Option<Control>, looked: Micros) {
        match told {
            Some(Control::ChangeLoad { at, to }) => self.model.change_load(at, to),
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
        let in_flight = &self.common.in_flight;
        let oldest = in_flight.oldest().map_or(Micros::ZERO, |since| now.saturating_sub(since));
        Gauges { users: self.model.users(), in_flight: in_flight.in_flight(), oldest }
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
        self.model.dismiss_all();
        loop {
            let now = self.look_at_the_clock(post);
            if self.common.in_flight.in_flight() == 0 || now >= until {
                break;
            }
            let second_ends = self.common.recorder.borrow().second_ends();
            let told = {
                let quiet = std::pin::pin!(self.common.in_flight.quiet());
                let wait = std::pin::pin!(self.wait(second_ends.min(until), controls));
                match select(quiet, wait).await {
                    Either::Left(_) => None,
                    Either::Right((told, _)) => told,
                }
            };
            if told == Some(Control::Abandon) {
                break;
            }
            self.on_control(told, now);
        }
        let now = self.common.platform.now();
        let last = self.common.recorder.borrow_mut().close(now, self.gauges(now));
        let lasted = now.saturating_sub(Micros::from_secs(last.second));
        if !last.is_empty() || last.gauges.in_flight > 0 || lasted >= HARDLY_BEGUN {
            post(last);
        }
    }
}
