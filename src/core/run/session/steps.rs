//! Does the steps of a task, one after the other.

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, join_all};

use super::attempt::Attempt;
use super::condition::is_true;
use super::send::{Seen, Sending};
use super::tasks::pause;
use super::user::{Channel, User};
use super::values::{Length, Value};
use super::walk::{Ending, Flow, Idle, Walk};
use crate::core::base::rng::Rng;
use crate::core::run::platform::Platform;
use crate::core::scenario::EntryId;
use crate::core::scenario::model::condition::Condition;
use crate::core::scenario::model::request::RequestStep;
use crate::core::scenario::model::step::{End, Step};

impl<P: Platform> User<P> {
    /// Does steps until one of them ends the task, the session or the user. A list of plain requests allocates nothing
    /// here.
    pub async fn run_steps(&self, steps: &[Step], walk: &mut Walk<'_>) -> Flow {
        self.run_begun(steps, None, walk).await
    }

    /// Does steps. `begun` is the request of the first one, if it was already counted as sent.
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
                    match self.set_value(step, walk) {
                        Flow::Next => self.rest_when_idle(walk).await,
                        flow => flow,
                    }
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

    /// Whether the steps of this walk must end now.
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

    async fn run_repeated_request(&self, step: &RequestStep, walk: &mut Walk<'_>) -> (Channel<P>, Seen) {
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

    /// Sets a value; one that grows beyond every limit ends the task, and its group has failed.
    fn set_value(&self, step: &Step, walk: &mut Walk<'_>) -> Flow {
        let length = match step {
            Step::Set { slot, value } => self.with_filler(walk, |filler| {
                let value = filler.value(value);
                filler.values.set(*slot, value);
                filler.length
            }),
            Step::Append { slot, value } => self.with_filler(walk, |filler| {
                let value = filler.value(value);
                let list = filler.values.get_mut(*slot).map(|list| list.append(value));
                list.unwrap_or_default().and(filler.length)
            }),
            Step::Clear(slot) => self.with_filler(walk, |filler| {
                filler.values.set(*slot, Value::Unset);
                Length::Right
            }),
            Step::NextRow(data) => {
                self.take_row(*data, walk.rng);
                Length::Right
            }
            _ => Length::Right,
        };
        if length == Length::TooLong {
            walk.has_failed = true;
            return Flow::EndTask;
        }
        Flow::Next
    }

    /// Does a step that contains steps. The future is boxed, because it may contain itself.
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
        let fork = walk.fork();
        let seeds: Vec<_> = branches.iter().map(|_| walk.rng.next_u64()).collect();
        let all = branches.iter().zip(seeds).map(|(steps, seed)| async move {
            let mut rng = Rng::new(seed);
            let mut branch = Walk::branch(&mut rng, fork);
            let flow = self.run_steps(steps, &mut branch).await;
            (flow, branch.has_failed, branch.last, branch.held)
        });
        let mut flow = Flow::Next;
        for (of_branch, has_failed, last, held) in join_all(all).await {
            flow = flow.max(of_branch);
            walk.has_failed |= has_failed;
            walk.last = last;
            self.hold_last(held, walk);
        }
        walk.due = self.common.platform.now();
        walk.idle.set(Idle::default());
        flow
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
