//! Does the steps of a task, one after the other.

use futures_util::FutureExt as _;
use futures_util::future::{Either, LocalBoxFuture, join_all, select};

use super::attempt::Attempt;
use super::condition::is_true;
use super::send::{Seen, Sending};
use super::tasks::pause;
use super::user::User;
use super::values::Value;
use super::walk::{Ending, Flow, REST, Walk};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::run::platform::Platform;
use crate::core::scenario::EntryId;
use crate::core::scenario::model::condition::Condition;
use crate::core::scenario::model::request::RequestStep;
use crate::core::scenario::model::step::{End, Repeat, Step, Times};

/// After so many rounds of a loop in which nothing was sent, a user rests.
const ROUNDS_WITHOUT_REST: u32 = 1_000;

impl<P: Platform> User<P> {
    /// Does steps until one of them says that more ends than itself. A list of plain requests allocates nothing here.
    pub async fn run_steps(&self, steps: &[Step], walk: &mut Walk<'_>) -> Flow {
        self.run_begun(steps, None, walk).await
    }

    /// Does steps, of which the first may have begun.
    pub async fn run_begun(
        &self,
        steps: &[Step],
        mut begun: Option<Sending<P>>,
        walk: &mut Walk<'_>,
    ) -> Flow {
        for step in steps {
            let flow = match step {
                Step::Request(request) => self.run_request(request, begun.take(), walk).await,
                Step::Wait(time) => {
                    walk.due = self.common.platform.now() + pause(*time, walk.rng);
                    self.pause_until(walk.due, walk).await
                }
                Step::End(end) => flow_of(*end),
                Step::Group { .. }
                | Step::Parallel(_)
                | Step::If { .. }
                | Step::Repeat(_)
                | Step::Poll(_) => self.run_nested(step, walk).await,
                Step::Set { .. } | Step::Append { .. } | Step::Clear(_) | Step::NextRow(_) => {
                    self.set_value(step, walk);
                    Flow::Next
                }
            };
            if flow != Flow::Next {
                return flow;
            }
            if self.must_end(walk) {
                return Flow::EndUser;
            }
        }
        Flow::Next
    }

    /// Whether the user must do nothing more on this way.
    pub fn must_end(&self, walk: &Walk<'_>) -> bool {
        walk.ending == Ending::WithTheUser && (self.presence.is_leaving() || self.common.is_over.get())
    }

    async fn run_request(&self, step: &RequestStep, begun: Option<Sending<P>>, walk: &mut Walk<'_>) -> Flow {
        let (channel, seen) = match begun {
            Some(sending) => self.send(step, sending, Attempt::Usual, walk).await,
            None if step.retry.is_none() && step.again.is_none() => {
                let channel = self.prepare(step, walk);
                let sending = self.begin_when_open(step, channel, walk).await;
                self.send(step, sending, Attempt::Usual, walk).await
            }
            None => Box::pin(self.run_repeated_request(step, walk)).await,
        };
        self.keep_channel(channel);
        seen.flow
    }

    async fn run_repeated_request(
        &self,
        step: &RequestStep,
        walk: &mut Walk<'_>,
    ) -> (super::user::Channel<P>, Seen) {
        let channel = self.prepare(step, walk);
        match (&step.again, &step.retry) {
            (Some(again), _) => self.send_same(step, again, channel, walk).await,
            (None, Some(retry)) => self.send_with_retries(step, retry, channel, walk).await,
            (None, None) => {
                let sending = self.begin_when_open(step, channel, walk).await;
                self.send(step, sending, Attempt::Usual, walk).await
            }
        }
    }

    fn set_value(&self, step: &Step, walk: &mut Walk<'_>) {
        match step {
            Step::NextRow(data) => self.take_row(*data, walk.rng),
            Step::Set { slot, value } => self.with_filler(walk, |filler| {
                let value = filler.value(value);
                filler.values.set(*slot, value);
            }),
            Step::Append { slot, value } => self.with_filler(walk, |filler| {
                let text = filler.text(value);
                filler.values.get_mut(*slot).into_iter().for_each(|list| list.append(text.clone()));
            }),
            Step::Clear(slot) => self.with_filler(walk, |filler| filler.values.set(*slot, Value::Unset)),
            _ => {}
        }
    }

    /// A step that has steps of its own. Boxed, because it may hold itself.
    fn run_nested<'a>(&'a self, step: &'a Step, walk: &'a mut Walk<'_>) -> LocalBoxFuture<'a, Flow> {
        match step {
            Step::Group { entry, steps } => self.run_group(*entry, steps, walk).boxed_local(),
            Step::Parallel(branches) => self.run_branches(branches, walk).boxed_local(),
            Step::If { condition, then, otherwise } => {
                let steps = if self.holds(condition, walk) { then } else { otherwise };
                self.run_steps(steps, walk).boxed_local()
            }
            Step::Repeat(repeat) => self.run_repeat(repeat, walk).boxed_local(),
            Step::Poll(poll) => self.run_poll(poll, walk).boxed_local(),
            _ => std::future::ready(Flow::Next).boxed_local(),
        }
    }

    /// Whether a condition holds for the user now.
    pub fn holds(&self, condition: &Condition, walk: &mut Walk<'_>) -> bool {
        self.with_filler(walk, |filler| is_true(condition, filler, &self.common.patterns))
    }

    /// Times steps as one journey. A journey that the end of the run cuts off is not counted.
    async fn run_group(&self, entry: EntryId, steps: &[Step], walk: &mut Walk<'_>) -> Flow {
        let outside = std::mem::replace(&mut walk.has_failed, false);
        let began = walk.due;
        let flow = self.run_steps(steps, walk).await;
        if !self.must_end(walk) {
            let has_failed = walk.has_failed || flow != Flow::Next;
            let ended = self.common.platform.now();
            self.common.recorder.borrow_mut().journey(entry, began, ended, has_failed);
        }
        walk.has_failed |= outside;
        flow
    }

    async fn run_branches(&self, branches: &[Vec<Step>], walk: &mut Walk<'_>) -> Flow {
        let (due, last, refresh, deadline) = (walk.due, walk.last, walk.refresh, walk.deadline);
        let ending = walk.ending;
        let seeds: Vec<_> = branches.iter().map(|_| walk.rng.next_u64()).collect();
        let all = branches.iter().zip(seeds).map(|(steps, seed)| async move {
            let mut rng = Rng::new(seed);
            let mut branch = Walk::new(&mut rng, due);
            (branch.last, branch.refresh, branch.deadline) = (last, refresh, deadline);
            branch.ending = ending;
            let flow = self.run_steps(steps, &mut branch).await;
            (flow, branch.has_failed, branch.last)
        });
        let mut flow = Flow::Next;
        for (of_branch, has_failed, last) in join_all(all).await {
            flow = flow.max(of_branch);
            walk.has_failed |= has_failed;
            walk.last = last;
        }
        walk.due = self.common.platform.now();
        flow
    }

    async fn run_repeat(&self, repeat: &Repeat, walk: &mut Walk<'_>) -> Flow {
        let texts = match &repeat.times {
            Times::ForEach { list, .. } => self.state.borrow().values.get(*list).texts().to_vec(),
            Times::Count { .. } | Times::While { .. } => Vec::new(),
        };
        let count = match &repeat.times {
            Times::Count { from, to } => u64::from(*from) + walk.rng.below(u64::from(to - from) + 1),
            Times::While { at_most, .. } => u64::from(*at_most),
            Times::ForEach { .. } => texts.len() as u64,
        };
        let mut texts = texts.into_iter();
        let mut idle_rounds = 0;
        for _ in 0..count {
            match &repeat.times {
                Times::While { condition, .. } if !self.holds(condition, walk) => break,
                Times::ForEach { item, .. } => {
                    let text = texts.next().map_or(Value::Unset, Value::Text);
                    self.state.borrow_mut().values.set(*item, text);
                }
                Times::While { .. } | Times::Count { .. } => {}
            }
            let begun = self.presence.begun();
            let flow = self.run_steps(&repeat.steps, walk).await;
            if flow != Flow::Next {
                return flow;
            }
            idle_rounds = if self.presence.begun() == begun { idle_rounds + 1 } else { 0 };
            if idle_rounds == ROUNDS_WITHOUT_REST {
                idle_rounds = 0;
                let rested = self.common.platform.now() + REST;
                if self.pause_until(rested, walk).await == Flow::EndUser {
                    return Flow::EndUser;
                }
            }
        }
        Flow::Next
    }

    /// Pauses; the end of the user's time, if it comes before.
    pub async fn pause_until(&self, at: Micros, walk: &Walk<'_>) -> Flow {
        if self.has_last_steps() && walk.ending == Ending::WithTheUser {
            let sleep = std::pin::pin!(self.common.platform.sleep_until(at));
            let leave = std::pin::pin!(self.presence.asked_to_leave());
            if let Either::Right(_) = select(sleep, leave).await {
                return Flow::EndUser;
            }
        } else {
            // A user without last steps is simply dropped while it pauses.
            self.common.platform.sleep_until(at).await;
        }
        if self.must_end(walk) { Flow::EndUser } else { Flow::Next }
    }

    /// Whether something is to be done when a session ends.
    pub fn has_last_steps(&self) -> bool {
        self.of().is_some_and(|class| !class.on_stop.is_empty())
    }
}

const fn flow_of(end: End) -> Flow {
    match end {
        End::Task => Flow::EndTask,
        End::Session => Flow::EndSession,
        End::User => Flow::EndUser,
    }
}
