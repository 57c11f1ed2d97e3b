//! Repeats steps until something has come about, or gives up.

use super::held::{Held, Holding};
use super::judge::check_failure;
use super::user::User;
use super::walk::{Flow, Walk};
use crate::core::base::units::Micros;
use crate::core::http::exchange::Judged;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::step::{GivenUp, Poll};

impl<P: Platform> User<P> {
    /// Does a poll's steps until its condition holds.
    pub async fn run_poll(&self, poll: &Poll, walk: &mut Walk<'_>) -> Flow {
        let began = self.common.platform.now();
        let outer = std::mem::take(&mut walk.held);
        let flow = self.poll_from(poll, began, walk).await;
        walk.held = outer;
        flow
    }

    async fn poll_from(&self, poll: &Poll, began: Micros, walk: &mut Walk<'_>) -> Flow {
        for round in 1..=poll.at_most.max(1) {
            walk.held = match poll.given_up {
                GivenUp::Fail => Held::Yes(None),
                GivenUp::Continue => Held::No,
            };
            let flow = self.run_steps(&poll.steps, walk).await;
            let is_reached = flow == Flow::Next && self.holds(&poll.until, walk);
            let next = self.common.platform.now() + poll.every;
            let is_late = poll.within.is_some_and(|within| next > began + within);
            let is_given_up = flow == Flow::Next && !is_reached && (round == poll.at_most.max(1) || is_late);
            self.count_held(walk, is_given_up.then_some(poll.check.as_str()));
            if flow != Flow::Next || is_reached {
                return flow;
            }
            if is_given_up {
                return if poll.given_up == GivenUp::Fail { Flow::EndTask } else { Flow::Next };
            }
            walk.due = next;
            let flow = self.pause_until(next, walk).await;
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// Counts the request that a poll held back: as a failed check, if the poll gives up.
    fn count_held(&self, walk: &mut Walk<'_>, given_up: Option<&str>) {
        let holding = walk.held.holding();
        let mut last = walk.held.take();
        if let Some(check) = given_up.filter(|_| holding == Holding::Yes) {
            // The poll has failed even if its last round sent no request to count as failed.
            walk.has_failed = true;
            walk.last.has_failed = true;
            if let Some(last) = last.as_mut().filter(|last| last.exchange.failure().is_none()) {
                last.exchange.judged = Judged::Failure(Box::new(check_failure(check)));
            }
        }
        last.into_iter().for_each(|last| self.common.count_held(&last));
    }
}
