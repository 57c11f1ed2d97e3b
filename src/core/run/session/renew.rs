//! Renews an expired token and sends the request once more, as the Oddiya app does it.

use super::attempt::Attempt;
use super::refresh::RefreshOutcome;
use super::send::{Refused, Seen};
use super::user::{Channel, User};
use super::walk::{Ending, Flow, RefreshRight, Walk};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::rng::Rng;
use crate::core::http::exchange::Judged;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::auth::{AfterRefusal, Refresh};
use crate::core::scenario::model::request::RequestStep;

impl<P: Platform> User<P> {
    /// Waits for a new token, counts the answer that asked for it, and sends the request once more with the new token.
    pub async fn send_again_refreshed(
        &self,
        step: &RequestStep,
        refresh: &Refresh,
        refused: Refused<P>,
        attempt: Attempt<'_>,
        walk: &mut Walk<'_>,
    ) -> (Channel<P>, Seen) {
        let Refused { mut channel, place, due, mut exchange } = refused;
        let generation = channel.generation;
        let seed = walk.rng.next_u64();
        let outcome = self.refreshes.after_refusal(generation, self.refresh(refresh, seed)).await;
        walk.due = self.common.platform.now();
        let status = exchange.outcome.as_ref().ok().copied();
        exchange.judged = match outcome {
            // The answer that asked for a new token is no failure, because the token came.
            RefreshOutcome::Refreshed => Judged::Success,
            other => Judged::Failure(Box::new(failure(other))),
        };
        self.count(step, &channel, due, exchange, walk);
        self.left(place);
        if outcome != RefreshOutcome::Refreshed {
            walk.has_failed = true;
            walk.last.has_failed = true;
            walk.last.status = status;
            let flow = match refresh.refused {
                AfterRefusal::EndSession => Flow::EndSession,
                AfterRefusal::Continue => Flow::Next,
            };
            return (channel, Seen { status, has_failed: true, flow });
        }
        if self.must_end(walk) {
            // The user must end, so the request is not sent once more.
            return (channel, Seen { status, has_failed: false, flow: Flow::EndUser });
        }
        self.authorize_again(step, &mut channel, walk);
        let before = std::mem::replace(&mut walk.refresh, RefreshRight::No);
        let sending = self.begin_when_open(step, channel, walk).await;
        let sent = Box::pin(self.send(step, sending, attempt, walk)).await;
        walk.refresh = before;
        sent
    }

    /// Does the steps that fetch a new token. No request of theirs waits for a refresh.
    async fn refresh(&self, refresh: &Refresh, seed: u64) -> RefreshOutcome {
        let now = self.common.platform.now();
        let deadline = now + refresh.deadline;
        let mut rng = Rng::new(seed);
        let mut walk = Walk::new(&mut rng, now);
        (walk.refresh, walk.deadline) = (RefreshRight::No, Some(deadline));
        // Those who wait need its outcome, although the user must end meanwhile. The deadline ends it in time.
        walk.ending = Ending::LastSteps;
        let flow = self.run_steps(&refresh.steps, &mut walk).await;
        let is_late = self.common.platform.now() >= walk.deadline.unwrap_or(deadline);
        let is_4xx = walk.last.status.is_some_and(|status| (400..500).contains(&status));
        match (walk.has_failed, flow) {
            (false, Flow::Next) => RefreshOutcome::Refreshed,
            _ if walk.last.has_failed && is_4xx => RefreshOutcome::Refused,
            _ if is_late => RefreshOutcome::Hung,
            _ => RefreshOutcome::Failed,
        }
    }
}

fn failure(outcome: RefreshOutcome) -> Failure {
    Failure::new(
        FailureKind::Refresh,
        match outcome {
            RefreshOutcome::Refused => "the refresh was refused",
            RefreshOutcome::Hung => "the refresh got no answer in time",
            RefreshOutcome::Refreshed | RefreshOutcome::Failed => "the refresh failed",
        },
    )
}
