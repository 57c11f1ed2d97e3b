//! The run loop of one shard, the only run loop of the program, for both load models.
//!
//! The loop starts the tasks that are due, waits, closes seconds and follows controls. Decisions such as which task
//! comes next, or how long a user thinks, are pure functions in other files. The loop is generic over the platform, so
//! the runner, the page and virtual time share it.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt as _;

use super::assignment::{Assignment, Control, Finish};
use super::awaited::PATIENCE;
use super::health::{CompanionSeen, Health, Visibility};
use super::model::Model;
use super::platform::Platform;
use super::recorder::{Gauges, Snapshot};
use super::session::common::{Common, Reader};
use crate::core::base::units::Micros;
use crate::core::config::load::Share;

struct Shard<P: Platform> {
    common: Rc<Common<P>>,
    model: Model<P>,
    visibility: Visibility,
    /// How late the last wake-up was; zero when it was at most [`BLOCKED_FROM`] late.
    blocked: Cell<Micros>,
}

/// A shard checks the clock at least this often, so that it notices when it does not run in time.
const CHECK_INTERVAL: Micros = Micros::from_millis(20);
/// A wake-up that is later than this means that the shard's thread was busy with something else, or had no processor.
/// The value is above the timer resolution of a page, 4 ms.
const BLOCKED_FROM: Micros = Micros::from_millis(10);
/// A last second that is shorter than this and in which nothing happened is not posted.
const SHORTEST_LAST_SECOND: Micros = Micros::from_millis(100);

/// Runs a shard from its first user to its last answer, and posts a snapshot of every second.
///
/// Requests that are still in flight at the end are dropped with their tasks, by the caller.
pub async fn run<P: Platform>(
    platform: Rc<P>,
    assignment: Assignment,
    controls: UnboundedReceiver<Control>,
    post: impl FnMut(Snapshot),
) -> Finish {
    run_read(platform, assignment, controls, post, None).await
}

/// Runs a shard like [`run`], and has every request and answer read along.
pub async fn run_read<P: Platform>(
    platform: Rc<P>,
    assignment: Assignment,
    mut controls: UnboundedReceiver<Control>,
    mut post: impl FnMut(Snapshot),
    reader: Option<Box<dyn Reader>>,
) -> Finish {
    let end = assignment.run_time.unwrap_or(Micros(u64::MAX));
    let mut drain_limit = assignment.stop_timeout;
    let mut this = Shard::new(platform, assignment, end, reader);
    let stopped_at = loop {
        let now = this.check_clock(&mut post);
        if now >= end {
            this.model.catch_up(now);
            break end;
        }
        this.model.follow(now);
        if this.is_done(now) {
            break now;
        }
        let second_ends = this.common.recorder.borrow().second_ends();
        let wake = this.model.next_change(now).map_or(second_ends, |change| change.min(second_ends)).min(end);
        match this.wait(wake, &mut controls).await {
            Some(end @ (Control::Stop | Control::Abandon)) => {
                drain_limit = if end == Control::Abandon { Micros::ZERO } else { drain_limit };
                let now = this.check_clock(&mut post);
                this.model.catch_up(now);
                break now;
            }
            control => this.on_control(control, now),
        }
    };
    let ended = this.drain(stopped_at + drain_limit, &mut controls, &mut post).await;
    Finish { stopped: stopped_at, ended }
}

impl<P: Platform> Shard<P> {
    fn new(platform: Rc<P>, assignment: Assignment, end: Micros, reader: Option<Box<dyn Reader>>) -> Self {
        let Assignment { share, scenario, seed, load, iterations, began_unix_ms, .. } = assignment;
        let share = Share { shards: share.shards.max(1), ..share };
        let common = Common::new(platform, scenario, share, seed);
        common.tasks_left.set(iterations.map(|all| share.of_many(all)));
        let common = Rc::new(Common { began_unix_ms, reader, ..common });
        let model = Model::new(&common, load, share, seed, end);
        Self { common, model, visibility: Visibility::Visible, blocked: Cell::default() }
    }

    /// Notes that the shard runs, posts the current second if it has ended, and returns the time.
    fn check_clock(&self, post: &mut impl FnMut(Snapshot)) -> Micros {
        let now = self.common.platform.now();
        self.common.recorder.borrow_mut().note_alive(now);
        let health = Health { blocked: self.blocked.take(), ..Health::default() };
        self.notice(&health);
        if self.close_seconds(now, post) {
            // Answers that came while the thread was blocked are read now, in the new second. So it is blocked too.
            self.notice(&health);
        }
        now
    }

    /// Handles a control other than those that end the run. `checked_at` is when the clock was last checked.
    fn on_control(&mut self, control: Option<Control>, checked_at: Micros) {
        match control {
            Some(Control::ChangeLoad { at, to }) => self.model.change_load(at, to),
            Some(Control::See(visibility)) => self.see(visibility),
            Some(Control::Slept) => {
                self.common.recorder.borrow_mut().slept(checked_at, self.common.platform.now());
            }
            Some(Control::Batch(batch)) => {
                let now = self.common.platform.now();
                self.common.recorder.borrow_mut().on_batch(batch, now);
            }
            Some(Control::CompanionGone) => {
                self.common.gate.close();
                self.common.recorder.borrow_mut().expect_no_batches();
                self.notice(&self.standing());
            }
            Some(Control::CompanionBack) => {
                self.notice(&self.standing());
                self.common.gate.open(self.common.platform.now());
            }
            Some(Control::Stop | Control::Abandon) | None => {}
        }
    }

    /// What holds for every second until it changes.
    fn standing(&self) -> Health {
        let gone = self.common.gate.is_closed();
        let companion = if gone { CompanionSeen::Gone } else { CompanionSeen::Present };
        Health { visibility: self.visibility, companion, ..Health::default() }
    }

    /// Waits for a control, until `until`, at most for [`CHECK_INTERVAL`]. A closed channel does not end the run.
    async fn wait(&self, until: Micros, controls: &mut UnboundedReceiver<Control>) -> Option<Control> {
        let until = until.min(self.common.platform.now() + CHECK_INTERVAL);
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

    /// Marks the current second as hidden, and every following second while the page stays hidden.
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

    /// Whether as many tasks as were asked for have begun and ended, or no user is left to begin those that are missing.
    fn is_done(&self, now: Micros) -> bool {
        let Some(left) = self.common.tasks_left.get() else { return false };
        self.common.in_flight.is_quiet() && self.model.is_idle() && (left == 0 || self.model.is_spent(now))
    }

    fn gauges(&self, now: Micros) -> Gauges {
        let in_flight = &self.common.in_flight;
        let oldest = in_flight.oldest().map_or(Micros::ZERO, |since| now.saturating_sub(since));
        Gauges { users: self.model.users(), in_flight: in_flight.in_flight(), oldest }
    }

    /// Posts the current second if it has ended, and returns whether it has.
    fn close_seconds(&self, now: Micros, post: &mut impl FnMut(Snapshot)) -> bool {
        self.common.count_left();
        let mut recorder = self.common.recorder.borrow_mut();
        let is_over = now >= recorder.second_ends();
        if is_over {
            recorder.close(now, self.gauges(now));
            recorder.notice(&self.standing());
        }
        while let Some(snapshot) = recorder.take_closed(now) {
            post(snapshot);
        }
        is_over
    }

    /// Posts the last second, once the companion's figures of the last requests have come. Returns when the run ended.
    async fn post_last(
        &mut self,
        patience: Micros,
        controls: &mut UnboundedReceiver<Control>,
        post: &mut impl FnMut(Snapshot),
    ) -> Micros {
        let ended = self.common.platform.now();
        let gauges = self.gauges(ended);
        self.common.count_all_held();
        self.common.recorder.borrow_mut().end();
        let until = ended + patience;
        while self.common.recorder.borrow().is_awaiting() && self.common.platform.now() < until {
            match self.wait(until, controls).await {
                Some(Control::Abandon) => break,
                control => self.on_control(control, ended),
            }
        }
        let mut recorder = self.common.recorder.borrow_mut();
        recorder.close(ended, gauges);
        for snapshot in recorder.take_rest() {
            let lasted = ended.saturating_sub(Micros::from_secs(snapshot.second));
            if !snapshot.is_empty() || snapshot.gauges.in_flight > 0 || lasted >= SHORTEST_LAST_SECOND {
                post(snapshot);
            }
        }
        ended
    }

    /// Waits for requests in flight, at most until `until` or until [`Control::Abandon`]. Then posts the last second.
    async fn drain(
        &mut self,
        until: Micros,
        controls: &mut UnboundedReceiver<Control>,
        post: &mut impl FnMut(Snapshot),
    ) -> Micros {
        self.common.is_over.set(true);
        self.model.dismiss_all();
        let mut patience = PATIENCE;
        loop {
            let now = self.check_clock(post);
            if self.common.in_flight.is_quiet() || now >= until {
                break;
            }
            let second_ends = self.common.recorder.borrow().second_ends();
            let control = {
                let quiet = std::pin::pin!(self.common.in_flight.quiet());
                let wait = std::pin::pin!(self.wait(second_ends.min(until), controls));
                match select(quiet, wait).await {
                    Either::Left(_) => None,
                    Either::Right((control, _)) => control,
                }
            };
            if control == Some(Control::Abandon) {
                patience = Micros::ZERO;
                break;
            }
            self.on_control(control, now);
        }
        self.post_last(patience, controls, post).await
    }
}
