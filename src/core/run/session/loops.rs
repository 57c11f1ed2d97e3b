//! Loops, pauses, and the rests of users that go on without sending anything.

use futures_util::future::{Either, select};

use super::user::User;
use super::values::Value;
use super::walk::{Ending, Flow, Idle, REST, Walk, Way};
use crate::core::base::units::Micros;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::step::{Repeat, Times};

/// After so many steps and rounds in which nothing was sent, a user rests.
const ROUNDS_WITHOUT_REST: u32 = 1_000;
/// After so long a time in which nothing was sent and nothing waited, a user rests: all others of its shard wait.
const LONGEST_TURN: Micros = Micros::from_millis(20);

impl<P: Platform> User<P> {
    /// Does steps several times.
    pub async fn run_repeat(&self, repeat: &Repeat, walk: &mut Walk<'_>) -> Flow {
        let entries = match &repeat.times {
            Times::ForEach { list, .. } => self.state.borrow().values.get(*list).entries().to_vec(),
            Times::Count { .. } | Times::While { .. } => Vec::new(),
        };
        let count = match &repeat.times {
            Times::Count { from, to } => u64::from(*from) + walk.rng.below(u64::from(to - from) + 1),
            Times::While { at_most, .. } => u64::from(*at_most),
            Times::ForEach { .. } => entries.len() as u64,
        };
        let mut entries = entries.into_iter();
        for _ in 0..count {
            match &repeat.times {
                Times::While { condition, .. } if !self.holds(condition, walk) => break,
                Times::ForEach { item, .. } => {
                    let value = entries.next().unwrap_or(Value::Unset);
                    self.state.borrow_mut().values.set(*item, value);
                }
                Times::While { .. } | Times::Count { .. } => {}
            }
            let mut flow = self.run_steps(&repeat.steps, walk).await;
            if flow == Flow::Next {
                flow = self.rest_when_idle(walk).await;
            }
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// Rests when a user has gone through many rounds, or a long time, without sending anything.
    pub async fn rest_when_idle(&self, walk: &mut Walk<'_>) -> Flow {
        let (begun, now) = (self.presence.begun(), self.common.platform.now());
        let idle = walk.idle.get();
        if idle.begun != begun || idle.rounds == 0 {
            walk.idle.set(Idle { begun, rounds: 1, since: now });
            return Flow::Next;
        }
        walk.idle.set(Idle { rounds: idle.rounds + 1, ..idle });
        if idle.rounds < ROUNDS_WITHOUT_REST && now.saturating_sub(idle.since) < LONGEST_TURN {
            return Flow::Next;
        }
        // The next request is due after the rest, so that the rest is no lateness of the generator.
        walk.due = now + REST;
        self.pause_until(walk.due, walk).await
    }

    /// Pauses until `at`, or until the user must end. A walk with a deadline pauses no longer than that, and then its task
    /// is over.
    pub async fn pause_until(&self, at: Micros, walk: &Walk<'_>) -> Flow {
        walk.idle.set(Idle::default());
        let until = walk.deadline.map_or(at, |deadline| at.min(deadline));
        let may_be_asked = self.has_last_steps() || walk.way == Way::Branch;
        if may_be_asked && walk.ending == Ending::WithTheUser {
            let sleep = std::pin::pin!(self.common.platform.sleep_until(until));
            let leave = std::pin::pin!(self.presence.asked_to_leave());
            if let Either::Right(_) = select(sleep, leave).await {
                return Flow::EndUser;
            }
        } else {
            // A user without last steps is simply dropped while it pauses, unless a branch beside has a request in flight.
            self.common.platform.sleep_until(until).await;
        }
        match self.must_end(walk) {
            true => Flow::EndUser,
            false if until < at => Flow::EndTask,
            false => Flow::Next,
        }
    }
}
