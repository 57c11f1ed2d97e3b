//! The life of a user from task to task: a session begins, tasks follow each other, the session ends.
//!
//! The load models decide when a task begins: `closed.rs` and `open.rs`.

use super::send::Sending;
use super::tasks::{Pass, next_due};
use super::user::User;
use super::walk::{Ending, Flow, REST, Walk};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::class::UserClass;
use crate::core::scenario::model::data::NextRow;
use crate::core::scenario::model::step::Step;

/// What a user has begun.
pub struct Begun<P: Platform> {
    /// `None` where a session begins with steps of its own; the task comes after them.
    task: Option<BegunTask<P>>,
}

/// A task that has begun.
struct BegunTask<P: Platform> {
    place: usize,
    /// The first request, counted as sent, where the task begins with one.
    first: Option<Sending<P>>,
}

/// A task that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// When it ended.
    pub ended: Micros,
    /// Which task it was; `None` where the session ended before its first one.
    pub task: Option<usize>,
    pub flow: Flow,
    pub pass: Pass,
}

/// Whether a session had steps for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSteps {
    None,
    Done,
}

impl<P: Platform> User<P> {
    /// Draws a task and counts its first request as sent, where it begins with one; from now on it is in flight. `None`
    /// when the class has no task, or no task may begin any more.
    pub fn begin(&self, rng: &mut Rng) -> Option<Begun<P>> {
        let class = self.of()?;
        // Taken before the session begins, so that no session begins without a task to do.
        if !self.common.take_task() {
            return None;
        }
        if !self.is_in_session.get() && !class.on_start.is_empty() {
            return Some(Begun { task: None });
        }
        let task = self.begin_task(class, rng)?;
        self.is_in_session.set(true);
        Some(Begun { task: Some(task) })
    }

    fn begin_task(&self, class: &UserClass, rng: &mut Rng) -> Option<BegunTask<P>> {
        let place = class.next_task(self.state.borrow().place, rng)?;
        self.state.borrow_mut().iteration += 1;
        self.take_rows(NextRow::EachTask, rng);
        let steps = class.task(place).map(|task| task.steps.as_slice()).unwrap_or_default();
        let Some(Step::Request(step)) = steps.first() else {
            return Some(BegunTask { place, first: None });
        };
        if step.retry.is_some() || step.again.is_some() {
            return Some(BegunTask { place, first: None });
        }
        let last = self.state.borrow().last;
        let mut walk = Walk { last, ..Walk::new(rng, self.common.platform.now()) };
        let channel = self.prepare(step, &mut walk);
        Some(BegunTask { place, first: Some(self.begin_request(step, channel)) })
    }

    /// Does a task that was due at `scheduled`, and what its session needs before and after it.
    pub async fn carry_out(&self, begun: Begun<P>, scheduled: Micros, rng: &mut Rng) -> Done {
        match begun.task {
            Some(task) => self.do_task(task, scheduled, rng).await,
            None => Box::pin(self.start_session(scheduled, rng)).await,
        }
    }

    async fn start_session(&self, scheduled: Micros, rng: &mut Rng) -> Done {
        let steps = self.of().map(|class| class.on_start.as_slice()).unwrap_or_default();
        let mut walk = Walk::new(rng, scheduled);
        let flow = self.run_steps(steps, &mut walk).await;
        let (due, last) = (walk.due, walk.last);
        self.state.borrow_mut().last = last;
        let over =
            |flow| Done { ended: self.common.platform.now(), task: None, flow, pass: Pass::EndOfSession };
        if flow != Flow::Next {
            // A session that cannot start is over, without `on_stop`. The task that it was begun for counts as done,
            // because a run with `--iterations` would never end otherwise.
            return over(flow.max(Flow::EndSession));
        }
        self.is_in_session.set(true);
        match self.of().and_then(|class| self.begin_task(class, rng)) {
            Some(task) => self.do_task(task, due, rng).await,
            None => over(Flow::EndUser),
        }
    }

    async fn do_task(&self, task: BegunTask<P>, scheduled: Micros, rng: &mut Rng) -> Done {
        let BegunTask { place, first } = task;
        let steps = self.of().and_then(|class| class.task(place)).map(|task| task.steps.as_slice());
        let last = self.state.borrow().last;
        let mut walk = Walk { last, ..Walk::new(rng, scheduled) };
        let flow = self.run_begun(steps.unwrap_or_default(), first, &mut walk).await;
        let Walk { due: mut ended, last, rng, .. } = walk;
        let after = self.of().map(|class| class.after_task(place, rng));
        let (next, pass) = after.unwrap_or((0, Pass::EndOfSession));
        {
            let mut state = self.state.borrow_mut();
            (state.last, state.place) = (last, next);
        }
        let flow = if pass == Pass::EndOfSession { flow.max(Flow::EndSession) } else { flow };
        if flow >= Flow::EndSession
            && let LastSteps::Done = self.end_session(rng).await
        {
            // The think time begins after them.
            ended = ended.max(self.common.platform.now());
        }
        Done { ended, task: Some(place), flow, pass }
    }

    /// When the next task is due after one that was due at `due`: after the think time, and after a rest where nothing was
    /// sent since the task before it.
    pub fn next_due(&self, done: &Done, due: Micros, rng: &mut Rng) -> Micros {
        let next = next_due(self.think_time_after(done.task), due, done.ended, rng);
        let begun = self.presence.begun();
        let is_idle = self.begun_before.replace(begun) == begun;
        if is_idle { next.max(self.common.platform.now() + REST) } else { next }
    }

    /// Does what is to be done when a session ends, if one has begun.
    pub async fn end_session(&self, rng: &mut Rng) -> LastSteps {
        self.state.borrow_mut().place = 0;
        if !self.is_in_session.replace(false) || !self.has_last_steps() {
            return LastSteps::None;
        }
        let steps = self.of().map(|class| class.on_stop.as_slice()).unwrap_or_default();
        let last = self.state.borrow().last;
        let now = self.common.platform.now();
        let mut walk = Walk { last, ending: Ending::LastSteps, ..Walk::new(rng, now) };
        Box::pin(self.run_steps(steps, &mut walk)).await;
        LastSteps::Done
    }
}
