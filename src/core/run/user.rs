//! One virtual user: its class, its drawn variables, its lane to the host, and how it does one task.
//!
//! The load models decide when a user starts and whether it thinks between tasks: `closed.rs` and `open.rs`.

use std::cell::RefCell;
use std::rc::Rc;

use super::gate::Gate;
use super::in_flight::{InFlight, Place};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::run::platform::{Lane as _, Platform, Transport};
use crate::core::run::recorder::Recorder;
use crate::core::scenario::template::Values;
use crate::core::scenario::{EntryId, Request, Scenario};

/// What all users of a shard share.
pub struct Common<P> {
    pub platform: Rc<P>,
    pub scenario: Scenario,
    pub recorder: RefCell<Recorder>,
    pub in_flight: InFlight,
    /// Closed while no request can reach the host.
    pub gate: Gate,
}

/// A task that is counted and not yet sent.
pub struct Begun {
    entry: EntryId,
    place: Place,
}

/// A virtual user with connections of its own.
pub struct User<P: Platform> {
    common: Rc<Common<P>>,
    class: usize,
    values: Values,
    lane: <P as Transport>::Lane,
    request: Request,
}

impl<P: Platform> User<P> {
    /// Makes user number `index` of the run and draws its variables; `None` when the class does not exist.
    pub fn new(common: &Rc<Common<P>>, index: u32, class: usize, rng: &mut Rng) -> Option<Self> {
        let values = common.scenario.classes.get(class)?.draw_variables(rng);
        let lane = common.platform.open_lane(index);
        Some(Self { common: Rc::clone(common), class, values, lane, request: Request::default() })
    }

    /// Draws a task and counts it as sent; from now on it is in flight. `None` only when the class has no tasks, which
    /// the parser refuses.
    pub fn begin(&mut self, rng: &mut Rng) -> Option<Begun> {
        let common = &self.common;
        let task = common.scenario.classes.get(self.class)?.draw_task(rng)?;
        task.request.fill(&mut self.request, &self.values, rng);
        let now = common.platform.now();
        common.recorder.borrow_mut().sent(task.request.entry, now);
        Some(Begun { entry: task.request.entry, place: common.in_flight.enter(now) })
    }

    /// Sends the request of a task that was due at `scheduled`, waits for its outcome and counts it. Returns when it
    /// ended.
    pub async fn carry_out(&mut self, begun: Begun, scheduled: Micros) -> Micros {
        let common = &self.common;
        let due = common.recorder.borrow_mut().started(scheduled, common.platform.now());
        let exchange = self.lane.exchange(&self.request).await;
        common.recorder.borrow_mut().ended(begun.entry, due, &exchange, common.platform.now());
        common.in_flight.leave(begun.place);
        exchange.timing.finished
    }

    /// Draws the think time before the next task.
    pub fn think(&self, rng: &mut Rng) -> Micros {
        self.common.scenario.classes.get(self.class).map_or(Micros::ZERO, |class| class.wait.draw(rng))
    }
}
